"""What lesson 00 asks before its experiments."""

from __future__ import annotations

from livesock.learn.exercise import Option, Prediction

__all__ = ["QUESTIONS"]

QUESTIONS = (
    Prediction(
        "00.news",
        "A cell prints after ten minutes. How does the page know?",
        "One connection stayed open, and five messages came on it for one that we sent.",
        options={
            "a": Option(
                "the page asks the server again and again: “anything new?”",
                "Nothing was asked twice: one message went out, five came back by themselves.",
                "M04",
            ),
            "b": Option(
                "the page loads itself anew when a cell is done",
                "No page was loaded. The messages came on a connection that is still open.",
            ),
            "c": Option(
                "a connection stays open, and the server speaks when it has something",
                "Yes. This page has one too: you are already on a WebSocket.",
            ),
            "d": Option(
                "the kernel connects to the browser",
                "The other way round: the browser (here: we) connects, and then the server may speak at any time.",
            ),
        },
        answer="c",
    ),
    Prediction(
        "00.six_times_seven",
        "We send one message: “run 6*7”. How many messages answer it?",
        "Busy, what will run, the result, idle, and the reply that says it went well: five.",
        options={
            "a": Option(
                "20: everything goes in little pieces",
                "TCP may cut messages into pieces, but a WebSocket hands out whole ones (lesson 01).",
                "M01",
            ),
            "b": Option("5", "Yes. Nothing pairs one question with one answer here."),
            "c": Option(
                "2: “got it”, and the result",
                "Closer: there is a reply. But three more came, each when it was true, without being asked for.",
            ),
            "d": Option(
                "1: the result",
                "The result is only one of five: the page also has to know when the kernel is busy and when idle.",
                "M01",
            ),
        },
        answer="b",
        judge=lambda count: {20: "a", 5: "b", 2: "c", 1: "d"}.get(count, ""),
    ),
    Prediction(
        "00.hi_all",
        "Ann sends “hi, all”, Ben does nothing. Who receives it?",
        "Both: our handler sends to everyone in the room, and the sender is in the room as well.",
        options={
            "a": Option(
                "nobody, until somebody asks the server for news",
                "Nobody asked. Ben sent not one message, and got two: the server pushed them.",
                "M04",
            ),
            "b": Option(
                "nobody: the clients do not know each other",
                "They need not know each other: both know the server, and the server knows its room.",
            ),
            "c": Option("Ben", "Ben did. So did Ann: she is in the room too.", "M12"),
            "d": Option("Ann and Ben", "Yes: to everyone in the room, the sender included, and without being asked."),
        },
        answer="d",
    ),
    Prediction(
        "00.on_the_line",
        "What can somebody on the line see of wss://localhost/diary?",
        "The line carried the server's name and opaque records, nothing else.",
        options={
            "a": Option(
                "nothing at all",
                "Nearly. Addresses, the server's name, sizes and times are there for everybody on the way.",
            ),
            "b": Option(
                "who talks to whom, and how many bytes, and when",
                "Yes: two addresses, the server's name, sizes and times. What is said stays between the ends.",
            ),
            "c": Option(
                "the path and the headers, but no message",
                "The path and the headers are HTTP, and HTTP travels inside TLS. Only the server's name showed.",
            ),
            "d": Option(
                "everything but the text of the message",
                "The request line was encrypted too: TLS comes before the first byte of HTTP.",
            ),
        },
        answer="b",
    ),
)
