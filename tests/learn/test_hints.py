"""A check says nothing that misleads: no hint without evidence, no word of its own shown as the learner's."""

from __future__ import annotations

import asyncio

import pytest

from livesock.learn import catalogue
from livesock.learn.checking.checker import judge
from livesock.learn.checking.diff import brief, shown
from livesock.learn.exercise import Exercise, Mutant, Property, case
from livesock.learn.session import LessonSession
from livesock.learn.show import report
from livesock.learn.store import Store


def of(which: str) -> Exercise:
    return catalogue.exercise(which)


def said(which: str, solution) -> str:
    return report.verdict(judge(of(which), solution))


def first(which: str, solution) -> str:
    return report.messages(judge(of(which), solution))[0]


# evidence


def even(n: int) -> bool:
    """Return whether n is even."""
    return n % 2 == 0


EVEN = Exercise(
    "99.even",
    even,
    (case("two", 2, gives=True), case("three", 3, gives=False), case("zero", 0, gives=True)),
    mutants=(Mutant("reverse", lambda n: n % 2 == 1, "Yours is the reverse."),),
    hints=("a", "b", "c"),
    explanation="So it is.",
    random=lambda rng: (rng.randrange(99),),
    claim=Property("100 more changes nothing", lambda rng: (rng.randrange(9),), lambda f, n: f(n) is f(n + 100)),
)


def test_a_function_that_is_always_true_is_not_called_the_reverse():
    message = report.messages(judge(EVEN, lambda n: True))[0]
    assert message == "Look at the arguments: whatever even is given, it returns True."
    assert first("06.sendable", lambda code: True).startswith("Look at the code: yours sends any")
    assert "reverse" in report.messages(judge(EVEN, lambda n: n % 2 == 1))[0]


def test_a_claim_that_fails_for_both_is_no_evidence_for_a_mutant():
    unstable = Exercise(**{**vars(EVEN), "mutants": (Mutant("no", lambda n: n > 50 and even(n), "Look below 50."),)})
    large = judge(unstable, lambda n: even(n) if n < 100 else None)

    assert large.mutant is None
    assert report.messages(large) == [
        "Look at the call below: what must hold for every right even does not hold there."
    ]
    assert dict(report.example(large))["must hold"] == "100 more changes nothing"


def test_a_claim_that_holds_for_a_mutant_speaks_against_it():
    never = Exercise(**{**vars(EVEN), "mutants": (Mutant("never", lambda n: False, "Yours is never true."),)})

    assert judge(never, lambda n: False).mutant.id == "never"
    assert judge(never, lambda n: n > 99 and even(n)).mutant is None


def test_a_slip_is_not_taken_for_a_mutant_that_raises_the_same_class():
    def raises(n):
        return n.real.bits()

    slip = Exercise(**{**vars(EVEN), "mutants": (Mutant("text", raises, "Do not ask for bits."),)})

    assert judge(slip, lambda n: n.evn()).mutant is None
    assert judge(slip, raises).mutant.id == "text"


# stubs


def test_only_an_unwritten_body_is_taken_for_the_stub():
    def later(n):
        if n > 1:
            raise NotImplementedError("large numbers")
        return even(n)

    async def waits(n):
        raise NotImplementedError

    def even_(n):
        """Return whether n is even."""
        raise NotImplementedError

    def even(n):
        """Return whether n is even."""
        raise NotImplementedError  # yet

    assert judge(EVEN, even).is_stub
    for solution in (later, even_):
        verdict = judge(EVEN, solution)
        assert not verdict.is_stub and not verdict.is_right
    assert "raises NotImplementedError: large numbers" in report.messages(judge(EVEN, later))[0]
    asks = Exercise(**{**vars(EVEN), "id": "99.waits", "asynchronous": True, "trial": lambda f, n: f(n).send(None)})
    assert judge(asks, waits).is_stub


def test_an_unwritten_function_that_is_called_is_named():
    def mask(payload, key):
        raise NotImplementedError

    def encode_frame(opcode, payload, fin=True, mask_key=None):
        return bytes([opcode]) + mask(payload, mask_key)

    assert first("04.encode_frame", encode_frame).startswith("Write mask first: encode_frame calls it")
    session = LessonSession(Store(None), {})
    session.check(encode_frame, "04.encode_frame")
    assert session.failed("04.encode_frame") == 0, "what is not written yet is no attempt"


def test_a_method_that_is_not_written_yet_is_named():
    class Closer(of("06.Closer").reference):
        def timeout(self):
            raise NotImplementedError

    assert first("06.Closer", Closer) == (
        "Replace the line that raises NotImplementedError in Closer.timeout, then run both cells again."
    )


def test_a_method_that_is_not_there_is_named():
    class Rooms:
        def join(self, member, room):
            pass

    assert first("11.Rooms", Rooms).startswith("Write targets:")


# what came


ROUTER = of("11.Router").reference


class Open(ROUTER):
    def dispatch(self, member, namespace, event, *arguments):
        self._members.add((member, namespace))
        return super().dispatch(member, namespace, event, *arguments)


class Fragile(ROUTER):
    def dispatch(self, member, namespace, event, *arguments):
        if (member, namespace) not in self._members:
            raise LookupError
        return [gateway[event](*arguments) for gateway in self._gateways[namespace] if event in gateway][:1]


def test_no_word_of_a_trial_stands_for_the_learners_result():
    text = said("11.Router", Open)
    assert "ran:" not in text and "'LookupError'" not in text
    assert "raises LookupError, no function ran" in text

    raised = judge(of("11.Router"), Fragile)
    assert "raises ValueError: a mistake in this gateway" in report.verdict(raised)
    assert "believed" in said("03.verify_response", lambda *args: None)


def test_no_word_of_a_trial_can_be_returned():
    assert not judge(of("07.choose"), lambda *needs: "fits").is_right

    class Forged(ROUTER):
        def dispatch(self, member, namespace, event, *arguments):
            try:
                return super().dispatch(member, namespace, event, *arguments)
            except LookupError:
                return "LookupError"

    assert not judge(of("11.Router"), Forged).is_right


async def call(peer, name, data, timeout):
    number = next(peer.numbers)
    answer = peer.waiting[number] = asyncio.Future()
    try:
        peer.send(number, name, data)
        return asyncio.wait_for(answer, timeout)
    finally:
        del peer.waiting[number]


def test_a_forgotten_await_is_named_and_shown_in_the_words_of_the_exercise():
    text = said("12.call", call)

    assert "Await what you return: call returns a coroutine, which has not run yet." in text
    assert "came       returns <coroutine object wait_for> after 0 s; left: 0 waiting, 0 tasks" in text
    assert "printed" not in text


def test_what_an_exception_says_is_shown_without_addresses_and_without_losing_letters():
    class Hub(of("08.Hub").reference):
        def leave(self, ws):
            del {}[ws]

    assert "raises KeyError: <" in said("08.Hub", Hub) and "KeyError:  st" not in said("08.Hub", Hub)
    assert " at 0x" not in said("08.Hub", Hub)
    assert brief('it\'s "here"\n') == 'it\'s "here"\\n'
    assert len(brief("x" * 1000)) == 70


def test_a_run_of_one_byte_is_written_as_a_product():
    def encode_frame(opcode, payload, fin=True, mask_key=None):
        frame = of("04.encode_frame").reference(opcode, payload, fin, mask_key)
        return b"\x82~" + payload if payload == bytes(126) else frame

    rows = dict(report.example(judge(of("04.encode_frame"), encode_frame)))

    assert rows["126 bytes"] == "encode_frame(2, bytes(126))"
    assert (rows["came"], rows["expected"]) == (r"b'\x82~' + bytes(126)", r"b'\x82~\x00~' + bytes(126)")
    assert shown("x" * 123 + "é") == "'x' * 123 + 'é'"
    assert shown(bytes(5)) == r"b'\x00\x00\x00\x00\x00'"
    assert shown([b"a" * 50, {"k": (b"b" * 50,)}]) == "[b'a' * 50, {'k': (b'b' * 50,)}]"


# kinds of numbers


@pytest.mark.parametrize(
    ("right", "given", "fits"),
    [(1, True, False), (0, False, False), (7, 7.0, False), (True, 1, True), (1.0, 1, True), (0.0, False, False)],
)
def test_a_bool_is_no_number_and_a_float_no_int(right, given, fits):
    exercise = Exercise(**{**vars(EVEN), "cases": (case("one", 1, gives=right),), "random": None, "claim": None})
    verdict = judge(exercise, lambda n: given)

    assert verdict.is_right is fits
    if not fits:
        assert dict(report.example(verdict))["where"].startswith(f"{type(given).__name__} came, expected ")
