"""A check of anything a learner may write: a clear sentence, the process alive, and the next check works."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time

import pytest

from livesock.learn.checking.checker import judge
from livesock.learn.checking.run import slowness
from livesock.learn.exercise import Exercise, Mutant, Property, case
from livesock.learn.show import report


def double(data: bytes) -> bytes:
    """Return `data` twice."""
    return data + data


DOUBLE = Exercise(
    "99.double",
    double,
    cases=(case("one byte", b"a", gives=b"aa"), case("nothing", b"", gives=b""), case("two", b"ab", gives=b"abab")),
    random=lambda rng: (rng.randbytes(rng.randrange(1, 9)),),
    mutants=(
        Mutant("once", lambda data: data, "Write it twice."),
        Mutant("backwards", lambda data: data + data[::-1], "Keep the order."),
        Mutant("text", lambda data: (data + data).hex(), "Return bytes."),
    ),
    hints=("a", "b", "c"),
    explanation="Two are more than one.",
    claim=Property("the halves are equal", lambda rng: (rng.randbytes(4),), lambda f, d: f(d)[:4] == f(d)[4:]),
)


@pytest.fixture(autouse=True)
def the_next_check_works():
    yield
    assert judge(DOUBLE, double).is_right


def said(solution, **options) -> list[str]:
    verdict = judge(DOUBLE, solution, **options)
    assert not verdict.is_right
    report.verdict(verdict)  # can be written down, whatever came
    return report.messages(verdict)


def calls_itself(data):
    return calls_itself(data)


def loops(data):
    while True:
        pass


async def coroutine(data):
    return data + data


def generator(data):
    yield data


class Doubler:
    def __init__(self, data=b""):
        self.data = data


class Rude(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Unequal:
    def __eq__(self, other):
        raise RuntimeError("not comparable")

    __hash__ = None

    def __repr__(self):
        raise RuntimeError("not shown")


def raiser(error):
    def double(data):
        raise error

    return double


@pytest.mark.parametrize(
    ("solution", "sentence"),
    [
        (None, "None came"),
        (5, "What came is a number"),
        (b"aa", "What came is bytes"),
        (Doubler, "the class Doubler"),
        (coroutine, "without async"),
        (generator, "holds a yield"),
        (lambda data: None, "Look for the return"),
        (lambda data: (b for b in data), "returns a generator"),
        (lambda data: ValueError, "Write raise: double returns ValueError"),
        (lambda data: ValueError(data), "Write raise: double returns ValueError"),
        (lambda: b"", "takes 0 positional arguments"),
        (lambda data: undefined_name, "NameError"),  # type: ignore[name-defined] # noqa: F821
        (raiser(SystemExit(3)), "calls exit()"),
        (raiser(KeyboardInterrupt()), "raises KeyboardInterrupt"),
        (raiser(Rude()), "raises Rude"),
        (raiser(BaseExceptionGroup("many", [KeyboardInterrupt()])), "BaseExceptionGroup"),
        (lambda data: sys.exit(), "calls exit()"),
        (calls_itself, "never stops"),
        (lambda data: Unequal(), "Compare"),
        (lambda data: data, "Write it twice."),
        (lambda data: bytearray(data + data[::-1]), "Keep the order."),
    ],
)
def test_what_came_instead_is_named(solution, sentence):
    assert sentence in " ".join(said(solution))


def test_the_example_is_the_call_that_the_message_is_about():
    def double(data):
        return b"neither" if len(data) < 2 else data.undefined

    example = dict(report.example(judge(DOUBLE, double)))

    assert "raises AttributeError" in example["came"]


def test_a_call_of_the_function_instead_of_the_function_is_recognised():
    assert "without calling it" in said(coroutine(b"a"))[0]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_no_style_of_bytes_is_demanded(kind):
    assert judge(DOUBLE, lambda data: kind(data + data)).is_right


def test_an_endless_loop_is_stopped_and_said_so():
    verdict = judge(DOUBLE, loops, deadline=0.1)

    assert "was stopped" in report.messages(verdict)[0]
    assert verdict.right == 0 and "left: everything" in report.verdict(verdict)
    assert not [t for t in threading.enumerate() if t.name == "livesock check"]


def test_on_a_busy_machine_there_is_more_time(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for load, factor in ((0.5, 1.0), (2.0, 1.0), (5.0, 2.5), (40.0, 4.0)):
        monkeypatch.setattr(os, "getloadavg", lambda load=load: (load, 0.0, 0.0), raising=False)
        assert slowness() == factor
    monkeypatch.delattr(os, "getloadavg")
    assert slowness() == 1.0


def test_a_loop_that_catches_exceptions_is_stopped_all_the_same():
    def stubborn(data):
        while True:
            with contextlib.suppress(Exception):
                time.sleep(0.001)

    assert "was stopped" in said(stubborn, deadline=0.1)[0]


def test_a_thread_that_does_not_hear_is_left_behind_and_said_so():
    freed = threading.Event()

    def waits(data):
        freed.wait()

    messages = said(waits, deadline=0.1)
    freed.set()

    assert "was left behind" in messages[0]


def test_an_endless_loop_has_the_hint_of_the_mutant_that_hangs_there():
    def hangs_on_nothing(data):
        while not data:
            pass
        return data + data

    mutant = Mutant("empty", hangs_on_nothing, "Nothing is something too.", hangs="nothing")
    exercise = Exercise(**{**vars(DOUBLE), "mutants": (*DOUBLE.mutants, mutant)})

    assert judge(exercise, hangs_on_nothing, deadline=0.1).mutant is mutant


def test_megabytes_of_print_are_cut_and_counted(capsys):
    def prints(data):
        print("x" * 1_000_000)
        print("y", file=sys.stderr)
        return data

    messages = said(prints)

    assert "Print less" in messages[1]
    assert len(report.verdict(judge(DOUBLE, prints))) < 1000
    assert capsys.readouterr() == ("", "")


def test_other_threads_print_where_they_always_did(capsys):
    def lets_another_print(data):
        other = threading.Thread(target=print, args=("from another thread",))
        other.start()
        other.join()
        return data + data

    assert judge(DOUBLE, lets_another_print).is_right
    assert "from another thread" in capsys.readouterr().out


def test_a_thread_that_was_left_running_is_mentioned():
    freed, left = threading.Event(), []

    def starts(data):
        if not left:
            left.append(threading.Thread(target=freed.wait))
            left[0].start()
        return data + data

    verdict = judge(DOUBLE, starts)
    freed.set()

    assert verdict.is_right and "left 1 thread running" in report.messages(verdict)[0]


def test_a_changed_argument_is_wrong_and_named():
    exercise = Exercise(
        **{**vars(DOUBLE), "cases": (case("a list", [1], gives=(1, 1)),), "random": None, "claim": None, "mutants": ()}
    )

    def grows(data):
        data.extend(data)
        return data

    verdict = judge(exercise, grows)

    assert not verdict.is_right
    assert "changed data" in report.messages(verdict)[0]
    assert judge(exercise, lambda data: data * 2).is_right


def test_a_reused_list_is_judged_by_what_it_held_at_the_time():
    kept: list[int] = []

    def collects(data):
        kept.append(len(data))
        return kept

    exercise = Exercise(**{**vars(DOUBLE), "cases": (case("a", b"a", gives=[1]),), "random": None, "claim": None})

    assert judge(exercise, collects).is_right
    assert not judge(exercise, collects).is_right


def test_two_wrong_ideas_at_once_get_the_hint_that_explains_half():
    def mixed(data):
        return data if len(data) < 5 else b"?"

    verdict = judge(DOUBLE, mixed)

    assert verdict.mutant is None or verdict.partly


def test_a_hint_for_a_part_stands_above_a_call_that_it_explains():
    verdict = judge(DOUBLE, lambda data: b"?" if data == b"a" else data)

    assert verdict.partly and report.messages(verdict)[0] == "A part of what is wrong: Write it twice."
    assert verdict.probes[verdict.wrong[0]].name == "one byte"
    assert report.example(verdict)[0][0] == "two"


def test_the_count_is_honest():
    verdict = judge(DOUBLE, lambda data: data + data if data else None)

    assert report.headline(verdict) == "99.double · 32 of 33"
    assert "left: nothing" in report.verdict(verdict)


def test_there_are_three_messages_at_most():
    def everything_at_once(data):
        print("x" * 10_000)
        threading.Thread(target=time.sleep, args=(0.01,)).start()
        return data

    assert len(said(everything_at_once)) <= 3


def test_another_seed_draws_other_cases():
    first, second = (judge(DOUBLE, lambda data: b"", seed=seed) for seed in (1, 2))

    assert [p.args for p in first.probes] != [p.args for p in second.probes]
    assert "seed 1" in report.headline(judge(DOUBLE, double, seed=1))


@pytest.mark.slow
def test_exit_in_a_notebook_leaves_the_kernel_alive():
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = sys.executable
    manager.start_kernel(env={**os.environ, "LIVESOCK_PROGRESS": "off"})
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    seen: list[str] = []

    def hook(message):
        seen.append(str(message["content"].get("data", {}).get("text/plain", "")))

    cell = "from livesock import learn\ndef accept_key(key):\n    exit()\nlearn.check(accept_key, '03.accept_key')"
    client.execute_interactive(cell, timeout=60, output_hook=hook)
    client.execute_interactive("6 * 7", timeout=60, output_hook=hook)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()

    assert "calls exit()" in "".join(seen)
    assert seen[-1] == "42" or "42" in seen


def test_a_trial_with_asyncio_works_where_a_loop_runs_as_in_a_notebook():
    async def double(n):
        return 2 * n

    async def triple(n):
        return 3 * n

    exercise = Exercise(
        "99.double",
        double,
        cases=(case("two", 2, gives=4),),
        random=lambda rng: (rng.randrange(1, 99),),
        trial=lambda solution, n: asyncio.run(solution(n)),
        mutants=(Mutant("triple", triple, "Take it twice, not three times."),),
        hints=("a", "b", "c"),
        explanation="So it is.",
        asynchronous=True,
    )

    async def in_a_cell():
        return judge(exercise, double), judge(exercise, triple)

    right, wrong = asyncio.run(in_a_cell())

    assert right.is_right and all(probe.expected.error is None for probe in right.probes)
    assert wrong.mutant and wrong.mutant.id == "triple"
