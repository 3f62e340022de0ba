"""Twenty broken servers: the reference after stage 12 with one mistake each, and the stage that must refuse it.

The judge passes each one in the stages before, and says why it fails there; tests/learn/capstone holds both.
"""

from __future__ import annotations

from dataclasses import dataclass

from livesock.lessons.lesson15.staged import solution

__all__ = ["MUTANTS", "Mistake", "program"]


@dataclass(frozen=True)
class Mistake:
    """One mistake: what is replaced in the reference, and where it must show."""

    idea: str
    """What its author believes, or forgot."""
    refused: int
    """The stage; 0 if every stage passes it and only rough weather shows it."""
    edits: tuple[tuple[str, str], ...]
    says: str = ""
    """A part of the sentence that a learner must read."""
    is_tolerated: bool = False
    """Whether the stage ends NON-STRICT, because the RFC says SHOULD."""


MUTANTS = {
    "answers_early": Mistake(
        "The first chunk is the whole request.",
        2,
        (
            (
                'head = parse_head(data) if len(data) <= MAX_HEAD else ("", {}, b"")',
                'head = parse_head(data) or ("GET / HTTP/1.1", {}, b"")',
            ),
        ),
    ),
    "fixed_accept": Mistake(
        "The Accept of the RFC's example is good for all.",
        3,
        (
            (
                "    writer.write(answer(status, more))\n",
                '    if status == 101:\n        more["Sec-WebSocket-Accept"] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="\n'
                "    writer.write(answer(status, more))\n",
            ),
        ),
    ),
    "lets_everybody_in": Mistake(
        "Whatever has a key is a handshake.",
        4,
        (
            (
                "    status, more = check_request(method, version, headers)\n",
                '    key = headers.get("sec-websocket-key", "")\n'
                "    status, more = check_request(\n"
                '        "GET",\n'
                '        "HTTP/1.1",\n'
                '        {**headers, "sec-websocket-version": "13"} if key else headers,\n'
                "    )\n",
            ),
        ),
    ),
    "masks_replies": Mistake(
        "Both sides mask.",
        5,
        (
            (
                "        await self.act(self.closer.send(encode_frame(opcode, payload)))\n",
                '        await self.act(self.closer.send(encode_frame(opcode, payload, True, b"mask")))\n',
            ),
        ),
    ),
    "text_as_binary": Mistake(
        "A message is bytes, so its opcode is 2.",
        5,
        (
            (
                "await self.act(self.closer.send(encode_frame(opcode, payload)))",
                "await self.act(self.closer.send(encode_frame(BINARY, payload)))",
            ),
        ),
    ),
    "one_byte_too_long": Mistake(
        "126 still fits into seven bits.",
        6,
        (
            (
                "        await self.act(self.closer.send(encode_frame(opcode, payload)))\n",
                "        frame = encode_frame(opcode, payload)\n"
                "        if len(payload) == 126:\n"
                "            frame = frame[:2] + payload\n"
                "        await self.act(self.closer.send(frame))\n",
            ),
        ),
    ),
    "four_bytes_of_length": Mistake(
        "A long length has four bytes.",
        6,
        (
            (
                "        await self.act(self.closer.send(encode_frame(opcode, payload)))\n",
                "        frame = encode_frame(opcode, payload)\n"
                "        if len(payload) > 65535:\n"
                "            frame = frame[:2] + frame[6:]\n"
                "        await self.act(self.closer.send(frame))\n",
            ),
        ),
    ),
    "one_frame_per_read": Mistake(
        "What one read brings is one frame.",
        7,
        (("                self.buffer = self.buffer[size:]\n", '                self.buffer = b""\n'),),
    ),
    "forgets_the_rest": Mistake(
        "Nothing comes behind the request.",
        7,
        (("        self.buffer = rest  # what came", '        self.buffer = b""  # what came'),),
        is_tolerated=True,
    ),
    "one_at_a_time": Mistake(
        "One client after the other.",
        8,
        (
            (
                "Head = tuple[str, dict[str, str], bytes]\n",
                "Head = tuple[str, dict[str, str], bytes]\nTURN = asyncio.Lock()\n",
            ),
            (
                "            await converse(handler, Connection(reader, writer, head[2]))\n",
                "            async with TURN:\n"
                "                await converse(handler, Connection(reader, writer, head[2]))\n",
            ),
        ),
    ),
    "other_pong": Mistake(
        "A pong is empty.",
        9,
        (
            (
                "            await self.write(encode_frame(PONG, value))\n",
                '            await self.write(encode_frame(PONG, b""))\n',
            ),
        ),
    ),
    "pong_for_pong": Mistake(
        "A pong is answered too.",
        9,
        (
            (
                "            for name, value in self.assembler.feed(*await self.next_frame()):\n",
                "            frame = await self.next_frame()\n"
                "            if frame[1] == PONG:\n"
                "                await self.write(encode_frame(PONG, frame[2]))\n"
                "            for name, value in self.assembler.feed(*frame):\n",
            ),
        ),
    ),
    "text_per_fragment": Mistake(
        "Each fragment is a text of its own.",
        10,
        (
            (
                "            for name, value in self.assembler.feed(*await self.next_frame()):\n",
                "            fin, opcode, payload = await self.next_frame()\n"
                "            if opcode in (0, TEXT):\n"
                '                payload = payload.decode("utf-8", "replace").encode()\n'
                "            for name, value in self.assembler.feed(fin, opcode, payload):\n",
            ),
        ),
    ),
    "silent_goodbye": Mistake(
        "Who says Close wants no answer.",
        11,
        (
            (
                "            await self.act(self.closer.received(value))\n",
                "            pass\n",
            ),
        ),
    ),
    "reads_after_close": Mistake(
        "What comes behind a Close is a message too.",
        11,
        (
            (
                "            await self.act(self.closer.received(value))\n",
                "            with suppress(EOFError):\n"
                "                await self.act(self.closer.received(value))\n"
                "            while True:\n"
                "                _, opcode, payload = await self.frame_after()\n"
                "                await self.write(encode_frame(opcode if opcode < 8 else PONG, payload))\n",
            ),
            (
                "    async def read_more(self) -> None:\n",
                "    async def frame_after(self) -> tuple[bool, int, bytes]:\n"
                "        while not (found := parse_frames(self.buffer))[0]:\n"
                "            await self.read_more()\n"
                "        self.buffer = found[1]\n"
                "        return found[0][0]\n\n"
                "    async def read_more(self) -> None:\n",
            ),
        ),
    ),
    "sends_1006": Mistake(
        "1006 is how one says that something is wrong.",
        12,
        (
            (
                "        await self.act(self.closer.close(close_payload(code)))\n        await self.act(",
                '        await self.act(self.closer.close(b"\\x03\\xee"))\n        await self.act(',
            ),
        ),
    ),
    "drops_without_close": Mistake(
        "A broken rule deserves no answer.",
        12,
        (
            (
                "        await self.act(self.closer.close(close_payload(code)))\n        await self.act(",
                "        self.closer.close(close_payload(code))\n        await self.act(",
            ),
        ),
        is_tolerated=True,
    ),
    "takes_unmasked": Mistake(
        "A frame without a mask is easier to read.",
        12,
        (
            ("first & 0x70 or not second & 0x80:", "first & 0x70:"),
            ("return 0, 2 + extra + 4 + length", "return 0, 2 + extra + (4 if second & 0x80 else 0) + length"),
        ),
    ),
    "takes_rsv1": Mistake(
        "The three bits beside FIN mean nothing.",
        12,
        (("first & 0x70 or not second & 0x80:", "not second & 0x80:"),),
    ),
    "no_limit": Mistake(
        "A client knows how much it sends.",
        12,
        (
            ("self.assembler = Assembler(MAX_SIZE)", "self.assembler = Assembler(2**40)"),
            ("    if length > MAX_SIZE:\n        return 1009, 0\n", ""),
        ),
    ),
    "leaks": Mistake(
        "A client that is cut off goes away by itself.",
        0,
        (
            (
                "        pass  # the client has gone\n",
                "        LEFT.append(writer)\n        await asyncio.sleep(60)\n",
            ),
            ("Head = tuple[str, dict[str, str], bytes]\n", "Head = tuple[str, dict[str, str], bytes]\nLEFT = []\n"),
        ),
    ),
}
"""By name. The first mistake that a stage finds is the one that is made here."""


def program(name: str) -> str:
    """Return the text of a broken server.

    Raises:
        ValueError: If an edit does not fit the reference any more.
    """
    text = solution(12)
    for old, new in MUTANTS[name].edits:
        if text.count(old) != 1:
            raise ValueError(f"mutant {name!r}: {old!r} stands {text.count(old)} times in the reference, not once")
        text = text.replace(old, new)
    return text
