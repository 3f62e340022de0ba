"""What is remembered of a learner: the file, two kernels, the gate of the solution, kept functions, light imports."""

from __future__ import annotations

import ast
import functools
import html
import json
import linecache
import os
import re
import subprocess
import sys
from base64 import b64encode as pack_as_text
from dataclasses import dataclass, field
from hashlib import sha1 as digest_of
from pathlib import Path
from random import random as chance

import pytest
from filelock import SoftFileLock

from livesock import learn
from livesock.errors import LivesockError
from livesock.learn import catalogue, puzzle, source
from livesock.learn.session import LessonSession
from livesock.learn.store import Store

ID = "03.accept_key"
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def wrong(key):
    return key


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(clock) -> LessonSession:
    return LessonSession(Store(None, clock), {})


def test_a_damaged_file_is_set_aside_and_said_so_once(tmp_path):
    path = tmp_path / "progress.json"
    path.write_text('{"records": {"exercise"')
    session = LessonSession(Store(path), {})

    assert "set aside as progress.damaged.json" in session.progress().text
    assert "set aside" not in session.progress().text
    assert (tmp_path / "progress.damaged.json").read_text() == '{"records": {"exercise"'


def test_a_file_from_before_the_lessons_were_renumbered_is_carried_over(tmp_path):
    path = tmp_path / "progress.json"
    old = {
        "exercise": {"13.sio_encode": {"passed": True}, "05.Assembler": {"hints": 2}},
        "kept": {"f": {"source": "1"}},
    }
    path.write_text(json.dumps({"version": 1, "records": old | {"prediction": {"14.cut": {"answer": "c"}}}}))
    store = Store(path)

    assert store.get("exercise", "10.sio_encode") == {"passed": True}
    assert store.get("exercise", "05.Assembler") == {"hints": 2}
    assert store.get("prediction", "11.cut") == {"answer": "c"}
    assert store.get("kept", "f") == {"source": "1"}
    store.change("exercise", "13.a_new_one", passed=True)
    assert Store(path).ids("exercise") == ["05.Assembler", "10.sio_encode", "13.a_new_one"]


def test_two_kernels_with_one_file_lose_nothing(tmp_path):
    path = tmp_path / "progress.json"
    one, two = Store(path), Store(path)
    for number in range(20):
        one.change("exercise", f"one.{number}", passed=True)
        two.change("exercise", f"two.{number}", passed=True)

    assert len(Store(path).ids("exercise")) == 40


def test_a_kernel_that_stayed_open_sees_what_others_write(tmp_path):
    path = tmp_path / "progress.json"
    stayed, other = LessonSession(Store(path), {}), LessonSession(Store(path), {})
    assert "0 of" in stayed.progress().text

    other.check(catalogue.exercise(ID).reference, ID)
    assert "1 of" in stayed.progress().text
    stayed.hint("04.mask")
    assert "04.mask" in other.progress().text
    path.unlink()
    assert "1 of" in stayed.progress().text, "what is known is not forgotten with the file"


def test_two_processes_that_write_at_once_lose_nothing(tmp_path):
    path = tmp_path / "progress.json"
    code = (
        "import sys; from pathlib import Path; from livesock.learn.store import Store\n"
        "store = Store(Path(sys.argv[1])); input()\n"
        "for n in range(25): store.change('exercise', f'{sys.argv[2]}.{n}', passed=True)"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(path), name], stdin=subprocess.PIPE) for name in ("a", "b")
    ]
    for kernel in kernels:
        kernel.stdin.write(b"\n")
        kernel.stdin.flush()
    for kernel in kernels:
        kernel.communicate(timeout=60)

    assert [kernel.returncode for kernel in kernels] == [0, 0]
    assert len(Store(path).ids("exercise")) == 50
    assert [p.name for p in tmp_path.iterdir()] == ["progress.json"]


def test_checks_of_two_kernels_at_once_all_count(tmp_path):
    path = tmp_path / "progress.json"
    code = (
        "import sys; from pathlib import Path\n"
        "from livesock.learn.session import LessonSession; from livesock.learn.store import Store\n"
        "session = LessonSession(Store(Path(sys.argv[1])), {}); input()\n"
        f"for _ in range(10): session.check(lambda key: key, {ID!r})"
    )
    kernels = [subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE) for _ in range(2)]
    for kernel in kernels:
        kernel.stdin.write(b"\n")
        kernel.stdin.flush()
    for kernel in kernels:
        kernel.communicate(timeout=60)

    record = Store(path).get("exercise", ID)
    assert (record["checks"], record["failed"]) == (20, 20)


def test_the_lock_of_a_crashed_kernel_keeps_nobody_waiting(tmp_path):
    lock = tmp_path / ".progress.json.lock"
    crash = "import os, sys; from filelock import SoftFileLock as L; l = L(sys.argv[1]); l.acquire(); os._exit(0)"
    subprocess.run([sys.executable, "-c", crash, str(lock)], check=True, timeout=60)
    assert lock.exists()
    Store(tmp_path / "progress.json").change("exercise", "one", passed=True)
    assert not lock.exists()

    lock.write_text("a kernel on another machine")
    os.utime(lock, (0, 0))
    Store(tmp_path / "progress.json").change("exercise", "two", passed=True)
    assert not lock.exists()


def test_a_lock_that_another_kernel_keeps_does_not_keep_a_change_from_being_made(tmp_path, monkeypatch):
    monkeypatch.setattr("livesock.learn.store.PATIENCE", 0.05)
    store = Store(tmp_path / "progress.json")
    with SoftFileLock(tmp_path / ".progress.json.lock"):
        store.change("exercise", "one", passed=True)

    assert Store(tmp_path / "progress.json").ids("exercise") == ["one"]


def test_a_folder_that_cannot_be_written_costs_the_file_only(tmp_path):
    (tmp_path / "no folder").write_text("a file stands where the folder should be")
    session = LessonSession(Store(tmp_path / "no folder" / "progress.json"), {})

    session.hint(ID)
    assert "in this kernel only" in session.progress().text
    assert "hint 2 of 3" in session.hint(ID).text


def test_off_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVESOCK_PROGRESS", "off")
    LessonSession(namespace={}).hint(ID)
    assert not list(tmp_path.iterdir())

    monkeypatch.setenv("LIVESOCK_PROGRESS", str(tmp_path / "mine.json"))
    LessonSession(namespace={}).hint(ID)
    assert json.loads((tmp_path / "mine.json").read_text())["records"]["exercise"][ID]["hints"] == 1


def test_the_solution_opens_after_three_failed_checks_and_five_minutes(session, clock):
    assert "3 more checks and 5 more minutes" in session.solution(ID).text
    for _ in range(3):
        session.check(wrong, ID)
    assert "after 5 more minutes" in session.solution(ID).text
    clock.now += 299
    assert "after 1 more minute." in session.solution(ID).text
    clock.now += 1
    assert "def accept_key" in session.solution(ID).text


def test_who_has_seen_all_hints_is_sent_to_the_blocks(session):
    session.check(wrong, ID)
    assert "Ask for a hint first" in session.solution(ID).text
    for _ in range(3):
        session.hint(ID)
    assert f'Try it in blocks: learn.parsons("{ID}")' in session.solution(ID).text


def test_an_instructor_opens_all_of_them(session, monkeypatch):
    monkeypatch.setenv("LIVESOCK_SOLUTIONS", "open")
    assert "def accept_key" in session.solution(ID).text
    assert session.store.get("exercise", ID) == {}


def test_five_minutes_alone_do_not_open_it(session, clock):
    session.check(wrong, ID)
    clock.now += 3600
    assert "after 2 more checks." in session.solution(ID).text


def test_a_right_solution_opens_it_at_once(session):
    assert session.check(catalogue.exercise(ID).reference, ID).is_right
    assert "def accept_key" in session.solution(ID).text


def test_a_pass_tells_in_one_line_that_others_wrote_it_otherwise_and_shows_them_in_a_fold(session):
    page = session.check(catalogue.exercise(ID).reference, ID)
    others = catalogue.others(ID)

    is_open = f'The solution is open: learn.solution("{ID}"), with {len(others)} by others.'
    assert page.text.splitlines()[-1] == f"  {is_open}"
    assert html.escape(is_open) in page.html
    assert "<details><summary>others wrote it so</summary>" in page.html
    for other in others:
        assert other.__name__ not in page.text
        assert f"def {other.__name__}(" in page.html and f"def {other.__name__}(" in session.solution(ID).text
    assert "others" not in session.check(wrong, ID).html


def test_the_wait_for_the_solution_is_five_minutes_at_first_also_by_a_real_clock():
    assert "5 more minutes" in LessonSession(Store(None), {}).solution(ID).text


def test_a_stub_is_no_attempt(session):
    def accept_key(key):
        raise NotImplementedError

    session.check(accept_key, ID)
    assert session.store.get("exercise", ID) == {}


def test_catching_up_brings_the_learners_own_where_it_is_right(session):
    mine = source.standalone(catalogue.exercise(ID).reference)
    session.store.change("kept", "accept_key", source=mine)

    assert "yours: accept_key" in session.catch_up("04").text
    assert session.namespace["accept_key"].__module__ == "kept"
    session.store.change("kept", "accept_key", source="def accept_key(key): return key")
    assert "yours" not in session.catch_up("04").text
    assert session.namespace["accept_key"] is catalogue.exercise(ID).reference


def mine_of_another_name(key: str) -> str:
    import base64
    import hashlib

    return base64.b64encode(
        hashlib.sha1((key.strip(" \t") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    ).decode()


def test_what_passes_a_check_is_kept_for_later_lessons_whatever_its_name(session):
    page = session.check(mine_of_another_name, ID)

    assert "Kept: later lessons work with your accept_key." in page.text
    assert "yours: accept_key" in session.catch_up("04").text
    assert session.namespace["accept_key"].__module__ == "kept"


def as_bytes(text):
    return text.encode()


def with_names_of_its_own(key):
    salted = in_bytes(key.strip() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    return pack_as_text(digest_of(salted).digest()).decode()


def with_chance(key):
    return with_names_of_its_own(key) if chance() < 2 else ""


in_bytes = as_bytes


@pytest.mark.parametrize("solution", [with_names_of_its_own, with_chance])
def test_what_is_called_by_another_name_than_its_own_is_kept_under_the_name_of_the_code(session, solution):
    assert "Kept: later lessons work with your accept_key." in session.check(solution, ID).text
    assert session.mine("accept_key")[0]("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def made_with(guid):
    def accept_key(key):
        return pack_as_text(digest_of(f"{key.strip()}{guid}".encode()).digest()).decode()

    return accept_key


def test_what_needs_more_than_its_text_is_not_called_kept(session):
    page = session.check(made_with("258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), ID)

    assert page.is_right and "keep cannot make accept_key anew" in page.text and "Kept" not in page.text
    assert session.mine("accept_key") == (catalogue.exercise(ID).reference, False)


def test_what_calls_a_kept_function_is_kept_with_it(session):
    session.check(with_names_of_its_own, ID)
    session.catch_up("04")
    cell = "import base64, re\n" + source.source(catalogue.exercise("03.check_request").reference)
    linecache.cache["<cell>"] = (len(cell), None, cell.splitlines(keepends=True), "<cell>")
    session.namespace["__name__"] = "__main__"
    exec(compile(cell, "<cell>", "exec"), session.namespace)

    assert "Kept" in session.check(session.namespace["check_request"], "03.check_request").text
    assert session.mine("check_request")[0].__globals__["with_names_of_its_own"].__module__ == "kept"


WORD = re.compile(r"\s*(\S*)\s*", re.ASCII)


def with_a_pattern(key):
    return with_names_of_its_own(WORD.fullmatch(key)[1])


def test_a_pattern_is_kept_with_the_function_that_uses_it(session):
    assert "Kept: later lessons work with your accept_key." in session.check(with_a_pattern, ID).text
    assert session.mine("accept_key")[0].__globals__["WORD"] == WORD


@functools.lru_cache
def as_text(digest):
    return pack_as_text(digest).decode()


@functools.lru_cache
def with_caches(key):
    return as_text(digest_of(f"{key.strip()}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest())


def test_a_function_is_kept_with_its_cache_and_that_of_its_helper(session):
    assert "Kept: later lessons work with your accept_key." in session.check(with_caches, ID).text

    session.keep("with_caches", with_caches)
    kept = session.kept("with_caches")
    assert kept.cache_info().currsize == 0
    assert kept.__wrapped__.__globals__["as_text"].__module__ == "kept"


@dataclass
class Seen:
    size: int
    ids: list = field(default_factory=list)

    def accept(self, message_id):
        if message_id in self.ids:
            return False
        self.ids = [*self.ids, message_id][-self.size :]
        return True


def test_a_dataclass_is_kept(session):
    assert "Kept: later lessons work with your Inbox." in session.check(Seen, "12.Inbox").text


def test_the_reference_is_not_kept_as_the_learners(session):
    session.check(catalogue.exercise(ID).reference, ID)

    assert session.store.ids("kept") == []


def test_a_right_solution_without_a_text_says_so(session):
    exec("def accept_key(key):\n    return right(key)", namespace := {"right": mine_of_another_name})

    said = session.check(namespace["accept_key"], ID).text
    assert "keep cannot " in said and "accept_key" in said.partition("keep cannot ")[2]


def test_keep_remembers_the_text(session):
    session.keep("wrong", wrong)
    assert session.kept("wrong")("k") == "k"


def test_reset_forgets_one_lesson_and_keeps_functions(session):
    session.hint(ID)
    session.store.change("exercise", "04.other", hints=1)
    session.keep("wrong", wrong)

    assert "1 record forgotten" in session.reset("03").text
    assert session.store.ids("exercise") == ["04.other"]
    assert session.store.ids("kept") == ["wrong"]


def test_a_prediction_is_stored_and_set_beside_what_was_measured(session):
    prediction = next(p for p in catalogue.lesson("03").predictions if p.options)
    assert "No prediction yet" in session.predict(prediction.id).text
    assert "is not one of them" in session.predict(prediction.id, "zz").text
    assert "is not one of them" in session.predict(prediction.id, ["a"]).text
    key = next(iter(prediction.options))
    assert f"Your prediction: {key}" in session.predict(prediction.id, key).text

    page = session.observed(prediction.id)
    assert prediction.options[key].reply in page.text
    assert prediction.why in page.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [("4", "4"), (" 4 ", "4"), (4.0, "4"), ("4.5", "4.5"), ("0,5", "0.5"), ("1,234", "1234"), (4, "4")],
)
def test_a_predicted_number_stays_as_it_was_typed(session, given, kept):
    assert f"Your prediction: {kept}. " in session.predict("04.smallest", given).text
    assert f"Your prediction: {kept}. " in session.chose("04.smallest", given).text
    assert f"predicted  {kept}\n" in session.observed("04.smallest", 2).text


@pytest.mark.parametrize("given", ["four", "", "nan", float("inf"), True, [4]])
def test_what_is_no_number_is_not_stored(session, given):
    assert "Predict a number" in session.chose("04.smallest", given).text
    assert "No prediction yet" in session.predict("04.smallest").text


def test_right_and_wrong_differ_by_a_sign_and_in_words(session):
    prediction = catalogue.prediction("01.three_sends")
    for key in prediction.options:
        session.predict(prediction.id, key)
        page = session.observed(prediction.id, b"onetwothree")
        sign, said = (
            ("✓", "As predicted: d came.") if key == "d" else ("✗", f"Not as predicted: you chose {key}, and d came.")
        )
        assert f"\n  {said}\n" in page.text
        assert f"    → {key} {'✓' if key == prediction.answer else ' '}  " in page.text
        assert f" {prediction.answer} ✓  " in page.text
        assert f'<span aria-hidden="true">{sign}</span>' in page.html
    assert '<span aria-hidden="true">✓</span>' in session.check(catalogue.exercise(ID).reference, ID).html
    assert '<span aria-hidden="true">✗</span>' in session.check(wrong, ID).html


def test_only_the_code_of_an_option_is_in_fixed_width(session):
    for page in (session.predict("01.three_sends"), session.observed("01.three_sends", b"onet")):
        assert ">b&quot;one&quot;</code>: one send, one receive</td>" in page.html
        assert ">a list of three</td>" in page.html
        assert 'b"one": one send, one receive' in page.text
    assert ">b&#x27;onet&#x27;</code></td>" in page.html


def test_the_question_shows_in_its_own_place_what_came(session):
    question, shown = session.predict("01.three_sends"), []
    question.widget(lambda: None)  # outside a notebook it shows nothing, and is the one that the answer comes to
    question.put = shown.append
    session.predict("01.three_sends")  # not shown
    assert "No prediction this time" in session.observed("01.three_sends", b"onetwothree").text
    assert shown == []  # "Run All" closes no question that has no answer yet
    session.chose("01.three_sends", "a")
    measured = session.observed("01.three_sends", b"onetwothree")

    answer = question.again()
    assert shown == [answer.html]
    assert "Why not the others?" in answer.text
    assert "    a: " not in answer.text.partition("Why not the others?")[2]
    for page in (answer, measured):
        assert "Not as predicted: you chose a, and d came." in page.text
        assert "measured   b'onetwothree'" in page.text or "measured  b'onetwothree'" in page.text
        assert catalogue.prediction("01.three_sends").why in page.text
    assert "Above, the question shows your answer beside the others." in measured.text
    assert "Why not the others?" not in measured.text


def test_what_another_experiment_measured_is_refused_and_not_stored(session):
    session.predict("03.get_inside", "a")
    page = session.observed("03.get_inside", [101, 101, "8a 00"])
    assert "fits none of the options. Is it what the experiment of 03.get_inside measured?" in page.text
    assert "right" not in session.store.get("prediction", "03.get_inside")

    session.predict("04.smallest", 2)
    assert "04.smallest is about a number" in session.observed("04.smallest", b"\x81").text
    assert "right" not in session.store.get("prediction", "04.smallest")


@pytest.mark.parametrize("number", catalogue.numbers())
def test_a_measurement_decides_wherever_one_is_given(number):
    """A prediction whose notebook gives a value to `observed` has a rule for it, so a stale value is noticed."""
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    cells = [ast.parse("".join(c["source"])) for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    calls = [node for tree in cells for node in ast.walk(tree) if isinstance(node, ast.Call)]
    given = [c.args[0].value for c in calls if ast.unparse(c.func) == "learn.observed" and len(c.args) > 1]
    questions = [catalogue.prediction(which) for which in given]

    assert [one.id for one in questions if one.options and one.judge is None] == []


def test_blocks_in_order_are_right_and_out_of_order_get_a_sentence(session):
    exercise = catalogue.exercise(ID)
    blocks = puzzle.shuffled(exercise)
    order = [blocks.index(line) + 1 for line in puzzle.blocks(exercise)]

    assert session.parsons(ID, order).is_right
    assert not session.parsons(ID, order[::-1]).is_right
    assert "each one once" in session.parsons(ID, [1, 1]).text
    assert "by its number" in session.parsons(ID, [99]).text


def test_an_import_is_light_and_starts_nothing():
    code = (
        "import sys, threading; from livesock import learn; "
        "assert threading.active_count() == 1; "
        "assert not {'filelock', 'ipywidgets', 'IPython', 'livesock.learn.session'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("number", ["3", 3, "03"])
def test_a_lesson_may_be_named_by_its_number_in_any_way(session, number):
    session.hint(ID)

    assert session.strip(number).text == session.strip("03").text
    assert session.catch_up(number).text == session.catch_up("03").text
    assert "1 record forgotten" in session.reset(number).text


def test_what_comes_later_is_not_caught_up_with(session):
    session.catch_up("2")

    assert "pack" in session.namespace and "accept_key" not in session.namespace


@pytest.mark.parametrize("name", [3, len])
def test_a_name_that_is_no_text_gets_a_sentence(name):
    with pytest.raises(LivesockError, match=r'such as "parse_frames", not (3|len)'):
        catalogue.named(name)


def test_keep_without_its_brackets_says_what_to_write():
    with pytest.raises(TypeError, match=r'write @learn.keep\("wrong"\) above def wrong'):
        learn.keep(wrong)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: learn.check(wrong), "'which'; write it as in  learn.check(accept_key, \"03.accept_key\")"),
        (lambda: learn.check(ID), 'write it as in  learn.check(accept_key, "03.accept_key")'),
        (lambda: learn.check(wrong, ID, 3), "too many positional arguments; write it as in  learn.check("),
        (lambda: learn.hint(), 'write it as in  learn.hint("03.accept_key")'),
        (lambda: learn.reset(), "'number'; write it as in  learn.reset(\"03\")"),
    ],
)
def test_a_call_that_lacks_an_argument_shows_how_it_is_written(call, sentence):
    with pytest.raises(TypeError) as raised:
        call()

    assert sentence in str(raised.value)
