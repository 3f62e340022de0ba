"""`livesock doctor`: finds what is wrong, says what to do, and never hangs."""

from __future__ import annotations

import importlib.metadata
import json
import os
import socket
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from livesock.cli import checks, main
from livesock.cli.checks import Finding
from livesock.cli.doctor import examine, lines
from livesock.errors import install_command


def statuses(findings: list[Finding]) -> list[str]:
    return [finding.status for finding in findings]


def test_a_healthy_machine_gets_exit_status_0_and_every_trouble_an_advice(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor", "--json"])

    said = json.loads(capsys.readouterr().out)
    findings = {finding["name"]: finding for finding in said["findings"]}
    assert status == 0 and said["ok"] is True
    assert {"Python", "websockets", "jupyterlab", "loopback 127.0.0.1", "echo", "widgets", "proxy"} <= findings.keys()
    assert [f for f in said["findings"] if f["status"] != "ok" and not f["advice"]] == []


def test_the_report_for_people_ends_with_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0

    assert capsys.readouterr().out.splitlines()[-1].startswith(("All well. Next:", "The lessons will run."))


def test_one_failure_makes_the_exit_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("livesock.cli.doctor.CHECKS", (lambda: [Finding("ports", "fail", "none", "stop something")],))

    assert main(["doctor"]) == 1
    assert "stop something" in capsys.readouterr().out


def test_a_check_that_hangs_is_a_finding() -> None:
    release = threading.Event()

    def stuck() -> list[Finding]:
        release.wait(30)
        return []

    findings = examine(stuck, deadline=0.05)
    release.set()

    assert statuses(findings) == ["fail"]
    assert findings[0].detail.startswith("no answer after")


def test_a_check_that_raises_is_a_finding() -> None:
    def broken() -> list[Finding]:
        raise RuntimeError("no such thing")

    assert examine(broken, deadline=10)[0].detail == "RuntimeError: no such thing"


@pytest.mark.parametrize(
    ("version", "wanted", "expected"),
    [
        ("17.4", "<18,>=17", True),
        ("17", ">=17.0", True),
        ("18.0", "<18", False),
        ("18", "<18.0", False),
        ("16.9.1", ">=17", False),
        ("4.10.0", ">=4.4,<5", True),
        ("1.0", "", True),
        ("18.0rc1", ">=17", True),
        ("18.0rc1", "<18", False),
        ("2.3.1", "~=2.3", True),
    ],
)
def test_a_version_is_compared_with_a_range(
    monkeypatch: pytest.MonkeyPatch, version: str, wanted: str, expected: bool
) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    monkeypatch.setattr(checks, "requirements", lambda: iter([Requirement(f"websockets{wanted}")]))

    assert statuses(checks.packages()) == ["ok" if expected else "fail"]


def test_every_package_of_our_metadata_is_looked_at() -> None:
    wanted = [requirement.name for requirement in checks.requirements()]

    assert {"websockets", "jupyterlab", "ipywidgets", "trustme"} <= set(wanted)


@pytest.mark.parametrize(
    ("name", "version"), [("jupyterlab", ""), ("ipywidgets", "7.8.0"), ("ipykernel", "6.29"), ("websockets", "16")]
)
def test_the_doctor_fails_where_lab_would(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, version: str
) -> None:
    real = importlib.metadata.version

    def pretend(package: str) -> str:
        if package == name and not version:
            raise importlib.metadata.PackageNotFoundError(package)
        return version if package == name else real(package)

    monkeypatch.setattr(importlib.metadata, "version", pretend)
    monkeypatch.setattr("livesock.cli.doctor.CHECKS", (checks.packages,))

    assert main(["doctor"]) == 1
    assert main(["lab", "--dir", str(tmp_path / "lessons")]) == 1
    said = capsys.readouterr()
    assert "to mend before the lessons run" in said.out
    assert f"{name} (" in said.err and 'install "' in said.err


def test_a_kernel_of_another_python_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    packages = [path for path in sys.path if path.endswith("site-packages")]
    kernel = tmp_path / "data" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    # It finds ipykernel, and no livesock: that is in a folder which the clone's own .pth file names.
    environment = {"PYTHONPATH": packages[0], "LIVESOCK_HIDDEN": "1"}
    argv = [str(python), "-c", HIDE, "-f", "{connection_file}"]
    kernel.joinpath("kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "another", "language": "python", "env": environment})
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))

    (finding,) = checks.kernel()

    assert finding.status == "fail" and "ModuleNotFoundError" in finding.detail and str(kernel) in finding.detail


def test_a_kernel_whose_program_is_gone_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "kernels" / "python3").mkdir(parents=True)
    argv = [str(tmp_path / "gone" / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (tmp_path / "kernels" / "python3" / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "gone", "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    (finding,) = checks.kernel()

    assert finding.status == "fail" and "jupyter kernelspec list" in finding.advice


HIDE = """import sys
sys.modules['livesock'] = None
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()"""


def test_a_folder_that_cannot_be_written_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere

    assert statuses(checks.folder()) == ["fail"]


def test_an_outdated_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "16.0")
    monkeypatch.setattr(checks, "requirements", lambda: iter([Requirement("websockets>=17,<18")]))

    (finding,) = checks.packages()

    assert finding.status == "fail"
    assert finding.advice == install_command("websockets")
    assert finding.advice.endswith('pip install "websockets<18,>=17"')


def test_a_blocked_loopback_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> socket.socket:
        raise ConnectionRefusedError("blocked")

    monkeypatch.setattr(socket, "create_connection", refuse)

    four, six = checks.loopback()

    assert (four.status, six.status) == ("fail", "ok")
    assert "firewall" in four.advice


@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({}, "ok"),
        ({"http_proxy": "http://proxy.example:3128"}, "warn"),
        ({"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "example.org"}, "warn"),
        ({"http_proxy": "http://proxy.example:3128", "no_proxy": "localhost, 127.0.0.1"}, "ok"),
        ({"ALL_PROXY": "socks5://proxy.example", "no_proxy": "*"}, "ok"),
    ],
)
def test_a_proxy_that_would_swallow_loopback_is_found(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], status: str
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert statuses(checks.proxies()) == [status]


def test_the_password_of_a_proxy_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://me:secret@proxy.example:3128")

    assert "secret" not in lines(checks.proxies())


def test_a_port_in_use_is_told_and_is_no_failure() -> None:
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind(("127.0.0.1", 8765))
        except OSError:
            pass  # somebody else holds it: as good
        else:
            holder.listen()

        details = {finding.name: finding for finding in checks.ports()}

    assert "in use" in details["port 8765"].detail
    assert details["port 8765"].status == "ok"


def test_without_a_browser_it_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    monkeypatch.setattr(webbrowser, "get", none)

    (finding,) = checks.browser()

    assert finding.status == "warn" and "--no-browser" in finding.advice


def test_a_widget_library_that_does_not_load_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)

    (finding,) = checks.widgets()

    assert (finding.name, finding.status) == ("import anywidget", "fail")


def test_few_open_files_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (256, 256))

    files = next(finding for finding in checks.limits() if finding.name == "open files")

    assert files.status == "warn" and "ulimit -n" in files.advice


def test_a_home_that_jupyter_cannot_write_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "file" / "runtime"))

    (finding,) = checks.runtime()

    assert finding.status == "fail" and "JUPYTER_RUNTIME_DIR" in finding.advice
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    assert statuses(checks.runtime()) == ["ok"]


def test_a_module_beside_the_lessons_is_named_and_one_elsewhere_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "livesock.py").write_text("raise RuntimeError('hidden')")

    (before,) = checks.kernel()
    (tmp_path / "livesock-lessons").mkdir()
    (tmp_path / "livesock-lessons" / "livesock.py").write_text("raise RuntimeError('hidden')")
    (after,) = checks.kernel()

    assert before.status == "ok", "the kernels of the lessons do not run here"
    assert after.status == "fail" and "rename livesock.py in livesock-lessons" in after.advice


@pytest.mark.parametrize("name", ["livesock", "websockets", "h11", "ipywidgets"])
def test_a_file_that_hides_a_module_in_silence_is_named_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "livesock-lessons").mkdir()
    (tmp_path / "livesock-lessons" / f"{name}.py").write_text("x = 1")

    (finding,) = checks.kernel()

    assert finding.status == "fail" and f"rename {name}.py in livesock-lessons" in finding.advice


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder that is in use stays")
def test_a_folder_that_is_gone_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    (finding,) = checks.folder()

    assert finding.status == "fail" and "does not exist any more" in finding.detail
    assert checks.kernel() == [], "one line for one trouble"


@pytest.mark.parametrize("command", [["doctor", "--help"], ["lab", "--dir", "gone/x", "--port", "99999"], ["dev"]])
def test_a_closed_stdout_is_no_error_of_ours(command: list[str], tmp_path: Path) -> None:
    program = "import sys; sys.stdout = None; from livesock.cli import main; from livesock.cli.terminal import say; "
    program += f"say('heard by nobody'); sys.exit(main({command}))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)

    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("command", [["doctor", "--json"], ["serve", "--port", "0"]])
def test_a_full_disk_is_one_line(command: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "livesock", *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120
        )

    assert (done.returncode, done.stderr) == (1, "livesock: nothing more can be printed: No space left on device\n")
