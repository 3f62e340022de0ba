"""10.requests_for: the transports choose the way, the scheme does not, and a failed try does no harm."""

import random
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["REQUESTS_FOR", "requests_for"]


def requests_for(scheme: str, transports: list[str], upgrade_passes: bool) -> list[str]:
    """Return the requests of a client, in order, up to its first event."""
    if transports[0] == "websocket":
        return ["GET websocket"]
    requests = ["GET polling", "POST polling", "GET polling"]
    if "websocket" in transports:
        requests.append("GET websocket")
        if upgrade_passes:
            return requests
    return [*requests, "POST polling"]


def trial(solution: Solution, *args: Any) -> Any:
    """Return the requests in one order: a client joins, fetches and tries the WebSocket at the same time."""
    requests = solution(*args)
    return in_order(list(requests)) if isinstance(requests, list | tuple) else requests


def in_order(requests: list[Any]) -> list[Any]:
    """Sort what a client asks at the same time, once it has opened a session by polling."""
    if requests[:1] != ["GET polling"]:
        return requests
    end = 4 if "GET websocket" in requests else 3
    at_once = ["POST polling", "GET polling", "GET websocket"]
    known = all(request in at_once for request in requests)
    return [requests[0], *sorted(requests[1:end], key=at_once.index), *requests[end:]] if known else requests


LISTS = (["polling", "websocket"], ["polling"], ["websocket"], ["websocket", "polling"])
BOTH, ONE, DIRECT, WEBSOCKET_FIRST = LISTS
SCHEMES = ("http", "https", "ws", "wss")


def draw(rng: random.Random) -> tuple[str, list[str], bool]:
    return rng.choice(SCHEMES), list(rng.choice(LISTS)), rng.random() < 0.5


def draw_way(rng: random.Random) -> tuple[list[str], bool]:
    return draw(rng)[1:]


def scheme_is_no_transport(solution: Solution, transports: list[str], passes: bool) -> bool:
    """Whether the four schemes give the same requests."""
    ways = [trial(solution, scheme, list(transports), passes) for scheme in SCHEMES]
    return all(way == ways[0] for way in ways)


POLLING = ["GET polling", "POST polling", "GET polling"]
MOVED, STAYED, STRAIGHT = [*POLLING, "GET websocket"], [*POLLING, "POST polling"], ["GET websocket"]
REFUSED = [*MOVED, "POST polling"]
REQUESTS_FOR = exercise(
    "10.requests_for",
    requests_for,
    r"""
hint: Which of the three arguments decide anything? Look at the table of eight rows, and at the proxy.
hint: The first of transports opens the session. Polling: GET opens, POST joins, GET fetches; then GET websocket if the
    list has one. Once it has moved, the event is a frame; otherwise it is one more POST.
hint: A neighbour, a parcel: if ways[0] == 'drone': return ['drone']; steps = ['van', 'depot']; if 'bike' in ways:
    steps.append('bike'), and return here if the bike arrives; else one more 'van'.
explanation: The scheme decides nothing here, and whether a WebSocket passes changes one request at the end, if polling
    came first. If the WebSocket came first, it decides about everything.

scheme: Begin with the first of transports, whatever the scheme: ws and wss do not choose a transport.
  ? transports[0] == "websocket" → scheme in ("ws", "wss")
    transports[0] == "websocket" → scheme in ("ws", "wss") and "websocket" in transports
tls_needs_list: Treat wss as https: the letters choose TLS, and no transport (claim S28).
    transports[0] == "websocket" → scheme == "wss" or transports[0] == "websocket"
scheme_moves: Let http and https move, too: the session goes to a WebSocket whatever the scheme.
    "websocket" in transports → "websocket" in transports and scheme in ("ws", "wss")
websocket_first: Begin with polling when it stands first: the WebSocket is tried when the session is open.
    transports[0] == "websocket" → "websocket" in transports
polling_first: Begin with the WebSocket when it stands first in transports.
    transports[0] == "websocket" → transports == ["websocket"]
falls_back: Stop after a WebSocket that fails when it was the first: there is no session to go on with.
    return ["GET websocket"] → if upgrade_passes or "polling" not in transports:
    |     return ["GET websocket"]
    | return ["GET websocket", "GET polling", "POST polling", "GET polling", "POST polling"]
downgrades: Stay with the WebSocket once it is open: polling after it in the list is never used.
  ? ["GET websocket"] → ["GET websocket", "GET polling"]
    ["GET websocket"] → ["GET websocket", "GET polling"] if "polling" in transports else ["GET websocket"]
joins: Join in a frame when the WebSocket comes first: a frame is not a request.
    ["GET websocket"] → ["GET websocket", "POST polling", "GET polling"]
says: Say the event in a frame when there is a WebSocket: a frame is not a request.
    ["GET websocket"] → ["GET websocket", "POST polling"]
nothing_when_blocked: Count the try that fails: a WebSocket begins with a request, also a refused one.
    ["GET websocket"] → ["GET websocket"] if upgrade_passes else []
no_join: Join after opening: a POST takes the 40 along.
    ["GET polling", "POST polling", "GET polling"] → ["GET polling", "GET polling"]
no_fetch: Fetch the answer to the 40: what the server says comes with a GET.
    ["GET polling", "POST polling", "GET polling"] → ["GET polling", "POST polling"]
opens_only: Join and fetch after opening: a POST takes the 40 along, a GET brings the answer.
    ["GET polling", "POST polling", "GET polling"] → ["GET polling"]
no_try: Count the try that fails: the client asks for the WebSocket, and the proxy refuses.
  * "websocket" in transports → "websocket" in transports and upgrade_passes
never_moves: Try the WebSocket when transports has one: an open session may move.
    "websocket" in transports → False
always_tries: Try a WebSocket only if transports has one.
    "websocket" in transports → True
    if upgrade_passes → if upgrade_passes and "websocket" in transports
posts_always: Leave the last POST out when the session has moved: the event goes in a frame.
    if upgrade_passes → if False
event_missing: Post the event while the session is polling: without a WebSocket there are no frames.
    [*requests, "POST polling"] → requests
""",
    cases=(
        case("the default", "https", BOTH, True, gives=MOVED),
        case("the default, with wss", "wss", BOTH, True, gives=MOVED),
        case("the default, with ws", "ws", BOTH, True, gives=MOVED),
        case("the default, blocked", "http", BOTH, False, gives=REFUSED),
        case("the default, blocked, with wss", "wss", BOTH, False, gives=REFUSED),
        case("polling only", "https", ONE, True, gives=STAYED),
        case("polling only, with wss", "wss", ONE, True, gives=STAYED),
        case("polling only, blocked", "http", ONE, False, gives=STAYED),
        case("websocket only", "wss", DIRECT, True, gives=STRAIGHT),
        case("websocket only, with https", "https", DIRECT, True, gives=STRAIGHT),
        case("websocket only, blocked", "http", DIRECT, False, gives=STRAIGHT),
        case("websocket first", "ws", WEBSOCKET_FIRST, True, gives=STRAIGHT),
        case("websocket first, with http", "http", WEBSOCKET_FIRST, True, gives=STRAIGHT),
        case("websocket first, blocked", "https", WEBSOCKET_FIRST, False, gives=STRAIGHT),
    ),
    random=draw,
    times=24,
    trial=trial,
    claim=Property("the scheme changes nothing", draw_way, scheme_is_no_transport),
)
