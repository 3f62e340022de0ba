"""Recordings for the tests of everything that shows one: a small conversation, and anything at all."""

from hypothesis import strategies as st

from livesock.trace.rows import Chunk, Kind, Row
from livesock.wire.explain.field import Field
from livesock.wire.frame import Frame, Opcode, encode_frame

PEERS = {1: ("127.0.0.1:8765", "127.0.0.1:50123"), 2: ("[::1]:8765", "[::1]:50124")}
KEY = bytes.fromhex("37fa213d")
REQUEST = (
    b"GET /echo HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: tick\ndata: 1\n\n"
MASKED_HELLO = encode_frame(Frame(Opcode.TEXT, b"Hello", mask=KEY))
HELLO = encode_frame(Frame(Opcode.TEXT, b"Hello"))
CLOSE = encode_frame(Frame(Opcode.CLOSE, b"\x03\xe8"))


def chunks_of(*parts: tuple[str, bytes], connection: int = 1) -> list[Chunk]:
    """Return a chunk for each direction and bytes, a millisecond apart."""
    return [Chunk(0.05 + 0.001 * i, direction, connection, data) for i, (direction, data) in enumerate(parts)]


ECHO = chunks_of(
    ("=", b"open"),
    ("<", REQUEST),
    (">", RESPONSE),
    ("<", MASKED_HELLO[:4]),
    ("<", MASKED_HELLO[4:]),
    (">", HELLO + CLOSE),
    ("<", b"GET /"),
    ("=", b"reset"),
)
"""A handshake, a message in two segments and its echo, a close in the same segment, a broken rule, an abrupt end."""

_frames = st.builds(
    lambda opcode, payload, fin, rsv1, key: encode_frame(Frame(opcode, payload, fin=fin, rsv1=rsv1, mask=key)),
    st.sampled_from([0, 1, 2, 8, 9, 10]),
    st.binary(max_size=200) | st.text(max_size=40).map(str.encode),
    st.booleans(),
    st.booleans(),
    st.none() | st.binary(min_size=4, max_size=4),
)
_bytes = st.one_of(
    st.binary(max_size=60),
    _frames,
    st.sampled_from([REQUEST, RESPONSE, EVENTS, HELLO, MASKED_HELLO, CLOSE, b"\x16\x03\x01\x00\x05hello", b"\r\n"]),
)
_states = st.sampled_from([b"open", b"eof <", b"eof >", b"closed", b"reset", b"lost < 7", b"lost > 70000"])

_opened = [(1, "=", b"open"), (1, "<", REQUEST), (1, ">", RESPONSE)]
_parts = st.lists(
    st.builds(
        lambda connection, part: (connection, *part),
        st.integers(1, 2),
        st.tuples(st.sampled_from("<>"), _bytes) | st.tuples(st.just("="), _states | st.binary(max_size=20)),
    ),
    max_size=25,
)
recordings = st.builds(
    lambda opening, parts: [
        Chunk(0.001 * i, direction, number, data) for i, (number, direction, data) in enumerate(opening + parts)
    ],
    st.sampled_from([[], _opened]),
    _parts,
)
"""Any bytes in any direction of two connections, many of them HTTP or frames, often after a handshake."""

_any_text = st.text(st.characters(exclude_categories=()), max_size=300)
_fields = st.builds(
    lambda name, value, start, size, meaning: Field(name, value, start, start + size, meaning, "RFC 6455, 5.2"),
    st.sampled_from(["FIN", "opcode", "MASK", "payload"]) | _any_text,
    _any_text,
    st.integers(0, 2000),
    st.integers(0, 2000),
    _any_text,
)
hostile_rows = st.lists(
    st.builds(
        Row,
        time=st.floats(0, 1e6),
        connection=st.integers(1, 3),
        direction=st.sampled_from("<>="),
        kind=st.sampled_from([kind for kind in Kind if kind is not Kind.FRAME]),
        data=st.binary(max_size=300),
        offset=st.integers(0, 10),
        summary=_any_text,
        explain=st.lists(_fields, max_size=4).map(lambda fields: lambda data: tuple(fields)),
        from_client=st.booleans(),
    ),
    max_size=6,
)
"""Rows that no decoder makes: any characters everywhere, lone surrogates too."""
