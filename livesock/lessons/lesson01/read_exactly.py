"""01.read_exactly: ask until n bytes are there, and not one more (RFC 9293: TCP is a stream)."""

import contextlib
import random
import socket
from typing import Any

from livesock.learn.checking.outcome import Endless
from livesock.learn.exercise import Solution, case
from livesock.learn.tables import exercise

__all__ = ["READ_EXACTLY", "CutSocket", "read_exactly"]

PATIENCE = 0.05
"""Seconds that the learner's socket waits before it raises TimeoutError."""

ENOUGH = 1000
"""Calls of recv after the end of the stream that prove a loop."""


def read_exactly(sock: socket.socket, n: int) -> bytes:
    """Return the next `n` bytes of `sock`; raise EOFError if its stream ends before."""
    data = b""
    while len(data) < n:
        piece = sock.recv(n - len(data))
        if not piece:
            raise EOFError(f"{len(data)} of {n} bytes came")
        data += piece
    return data


class CutSocket(socket.socket):
    """A real socket of which one recv never returns more than a piece: the cuts of a network, the same in each run."""

    pieces: list[int]
    """How many bytes are left of each piece."""
    ends = 0

    def recv(self, n: int, flags: int = 0, /) -> bytes:
        whole = bool(flags & getattr(socket, "MSG_WAITALL", 0))  # the system's own "until n are there"
        data = super().recv(n if whole else self.room(n), flags)
        self.took(n, len(data), flags)
        return data

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0, /) -> int:
        n = nbytes or len(memoryview(buffer).cast("B"))
        size = super().recv_into(buffer, self.room(n), flags)
        self.took(n, size, flags)
        return size

    def room(self, n: int) -> int:
        return min(n, self.pieces[0]) if self.pieces else n

    def took(self, asked: int, size: int, flags: int) -> None:
        """Account for what was read; end a loop that reads on after the end."""
        self.ends += size == 0 and asked > 0
        if self.ends > ENOUGH:
            raise Endless
        while size and self.pieces and not flags & socket.MSG_PEEK:
            step = min(size, self.pieces[0])
            self.pieces[0] -= step
            size -= step
            if not self.pieces[0]:
                self.pieces.pop(0)


def trial(solution: Solution, pieces: list[bytes], n: int, closed: bool) -> tuple[bytes, bytes]:
    """Return what the solution read and what it left for the next reader, from a socket that got these pieces."""
    here, peer = socket.socketpair()
    with CutSocket(fileno=here.detach()) as sock, peer:
        sock.pieces = [len(piece) for piece in pieces]
        sock.settimeout(PATIENCE)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)  # all pieces lie ready before the first recv
        peer.sendall(b"".join(pieces))
        if closed:
            peer.shutdown(socket.SHUT_WR)
        data = solution(sock, n)
        rest = b""
        with contextlib.suppress(OSError):  # the learner may have closed it
            peer.shutdown(socket.SHUT_WR)
            while piece := socket.socket.recv(sock, 65536):
                rest += piece
        return data, rest


def calls(pieces: list[bytes], n: int, closed: bool) -> str:
    end = ", then the end" if closed else ""
    return f"read_exactly(sock, {n}), pieces {pieces if len(pieces) < 6 else f'{len(pieces)} of 1 byte'}{end}"


def draw(rng: random.Random) -> tuple[list[bytes], int, bool]:
    pieces = [rng.randbytes(rng.randrange(1, 9)) for _ in range(rng.randrange(2, 9))]
    return pieces, rng.randrange(1, sum(map(len, pieces)) + 1), rng.random() < 0.5


BYTES = [bytes([letter]) for letter in b"hello world"]

READ_EXACTLY = exercise(
    "01.read_exactly",
    read_exactly,
    r"""
hint: How many bytes are still missing after the first recv? Ask for that many, until none is.
hint: recv(n) returns 1 to n bytes, or b'' once the peer has ended its direction. For b'hello' it may be b'h', then
    b'ell', then b'o': ask for 5, then for 4, then for 1.
hint: A neighbour, skip(sock, n): while n > 0: n -= len(sock.recv(n)). It throws the bytes away and loops forever at the
    end of the stream; yours keeps them, and looks whether the piece is empty.
explanation: Every protocol on TCP has this function inside. Python's own socket has none; asyncio calls it readexactly,
    and a file made with makefile('rb') hides it in read(n).

one_recv: Count what came and ask again: n is a maximum, and one recv may return less.
    data = b"" → return sock.recv(n)
loops_at_the_end: Look for b'': it is not “nothing yet”, it is “never again”.
    if not piece → if False
short_at_the_end: Raise EOFError at the end: the promise was n bytes, and the peer broke it.
    raise EOFError(f"{len(data)} of {n} bytes came") → break
reads_more: Ask for what is missing only: the bytes after them belong to the next message, and are lost.
  * n - len(data) → 4096
    return data → return data[:n]
returns_more: Ask for n minus what you have: yours asks for n again, and gets bytes of the next message.
  * n - len(data) → n
waits_for_nothing: Look at n = 0: zero bytes are already there, nothing has to be read.
  * while len(data) < n → while True
    n - len(data) → max(1, n - len(data))
    data += piece → data += piece
    | if len(data) >= n:
    |     return data
counts_pieces: Count bytes, not pieces: one piece may hold many bytes.
    data = b"" → data, count = b"", 0
    while len(data) < n → while count < n
    n - len(data) → n - count
    data += piece → data, count = data + piece, count + 1
pause_is_the_end: Let TimeoutError pass: a pause is not the end, and half a message is not a message.
    piece = sock.recv(n - len(data)) → try:
    |     piece = sock.recv(n - len(data))
    | except TimeoutError:
    |     break
pause_is_eof: Let TimeoutError pass: the peer may go on, and EOFError says that it never will.
    piece = sock.recv(n - len(data)) → try:
    |     piece = sock.recv(n - len(data))
    | except TimeoutError:
    |     raise EOFError from None
none_at_the_end: Raise EOFError at the end: the caller would have to check for None each time.
    raise EOFError(f"{len(data)} of {n} bytes came") → return None
two_reads: Ask until all is there: n bytes may come in n pieces, so this is a loop.
    while len(data) < n → for second in (False, True)
    sock.recv(n - len(data)) → sock.recv(n - len(data)) if len(data) < n else b""
    if not piece → if second and len(data + piece) < n
closes: Leave the socket open: the next message comes through it.
    return data → sock.close(); return data
last_piece: Keep what came before: you return the last piece alone.
    data = b"" → data = piece = b""
    return data → return piece
""",
    cases=(
        case("all in one piece", [b"hello"], 5, False, gives=(b"hello", b"")),
        case("two pieces", [b"hel", b"lo"], 5, False, gives=(b"hello", b"")),
        case("single bytes", BYTES, 11, False, gives=(b"hello world", b"")),
        case("the next message follows", [b"hello world"], 5, False, gives=(b"hello", b" world")),
        case(
            "the next message follows in the same piece",
            [b"hel", b"lo wo", b"rld"],
            5,
            False,
            gives=(b"hello", b" world"),
        ),
        case("no bytes wanted", [], 0, False, gives=(b"", b"")),
        case("no bytes wanted, some there", [b"hello"], 0, False, gives=(b"", b"hello")),
        case("closed before the first byte", [], 5, True, raises=EOFError),
        case("closed in the middle", [b"hel"], 5, True, raises=EOFError),
        case("closed after the last byte", [b"hel", b"lo"], 5, True, gives=(b"hello", b"")),
        case("a pause in the middle", [b"hel"], 5, False, raises=TimeoutError),
        case("6,000 bytes", [bytes(5_000), b"x" * 1_000], 6_000, False, gives=(bytes(5_000) + b"x" * 1_000, b"")),
    ),
    random=draw,
    trial=trial,
    calls=calls,
)
