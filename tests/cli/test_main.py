"""The command itself: what it says to somebody who types it for the first time."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import livesock
from livesock.cli import main


def test_the_bare_command_shows_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0

    said = capsys.readouterr().out
    assert "begin here:" in said and "livesock lab" in said


@pytest.mark.parametrize("command", ["lab", "serve", "doctor", "dev"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert ended.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) > 5


def test_dev_alone_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev"]) == 0
    assert "refresh" in capsys.readouterr().out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])

    assert capsys.readouterr().out == f"livesock {livesock.__version__}\n"


def test_an_unknown_command_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["labb"])

    assert ended.value.code == 2
    assert "doctor" in capsys.readouterr().err


def test_the_command_loads_nothing_heavy_before_it_needs_it() -> None:
    program = "import sys, json, livesock.cli as c; c.build_parser(); print(json.dumps(sorted(sys.modules)))"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    heavy = {"websockets", "h11", "IPython", "jupyterlab", "nbclient", "nbformat", "ipywidgets"}
    assert heavy & set(json.loads(answer.stdout)) == set()


def test_ctrl_c_ends_a_command_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("livesock.cli.doctor.run", interrupted)

    assert main(["doctor"]) == 130


@pytest.mark.skipif(os.name != "posix", reason="Windows reports a reader who is gone otherwise")
def test_a_reader_who_is_gone_is_no_reason_to_complain() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    program = "from livesock.cli.terminal import say; say('one'); say('two'); import os; os.write(2, b'the end')"

    with os.fdopen(writer, "wb") as pipe:
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, b"the end")


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
def test_what_livesock_prints_can_be_printed_on_any_terminal(encoding: str) -> None:
    program = """
import livesock
from livesock import learn
with livesock.serve() as server:
    @server.websocket("/echo")
    async def echo(ws):
        async for message in ws:
            await ws.send(message)
    with livesock.connect(server.url("/echo")) as ws:
        ws.send("你好 😀")
        ws.recv()
    print(ws.trace)
print(learn.progress())
print(learn.hint("04.mask"))
"""
    environment = os.environ | {"PYTHONIOENCODING": encoding, "LIVESOCK_PROGRESS": "off"}

    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, timeout=60, check=False
    )

    assert answer.returncode == 0, answer.stderr.decode()
    assert ("你好" if encoding == "gbk" else "\\u4f60\\u597d") in answer.stdout.decode(encoding)


@pytest.mark.parametrize(
    ("asked", "file"),
    [("run", "main.py"), ("shop.py", "shop.py"), ("main:app", "main.py"), ("shop.main:app", "shop/main.py")],
)
def test_who_runs_a_program_as_elsewhere_is_told_how(asked: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([asked, "--reload"])

    assert ended.value.code == 2
    variable = "app" if ":" in asked else "server"
    assert f"ends with {variable}.run(), and is started by: python {file}\n" in capsys.readouterr().err


def test_a_slip_of_a_command_is_not_taken_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["judg"])

    assert "server.run()" not in capsys.readouterr().err
