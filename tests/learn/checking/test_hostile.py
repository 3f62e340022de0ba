"""Code that would end, hang or poison the kernel: a sentence comes back, and all that it touched is as before."""

from __future__ import annotations

import builtins
import json
import linecache
import os
import sys
import threading
import time

import pytest

from livesock.errors import LivesockError
from livesock.learn import catalogue, source
from livesock.learn.checking import diff
from livesock.learn.checking.checker import judge
from livesock.learn.session import LessonSession
from livesock.learn.show import report
from livesock.learn.store import Store

MASK = catalogue.exercise("04.mask")


@pytest.fixture(autouse=True)
def the_next_check_works():
    before = sys.stdout, time.monotonic, json.dumps, builtins.len, builtins.input, os._exit, threading.Thread.start
    yield
    assert judge(MASK, MASK.reference).is_right
    after = sys.stdout, time.monotonic, json.dumps, builtins.len, builtins.input, os._exit, threading.Thread.start
    assert after == before


def said(solution, **options) -> str:
    verdict = judge(MASK, solution, **options)
    assert not verdict.is_right
    report.folded(verdict)
    return report.verdict(verdict)


class Loops:
    def __eq__(self, other):
        while True:
            pass

    __hash__ = None

    def __repr__(self):
        while True:
            pass


class Mute(Exception):
    def __str__(self):
        raise SystemExit


class LoopsInWords(Exception):
    def __str__(self):
        while True:
            pass


class Everything:
    def __getattr__(self, name):
        return Everything()

    def __call__(self, *args):
        return Everything()


def patches_time(payload, key):
    time.monotonic = time.time = lambda: 0
    while True:
        pass


def patches_builtins(payload, key):
    builtins.len = builtins.zip = builtins.isinstance = builtins.repr = lambda *args: True
    json.dumps = None
    return b""


def raises_what_cannot_speak(payload, key):
    raise Mute


def raises_what_loops(payload, key):
    raise LoopsInWords


def holds_itself(payload, key):
    nested: list[object] = []
    nested.append(nested)
    return nested


def shallow(payload, key):
    sys.setrecursionlimit(150)
    return payload


async def yields_later(payload, key):
    yield payload


@pytest.mark.parametrize(
    ("solution", "sentence"),
    [
        (patches_time, "went on forever"),
        (patches_builtins, "04.mask · 0 of"),
        (lambda payload, key: input("well? "), "gets no answer here"),
        (lambda payload, key: os._exit(3), "calls exit()"),
        (lambda payload, key: Loops(), "went on forever"),
        (raises_what_cannot_speak, "raises Mute"),
        (raises_what_loops, "went on forever"),
        (holds_itself, "holds itself"),
        (lambda payload, key: 10**5000, "16,610 bits"),
        (yields_later, "without async"),
        (shallow, "04.mask · "),
        (Everything(), "04.mask · 0 of"),
        (lambda payload, key: judge(MASK, MASK.reference), "inside of another one"),
    ],
)
def test_a_sentence_comes_back(solution, sentence):
    assert sentence in said(solution, deadline=0.3)


def calls_itself(payload, key):
    return calls_itself(payload, key)


def test_of_a_thousand_lines_that_call_themselves_each_file_is_looked_up_once():
    report.is_installed.cache_clear()

    assert "calls itself" in said(calls_itself)
    assert report.is_installed.cache_info().misses < 10


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_that_take_all_the_time_are_ended():
    begun: list[threading.Thread] = []

    def spins(payload, key):
        def spin():
            while True:
                pass

        begun.append(threading.Thread(target=spin, daemon=True))
        begun[-1].start()
        while True:
            pass

    assert "left 1 thread running" in said(spins, deadline=0.3)
    begun[0].join(60)
    assert not begun[0].is_alive()


def test_threads_of_others_are_not_counted():
    freed = threading.Event()
    asked = threading.Event()
    other = threading.Thread(target=freed.wait)

    def starts_it() -> None:
        asked.wait(60)
        other.start()

    beside = threading.Thread(target=starts_it)
    beside.start()

    def waits(payload, key):
        asked.set()
        beside.join()
        return payload

    assert "thread" not in said(waits)
    freed.set()


def test_two_checks_at_once_leave_the_output_alone():
    verdicts = []

    def checks():
        verdicts.append(judge(MASK, lambda payload, key: print("loud") or payload))

    both = [threading.Thread(target=checks) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert [verdict.run.printed[:5] for verdict in verdicts] == ["loud\n", "loud\n"]


def test_two_threads_change_one_store_and_lose_nothing(tmp_path):
    store = Store(tmp_path / "progress.json")

    def count(name):
        for number in range(20):
            store.change("exercise", f"{name}.{number}", passed=True)

    both = [threading.Thread(target=count, args=(name,)) for name in "ab"]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert len(Store(store.path).ids("exercise")) == 40


@pytest.mark.parametrize("record", [{"failed": "three"}, {"first": None}, {"checks": []}, {"hints": float("nan")}, 7])
def test_a_file_with_a_wrong_field_is_set_aside(tmp_path, record):
    path = tmp_path / "progress.json"
    path.write_text(json.dumps({"records": {"exercise": {"04.mask": record}}}))
    session = LessonSession(Store(path), {})

    assert "set aside" in session.progress().text
    session.check(lambda payload, key: payload, "04.mask")
    assert "04.mask" in session.solution("04.mask").text


def test_a_folder_that_is_gone_costs_the_file_only(tmp_path, monkeypatch):
    monkeypatch.delenv("LIVESOCK_PROGRESS", raising=False)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    assert "in this kernel only" in LessonSession(namespace={}).progress().text


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("04.msk", "did you mean '04.mask'"),
        ("mask", "did you mean '04.mask'"),
        ("4.mask", "did you mean '04.mask'"),
        ("05.mask", "did you mean '04.mask'"),
        ("99.nothing_like_it", "no exercise '99.nothing_like_it'"),
        (max, "in quotes"),
        (None, "in quotes"),
    ],
)
def test_a_name_that_is_wrong_gets_the_nearest(which, sentence):
    with pytest.raises(LivesockError, match=sentence.replace(".", r"\.")):
        catalogue.exercise(which)


def test_a_lesson_may_be_a_number():
    assert catalogue.lesson(4) is catalogue.lesson("4") is catalogue.lesson("04")


@pytest.fixture
def session() -> LessonSession:
    return LessonSession(Store(None), {})


@pytest.mark.parametrize("thing", [len, print, 5, None, b"", "text", catalogue.exercise("04.mask"), str.upper])
def test_only_what_was_written_can_be_kept(session, thing):
    with pytest.raises(LivesockError, match="above a def or a class of your own"):
        session.keep("mask", thing)


def test_what_cannot_be_made_anew_is_refused_at_once(session):
    made: dict[str, object] = {}
    exec(compile("def mask(payload, key):\n    return payload", "<nowhere>", "exec"), made)
    with pytest.raises(LivesockError, match="cannot find the text"):
        session.keep("mask", made["mask"])
    with pytest.raises(LivesockError, match="cannot make maske anew"):
        session.keep("maske", needs_an_enum)
    assert session.store.ids("kept") == []


import enum  # noqa: E402
from http import HTTPStatus  # noqa: E402


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Bits(enum.IntFlag):
    LOW = 1
    HIGH = 2


FAVOURITE = Colour.BLUE
GONE = HTTPStatus.GONE
BOTH = Bits.LOW | Bits.HIGH
HALF = 0.5
NOTHING = None


def needs_an_enum():
    """Use constants of every kind."""
    return FAVOURITE.value, GONE + 0, BOTH + 0, HALF, NOTHING


def test_constants_of_every_kind_come_along(session):
    session.keep("needs_an_enum", needs_an_enum)
    assert session.kept("needs_an_enum")() == ("blue", 410, 3, 0.5, None)
    assert "Colour.BLUE" in source.standalone(needs_an_enum)


CELL = """import functools

BOUND = 3


class Counts:
    \"\"\"Another one of this name, above.\"\"\"


@functools.total_ordering
class Counts:
    limit = BOUND

    def __init__(self) -> None:
        self.seen = 0

    @property
    def room(self) -> int:
        return helper(self.limit - self.seen)

    def __lt__(self, other: object) -> bool:
        return True


class TooMany(Exception):
    \"\"\"One without a method.\"\"\"


def helper(number):
    return number if number < 100 else TooMany
"""


@pytest.mark.parametrize("file", ["/tmp/ipykernel_7/1234.py", "<ipython-input-3-abcdef>"])
def test_a_class_of_a_cell_is_kept_with_what_it_needs(session, file):
    linecache.cache[file] = (len(CELL), None, CELL.splitlines(keepends=True), file)
    linecache.cache["<a broken cell>"] = (1, None, ["class TooMany(\n"], "<a broken cell>")
    made: dict[str, object] = {"__name__": "__main__"}
    exec(compile(CELL, file, "exec"), made)

    session.keep("Counts", made["Counts"])

    assert session.kept("Counts")().room == 3
    text = session.store.get("kept", "Counts")["source"]
    assert text.count("class Counts") == text.count("class TooMany(Exception)") == 1


def test_a_difference_never_runs_the_code_of_a_value():
    assert diff.difference((Loops(),), (b"a",)) == ""
    assert diff.difference(Loops(), b"a") == "a Loops came, expected bytes"
