"""A knock: one request of one page, played by the kernel as a browser would send it, on a real connection.

Knock("evil", "WebSocket") ──► TCP ──► the room ──► the answer ──► what a browser would let the page read
"""

from __future__ import annotations

from dataclasses import dataclass

from livesock.client import tcp
from livesock.display.views.origins.rules import ANN, PAGES, TOKEN, hidden
from livesock.display.views.origins.servers import RoomAndPages
from livesock.net.connect.tcp import TcpSocket
from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.framereader import FrameReader

__all__ = ["Knock", "knock"]

PATIENCE = 5.0
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = b"\x13\x13\x13\x13"


@dataclass(frozen=True)
class Knock:
    """What was asked, what was answered, and what came of it."""

    page: str
    way: str
    request: tuple[str, ...]
    """The lines that were sent, secrets masked."""
    answer: tuple[str, ...]
    outcome: str
    """`"reads"`, `"hidden"` (the server answered, the browser keeps it from the page) or `"refused"`."""
    text: str
    """What the page reads; for a refusal the status or the close code."""
    origin: str
    """The Origin that was sent; "" without one."""
    status: int

    @property
    def words(self) -> str:
        """The outcome in a few words."""
        if self.outcome == "reads":
            return f"reads “{self.text}”"
        return "200, but the browser hides it" if self.outcome == "hidden" else f"refused: {self.text}"


def knock(servers: RoomAndPages, page: str, way: str) -> Knock:
    """Let a page knock in one way, and return what came of it."""
    lines, origin = request_of(servers, page, way)
    with tcp(servers.room.port, timeout=PATIENCE) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        head = line.recv_until(b"\r\n\r\n").decode("latin-1").split("\r\n")[:-2]
        status = int(head[0].split(" ", 2)[1])
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in head[1:])}
        if status == 101:
            sent, came, outcome, text = talked(line, page, servers)
        else:
            sent, body = [], line.recv_exactly(int(headers.get("content-length", 0))).decode()
            seen = None if PAGES[page].is_program or page == "rebound" else origin
            kept = way == "polling" and hidden(seen, headers)
            outcome = "refused" if status != 200 else "hidden" if kept else "reads"
            came = [body] if way == "polling" else []
            text = body if outcome == "reads" else ", ".join([str(status), *came])
    return Knock(page, way, (*masked(lines), *sent), (*head, *came), outcome, text, origin or "", status)


def request_of(servers: RoomAndPages, page: str, way: str) -> tuple[list[str], str | None]:
    """Return the lines of the request, and the Origin in it."""
    caller, is_websocket, rules = PAGES[page], way == "WebSocket", servers.rules
    host = servers.false_name if page == "rebound" else f"127.0.0.1:{servers.room.port}"
    origins = {"app": servers.app, "evil": servers.evil, "sandbox": "null", "program": servers.app}
    # a GET to one's own site has no Origin, a WebSocket always has one
    origin = origins.get(page, f"http://{servers.false_name}" if is_websocket else None)
    lines = ["GET /room HTTP/1.1", f"Host: {host}"]
    lines += [f"Origin: {origin}"] if origin else []
    lines += [f"Cookie: {ANN}"] if caller.has_cookie and rules.cookie else []
    if is_websocket:
        lines += ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13"]
    elif caller.is_ours and rules.token:
        lines.append(f"Authorization: Bearer {TOKEN}")
    return lines, origin


def talked(line: TcpSocket, page: str, servers: RoomAndPages) -> tuple[list[str], list[str], str, str]:
    """Speak on an open WebSocket; return what was sent, what came, the outcome, and its text."""
    said = TOKEN if PAGES[page].is_ours and servers.rules.token else "hello" if servers.rules.token else ""
    if said:
        line.sendall(encode_frame(Frame(Opcode.TEXT, said.encode(), mask=MASK)))
    sent = [f"first message: {'xxxx' if said == TOKEN else said}"] if said else []
    reader = FrameReader(from_client=False)
    while not (frames := reader.feed(line.recv())):
        pass
    payload = bytes(frames[0].payload)
    if frames[0].opcode == Opcode.CLOSE:
        text = f"{int.from_bytes(payload[:2], 'big')}, {payload[2:].decode()}"
        return sent, [f"Close {text}"], "refused", text
    return sent, [f"message: {payload.decode()}"], "reads", payload.decode()


def masked(lines: list[str]) -> list[str]:
    """Return the lines without what a reader over the shoulder could use."""
    starts = ("Cookie: ", "Authorization: ")
    return [next((f"{start}xxxx" for start in starts if one.startswith(start)), one) for one in lines]
