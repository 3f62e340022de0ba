"""What lesson 06 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
06.who_ends: The client says close, the server answers. Who ends the TCP connection?
    why: The server ended it, although the client had begun: that is the rule (RFC 6455, 7.1.1).
    a: the client: it wanted to go
        It began the goodbye, and then it waited for the end.
  * b: the server
        Yes, whichever end begins.
    c: both at the same time
        One is first, and the recording shows which one.
    d: neither: the Close frame is the end
        A Close frame is bytes like others. TCP does not read them.

06.no_code: We send a Close frame with an empty payload. Which code does the server report?
    why: 1005: a word of the program for “there was no code”. On the wire there were two bytes, 88 and 80, and a key.
    a: 1000: nothing was wrong
        The frame does not say so. A missing code is not a friendly one.
  * b: 1005
        Yes: “no status received”.
    c: 1006
        That is for a connection without any Close frame. There was one. [M17]
    d: none: the frame is broken
        The code is optional (RFC 6455, 5.5.1).

06.abort: The server drops the TCP connection, without a Close. Which code does the wire carry to the client?
    why: None. There was no Close frame, and the client made up 1006 for itself (RFC 6455, 7.1.5).
    a: 1000
        The server sent no frame that could say it. [M17]
    b: 1006
        1006 is what the client says to itself. Look for 03 ee on the wire. [M17]
    c: 1011: something failed
        A server that can still say 1011 has not aborted. [M17]
  * d: none
        Yes: the code was born in the client.

06.send_1006: What happens to a client that puts 1006 into a Close frame?
    why: The server refused it with 1002: this code must not be on the wire (RFC 6455, 7.4.1).
    a: the server notes 1006 and says goodbye
        Then the server could not tell a lie from a cut line. [M17]
    b: the server takes it for 1000
        Codes are not corrected.
  * c: the server answers 1002: protocol error
        Yes. A frame that says “there was no frame” is absurd.
    d: nothing: close frames are not read
        They are, and answered.
""",
    judges={
        "06.who_ends": lambda first: {"server": "b", "client": "a"}.get(first, ""),
        "06.no_code": lambda code: {1000: "a", 1005: "b", 1006: "c"}.get(code, ""),
        "06.abort": lambda codes: "d" if not codes else {1000: "a", 1006: "b", 1011: "c"}.get(codes[0], ""),
        "06.send_1006": lambda code: {1006: "a", 1000: "b", 1002: "c"}.get(code, ""),
    },
)
