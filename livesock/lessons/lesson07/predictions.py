"""What lesson 07 asks before its experiments."""

from livesock.learn.tables import predictions


def by_gain(percent: float) -> str:
    """Return the option for how much quicker the WebSocket was."""
    return "" if percent < -15 else "a" if percent < 15 else "b" if percent < 38 else "c" if percent < 70 else "d"


def by_age(ms: float) -> str:
    """Return the option for how old the poll's news was, in milliseconds, with room for noise."""
    return "a" if ms < 120 else "b" if ms < 330 else "c" if ms < 600 else "d"


def by_bytes(times: float) -> str:
    """Return the option for how many times as many bytes the WebSocket moved as the poll."""
    return "a" if times > 1.25 else "b" if times < 0.8 else "c"


def by_cost(dearest: str) -> str:
    """Return the option for the kind of connection that took the most memory."""
    return {"HTTP, kept alive": "a", "SSE": "b", "WebSocket": "c", "WebSocket, deflate": "d"}.get(dearest, "")


def by_late(late: list[int]) -> str:
    """Return the option for the positions that came late, in the order in which they came."""
    return "c" if len(late) > 1 and late == sorted(late) else "b"


QUESTIONS = predictions(
    r"""
07.round_trip: Question and answer, 50 ms there and back. Against HTTP on a kept connection, the WebSocket is quicker
        by…
    why: One round trip is one round trip. The way is the price, not the words.
  * a: next to nothing (noise)
        Yes. What is left is noise.
    b: about 25 %
        Shorter headers save microseconds; the way takes 50 ms. [M03]
    c: about 50 %
        That is the gain over a *new* connection for each question. [M03]
    d: about 90 %
        Light would have to hurry. [M03]

07.large: A server sends 65,535 bytes. How many bytes does the WebSocket add?
    why: Four: two, and two of extended length; for one byte more it would be ten. HTTP adds far more, and at this size
        it does not matter either way.

07.poll_age: News from the server, 100 ms there and back, a poll every 0.3 s. How old is the poll's news (the median)?
    why: The news waits for the next question, which is on average half a poll away, and then for the way here.
    a: about 50 ms: the way here
        So it is with the other three. Here the news waits until it is asked for.
  * b: about 200 ms
        Yes: half of the time from poll to poll, and the way.
    c: about 400 ms: the pause and the round trip
        That is the worst case: the news just missed a question. On average it waits half as long.
    d: more than 600 ms
        News that just misses a question comes with the next one, 0.4 s later.

07.crossing: A sensor has 100 new values a second. One page asks for them every 5 s, one hears each over a WebSocket.
        The values apart: which moves fewer bytes?
    why: One question and one answer in five seconds, against a hundred frame headers a second. The price of the poll is
        that its values are up to 5 s old.
  * a: the page that asks
        Yes: one answer carries all that happened meanwhile.
    b: the page with the WebSocket
        At 10 values a second it does. Two bytes each are little, and a hundred times a second they are 200. [M03]
    c: both about the same
        Only at the crossing.

07.idle: A connection on which nothing happens. Which costs our server the most memory?
    why: Compression keeps a window of what was said, in both directions, for each connection, and keeps it while
        nothing happens.
    a: HTTP, kept alive
        It costs something, but there is nothing to remember.
    b: SSE
        A handler that waits, and no more.
    c: a WebSocket
        More than HTTP, and a good deal less than the one with compression.
  * d: a WebSocket with compression
        Yes: the windows.

07.lost: Ten positions of a car, one every 30 ms, over a WebSocket. A segment is lost, and sent again some 200 ms later.
        What does the reader see?
    why: TCP hands out bytes in order only: what has arrived behind the gap waits for the gap.
    a: one position is missing
        Over UDP. TCP sends it again, and nothing is missing. [M15]
    b: one position comes late, out of order
        TCP never changes the order: the others wait.
  * c: all stop for a moment, then come at once
        Yes: head-of-line blocking.
    d: the connection breaks
        One lost segment is daily bread.
""",
    judges={
        "07.round_trip": by_gain,
        "07.poll_age": by_age,
        "07.crossing": by_bytes,
        "07.idle": by_cost,
        "07.lost": by_late,
    },
    within={"07.large": 0},
)
