"""What is shown as right keeps its statement, whatever comes: it returns, or raises what the statement allows.

For each exercise the reference and the other right solutions, with hostile values of the types in the statement.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livesock.learn import catalogue
from livesock.learn.exercise import Solution
from livesock.lessons.lesson08.hub import draw as draw_evening
from livesock.lessons.lesson12.call import draw as draw_asks
from livesock.lessons.lesson14.pick import draw as draw_nodes
from livesock.lessons.lesson14.presence import draw as draw_reports
from livesock.lessons.lesson14.relay import draw as draw_relays

TEXT, BYTES, FLAG = st.text(max_size=40), st.binary(max_size=300), st.booleans()
SECONDS = st.floats(0.01, 1000)
COUNT = st.integers(0, 10**6)
PLACES = st.from_regex(r"[a-z0-9.-]{1,12}(:[0-9]{1,5})?(/[ -~]{0,12})?", fullmatch=True)
JSON = st.recursive(
    st.none() | FLAG | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def of(*values: str) -> st.SearchStrategy[str]:
    """Return a strategy for one of these, or for any text."""
    return st.sampled_from(values) | TEXT


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("host", "upgrade", "connection", "sec-websocket-version", "sec-websocket-key"),
            *("sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions"),
        ]
    ),
    of(
        "websocket",
        "Upgrade",
        "keep-alive, Upgrade",
        "13",
        "dGhlIHNhbXBsZSBub25jZQ==",
        "dGhlIHNhbXBsZSBub25jZé==",
        "a,,",
    ),
)
HEAD = st.lists(
    st.sampled_from([b"GET / HTTP/1.1", b"\r\n", b"\r\n\r\n", b"A: 1", b":", b"\n", b"\r", b"\xff", b"\xc3\xa9: \xa0"])
    | BYTES
).map(b"".join)
STREAM = st.lists(st.sampled_from(["data:", " ", "\n", "\n\n", "id:", "a", ":", "\r", "\x85"]) | TEXT).map("".join)
MESSAGE = st.lists(
    st.sampled_from(["4", "2", "45", "/", ",", "0", "٣", "²", '["a"]', "[", '{"', "null", "NaN", "[" * 100_000]) | TEXT
).map("".join)
FRAME = st.tuples(FLAG, st.integers(0, 15), st.binary(max_size=140))
WHO, WHERE = st.sampled_from(["ann", "bob"]), st.sampled_from(["/", "/point", "point", "", "//"])


def calls_of(**methods: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for a list of calls: the name of a method and its arguments."""
    steps = [st.tuples(st.just(name), arguments) for name, arguments in methods.items()]
    return st.lists(st.one_of(steps), max_size=20)


def steps_of(**methods: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for the same calls as flat tuples."""
    return calls_of(**methods).map(lambda steps: [(name, *values) for name, values in steps])


def fails(*arguments: Any) -> None:
    raise RuntimeError(arguments)


T = st.tuples
NOTHING = T()
CODE = st.integers(1000, 4999)
CLOSER = steps_of(send=T(BYTES), close=T(BYTES), received=T(BYTES), timeout=NOTHING, tcp_ended=NOTHING)
ROOMS = calls_of(
    join=T(WHO, TEXT), leave=T(WHO, TEXT), leave_all=T(WHO), rooms_of=T(WHO), names=NOTHING,
    targets=T(st.lists(TEXT), st.lists(WHO).map(tuple)),
)  # fmt: skip
ROUTER = calls_of(
    register=T(WHERE, st.dictionaries(TEXT, st.sampled_from([fails, lambda *args: args]))),
    connect=T(WHO, WHERE), disconnect=T(WHO, WHERE), dispatch=T(WHO, WHERE, TEXT, TEXT),
)  # fmt: skip
BEATS = steps_of(tick=T(SECONDS), heard=T(SECONDS))
CALLS = steps_of(start=NOTHING, opened=T(SECONDS), failed=NOTHING, lost=T(CODE, SECONDS), stop=NOTHING)

FRAMES = BYTES | st.sampled_from([b"\x81\x00" * 3000, b"\x82\x7f" + b"\xff" * 9, b"\x81\xff\x00"])
CLOSES = BYTES | st.integers(0, 5001).map(lambda code: code.to_bytes(2, "big") + b"\xed\xa0")
CODES = st.none() | st.integers() | st.integers(999, 5001)
KEY = st.binary(min_size=4, max_size=4)

CALLER = st.lists(
    st.tuples(st.just("says"), TEXT | BYTES | st.just("a token"))
    | st.tuples(st.just("waits"), SECONDS)
    | st.just(("goes",)),
    max_size=5,
)
TICKETS = st.lists(
    st.tuples(st.just("issue"), TEXT) | st.tuples(st.just("wait"), SECONDS) | st.tuples(st.just("try"), TEXT)
)
PROMISES: dict[str, tuple[st.SearchStrategy[Any], tuple[type[Exception], ...]]] = {
    "00.kernel_ws_url": (T(PLACES.map(lambda place: {"url": f"https://{place}"}), TEXT, TEXT), ()),
    "01.read_exactly": (T(st.lists(st.binary(min_size=1, max_size=9)), st.integers(0, 60), st.just(True)), (EOFError,)),
    "01.pack": (T(BYTES), ()),
    "01.unpack_all": (T(BYTES), ()),
    "02.build_get": (T(TEXT, TEXT, st.dictionaries(TEXT, TEXT)), ()),
    "02.parse_head": (T(HEAD), ()),
    "02.parse_sse": (T(STREAM), ()),
    "02.polling_delay": (T(SECONDS, st.lists(st.floats(0, 1000))), ()),
    "03.accept_key": (T(TEXT), ()),
    "03.check_request": (T(of("GET", "get"), of("HTTP/1.1", "HTTP/1.0", "HTTP/2", "HTTP/"), HEADERS), ()),
    "03.verify_response": (T(TEXT, st.integers() | st.just(101), HEADERS, st.sets(TEXT)), ()),
    "04.mask": (T(BYTES, KEY), ()),
    "04.encode_frame": (T(st.integers(0, 15), BYTES, FLAG, st.none() | KEY), ()),
    "04.parse_frames": (T(FRAMES), ()),
    "05.Assembler": (T(st.none() | st.integers(0, 200), st.lists(FRAME)), ()),
    "06.sendable": (T(st.integers()), ()),
    "06.close_payload": (T(CODES, st.text(st.characters())), (ValueError,)),
    "06.parse_close": (T(CLOSES), (ValueError,)),
    "06.Closer": (T(FLAG, CLOSER), ()),
    "07.ws_bytes": (T(st.integers(0, 2**40), FLAG), ()),
    "07.break_even": (T(COUNT, COUNT, SECONDS, st.integers(1, 99), COUNT, SECONDS, COUNT, SECONDS), ()),
    "07.choose": (T(FLAG, st.floats(0, 1e9), st.floats(0, 1e9), FLAG, FLAG), ()),
    "08.Hub": (st.randoms(use_true_random=False).map(draw_evening), ()),
    "09.backoff": (T(st.integers(0, 10**6), SECONDS, SECONDS, st.lists(st.floats(0, 1), max_size=5)), ()),
    "09.Heartbeat": (T(SECONDS, SECONDS, SECONDS, BEATS), ()),
    "09.Reconnector": (T(st.just({}), CALLS), ()),
    "10.eio_url": (
        T(
            T(st.sampled_from(["http", "https", "ws", "wss"]), PLACES).map("://".join),
            TEXT.map(lambda path: f"/{path}"),
            st.sampled_from(["websocket", "polling"]),
            st.none() | TEXT,
        ),
        (),
    ),
    "10.sio_encode": (T(st.integers(0, 4), TEXT.map(lambda n: f"/{n}"), JSON, st.none() | st.integers(0)), ()),
    "10.sio_decode": (T(MESSAGE), (ValueError,)),
    "10.requests_for": (T(TEXT, st.permutations(["polling", "websocket"]).map(list) | st.just(["polling"]), FLAG), ()),
    "11.Rooms": (T(ROOMS), ()),
    "11.Router": (T(ROUTER), (LookupError,)),
    "12.call": (st.randoms(use_true_random=False).map(draw_asks), ()),
    "12.Inbox": (T(st.integers(1, 9), steps_of(accept=T(TEXT))), ()),
    "12.Log": (T(st.integers(1, 9), steps_of(append=T(TEXT), since=T(st.integers(-9, 30), st.integers(0, 9)))), ()),
    "12.Outgoing": (
        T(SECONDS, steps_of(put=T(TEXT), due=T(st.floats(0, 1e9)), answered=T(st.integers()), reconnected=NOTHING)),
        (),
    ),
    "13.origin_allowed": (T(st.none() | of("null", "https://app.example"), st.sets(TEXT)), ()),
    "13.TokenBucket": (T(SECONDS, st.integers(1, 9), st.lists(st.floats(0, 1e6)).map(sorted)), ()),
    "13.authenticate": (T(of("a token"), SECONDS, CALLER), ()),
    "13.Tickets": (T(TICKETS), ()),
    "14.Relay": (st.randoms(use_true_random=False).map(draw_relays), ()),
    "14.pick": (st.randoms(use_true_random=False).map(draw_nodes), ()),
    "14.merge_presence": (st.randoms(use_true_random=False).map(draw_reports), ()),
}  # fmt: skip

BESIDE_THE_TRIAL = {"11.Rooms", "11.Router"}
"""Their calls are made one by one here: what one of them may raise must not end the others."""


def use(which: str, solution: Solution, args: Any) -> None:
    """Use a solution as its exercise does, and let pass what the statement allows."""
    allowed = PROMISES[which][1]
    if which not in BESIDE_THE_TRIAL:
        with contextlib.suppress(*allowed):
            catalogue.exercise(which).trial(solution, *args)
        return
    made = solution()
    for name, values in args[0]:
        with contextlib.suppress(*allowed):
            getattr(made, name)(*values)


SOLUTIONS = [
    pytest.param(exercise.id, solution, id=f"{exercise.id}-{solution.__name__}")
    for number in catalogue.numbers()
    for exercise in catalogue.lesson(number).exercises
    for solution in (exercise.reference, *catalogue.others(exercise.id))
]


def test_every_exercise_has_its_promise():
    assert set(PROMISES) == {param.values[0] for param in SOLUTIONS}


@pytest.mark.parametrize(("which", "solution"), SOLUTIONS)
def test_it_returns_or_raises_what_the_statement_allows(which, solution):
    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(PROMISES[which][0])
    def holds(args):
        use(which, solution, args)

    holds()
