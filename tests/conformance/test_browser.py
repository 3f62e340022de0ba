"""A browser as a judge: what its page finds, and that nothing of it is left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import livesock as ls
from livesock.conformance import CaseVerdict, judge
from livesock.conformance.foreign.clients import BROWSER
from livesock.lessons.lesson15.staged import solution

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_browser_is_served_by_the_reference_although_it_looks_at_the_origin(
    tool: Callable[[str], str], tmp_path: Path
) -> None:
    tool("chromium")
    file = tmp_path / "reference.py"
    file.write_text(solution(18), "utf-8")

    report = judge(file, judges="clients")

    found = [one for one in report.results if one.case_id == BROWSER]
    assert [one.verdict for one in found] == [CaseVerdict.PASS] * 3, str(report)


def test_what_the_page_met_is_the_sentence(tool: Callable[[str], str]) -> None:
    program = tool("chromium")
    with ls.serve("shouts") as server:

        @server.websocket("/shout")
        async def shout(ws):
            async for message in ws:
                await ws.send(message.upper())

        command = [sys.executable, "-m", "livesock.conformance.clients.in_browser", program, server.url("/shout")]
        lines = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()

    assert '"FAIL","a message of 1 bytes came back as another."' in lines[0]
    assert len(lines) == 3
