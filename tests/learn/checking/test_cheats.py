"""A wrong solution does not pass, whatever it returns or rebinds; classes and coroutine functions are judged too."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading

import pytest

from livesock.learn import audit, puzzle, source
from livesock.learn.checking.checker import judge
from livesock.learn.exercise import Exercise, case


class EqualsEverything:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(b"a")


class Agreeable(str):
    __eq__ = EqualsEverything.__eq__
    __hash__ = str.__hash__


class Number(int):
    __eq__ = EqualsEverything.__eq__
    __hash__ = int.__hash__


class Bytes(bytes):
    __eq__ = EqualsEverything.__eq__
    __hash__ = bytes.__hash__


class Liar(Exception):
    __class__ = EOFError


WRONG = [
    EqualsEverything(),
    Agreeable("z"),
    Number(7),
    Bytes(b"z"),
    [EqualsEverything()],
    {"a": EqualsEverything()},
    {EqualsEverything(): 1},
    {EqualsEverything()},
]


def exercise(right, **options):
    def answer(data):
        return right

    return Exercise("99.answer", answer, (case("one", b"a"),), (), ("a", "b", "c"), "So it is.", **options)


@pytest.mark.parametrize("right", [b"a", "a", 1, True, None, (b"a",), {"a": b"a"}, {b"a": 1}, {b"a"}, [{"k": [1]}]])
@pytest.mark.parametrize("wrong", WRONG)
def test_what_equals_everything_is_not_believed(right, wrong):
    assert not judge(exercise(right), lambda data: wrong).is_right


@pytest.mark.parametrize(
    "right", [b"a", "a", 1, 1.0, True, None, (b"a",), {"a": b"a"}, {b"a"}, [{"k": [1]}], ValueError]
)
def test_what_is_right_stays_right(right):
    assert judge(exercise(right), lambda data: right).is_right


def test_subclasses_of_plain_types_are_judged_by_what_they_hold():
    for right, given in (("z", Agreeable("z")), (7, Number(7)), (b"z", Bytes(b"z")), ([7], [Number(7)])):
        assert judge(exercise(right), lambda data, given=given: given).is_right


def test_an_exception_is_judged_by_its_real_class():
    def refuse(data):
        raise EOFError

    cut = Exercise("99.refuse", refuse, (case("cut", b"", raises=EOFError),), (), ("a", "b", "c"), "So it is.")

    def lie(data):
        raise Liar

    assert judge(cut, refuse).is_right
    assert not judge(cut, lie).is_right


def test_names_of_the_checker_that_were_bound_anew_are_given_back():
    from livesock.learn.checking import checker, outcome

    before = checker.same, outcome.equal

    def patches(data):
        checker.same = outcome.equal = lambda *args: True
        return "wrong"

    assert not judge(exercise(b"a"), patches).is_right
    assert (checker.same, outcome.equal) == before


def test_printing_that_it_is_right_makes_nothing_right(capsys):
    assert not judge(exercise(b"a"), lambda data: print("99.answer · right, 1 of 1")).is_right
    assert capsys.readouterr().out == ""


LIMIT = 3


def shortened(text: str) -> str:
    return text[:LIMIT]


class Collector:
    """Collects what it is given."""

    def __init__(self) -> None:
        self._held: list[str] = []

    def put(self, text: str) -> int:
        """Keep a text, shortened; return how many there are."""
        self._held.append(shortened(text))
        return len(self._held)

    def all(self) -> list[str]:
        """Return them."""
        return self._held


def use(cls, texts):
    it = cls()
    return [*map(it.put, texts), it.all()]


COLLECTOR = Exercise("99.Collector", Collector, (case("two", ["a", "bcdef"], gives=[1, 2, ["a", "bcd"]]),), (),
                     ("a", "b", "c"), "So it is.", trial=use)  # fmt: skip


def test_a_class_is_judged_and_its_stub_recognised():
    assert judge(COLLECTOR, Collector).is_right
    assert judge(COLLECTOR, audit.stub_of(COLLECTOR)).is_stub
    assert judge(COLLECTOR, Collector()).misuse


def test_a_class_brings_its_helpers_and_constants_along():
    made: dict[str, object] = {}
    exec(source.standalone(Collector), made)
    assert judge(COLLECTOR, made["Collector"]).is_right
    assert judge(COLLECTOR, puzzle.define(COLLECTOR, "\n".join(puzzle.blocks(COLLECTOR)))).is_right


async def echo(data: bytes) -> bytes:
    """Return `data`, later."""
    await asyncio.sleep(0)
    return data


ECHO = Exercise("99.echo", echo, (case("one", b"a", gives=b"a"),), (), ("a", "b", "c"), "So it is.",
                trial=lambda f, data: asyncio.run(f(data)), asynchronous=True)  # fmt: skip


def test_a_coroutine_function_is_judged_and_a_function_in_its_place_is_named():
    assert judge(ECHO, echo).is_right
    assert "async def" in judge(ECHO, lambda data: data).misuse
    assert "without async" in judge(exercise(b"a"), echo).misuse
    assert judge(ECHO, audit.stub_of(ECHO)).is_stub


def test_a_coroutine_that_never_ends_is_stopped_and_the_next_check_works():
    async def waits(data):
        while True:
            await asyncio.sleep(0.001)

    verdict = judge(ECHO, waits, deadline=0.2)
    assert verdict.outcomes[-1].is_endless
    assert judge(ECHO, echo).is_right


def test_an_interrupt_ends_a_check_and_the_next_one_works():
    begun = threading.Event()
    before = set(threading.enumerate())  # another test may have left a thread behind on purpose

    def loops(data):
        begun.set()
        while True:
            pass

    async def cell():
        def press():
            begun.wait(10)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

        waiting = threading.Thread(target=press)
        waiting.start()
        with pytest.raises(KeyboardInterrupt):
            judge(exercise(b"a"), loops, deadline=600)
        waiting.join()

    with contextlib.closing(asyncio.new_event_loop()) as loop:
        before_it = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
        try:
            loop.run_until_complete(cell())
        finally:
            signal.signal(signal.SIGINT, before_it)
    assert judge(exercise(b"a"), lambda data: b"a").is_right
    assert not [t for t in set(threading.enumerate()) - before if t.name == "livesock check"]
