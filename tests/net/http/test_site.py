"""The buffer that all connections of a server share: nobody gets what another one was sent."""

from __future__ import annotations

import threading
from typing import Any

import livesock as ls
from livesock.net.http.site import BUFFER
from tests.peers import TEXT, Wire, frame, frames


def test_peers_that_speak_at_once_get_their_own_words_back() -> None:
    with ls.serve("arrivals") as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        def speak(letter: str) -> None:
            with Wire(server.port) as wire:
                wire.upgrade("/echo")
                size = BUFFER * 2 + 1000  # several reads, the last one not full
                for _ in range(3):
                    wire.send(frame(TEXT, letter.encode() * size))
                    data = wire.read_until(lambda data: len(data) >= size + 10)
                    wrong.extend(letter for _, said in frames(data) if said != letter.encode() * size)
                    heard.append(letter)

        heard: list[str] = []
        wrong: list[str] = []
        threads = [threading.Thread(target=speak, args=(letter,)) for letter in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(heard) == sorted("abcd" * 3)
        assert not wrong
        chunks = [chunk.data for chunk in server.trace if chunk.direction == "<" and len(chunk.data) > 1000]
        assert chunks
        assert all(sum(chunk.count(letter) > 100 for letter in (b"a", b"b", b"c", b"d")) == 1 for chunk in chunks)
