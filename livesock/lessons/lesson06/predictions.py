"""What lesson 06 asks before its experiments."""

from __future__ import annotations

from livesock.learn.exercise import Option, Prediction

__all__ = ["QUESTIONS"]

QUESTIONS = (
    Prediction(
        "06.who_ends",
        "The client says close, the server answers. Who ends the TCP connection?",
        "The server ended it, although the client had begun. So the server keeps TIME_WAIT (RFC 6455, 7.1.1).",
        options={
            "a": Option("the client: it wanted to go", "It began the goodbye, and then it waited for the end."),
            "b": Option("the server", "Yes, whoever begins."),
            "c": Option("both at the same time", "One is first, and the recording shows which one."),
            "d": Option(
                "nobody: the Close frame is the end", "A Close frame is bytes like others. TCP does not read them."
            ),
        },
        answer="b",
        judge=lambda first: {"server": "b", "client": "a"}.get(first, ""),
    ),
    Prediction(
        "06.no_code",
        "We send a Close frame with an empty payload. Which code does the server report?",
        "1005: a word of the program for “there was no code”. On the wire there were two bytes, 88 and 80, and a key.",
        options={
            "a": Option("1000: nothing was wrong", "Nobody said so. A missing code is not a friendly one."),
            "b": Option("1005", "Yes: “no status received”."),
            "c": Option("1006", "That is for a connection without any Close frame. There was one.", "M17"),
            "d": Option("none: the frame is broken", "The code is optional (RFC 6455, 5.5.1)."),
        },
        answer="b",
        judge=lambda code: {1000: "a", 1005: "b", 1006: "c"}.get(code, ""),
    ),
    Prediction(
        "06.abort",
        "The server drops the TCP connection, without a Close. Which code does the wire carry to the client?",
        "None. There was no Close frame, and the client made up 1006 for itself (RFC 6455, 7.1.5).",
        options={
            "a": Option("1000", "Nobody was there to say it.", "M17"),
            "b": Option("1006", "1006 is what the client says to itself. Look for 03 ee on the wire.", "M17"),
            "c": Option("1011: something failed", "A server that can still say 1011 has not aborted.", "M17"),
            "d": Option("none", "Yes: the code was born in the client."),
        },
        answer="d",
        judge=lambda codes: "d" if not codes else {1000: "a", 1006: "b", 1011: "c"}.get(codes[0], ""),
    ),
    Prediction(
        "06.send_1006",
        "What happens to a client that puts 1006 into a Close frame?",
        "The server refused it with 1002: this code must not be on the wire (RFC 6455, 7.4.1).",
        options={
            "a": Option(
                "the server notes 1006 and says goodbye", "Then nobody could tell a lie from a cut line.", "M17"
            ),
            "b": Option("the server takes it for 1000", "Codes are not corrected."),
            "c": Option(
                "the server answers 1002: protocol error", "Yes. A frame that says “there was no frame” is absurd."
            ),
            "d": Option("nothing: close frames are not read", "They are, and answered."),
        },
        answer="c",
        judge=lambda code: {1006: "a", 1000: "b", 1002: "c"}.get(code, ""),
    ),
)
