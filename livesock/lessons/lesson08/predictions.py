"""What lesson 08 asks before its experiments."""

from __future__ import annotations

from livesock.learn.exercise import Option, Prediction

__all__ = ["QUESTIONS"]

QUESTIONS = (
    Prediction(
        "08.ghosts",
        "Ten came, five said goodbye, five were cut off. How many stand in the registry?",
        "The handlers of the five that were cut off ended with an exception, which jumps over the last line.",
        options={
            "a": Option(
                "0: all connections are gone, so all handlers have ended",
                "The handlers have ended. But not each of them by reaching its last line.",
            ),
            "b": Option("5: those that were cut off", "Yes: five members without a connection."),
            "c": Option(
                "5: those that said goodbye",
                "For those the loop over the messages ends without an exception, and the last line runs.",
            ),
            "d": Option(
                "10: a set does not shrink by itself",
                "The last line of the handler shrinks it, for each proper goodbye.",
            ),
        },
        answer="b",
    ),
    Prediction(
        "08.sleep",
        "One client says “work”, the other 49 say “hi”. How many of the 49 wait?",
        "All 49 spoke while it slept: time.sleep stops the thread, and the thread is everybody's.",
        options={
            "a": Option(
                "0: each connection has its own handler",
                "Each has its own handler, but all handlers share one loop, and the loop was asleep.",
                "M19",
            ),
            "b": Option(
                "1: the neighbour that happens to be next",
                "There is no neighbour. While one handler sleeps, the loop reads from nobody.",
                "M19",
            ),
            "c": Option(
                "about half: those whose message comes later",
                "All 49 spoke while it slept, so all 49 waited until it woke.",
                "M19",
            ),
            "d": Option("49", "Yes, all of them."),
        },
        answer="d",
        judge=lambda count: {0: "a", 1: "b", 49: "d"}.get(count, "c"),
    ),
    Prediction(
        "08.slowest",
        "When the buffers on the way to the slow reader are full, the friend…",
        "One handler serves both, and its await stood at the full buffer until the slow one was dropped.",
        options={
            "a": Option(
                "notices nothing: each connection has buffers of its own",
                "The buffers are separate. But one handler fills them, and it was waiting at the full one.",
            ),
            "b": Option("waits until the slow one reads again or is dropped", "Yes."),
            "c": Option("gets an exception", "Nothing is wrong with the friend's connection. It only stood still."),
            "d": Option(
                "misses the prices that the slow one has not read",
                "Nothing is missed: all sixty came. They only came late.",
            ),
        },
        answer="b",
        judge=lambda pause: "b" if pause > 0.5 else "a",
    ),
    Prediction(
        "08.two_readers",
        "Two tasks of one handler both await ws.recv(). A message arrives…",
        "ConcurrencyError, at once and before any message came: one connection, one reader.",
        options={
            "a": Option(
                "both get it", "A message is handed out once. To share it, read in one place and pass it on.", "M20"
            ),
            "b": Option("they take turns", "That would be luck, not a rule. The library refuses instead.", "M20"),
            "c": Option("the second recv raises an exception", "Yes."),
            "d": Option(
                "whoever is faster gets it", "Speed would be luck, not a rule. The library refuses instead.", "M20"
            ),
        },
        answer="c",
    ),
)
