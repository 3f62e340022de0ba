"""The proxies of docs/deploy.md, Debian's nginx and HAProxy: upgrades, events at once, sessions that stay in place."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from livesock.net.cluster.memory import MemoryBus
from tests.peers import eventually

pytestmark = [pytest.mark.interop, pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[3]


class Site:
    """Two servers on one bus, behind a proxy with the configuration of docs/deploy.md."""

    def __init__(self, proxy: str, program: str, port: int, folder: Path) -> None:
        bus = MemoryBus("behind a proxy")
        self.servers = [self._serve(name, bus) for name in ("left", "right")]
        self.port = port
        page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
        config = re.search(rf"```{proxy}\n(.*?)```", page, re.DOTALL)
        assert config
        text = config[1].replace("9001", str(self.servers[0].port)).replace("9002", str(self.servers[1].port))
        text = re.sub(r"(listen |bind :)8080", lambda m: f"{m[1].rstrip(':')}127.0.0.1:{port}", text)
        path = folder / "proxy.conf"
        if proxy == "nginx":
            kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            paths = "".join(f"{kind}_temp_path {folder}; " for kind in kinds)
            text = (
                f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
                f"events {{}}\nhttp {{ access_log off; {paths}\n{text}\n}}\n"
            )
        path.write_text(text, "utf-8")
        command = (
            [program, "-p", str(folder), "-c", str(path)] if proxy == "nginx" else [program, "-db", "-f", str(path)]
        )
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(self._answers, f"{proxy} listens")

    def _serve(self, name: str, bus: MemoryBus) -> ls.Server:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        return ls.serve(name, port=port, cluster=bus, sessions={"ping_interval": 1, "mark": str(port)})

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True

    def ask(self, path: str, source: str, method: str = "GET", body: bytes = b"") -> tuple[int, str]:
        """Return the answer to a request that comes from an address of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=(source, 0))
        connection.request(method, path, body, {"Content-Type": "text/plain"} if body else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def close(self) -> None:
        ls.stop_all()
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture(params=["nginx", "haproxy"])
def site(request: Any, tool: Callable[[str], str], free_port: int, tmp_path: Path) -> Iterator[Site]:
    site = Site(request.param, tool(request.param), free_port, tmp_path)
    yield site
    site.close()


def test_a_client_connects_upgrades_and_hears_what_the_other_server_emits(site: Site) -> None:
    heard: list[Any] = []
    with ls.socket(f"http://127.0.0.1:{site.port}/") as client:
        client.on("news", lambda *arguments: heard.append(list(arguments)))
        eventually(lambda: client.transport == "websocket", "it has upgraded")
        for server in site.servers:
            server.of("/").emit("news", server.name, b"\x00\xff")

        eventually(lambda: sorted(heard) == [["left", b"\x00\xff"], ["right", b"\x00\xff"]], "both events come")


def test_every_client_that_polls_stays_on_its_server_and_clients_are_shared_out(site: Site) -> None:
    sids = {}
    for number in range(2, 18):
        source = f"127.0.0.{number % 3 + 2}"  # three addresses: sessions stay in place by their ids alone
        status, opened = site.ask("/socket.io/?EIO=4&transport=polling", source)
        sid = str(re.search(r'"sid":"([^"]+)"', opened)[1])  # type: ignore[index]
        assert status == 200
        sids[sid] = source
    for sid, source in sids.items():
        at = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
        assert site.ask(at, source, "POST", b"40") == (200, "ok")
        assert site.ask(at, source)[1].startswith('40{"sid":')

    counts = [len(server.of("/").local.sockets()) for server in site.servers]
    assert sum(counts) == 16 and min(counts) > 0, counts


def test_a_stream_of_events_leaves_at_once(site: Site) -> None:
    for server in site.servers:

        @server.get("/ticks")
        async def ticks(request: Any) -> Any:
            yield ls.ServerSentEvent("first")
            await asyncio.sleep(30)

    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as sock:
        sock.sendall(b"GET /ticks HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        got = b""
        while b"data: first" not in got:
            got += sock.recv(4096)

    assert time.monotonic() - began < 20, "the proxy does not keep it until the answer ends"
