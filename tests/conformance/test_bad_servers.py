"""Whatever a server does, there is a verdict with a sentence, and nothing of it is left afterwards."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from livesock.conformance import CaseVerdict, judge
from livesock.conformance.judgement import Judgement
from livesock.conformance.process import linux, program
from livesock.conformance.process.linux import ListeningSocket
from tests.peers import eventually

Write = Callable[[str], Path]

LISTEN = """
import os, socket, sys, threading, time
port = int(sys.argv[1])
def listen(port=port, host="127.0.0.1"):
    server = socket.create_server((host, port))
    return server
"""

UPGRADE = """
import base64, hashlib
def upgrade(sock):
    head = b""
    while not head.endswith(b"\\r\\n\\r\\n"):
        head += sock.recv(1)
    key = [line.split(b": ")[1] for line in head.split(b"\\r\\n") if line.startswith(b"Sec-WebSocket-Key")][0]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    sock.sendall(b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
                 b"Sec-WebSocket-Accept: " + accept + b"\\r\\n\\r\\n")
"""

BAD = {
    "a syntax error": ("def serve(:\n", 1, r"Your server ended with an error: SyntaxError: .* \(line 1\)\."),
    "an exception": ("x = 1\nraise ValueError('no')\n", 1, r"ended with an error: ValueError: no \(line 2\)\."),
    "it ends at once": ("print('bye')\n", 1, r"Your server ended by itself, with exit status 0\."),
    "exit": ("import sys; sys.exit(3)\n", 1, r"Your server ended by itself, with exit status 3\."),
    "it kills itself": ("import os; os.kill(os.getpid(), 9)\n", 1, r"ended by the signal SIGKILL"),
    "it never listens": ("import time; time.sleep(60)\n", 1, r"Nothing listened within 3 s\. .*sys\.argv\[1\]"),
    "an endless loop": ("while True: pass\n", 1, r"Nothing listened within 3 s"),
    "it listens elsewhere": (
        LISTEN + "s = listen(0); time.sleep(60)",
        1,
        r"listens on 127\.0\.0\.1, port \d+\. It should listen on 127\.0\.0\.1, port \d+",
    ),
    "it answers HTTP/2": (
        LISTEN + "s = listen()\nwhile True:\n  c, _ = s.accept()\n"
        "  c.sendall(bytes.fromhex('00001204000000000000030000008000040001000000050000 4000'.replace(' ', '')))\n"
        "  time.sleep(0.2)\n",
        2,
        r"The answer is HTTP/2, in binary frames",
    ),
    "it floods": (
        LISTEN
        + "s = listen()\ndef flood(c):\n  try:\n    while True: c.sendall(b'x' * 65536)\n  except OSError: pass\n"
        "while True:\n  threading.Thread(target=flood, args=(s.accept()[0],), daemon=True).start()\n",
        2,
        r"The answer is not HTTP: .* It begins with 78 78",
    ),
    "it floods frames": (
        LISTEN + UPGRADE + "s = listen()\ndef flood(c):\n  try:\n    upgrade(c)\n"
        "    while True: c.sendall(b'\\x8a\\x00' * 32768)\n  except OSError: pass\n"
        "while True:\n  threading.Thread(target=flood, args=(s.accept()[0],), daemon=True).start()\n",
        5,
        r"A pong came that no ping asked for|sent more than 32 MiB|empty pong came",
    ),
    "it prints megabytes": (
        LISTEN + "s = listen()\nwhile True: print('x' * 10000)\n",
        2,
        r"printed more than 8 MiB: is there a print in a loop\? The judge ended it\.",
    ),
    "it takes memory": (
        LISTEN + "s = listen()\nkept = []\nwhile True: kept.append(b'x' * 2**26); time.sleep(0.02)\n",
        2,
        r"took more than 512 MiB of memory\. The judge ended it\.|MemoryError",
    ),
    "it hangs after the handshake": (
        LISTEN + UPGRADE + "s = listen()\nwhile True:\n  c, _ = s.accept()\n  upgrade(c)\n  time.sleep(60)\n",
        5,
        r"No answer came in time, where text \"Hello\" was expected",
    ),
    "its handler exits": (
        LISTEN + UPGRADE + "s = listen()\nwhile True:\n  c, _ = s.accept()\n  upgrade(c)\n  c.recv(1)\n  os._exit(7)\n",
        5,
        r"Your server ended by itself, with exit status 7\.",
    ),
    "its handler crashes": (
        LISTEN + UPGRADE + "s = listen()\nwhile True:\n  c, _ = s.accept()\n  upgrade(c)\n  c.recv(1)\n  {}['x']\n",
        5,
        r"Your server ended with an error: KeyError: 'x' \(line \d+\)\.",
    ),
    "it forks, and the first process ends": (
        LISTEN + "s = listen()\nif os.fork(): os._exit(0)\nwhile True: s.accept()\n",
        2,
        r"ended while a process that it had forked went on",
    ),
}
"""A program, the stage at which it is judged, and the sentence."""

ON_LINUX = ("it listens elsewhere", "it takes memory", "it forks, and the first process ends")


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Return what stands in the environment of every process that this test starts, and of no other."""
    monkeypatch.setenv("LIVESOCK_TEST", str(tmp_path))
    return f"LIVESOCK_TEST={tmp_path}"


def sentence_of(report: Judgement) -> str:
    assert not report.passed
    return report.failures[0].sentence


@pytest.mark.parametrize("name", BAD)
def test_a_bad_server_gets_a_verdict_with_a_sentence(
    name: str, written: Write, need: Callable[[object, str], None], mark: str
) -> None:
    if name in ON_LINUX:
        need(linux.can_look(), "only Linux shows the sockets and the memory of another process")
    program, stage, sentence = BAD[name]

    report = judge(written(program), stage, patience=6.0 if name == "it takes memory" else 1.0)

    assert re.search(sentence, sentence_of(report)), sentence_of(report)
    assert all(
        one.verdict in (CaseVerdict.FAIL, CaseVerdict.NOT_RUN, CaseVerdict.PASS, CaseVerdict.NON_STRICT)
        for one in report.results
    )
    assert linux.marked(mark) == set()


@pytest.mark.skipif(not linux.can_look(), reason="only Linux lets a process find its grandchildren")
def test_a_process_that_left_its_group_is_ended_and_named(written: Write, mark: str) -> None:
    program = LISTEN + "s = listen()\nif os.fork() == 0:\n  os.setsid()\n  time.sleep(60)\nwhile True: s.accept()\n"

    report = judge(written(program), 1)

    assert "Your server left a process behind, in a session of its own; the judge ended it." in report.notes
    assert linux.marked(mark) == set()


BUSY = LISTEN + "s = listen(); os.fork()\nopen(f'up-{os.getpid()}', 'w').close()\nwhile True: pass\n"


@pytest.mark.skipif(not linux.can_look(), reason="only Linux shows which processes are left")
def test_a_judge_that_is_killed_leaves_no_process_of_the_server(written: Write, mark: str) -> None:
    server = written(BUSY)
    judging = "import sys; from livesock.conformance import judge; judge(sys.argv[1], 2)"

    with subprocess.Popen([sys.executable, "-c", judging, str(server)]) as process:
        eventually(lambda: len([*server.parent.glob("up-*")]) >= 2, "the server runs")
        process.kill()

    eventually(lambda: not linux.marked(mark), "the server and what it forked are gone")


def test_the_port_is_free_again(written: Write) -> None:
    report = judge(written(LISTEN + "s = listen(); print(port, flush=True)\nwhile True: time.sleep(1)\n"), 1)

    port = int(report.output.split()[0])
    assert [one for one in linux.listening() if one.port == port] == []


def test_no_file_and_no_address_is_the_callers_mistake() -> None:
    with pytest.raises(FileNotFoundError, match=r"no file 'nowhere\.py'"):
        judge("nowhere.py")
    with pytest.raises(ValueError, match="a server's address is ws://host:port/path"):
        judge("ftp://127.0.0.1/")
    with pytest.raises(ValueError, match="no judge is called 'wind'"):
        judge(__file__, judges=["wind"])


def test_nobody_at_an_address_is_a_verdict(free_port: int) -> None:
    report = judge(f"ws://127.0.0.1:{free_port}/", 1)

    assert sentence_of(report).startswith("No connection: ")


def test_nobody_at_an_address_is_said_once(free_port: int) -> None:
    report = judge(f"ws://127.0.0.1:{free_port}/", [1, 2, 5])

    assert len(report.failures) == 1
    assert {one.sentence for one in report.results[1:]} == {"The server is not there: see the first case."}


def test_a_server_that_listens_at_the_last_moment_is_not_told_to_listen_where_it_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On a machine that stood still: too late for the last look, and there when the judge looks where it is."""
    server = tmp_path / "server.py"
    server.write_text(
        "import socket, sys, time\nlistens = socket.create_server(('127.0.0.1', int(sys.argv[1])))\ntime.sleep(60)\n"
    )
    looks = iter([False] * 3)
    monkeypatch.setattr(program, "_is_open", lambda port: next(looks, True))
    monkeypatch.setattr(program, "START", 0.0)
    monkeypatch.setattr(program.linux, "listening", lambda pids=None: [ListeningSocket("0100007F", judged.port, "1")])
    judged = program.Program(server)
    try:
        judged.start()
        assert judged.is_running
        assert next(looks, None) is None  # it was looked for until it was there
    finally:
        judged.stop()
