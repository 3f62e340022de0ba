"""What lesson 02 asks before its experiments."""

from __future__ import annotations

from livesock.learn.exercise import Option, Prediction

__all__ = ["QUESTIONS"]

SAME_WORK = "Both write a few bytes into an open connection when there is news. Who should be quicker?"

QUESTIONS = (
    Prediction(
        "02.fifty",
        "Fifty requests, one after the other. How many TCP connections will the server have seen?",
        "All fifty travelled on one connection: nobody hung up in between.",
        options={
            "a": Option(
                "50: one for each request",
                "It feels so, because each question stands alone. But the connection stayed open.",
                "M03",
            ),
            "b": Option("1: the one that we open at the beginning", "Yes. It was there for the next question."),
            "c": Option(
                "2: one for questions, one for answers",
                "One is enough: TCP carries bytes in both directions.",
                "M03",
            ),
            "d": Option(
                "25: a connection carries one question and one answer",
                "Question and answer are one exchange, and nothing ends the connection after it.",
                "M03",
            ),
        },
        answer="b",
        judge=lambda count: {50: "a", 1: "b", 2: "c", 25: "d"}.get(count, ""),
    ),
    Prediction(
        "02.more_bytes",
        "Which moves more bytes for the twenty events: the slow poll or long-polling?",
        "Long-polling needs one request for nearly every event, the slow poll one for several. Look at the numbers of "
        "requests.",
        options={
            "a": Option(
                "the slow poll: it also asks when there is nothing new",
                "Most people say so. But the slow poll collects: one answer brings all that happened in 300 ms.",
            ),
            "b": Option("long-polling", "Yes. Being prompt costs it a whole exchange each time."),
            "c": Option(
                "both the same: their requests look alike",
                "They look alike, but long-polling sends nearly one per event.",
            ),
            "d": Option(
                "neither: empty answers are free",
                "Each answer has a head, also an empty one: look at the poll every 30 ms.",
            ),
        },
        answer="b",
        judge=lambda slow_and_long: "a" if slow_and_long[0] > slow_and_long[1] else "b",
    ),
    Prediction(
        "02.sse_or_websocket",
        "Compared with SSE, a WebSocket message needs on average…",
        "Both push at the moment of the event: what is left are a few milliseconds of one machine, and noise.",
        options={
            "a": Option("a tenth of the time or less: it is a realtime protocol", SAME_WORK, "M04"),
            "b": Option("half the time", SAME_WORK, "M04"),
            "c": Option(
                "about the same time",
                "Yes. When the connection is open and the server may speak, the rest is the way.",
            ),
            "d": Option(
                "SSE cannot be compared: HTTP cannot push",
                "It can: a question may be answered for ever. You have just watched it.",
                "M04",
            ),
        },
        answer="c",
    ),
    Prediction(
        "02.stock_server",
        "Compared with our livesock server, one exchange with http.server takes…",
        "Look at the factor above, and distrust it.",
        options={
            "a": Option("about as long", "So one would think: both are Python, and send a few bytes on one machine."),
            "b": Option("twice as long", "A factor of two would be a difference between programs."),
            "c": Option("five times as long", "Could a program of the standard library be that bad?"),
            "d": Option(
                "ten times as long, or more", "On Linux, yes. But is it Python that is slow? Look where the time goes."
            ),
        },
        answer="d",
        judge=lambda factor: "a" if factor < 1.5 else "b" if factor < 3 else "c" if factor < 8 else "d",
    ),
)
