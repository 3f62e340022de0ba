"""What lesson 02 asks before its experiments."""

from livesock.learn.tables import predictions

NOISE = 5.0
"""Milliseconds by which two ways may differ on one machine: noise."""


def faster(sse: float, websocket: float) -> str:
    """Return the option that two waits in milliseconds show."""
    if websocket > sse - NOISE:
        return "c"
    return "a" if websocket <= sse - 50 else "b"


QUESTIONS = predictions(
    r"""
02.fifty: Fifty requests, one after the other. How many TCP connections will the server have seen?
    why: All fifty travelled on one connection: neither end hung up in between.
    a: 50: one for each request
        It feels so, because each question stands alone. But the connection stayed open. [M03]
  * b: 1: the one that we open at the beginning
        Yes. It was there for the next question.
    c: 2: one for questions, one for answers
        One is enough: TCP carries bytes in both directions. [M03]
    d: 25: a connection carries one question and one answer
        Question and answer are one exchange, and nothing ends the connection after it. [M03]

02.more_bytes: Which moves more bytes for the twenty events: polling (1 s pause) or long-polling?
    why: Long-polling needs one request for nearly every event, polling one for several. Look at the numbers of
        requests.
    a: polling: it also asks when there is nothing new
        Most people say so. But polling collects: one answer brings all that happened in a second.
  * b: long-polling
        Yes. Being prompt costs it a whole exchange each time.
    c: both the same: their requests look alike
        They look alike, but long-polling sends nearly one for each event.
    d: neither: empty answers are free
        Each answer has a head, also an empty one: set “poll every” to 30 ms and race again.

02.sse_or_websocket: Compared with SSE, a WebSocket message is there (the median)…
    why: Both push at the moment of the event: what is left are a few milliseconds of one machine, and noise.
    a: some 100 ms earlier: it is a realtime protocol
        Both write a few bytes into an open connection when there is news. Who should be quicker? [M04]
    b: some 10 ms earlier
        Both write a few bytes into an open connection when there is news. Who should be quicker? [M04]
  * c: at the same time, within 5 ms
        Yes. When the connection is open and the server may speak, the rest is the way.
    d: SSE cannot be compared: HTTP cannot push
        It can: one answer may go on forever. You have just watched it. [M04]
""",
    judges={
        "02.fifty": lambda count: {50: "a", 1: "b", 2: "c", 25: "d"}.get(count, ""),
        "02.sse_or_websocket": lambda waits: faster(*waits),
        "02.more_bytes": lambda slow_and_long: "a" if slow_and_long[0] > slow_and_long[1] else "b",
    },
)
