"""A silent JupyterLab (or Notebook 7) of its own for tests, and a page in Chromium that drives it.

Everything that Jupyter reads and writes lies in a temporary folder; no request leaves the machine; every complaint in
the browser's console fails the test. `run_all` resolves when the last cell is done.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nbformat
import trustme
from playwright.sync_api import Browser, Locator, Page, expect

from tests.peers import unavailable

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "artifacts"
"""Where screenshots go: git ignores it, CI keeps it."""

START = 120.0
"""Seconds that a cold JupyterLab may take until it answers."""

QUIET = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
"""Settings that keep pop-ups, autosave and a virtual list of cells out of the tests."""

AXE = ROOT / "tests" / "interop" / "node" / "node_modules" / "axe-core"
"""The npm package that finds violations of accessibility."""

HARMLESS = re.compile(r"ResizeObserver loop|chrome-extension|Failed to load resource: .*favicon")

RESTARTED = "Could not restore the debugger state: Canceled future for debug_request message before replies were done"
"""What JupyterLab complains of by itself when a kernel restarts: of an empty notebook six times in six."""

NOTEBOOK_7 = "Cannot read properties of undefined (reading 'schema')"
"""What Notebook 7.6.5 complains of by itself, with an empty notebook and without any setting."""


class Lab:
    """A running Jupyter server: where it is, its token, the folder that it serves."""

    def __init__(self, url: str, token: str, folder: Path, app: str, tls: ssl.SSLContext | None = None) -> None:
        self.url, self.token, self.folder, self.app, self.tls = url, token, folder, app, tls
        self.port = int(url.split(":")[2].split("/")[0])

    def ask(self, method: str, path: str) -> Any:
        """Ask Jupyter's REST interface; return the JSON that it answers, None where it answers nothing."""
        request = urllib.request.Request(f"{self.url}api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=20, context=self.tls) as answer:
            return json.loads(answer.read() or b"null")

    def end_kernels(self) -> None:
        """Shut down every kernel: closing a tab leaves its kernel running."""
        for session in self.ask("GET", "sessions"):
            self.ask("DELETE", f"sessions/{session['id']}")

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells into the folder and return its name."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.folder / name)
        return name


class Notebook:
    """One notebook, open in a tab."""

    def __init__(self, lab: Lab, page: Page) -> None:
        self.lab, self.page = lab, page
        self.complaints: list[str] = []
        self._has_restarted = False
        self.foreign: list[str] = []
        page.on("console", lambda m: self._complain(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("request", lambda r: self._watch(r.url))

    def _complain(self, text: str) -> None:
        is_known = (self.lab.app == "notebook" and text == NOTEBOOK_7) or (self._has_restarted and text == RESTARTED)
        if not HARMLESS.search(text) and not is_known:
            self.complaints.append(text)

    def _watch(self, url: str) -> None:
        own = urljoin(self.lab.url, "/")
        if not url.startswith((own, f"blob:{own}", "data:")):
            self.foreign.append(url)

    def open(self, name: str) -> Notebook:
        """Open a notebook and wait until its kernel is idle."""
        tree = "notebooks" if self.lab.app == "notebook" else "lab/tree"
        self.page.goto(f"{self.lab.url}{tree}/{name}?token={self.lab.token}&reset", wait_until="domcontentloaded")
        self.panel.wait_for(timeout=90_000)
        self.wait_for_kernel()
        return self

    @property
    def panel(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    @property
    def outputs(self) -> Locator:
        """What the cells show: not their source, and no still while what it is of is live."""
        return self.panel.locator(".jp-OutputArea-output:visible")

    def view(self, name: str) -> Locator:
        """Return the live view with this accessible name, once it has its first picture and can be used."""
        return self.panel.locator(f'section.ls-view[aria-label="{name}"]:not(:has(> [inert]))')

    def wait_for_kernel(self) -> None:
        self.page.wait_for_function(
            """() => {
                const k = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
                return k && k.status === "idle" && k.connectionStatus === "connected";
            }""",
            timeout=90_000,
        )

    def command(self, name: str, **arguments: Any) -> Any:
        return self.page.evaluate("([n, a]) => window.jupyterapp.commands.execute(n, a)", [name, arguments])

    def choose_theme(self, name: str) -> None:
        """Choose "JupyterLab Light" or "JupyterLab Dark" and wait until the page wears it."""
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")

    def run_all(self) -> None:
        """Run every cell; fail when one raises."""
        assert self.command("notebook:run-all-cells") is True, self.panel.inner_text()[-2000:]

    def run_cell(self, number: int) -> None:
        """Run one code cell and wait until it is done."""
        self.panel.locator(".jp-CodeCell").nth(number).locator(".jp-InputArea-editor").click()
        self.command("notebook:run-cell")

    def ask(self, code: str) -> str:
        """Run `code` in the notebook's kernel, silently, and return what it printed: the server's own truth."""
        return self.page.evaluate(
            """async (code) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({ code, store_history: false });
                let said = "";
                future.onIOPub = (m) => {
                    if (m.header.msg_type === "stream") said += m.content.text;
                    if (m.header.msg_type === "error") said += m.content.traceback.join("\\n");
                };
                await future.done;
                return said;
            }""",
            code,
        )

    def restart_kernel(self) -> None:
        self._has_restarted = True
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.wait_for_kernel()

    def picture(self, name: str, part: Locator | None = None) -> Path:
        """Take a screenshot of the page, or of a part of it, into the artefacts."""
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{name}.png"
        (part or self.page).screenshot(path=path)
        return path

    def must_be_silent(self) -> None:
        assert not self.complaints, self.complaints
        assert not self.foreign, self.foreign


def overprinted(part: Locator, words: str) -> list[str]:
    """Return which of the texts below `part` that the selector `words` finds lie upon each other."""
    return part.evaluate(
        """(part, words) => {
            const found = [...part.querySelectorAll(words)];
            const shown = found.map((one) => [one.textContent, one.getBoundingClientRect()])
                .filter(([text, box]) => text.trim() && box.width);
            const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4; // a line is higher than its letters
            return shown.flatMap(([text, box], n) => shown.slice(n + 1)
                .filter(([, other]) => meet(box, other)).map(([other]) => `${text} / ${other}`));
        }""",
        words,
    )


def axe(page: Notebook, part: Locator) -> None:
    """Fail when axe-core finds a serious or critical violation of accessibility in `part`."""
    source = AXE / "axe.min.js"
    if not source.exists():
        unavailable("not here: axe-core; run  uv run livesock dev peers")
    page.page.evaluate(source.read_text("utf-8"))
    found = part.evaluate("async (element) => (await axe.run(element)).violations")
    serious = [
        f"{rule['impact']} {rule['id']}: {rule['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert not serious, "\n".join(serious)


@contextmanager
def notebook(browser: Browser, lab: Lab, name: str, *, width: int = 1280, dark: bool = False) -> Iterator[Notebook]:
    """Open `name` in a tab of its own; at the end nothing may have complained, or asked another host."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        ignore_https_errors=lab.tls is not None,  # its authority is as old as the test
    )
    try:
        opened = Notebook(lab, context.new_page()).open(name)
        if dark:
            opened.choose_theme("JupyterLab Dark")
        yield opened
        if dark:
            opened.choose_theme("JupyterLab Light")
        opened.must_be_silent()
    finally:
        context.close()
        lab.end_kernels()


@contextmanager
def running_lab(
    folder: Path,
    state: Path,
    *,
    base_url: str = "/",
    app: str = "lab",
    secure: bool = False,
    options: Sequence[str] = (),
) -> Iterator[Lab]:
    """Run Jupyter on `folder`, with everything that it remembers below `state`; `secure` over TLS."""
    authority = _certify(state) if secure else None
    if secure:
        options = [*options, *(f"--ServerApp.{name}file={state / name}.pem" for name in ("cert", "key"))]
    for name, value in QUIET.items():
        path = state / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    token, port = secrets.token_hex(16), _free_port()
    command = [sys.executable, "-m", "jupyter", app, "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"]
    command += [
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.base_url={base_url}",
    ]
    command += ["--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True", *options]
    with (state / "jupyter.log").open("wb") as log:
        process = subprocess.Popen(command, env=_environment(state), stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"{'https' if secure else 'http'}://127.0.0.1:{port}{base_url}"
        _await(f"{url}api/status?token={token}", process, state / "jupyter.log", authority)
        yield Lab(url, token, folder, app, authority)
    finally:
        process.send_signal(signal.SIGTERM)  # its kernels go too
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


def _environment(state: Path) -> dict[str, str]:
    places = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    own = {f"JUPYTER_{place}": str(state / place.lower()) for place in places}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(state / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(state / "workspaces")}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return os.environ | own | {"IPYTHONDIR": str(state / "ipython"), "PYTHONPATH": path}


def _certify(state: Path) -> ssl.SSLContext:
    """Write a certificate for 127.0.0.1 and its key, and return what trusts it."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(str(state / "cert.pem"))
    certificate.private_key_pem.write_to_path(str(state / "key.pem"))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def _await(url: str, process: subprocess.Popen[bytes], log: Path, tls: ssl.SSLContext | None) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            urllib.request.urlopen(url, timeout=2, context=tls).read()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"Jupyter did not answer:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


__all__ = ["ARTIFACTS", "Lab", "Notebook", "axe", "expect", "notebook", "overprinted", "running_lab"]
