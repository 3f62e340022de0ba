"""The nginx part of docs/deploy.md, with Debian's nginx: upgrades, events at once, and sessions that stay in place."""

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
    """Two servers on one bus, behind an nginx with the configuration of docs/deploy.md."""

    def __init__(self, nginx: str, port: int, folder: Path) -> None:
        bus = MemoryBus("nginx")
        self.servers = [ls.serve(name, cluster=bus, sessions={"ping_interval": 1}) for name in ("left", "right")]
        self.port = port
        page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
        config = re.search(r"```nginx\n(.*?)```", page, re.DOTALL)
        assert config
        text = config[1].replace("9001", str(self.servers[0].port)).replace("9002", str(self.servers[1].port))
        text = text.replace("listen 8080", f"listen 127.0.0.1:{port}")
        paths = "".join(f"{kind}_temp_path {folder}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        path = folder / "nginx.conf"
        path.write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
            f"events {{}}\nhttp {{ access_log off; {paths}\n{text}\n}}\n",
            "utf-8",
        )
        self._process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(path)], stderr=subprocess.DEVNULL)
        eventually(self._answers, "nginx listens")

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


@pytest.fixture
def site(tool: Callable[[str], str], free_port: int, tmp_path: Path) -> Iterator[Site]:
    site = Site(tool("nginx"), free_port, tmp_path)
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
        source = f"127.0.0.{number}"
        status, opened = site.ask("/socket.io/?EIO=4&transport=polling", source)
        sid = str(re.search(r'"sid":"([^"]+)"', opened)[1])  # type: ignore[index]
        assert status == 200
        sids[source] = sid
    for source, sid in sids.items():
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

    assert time.monotonic() - began < 20, "nginx does not keep it until the answer ends"
