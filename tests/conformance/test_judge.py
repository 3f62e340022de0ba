"""What a judgement holds, and that each verdict is the case's own."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.conformance import CaseVerdict, cases_of, judge
from livesock.conformance.judgement import Judgement
from livesock.errors import install_command
from tests.conformance.conftest import PATIENCE, SERVERS

NAIVE = SERVERS / "naive_server.py"
AGREEING = SERVERS / "agreeing_server.py"


@pytest.fixture(scope="module")
def naive() -> Judgement:
    """A friendly echo of thirty lines, on the stages that it mostly masters."""
    return judge(NAIVE, [1, 2, 5, 9])


def test_a_naive_server_passes_where_clients_are_friendly(naive: Judgement) -> None:
    assert naive.verdict(1) is naive.verdict(5) is CaseVerdict.PASS
    assert naive.reached == 1
    assert not naive.passed


def test_a_failure_says_what_was_sent_expected_and_got(naive: Judgement) -> None:
    (pong,) = [one for one in naive.failures if one.case_id == "9e"]

    assert pong.sentence == "A pong came that no ping asked for."
    assert pong.section == "RFC 6455, 5.5.3"
    assert pong.transcript[1:] == (
        'sent 8a 85 37 fa 21 3d 56 96 48 4b 52 (pong "alive")',
        'sent 81 85 37 fa 21 3d 56 9c 55 58 45 (text "after")',
        'expected 81 05 61 66 74 65 72 (text "after")',
        'got 8a 05 61 6c 69 76 65 (pong "alive")',
    )
    assert pong.trace is not None
    assert bytes.fromhex("8a05616c697665") in pong.trace.data("<")


def test_the_error_that_the_server_printed_stands_in_the_transcript(naive: Judgement) -> None:
    (cut,) = [one for one in naive.failures if one.case_id == "2b"]

    assert cut.sentence == "Your server ended the connection."
    assert cut.transcript[-1].startswith("printed IndexError: list index out of range (line ")


def test_a_server_that_accepts_everything_fails() -> None:
    report = judge(AGREEING, [3, 4, 5, 10, 12], patience=PATIENCE)

    assert [report.verdict(stage) for stage in (3, 5, 10)] == [CaseVerdict.PASS] * 3
    assert report.verdict(4) is report.verdict(12) is CaseVerdict.FAIL
    assert report.reached == 3
    passed = {one.title for one in report.of(12) if one.verdict is CaseVerdict.PASS}
    assert passed <= {"the same bytes as binary"}


@pytest.fixture
def own() -> Iterator[ls.Server]:
    """livesock's own server with an echo."""
    with ls.serve("judged") as server:

        @server.websocket("/", max_size=2**20)
        async def echo(ws: object) -> None:
            async for message in ws:  # type: ignore[attr-defined]
                await ws.send(message)  # type: ignore[attr-defined]

        yield server


LOOSE = {"11i", "11j", "12n", "12o"}
"""Cases on which livesock's raw routes, which are the library websockets, are not strict: docs/judged.md."""


def test_our_own_server_passes_all_twelve_stages(own: ls.Server) -> None:
    report = judge(own.url("/"), range(1, 13), patience=PATIENCE)

    assert report.passed and report.reached == 12, str(report)
    assert {one.case_id for one in report.results if one.verdict is CaseVerdict.NON_STRICT} == LOOSE


def test_what_an_address_cannot_show_is_not_run_with_a_reason(own: ls.Server) -> None:
    report = judge(own.url("/"), ["wss", "shutdown"])

    assert {one.verdict for one in report.results} == {CaseVerdict.NOT_RUN}
    assert {one.sentence for one in report.results} == {
        "This stage starts the server itself: judge the file instead of an address."
    }
    assert not report.passed


def test_without_trustme_the_command_that_brings_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)

    report = judge(AGREEING, "wss", patience=PATIENCE)

    assert {one.sentence.partition(": ")[2] for one in report.results} == {f"{install_command('trustme')}."}


ONE_CLIENT = """
    import sys
    sys.path.insert(0, {folder!r})
    import threading
    threading.Thread.start = lambda thread: thread.run()   # one client after the other
    sys.argv[0] = {path!r}
    exec(compile(open({path!r}).read(), {path!r}, "exec"))
"""


def test_a_stage_before_the_eighth_is_judged_with_one_client_at_a_time(written: Callable[[str], Path]) -> None:
    program = written(ONE_CLIENT.format(folder=str(SERVERS), path=str(AGREEING)))

    assert judge(program, [5, 6], patience=PATIENCE).passed


STUCK = """
    program = open({path!r}).read()
    exec(program.replace("except (OSError,", "except EOFError:\\n        while True: pass\\n    except (OSError,"))
"""


def test_a_server_that_gets_stuck_spoils_no_later_case(written: Callable[[str], Path]) -> None:
    report = judge(written(STUCK.format(path=str(AGREEING))), [5], patience=1.0)

    assert report.passed, str(report)
    assert any("the server was stuck; in a new process it answered" in note for note in report.notes)


def test_judging_works_in_a_thread_that_has_a_loop_running() -> None:
    async def main() -> Judgement:
        return judge(AGREEING, 5, patience=PATIENCE)

    assert asyncio.run(main()).passed
    assert threading.active_count() < 20


def test_json_and_junit_hold_every_case(naive: Judgement) -> None:
    found = json.loads(naive.json())
    assert found["stages"] == {"bind": "PASS", "head": "FAIL", "text": "PASS", "ping": "FAIL"}
    assert len(found["results"]) == sum(len(cases_of(stage)) for stage in (1, 2, 5, 9))
    assert found["reached"] == 1 and found["passed"] is False

    root = ElementTree.fromstring(naive.junit())
    assert [suite.get("name") for suite in root] == ["1 bind", "2 head", "5 text", "9 ping"]
    assert len(root.findall(".//failure")) == len(naive.failures)
    assert root.find(".//failure").get("message")  # type: ignore[union-attr]


def test_the_page_holds_every_case_and_the_parts_of_its_bytes(naive: Judgement) -> None:
    page = naive.html()

    assert page.count("<details") == len(naive.results)
    assert "masking key" in page and "37 fa 21 3d" in page
    assert "<script" not in page and 'src="' not in page


def test_text_of_the_server_is_text_in_the_page_and_in_xml(written: Callable[[str], Path]) -> None:
    report = judge(written("raise ValueError('<script>alert(1)</script> \\x00\\x1b]0;x')"), 1)

    assert "<script>" not in report.html() and "&lt;script&gt;" in report.html()
    ElementTree.fromstring(report.junit())


def test_a_cell_shows_the_ladder_and_what_did_not_pass(naive: Judgement) -> None:
    bundle = naive._repr_mimebundle_()

    assert bundle["text/plain"] == str(naive)
    assert bundle["text/html"].count("<details") == len(naive.failures) + 1  # and what it printed
    assert bundle["text/html"].count("<details open") == 1


def test_a_cell_shows_what_a_failing_server_printed_without_folders(written: Callable[[str], Path]) -> None:
    cell = judge(written("raise ValueError('printed')"), 1)._repr_mimebundle_()["text/html"]

    assert "ValueError: printed" in cell and ", line 1" in cell
    assert "/" not in cell.partition("printed last")[2].partition("</summary><pre>")[2].partition("</pre>")[0]
    assert "1 not run." in cell and "NON-STRICT is" not in cell


def test_a_report_of_nothing_is_its_note_alone() -> None:
    nothing = Judgement("mine.py", (), notes=("Stage 1 fails, so nothing above it was tried.",))

    assert str(nothing) == "mine.py: Stage 1 fails, so nothing above it was tried."
    assert "0 of 0" not in nothing._repr_mimebundle_()["text/html"]


def test_it_is_reached_as_a_part_of_livesock() -> None:
    assert ls.conformance.judge is judge


ECHOES_ALL = """
import asyncio, sys
from livesock import learn
parse_head, accept_key, parse_frames, encode_frame = map(
    learn.mine, ("parse_head", "accept_key", "parse_frames", "encode_frame")
)
async def serve(reader, writer):
    data = b""
    while not (head := parse_head(data)):
        data += await reader.read(65536) or b"\\r\\n\\r\\n"
    lines = "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"
    accept = accept_key(head[1]["sec-websocket-key"])
    writer.write("\\r\\n".join([*lines, f"Sec-WebSocket-Accept: {accept}", "", ""]).encode())
    data = head[2]
    while more := await reader.read(65536):
        frames, data = parse_frames(data + more)
        for _, opcode, payload in frames:
            writer.write(encode_frame(opcode, payload))
    writer.close()
async def main(port):
    await (await asyncio.start_server(serve, "127.0.0.1", port)).serve_forever()
asyncio.run(main(int(sys.argv[1])))
"""


def test_a_ping_that_comes_back_as_a_ping_is_no_pong(written: Callable[[str], Path]) -> None:
    report = judge(written(ECHOES_ALL), [5, 9])

    assert report.verdict(5) is CaseVerdict.PASS
    said = {one.case_id: one.sentence for one in report.failures}
    assert said["9b"] == said["9f"] == "Your server sent the ping back: a pong has the opcode 10, so it begins with 8a."
