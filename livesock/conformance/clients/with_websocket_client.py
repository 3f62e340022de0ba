"""The client of `websocket-client`."""

from __future__ import annotations

import websocket

from livesock.conformance.clients.checks import WAIT, Message

__all__ = ["CLIENT", "WebsocketClientClient"]


class WebsocketClientClient:
    """One connection."""

    def __init__(self, url: str) -> None:
        self._ws = websocket.create_connection(url, timeout=WAIT, http_no_proxy=["*"])

    def send(self, message: Message) -> None:
        if isinstance(message, str):
            self._ws.send(message)
        else:
            self._ws.send_binary(message)

    def receive(self) -> Message:
        opcode, data = self._ws.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise ConnectionError("the server closed the connection")
        return str(data, "utf-8") if opcode == websocket.ABNF.OPCODE_TEXT else bytes(data)

    def close(self) -> int:
        self._ws.send_close(1000)
        return self.closed()

    def closed(self) -> int:
        try:
            while True:
                opcode, data = self._ws.recv_data()
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    return int.from_bytes(data[:2], "big") if data else 1005
        except (websocket.WebSocketConnectionClosedException, OSError):
            return 1006

    def drop(self) -> None:
        self._ws.shutdown()  # type: ignore[no-untyped-call]  # the library has no annotation there


CLIENT = WebsocketClientClient
"""What `load` finds."""
