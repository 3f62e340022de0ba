"""07.choose: one of five ways, and the reason. Whatever is chosen, the reason must hold and speak for it."""

import random
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["CHOOSE", "choose"]


def choose(both: bool, late: float, gap: float, shared: bool, lossy: bool) -> tuple[str, str]:
    """Return a way for the news to travel, and the reason that speaks for it."""
    if shared and late >= 1:
        return "poll", "cached"
    if late >= 10:
        return "poll", "may be late"
    if lossy:
        return "WebTransport", "newest only"
    if both:
        return "WebSocket", "both speak"
    return "SSE", "prompt"


SPEAKS_FOR = {
    "may be late": ("poll",),
    "cached": ("poll",),
    "prompt": ("SSE", "WebSocket"),
    "rare": ("long-poll", "SSE"),
    "both speak": ("WebSocket", "WebTransport"),
    "newest only": ("WebTransport",),
}
WAYS = ("poll", "long-poll", "SSE", "WebSocket", "WebTransport")


def reasons(both: bool, late: float, gap: float, shared: bool, lossy: bool) -> set[str]:
    """Return the reasons that hold."""
    holds = {
        "may be late": late >= 10,
        "cached": shared and late >= 1,
        "prompt": not both and late < 10,
        "rare": not both and late < 10 and gap >= 60,
        "both speak": both and late < 10,
        "newest only": lossy and late < 10,
    }
    return {reason for reason, true in holds.items() if true}


def trial(solution: Solution, *needs: Any) -> Any:
    """Return "fits", or what is wrong with the answer."""
    answer = solution(*needs)
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return f"{answer!r} is not a way and a reason"
    way, reason = answer
    if way not in WAYS:
        return f"{way!r} is not one of the five ways"
    if reason not in SPEAKS_FOR:
        return f"{reason!r} is not one of the six reasons"
    if reason not in reasons(*needs):
        return f"{way}: “{reason}” does not hold"
    return "fits" if way in SPEAKS_FOR[reason] else f"{way}: “{reason}” does not speak for it"


def draw(rng: random.Random) -> tuple[bool, float, float, bool, bool]:
    both, shared, lossy = (rng.random() < chance for chance in (0.5, 0.4, 0.3))
    return both, rng.choice([0.05, 0.9, 1, 3, 9.5, 10, 60]), rng.choice([0.02, 1, 59, 60, 3600]), shared, lossy


def asked_again(solution: Solution, *needs: Any) -> bool:
    """Whether it says the same each time, and fits: what is drawn by lot differs in one of ten."""
    first = solution(*needs)
    return all(bool(solution(*needs) == first) for _ in range(9)) and trial(solution, *needs) == "fits"


CHOOSE = exercise(
    "07.choose",
    choose,
    r"""
hint: Which reason is always there when late is ten or more? And when it is less, what does `both` decide?
hint: Go through the table from the cheapest way to the dearest: cached, may be late, then by both. For each needs at
    least one reason holds; the first that you find is good enough.
hint: A neighbour, how to travel: if distance < 2: return 'on foot', 'near'. if rain: return 'bus', 'dry'. return
    'bicycle', 'quick'. Each line tests what its reason says.
explanation: There is no best way, there are reasons. Begin with the cheapest that does it; a poll that a cache answers
    costs your server nothing. Take the WebSocket when both sides speak and neither may wait.

always_websocket: Look at late: a price once an hour, a cache allowed. Who holds a connection for that?
    if shared and late >= 1: → return "WebSocket", "both speak" if both else "prompt"
    | if shared and late >= 1:
always_sse: Look at both: over SSE the client cannot speak.
    if shared and late >= 1: → if late < 10:
    |     return "SSE", "prompt"
    | if False:
polls_when_shared: Look at late too: a cache answers with what it had a second ago.
    shared and late >= 1 → shared
polls_when_rare: Look at late, not at gap alone: rare news may be urgent, and then most polls are in vain.
    if shared and late >= 1: → if gap >= 60:
    |     return "poll", "rare"
    | if shared and late >= 1:
rare_for_both: Look at both before “rare”: a client that speaks often is not served by a long-poll.
    if shared and late >= 1: → if gap >= 60 and late < 10:
    |     return "long-poll", "rare"
    | if shared and late >= 1:
after_ten: Try late = 10: it may be late from ten seconds on, ten included.
    shared and late >= 1 → False
    late >= 10 → late > 10
ten_is_nine: Try late = 9.9: it may be late from ten seconds on, and not before.
    late >= 10 → late >= 9
rare_at_59: Try gap = 59: news is rare from a minute on.
    return "SSE", "prompt" → return ("long-poll", "rare") if gap >= 59 else ("SSE", "prompt")
polls_at_one: Read “may be late” again: ten seconds. One second is for the cache, and only if all get the same.
    shared and late >= 1 → late >= 1
    "cached" → "may be late"
transport_for_all: Look at lossy: datagrams get lost, and a chat line must not.
    if shared and late >= 1: → if late < 10:
    |     return "WebTransport", "newest only"
    | if False:
lossy_by_websocket: Take a way that can lose something: a WebSocket delivers all, in order, and waits for what was lost.
    if shared and late >= 1: → if lossy:
    |     return "WebSocket", "newest only"
    | if shared and late >= 1:
reason_first: Exchange the two: first the way, then the reason.
no_reason: Return two things, the way and the reason: a choice without a reason is a habit.
""",
    cases=(
        case("a chat", True, 0.3, 5, False, False, gives="fits"),
        case("a stock ticker on a page", False, 0.3, 0.5, False, False, gives="fits"),
        case("a price once an hour, the same for all", False, 60, 3600, True, False, gives="fits"),
        case("the weather, the same for all", False, 5, 600, True, False, gives="fits"),
        case("my new mail", False, 60, 600, False, False, gives="fits"),
        case("“your parcel is here”", False, 3, 3600, False, False, gives="fits"),
        case("a race of cars", True, 0.05, 0.02, False, True, gives="fits"),
        case("drawing together", True, 0.1, 0.05, False, False, gives="fits"),
        case("the log of a build", False, 1, 0.5, False, False, gives="fits"),
        case("the score of a game, the same for all", False, 1, 60, True, False, gives="fits"),
        case("the score, at once", False, 0.5, 60, True, False, gives="fits"),
        case("a form that is kept every ten seconds", True, 10, 60, False, False, gives="fits"),
        case("almost ten seconds late", False, 9.9, 30, False, False, gives="fits"),
        case("almost a second late, the same for all", False, 0.99, 60, True, False, gives="fits"),
        case("every 59 seconds", False, 3, 59, False, False, gives="fits"),
        case("both, now and then", True, 3, 3600, True, False, gives="fits"),
        case("a race that is kept once a minute", True, 60, 0.02, False, True, gives="fits"),
        case("two who write letters", True, 3, 3600, False, False, gives="fits"),
    ),
    random=draw,
    claim=Property("it says the same twice", draw, asked_again),
    trial=trial,
    shows=str,
    written={"reason_first": lambda *needs: choose(*needs)[::-1], "no_reason": lambda *needs: choose(*needs)[0]},
)
