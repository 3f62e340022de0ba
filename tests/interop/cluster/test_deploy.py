"""The systemd unit, the container file and the program of docs/deploy.md: checked, and run without a container."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

import livesock as ls
from tests.interop.cluster.redis_server import RedisServer
from tests.peers import eventually

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")

Tool = Callable[[str], str]


def block(language: str) -> str:
    """Return the page's first code block in `language`."""
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_systemd_has_nothing_to_say_about_the_unit(tmp_path: Path, tool: Tool) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    unit = tmp_path / "livesock@.service"
    unit.write_text(block("ini").replace("/srv/app", str(tmp_path)), "utf-8")

    command = [tool("systemd-analyze"), "verify", str(unit)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_the_steps_of_the_container_file_lead_to_a_server_that_ends_well(tmp_path: Path, tool: Tool) -> None:
    context, image, venv = tmp_path / "context", tmp_path / "image", tmp_path / "venv"
    uv = tool("uv")
    for folder in (context, image, tmp_path / "redis"):
        folder.mkdir()
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", str(context / "dist")], cwd=ROOT, check=True)
    subprocess.run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(venv)], check=True)
    (context / "app.py").write_text(block("python"), "utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PATH"] = f"{venv / 'bin'}{os.pathsep}{environment['PATH']}"
    command: list[str] = []

    for line in block("dockerfile").splitlines():
        step, _, rest = line.partition(" ")
        if step == "COPY":
            for pattern in rest.split()[:-1]:
                (path,) = context.glob(pattern)
                shutil.copy(path, image)
        elif step == "RUN":
            subprocess.run(["sh", "-ec", rest], cwd=image, env=environment, check=True, stdout=subprocess.DEVNULL)
        elif step == "ENV":
            environment |= dict([rest.split("=", 1)])
        elif step == "CMD":
            command = json.loads(rest)
        else:
            assert step in ("FROM", "WORKDIR", "USER"), f"what does {step} do?"

    environment |= {"PORT": str(free_port())}  # 9001 may be taken here
    redis = RedisServer(tool("redis-server"), free_port(), tmp_path / "redis")
    environment["REDIS_URL"] = redis.url
    with subprocess.Popen(command, cwd=image, env=environment) as program:
        try:
            eventually(lambda: answers(int(environment["PORT"])), "the program serves")
            with ls.socket(f"ws://127.0.0.1:{environment['PORT']}/", timeout=10) as client:
                assert client.connected
                program.send_signal(signal.SIGTERM)
                assert program.wait(5) == 0
        finally:
            program.kill()
            redis.close()


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def test_the_unit_starts_the_program_that_the_page_shows() -> None:
    settings = dict(line.split("=", 1) for line in block("ini").splitlines() if "=" in line)
    given = {word.partition("=")[0] for word in settings["Environment"].split()}

    assert shlex.split(settings["ExecStart"])[-1] == "app.py" == json.loads(block("dockerfile").split("CMD ")[1])[-1]
    assert given == set(re.findall(r'os\.environ\["(\w+)"\]', block("python")))
