"""`livesock lab` as a learner meets it: JupyterLab on the first lesson, quiet, and gone after Ctrl-C."""

from __future__ import annotations

import importlib.metadata
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from livesock.cli import lab, lessons, main
from livesock.errors import PortInUse

DEADLINE = 90.0


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "livesock", *arguments]


def started(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command("lab", *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,  # so that waiting for the pipe and reading lines from it agree on what has come
        env=os.environ | environment,
    )


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start `livesock lab` and yield the process and the address that it prints."""
    process = started(*arguments, **environment)
    try:
        yield process, address_in(process)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def address_in(process: subprocess.Popen[bytes]) -> str:
    """Wait for the line with the address."""
    assert process.stdout is not None
    seen = ""
    deadline = time.monotonic() + DEADLINE
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline and selector.select(deadline - time.monotonic()):
            line = process.stdout.readline().decode()
            seen += line
            if found := re.search(r"http://\S+", line):
                return found[0]
            if not line:
                break
    raise AssertionError(f"no address was printed: {seen}")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Folders of a learner who has never used Jupyter."""
    folder = tmp_path_factory.mktemp("home")
    names = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    names += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    return {name: str(folder / name.lower()) for name in names}


def test_it_serves_a_copy_of_the_lessons_until_ctrl_c(tmp_path: Path, home: dict[str, str]) -> None:
    with running("--no-browser", "--port", "0", "--dir", str(tmp_path / "my lessons"), **home) as (process, url):
        with urllib.request.urlopen(url, timeout=30) as page:
            assert page.status == 200
        children = psutil.Process(process.pid).children(recursive=True)

        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)

    assert f"/lab/tree/{lessons.first_lesson(lessons.shipped_folder())}?token=" in url
    assert {p.name for p in (tmp_path / "my lessons").glob("*.ipynb")} == {
        p.name for p in lessons.lessons(lessons.shipped_folder())
    }
    assert process.returncode == 0
    assert b"Stopped" in said and b"Traceback" not in said
    assert children and not [child for child in children if child.is_running() and child.status() != "zombie"]


def test_the_first_lesson_opens_and_no_notebook_of_the_learners_own(tmp_path: Path, home: dict[str, str]) -> None:
    (tmp_path / "Untitled.ipynb").write_text("{}")

    with running("--no-browser", "--port", "0", "--dir", str(tmp_path), **home) as (_, url):
        assert "/lab/tree/start.ipynb?token=" in url


def test_two_that_start_at_once_in_one_folder_both_run(tmp_path: Path, home: dict[str, str]) -> None:
    labs = [started("--no-browser", "--dir", str(tmp_path), **home) for _ in range(2)]
    try:
        ports = {address_in(process).split("/")[2] for process in labs}
    finally:
        for process in labs:
            stop(process)

    assert len(ports) == 2
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM")
def test_a_terminate_signal_stops_jupyterlab_too(tmp_path: Path, home: dict[str, str]) -> None:
    with running("--no-browser", "--port", "0", "--dir", str(tmp_path), **home) as (process, url):
        port = int(url.split(":")[2].split("/")[0])

        process.terminate()
        process.communicate(timeout=30)

    assert process.returncode == 0
    assert lab.choose_port(port) == port


@pytest.mark.browser
def test_a_browser_shows_the_first_lesson_and_nothing_pops_up(
    tmp_path: Path, home: dict[str, str], tool: Callable[[str], str]
) -> None:
    from playwright.sync_api import sync_playwright

    elsewhere: list[str] = []
    with (
        running("--no-browser", "--port", "0", "--dir", str(tmp_path), **home) as (_, url),
        sync_playwright() as playwright,
    ):
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=tool("chromium"), args=flags)
        page = browser.new_page()
        page.on("request", lambda r: elsewhere.append(r.url) if r.url.startswith("http") else None)
        page.goto(url, wait_until="domcontentloaded")
        page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first.wait_for(timeout=60_000)
        page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=60_000)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(timeout=60_000)
        tab = page.locator(".lm-TabBar-tab.jp-mod-current .lm-TabBar-tabLabel").all_inner_texts()
        toasts, dialogs = page.locator(".Toastify__toast").count(), page.locator(".jp-Dialog").count()
        browser.close()

    assert lessons.first_lesson(tmp_path) in tab
    assert (toasts, dialogs) == (0, 0)
    assert [request for request in elsewhere if not request.startswith("http://127.0.0.1:")] == []


def test_without_jupyterlab_it_says_which_command_brings_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    real = importlib.metadata.version

    def without(name: str) -> str:
        if name == "jupyterlab":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib.metadata, "version", without)

    assert main(["lab", "--dir", str(tmp_path / "never")]) == 1
    assert 'pip install "jupyterlab' in capsys.readouterr().err
    assert not (tmp_path / "never").exists()


def test_a_taken_port_is_refused_with_what_to_do() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        with pytest.raises(PortInUse, match=f"port {port} cannot be used: choose another with --port"):
            lab.choose_port(port)


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_an_impossible_port_is_refused(port: int) -> None:
    with pytest.raises(PortInUse, match="choose another with --port"):
        lab.choose_port(port)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()

    assert main(["lab", "--dir", str(tmp_path / "file")]) == 1
    assert "is a file" in capsys.readouterr().err


def test_a_jupyterlab_that_cannot_start_is_reported_in_its_own_words(tmp_path: Path, home: dict[str, str]) -> None:
    broken = tmp_path / "config"
    broken.mkdir()
    (broken / "jupyter_server_config.py").write_text("raise SystemExit('this configuration is broken')")

    answer = subprocess.run(
        command("lab", "--no-browser", "--port", "0", "--dir", str(tmp_path / "mine")),
        env=os.environ | home | {"JUPYTER_CONFIG_DIR": str(broken)},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )

    assert answer.returncode == 1
    assert "did not start" in answer.stderr and "this configuration is broken" in answer.stderr


def test_a_file_of_the_learners_that_has_the_name_of_a_lesson_is_not_called_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "start.ipynb").write_text("{}")

    lab.tell(lessons.refresh(lessons.shipped_folder(), Path("."), lambda name, saved_as: False), Path("."))

    said = capsys.readouterr().out
    assert "start.ipynb: yours differs from the lesson of that name, so it stays." in said
    assert f"files into {tmp_path}. They are yours" in said


@pytest.mark.parametrize(
    ("typed", "taken"), [("", False), ("k", False), ("n", True), ("NEW", True), ("what?", False), (None, False)]
)
def test_only_a_clear_yes_takes_the_new_version(
    monkeypatch: pytest.MonkeyPatch, typed: str | None, taken: bool
) -> None:
    def answer(prompt: str) -> str:
        if typed is None:
            raise EOFError
        return typed

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", answer)

    assert lab.ask("00_bytes.ipynb", "00_bytes.mine.ipynb") is taken


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)

    assert lab.ask("00_bytes.ipynb", "00_bytes.mine.ipynb") is False


def test_the_settings_are_layered_and_the_learners_own_are_not_written(tmp_path: Path, home: dict[str, str]) -> None:
    with running("--no-browser", "--port", "0", "--dir", str(tmp_path), **home) as (_, url):
        base, token = re.split(r"lab/tree.*token=", url)
        plugin = "@jupyterlab/apputils-extension:notification"
        request = urllib.request.Request(
            f"{base}lab/api/settings/{plugin}", headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            settings = answer.read().decode()

    assert re.search(r'"fetchNews":.*?"default": "false"', settings, re.DOTALL)
    assert not list(Path(home["JUPYTERLAB_SETTINGS_DIR"]).rglob("*.jupyterlab-settings"))
    shutil.rmtree(home["JUPYTERLAB_SETTINGS_DIR"], ignore_errors=True)
