"""05.Assembler: frames in, messages and duties out (RFC 6455, 5.4 to 5.6, 8.1).

text FIN=0 "Hel" ─► ping "x" ─► continuation FIN=1 "lo"
     nothing         pong "x"          text "Hello"
"""

import codecs
from typing import Any

from livesock.learn.exercise import Case, Property, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson05.frames import calls, draw, draw_text, said, survives_cuts, trial

__all__ = ["ASSEMBLER", "Assembler"]


class Assembler:
    """One direction of a WebSocket: frames in, events out."""

    def __init__(self, max_size: int = 2**20) -> None:
        """Begin before the first frame; `max_size` is the number of bytes that a message may have."""
        self._max_size = max_size
        self._kind = 0
        self._parts = b""
        self._over = False

    def feed(self, fin: bool, opcode: int, payload: bytes) -> list[tuple[str, object]]:
        """Return what a frame completes or demands: one event, or none."""
        if self._over:
            return []
        events = self._control(fin, opcode, payload) if opcode >= 8 else self._data(fin, opcode, payload)
        self._over = any(name in ("close", "fail") for name, _ in events)
        return events

    def _control(self, fin: bool, opcode: int, payload: bytes) -> list[tuple[str, object]]:
        if opcode > 10 or not fin or len(payload) > 125:
            return [("fail", 1002)]
        return [] if opcode == 10 else [("close" if opcode == 8 else "pong", payload)]

    def _data(self, fin: bool, opcode: int, payload: bytes) -> list[tuple[str, object]]:
        is_first = opcode != 0
        if opcode > 2 or is_first == (self._kind != 0):
            return [("fail", 1002)]
        if len(self._parts) + len(payload) > self._max_size:
            return [("fail", 1009)]
        self._kind, self._parts = self._kind or opcode, self._parts + payload
        if not fin:
            return []
        kind, whole = self._kind, self._parts
        self._kind, self._parts = 0, b""
        return [("binary", whole)] if kind == 2 else self._text(whole)

    def _text(self, whole: bytes) -> list[tuple[str, object]]:
        try:
            return [("text", whole.decode())]
        except UnicodeDecodeError:
            return [("fail", 1007)]


E_ACUTE = "é".encode()
PING, PONG = (True, 9, b"hi"), ("pong", b"hi")
BROKEN, NO_TEXT, TOO_LARGE = ("fail", 1002), ("fail", 1007), ("fail", 1009)


def fed(name: str, max_size: int | None, *rows: tuple[Any, ...]) -> Case:
    """Return a case of which each row is a frame, then the events that it causes."""
    return case(name, max_size, [row[:3] for row in rows], gives=[list(row[3:]) for row in rows])


ASSEMBLER = exercise(
    "05.Assembler",
    Assembler,
    r"""
hint: Ask in this order: is it over? Is it a control frame, opcode 8 or more? If not, may this data frame come now? A
    message that is under way has two things to remember, its kind and its bytes: make them in __init__, for each
    connection has its own.
hint: RFC 6455, 5.4: 01 03 48 65 6c (text, FIN 0, “Hel”), 89 00 (a ping, answered at once), 80 02 6c 6f (continuation,
    FIN 1, “lo”) is one text. Text is decoded when it is whole (8.1); fragments are bytes until then. 1002 is a broken
    rule, 1007 bytes that are not text, 1009 too large.
hint: A neighbour, lines that come in pieces: def feed(self, piece): self.rest += piece; if not piece.endswith(b'\n'):
    return []; line, self.rest = self.rest, b''; return [('line', line.decode())]. It keeps bytes, decodes at the end,
    and empties what it kept.
explanation: This is the heart of every WebSocket library. Control frames slip in between fragments, so that a long
    message cannot delay a heartbeat; text is judged whole; the limit counts the sum, because a message may have any
    number of fragments (RFC 6455, 5.4, 5.5, 10.4).

frame_is_message: Wait for FIN: with FIN=0 the message goes on, and nothing can be delivered yet.
    or is_first == (self._kind != 0) →
    len(self._parts) + len(payload) > self._max_size → False
    if not fin → if False
    kind, whole = self._kind, self._parts → kind, whole = opcode or 1, payload
per_fragment: Decode when the message is whole: a character can be cut in two.
    if not fin: → if self._kind == 1 and (bad := self._text(payload))[0][0] == "fail":
    |     return bad
    | if not fin:
looks_ahead: Judge a text when it is whole: a bad byte in a fragment waits for the end.
    if not fin: → if self._kind == 1:
    |     try:
    |         codecs.utf_8_decode(self._parts)
    |     except UnicodeDecodeError:
    |         return [("fail", 1007)]
    | if not fin:
utf_8_first: Ask for the size first, 1009, and only then whether it is UTF-8.
    if len(self._parts) → if fin and (self._kind or opcode) == 1:
    |     if (judged := self._text(self._parts + payload))[0][0] == "fail":
    |         return judged
    | if len(self._parts)
replace: Report bytes that are not valid UTF-8 with 1007: a “�” in their place hides the error.
  * whole.decode() → whole.decode(errors="replace")
ignore: Report bytes that are not valid UTF-8 with 1007: you leave them out, and the error stays hidden.
    whole.decode() → whole.decode(errors="ignore")
utf_8_sig: Decode with utf-8: utf-8-sig takes the first character away when it is U+FEFF, and the peer has sent it.
    whole.decode() → whole.decode("utf-8-sig")
surrogates: Report half a surrogate pair with 1007: ed a0 80 is not UTF-8, whatever surrogatepass makes of it.
    whole.decode() → whole.decode(errors="surrogatepass")
small_default: Let max_size be 2**20 when it is left out, as the signature says.
    max_size: int = 2**20 → max_size: int = 2**16
no_default: Refuse what is larger than 2**20 when max_size is left out: yours has no limit then.
    max_size: int = 2**20 → max_size: int = 2**30
size_first: Ask first whether this frame may come now: only a frame that belongs to a message can make it too large.
    if opcode > 2 or → if len(self._parts) + len(payload) > self._max_size:
    |     return [("fail", 1009)]
    | if opcode > 2 or
latin_1: Decode as UTF-8: in latin-1 any byte is a character, so nothing is ever refused.
    whole.decode() → whole.decode("latin-1")
text_1002: Say 1007 for bytes that are not valid UTF-8: the frame was fine, its content is not.
    1007 → 1002
bytes_as_text: Decode the text: its event carries a str, not bytes.
    whole.decode() → whole
last_opcode: Remember the opcode of the first fragment: a continuation does not say of what kind it is.
    kind, whole = self._kind, self._parts → kind, whole = opcode or 2, self._parts
all_text: Remember whether the message began with 1 or 2: binary is not decoded, whatever it holds.
    kind, whole = self._kind, self._parts → kind, whole = 1, self._parts
ping_merged: Keep control frames out of the message: they travel between its fragments.
    return [] if opcode == 10 else → self._parts += payload if self._kind else b""; return [] if opcode == 10 else
pong_waits: Answer a ping at once, also inside a message: its end may be far away.
    self._over = False → self._over, self._late = False, []
    return [] if opcode == 10 else → if self._kind and opcode == 9:
    |     self._late.append(("pong", payload))
    |     return []
    | return [] if opcode == 10 else
    return [("binary", whole)] if kind == 2 else self._text(whole) → late, self._late = self._late, []
    | return late + ([("binary", whole)] if kind == 2 else self._text(whole))
control_breaks: Let control frames pass between two fragments: that is where they are allowed (5.4).
    len(payload) > 125 → len(payload) > 125 or self._kind
control_resets: Leave what is under way alone when a control frame comes: the message goes on after it.
    return [] if opcode == 10 else → self._kind, self._parts = 0, b""; return [] if opcode == 10 else
pong_text: Give back the ping's payload as the bytes that came: it need not be text.
    "pong", payload → "pong", payload if opcode == 8 else payload.decode("latin-1")
empty_pong: Give back the payload of the ping: that is how the other side knows which one you mean (5.5.3).
    "pong", payload → "pong", payload if opcode == 8 else b""
pong_to_pong: Answer pings only: two who answer each other's pongs never stop.
    return [] if opcode == 10 else → return
orphan: Refuse a continuation when no message is under way: continue what?
    is_first == (self._kind != 0) → (is_first and self._kind)
    self._kind or opcode → self._kind or opcode or 1
orphan_fragment: Refuse a continuation when no message is under way, also one after which more would come.
    is_first == (self._kind != 0) → (is_first and self._kind) or (fin and not is_first and not self._kind)
nested: Refuse a new text or binary frame inside a message: one at a time; you throw the first one away.
    is_first == (self._kind != 0) → not (is_first or self._kind)
    if len(self._parts) → self._parts = b"" if is_first else self._parts
    | if len(self._parts)
    self._kind or opcode → opcode or self._kind
nested_joined: Refuse a new text or binary frame inside a message: only opcode 0 continues one.
    is_first == (self._kind != 0) → not (is_first or self._kind)
    self._kind or opcode → opcode or self._kind
empty_is_nothing: Remember that a message has begun, apart from its bytes: the first fragment may be empty.
  ? opcode != 0 → not self._parts
    self._kind != 0 → self._parts != b""
    self._kind or opcode → opcode or self._kind
never_reset: Forget that a message was under way once it is whole: the next one is a new message.
    self._kind, self._parts = 0, b"" → self._parts = b""
never_emptied: Empty what you kept when a message is whole: the next one begins with nothing.
    self._kind, self._parts = 0, b"" → self._kind = 0
after_close: Be silent after a close: what comes after it is not read any more (5.5.1).
    ("close", "fail") → ("fail",)
after_failure: Be silent after a failure: the connection is over, whatever still comes.
    ("close", "fail") → ("close",)
never_over: Remember that it is over: after a close or a failure each frame gives nothing.
    ("close", "fail") → ()
fragmented_control: Refuse a control frame with FIN=0: control frames are single (5.5).
    or not fin or → or
long_control: Count again what a control frame may carry: up to 125 bytes, so 126 is refused.
  * len(payload) > 125 → len(payload) > 126
no_control_limit: Refuse control frames of more than 125 bytes (5.5): only the 7-bit length is allowed there.
    or len(payload) > 125 →
control_1009: Say 1002 for a long control frame: it breaks a rule of the protocol, not a limit of yours.
    if opcode > 10 or not fin or len(payload) > 125: → if opcode <= 10 and fin and len(payload) > 125:
    |     return [("fail", 1009)]
    | if opcode > 10 or not fin:
control_over_limit: Measure messages with max_size, and control frames with 125 alone.
    if opcode > 10 or not fin or len(payload) > 125: →
    | if opcode <= 10 and fin and len(payload) > min(125, self._max_size):
    |     return [("fail", 1009)]
    | if opcode > 10 or not fin:
control_counts: Count the bytes of the message only: a ping between its fragments is not part of it.
    return [] if opcode == 10 else → self._max_size -= len(payload); return [] if opcode == 10 else
close_code: Hand on the payload of the close as it is: reading its code is lesson 06.
    "pong", payload → "pong", payload if opcode == 9 else int.from_bytes(payload[:2], "big")
reserved: Refuse opcodes that are not defined, 1002: you cannot guess what they mean.
    if opcode > 10 or not fin → if opcode > 10:
    |     return []
    | if not fin
    if opcode > 2 or is_first → if opcode > 2:
    |     return []
    | if is_first
reserved_data: Refuse opcodes 3 to 7 as well, 1002: they are reserved, as 11 to 15 are.
    if opcode > 2 or is_first → if opcode > 2:
    |     return []
    | if is_first
limit_per_frame: Measure the sum of the fragments: many small ones fill the memory too.
  * len(self._parts) + len(payload) → len(payload)
limit_at_end: Refuse as soon as it is too large: until the last fragment you may have kept gigabytes.
    if len(self._parts) → if fin and len(self._parts)
limit_early: Allow exactly max_size bytes: only more is too large.
    > self._max_size → >= self._max_size
no_limit: Measure each message: above max_size bytes it is refused with 1009.
    len(self._parts) + len(payload) > self._max_size → False
one_more: Take max_size bytes and not one more.
    len(self._parts) + len(payload) > self._max_size → len(self._parts) + len(payload) > self._max_size + 1
limit_1002: Say 1009 for a message that is too large: no rule is broken, it is more than you take.
    1009 → 1002
characters: Count bytes: max_size is a limit of memory, and é has two.
    len(self._parts) + len(payload) → len((self._parts + payload).decode(errors="replace"))
shared: Make the bytes that you keep in __init__: what stands in the class belongs to all connections together.
    def __init__(self, → parts = bytearray()
    | def __init__(self,
    self._parts = b"" → self._parts = self.parts
    | self._parts.clear()
    self._kind, self._parts = self._kind or opcode, self._parts + payload → self._kind = self._kind or opcode
    | self._parts += payload
    kind, whole = self._kind, self._parts → kind, whole = self._kind, bytes(self._parts)
    self._kind, self._parts = 0, b"" → self._kind = 0; self._parts.clear()
no_list: Return a list, also around a single event: the caller loops over it.
    return events → return events[0] if events else []
bare: Return a list each time: around a single event, and an empty one when there is none.
    return events → return events[0] if events else None
none_for_nothing: Return an empty list when there is no event: the caller loops over it.
    return events → return events or None
""",
    cases=(
        fed("one frame, one text", 99, (True, 1, b"Hello", ("text", "Hello"))),
        fed("one frame, binary", 99, (True, 2, b"\xff\x00", ("binary", b"\xff\x00"))),
        fed("the RFC's two fragments", 99, (False, 1, b"Hel"), (True, 0, b"lo", ("text", "Hello"))),
        fed("é in two fragments", 99, (False, 1, E_ACUTE[:1]), (True, 0, E_ACUTE[1:], ("text", "é"))),
        fed(
            "binary in three fragments", 99, (False, 2, b"\xff"), (False, 0, b""), (True, 0, b"a", ("binary", b"\xffa"))
        ),
        fed("a first fragment that is empty", 99, (False, 1, b""), (True, 0, b"late", ("text", "late"))),
        fed("an empty text", 99, (True, 1, b"", ("text", ""))),
        fed(
            "two messages, one after the other",
            99,
            (False, 1, b"a"),
            (True, 0, b"b", ("text", "ab")),
            (False, 2, b"c"),
            (True, 0, b"d", ("binary", b"cd")),
        ),
        fed("a ping", 99, (*PING, PONG)),
        fed("an empty ping", 99, (True, 9, b"", ("pong", b""))),
        fed("a ping that is not text", 99, (True, 9, b"\xff\xfe", ("pong", b"\xff\xfe"))),
        fed("a ping of 125 bytes", 99, (True, 9, bytes(125), ("pong", bytes(125)))),
        fed("a pong", 99, (True, 10, b"hi"), (*PING, PONG)),
        fed("a ping between fragments", 99, (False, 1, b"Hel"), (*PING, PONG), (True, 0, b"lo", ("text", "Hello"))),
        fed("a pong between fragments", 99, (False, 1, b"Hel"), (True, 10, b"hi"), (True, 0, b"lo", ("text", "Hello"))),
        fed("a close", 99, (True, 8, b"\x03\xe8", ("close", b"\x03\xe8"))),
        fed("a close inside a message", 99, (False, 1, b"a"), (True, 8, b"", ("close", b""))),
        fed("frames after a close", 99, (True, 8, b"", ("close", b"")), (True, 9, b"hi"), (True, 1, b"a")),
        fed("a continuation of nothing", 99, (True, 0, b"lo", BROKEN)),
        fed("a continuation of nothing, with more to come", 99, (False, 0, b"lo", BROKEN)),
        fed(
            "a continuation after the end",
            99,
            (False, 1, b"a"),
            (True, 0, b"b", ("text", "ab")),
            (True, 0, b"c", BROKEN),
        ),
        fed("a text inside a message", 99, (False, 1, b"a"), (True, 1, b"b", BROKEN)),
        fed("binary inside a text", 99, (False, 1, b"a"), (False, 2, b"b", BROKEN)),
        fed("a reserved opcode, 3", 99, (True, 3, b"", BROKEN)),
        fed("a reserved opcode, 11", 99, (True, 11, b"", BROKEN)),
        *(fed(f"a reserved opcode, {n}", 99, (True, n, b"", BROKEN)) for n in (4, 7, 12, 15)),
        fed("frames after a failure", 99, (True, 3, b"", BROKEN), (True, 9, b"hi"), (True, 1, b"a")),
        fed("a ping in fragments", 99, (False, 9, b"a", BROKEN)),
        fed("a pong in fragments", 99, (False, 10, b"a", BROKEN)),
        fed("a pong of 126 bytes", 999, (True, 10, bytes(126), BROKEN)),
        fed("a close of 125 bytes", 999, (True, 8, b"\x03\xe8" + b"x" * 123, ("close", b"\x03\xe8" + b"x" * 123))),
        fed("a close of 200 bytes", 999, (True, 8, bytes(200), BROKEN)),
        fed("a close in fragments", 99, (False, 8, b"", BROKEN)),
        fed("a close of 126 bytes", 999, (True, 8, bytes(126), BROKEN)),
        fed("a ping of 126 bytes", 999, (True, 9, bytes(126), BROKEN)),
        fed("a ping of 200 bytes", 999, (True, 9, bytes(200), BROKEN)),
        fed("a text that is not UTF-8", 99, (True, 1, b"caf\xe9", NO_TEXT)),
        fed("a text that begins with U+FEFF", 99, (True, 1, b"\xef\xbb\xbfhi", ("text", "\ufeffhi"))),
        fed("half a surrogate pair", 99, (True, 1, b"\xed\xa0\x80", NO_TEXT)),
        fed("a bad byte in a first fragment", 99, (False, 1, b"\xff"), (True, 0, b"", NO_TEXT)),
        fed("half a character at the end", 99, (True, 1, E_ACUTE[:1], NO_TEXT)),
        fed("max_size left out, 2**20 bytes", None, (True, 2, bytes(2**20), ("binary", bytes(2**20)))),
        fed("max_size left out, one byte more", None, (False, 2, bytes(2**20)), (True, 0, b"x", TOO_LARGE)),
        fed("a reserved opcode, more than max_size", 4, (True, 3, b"12345", BROKEN)),
        fed("a continuation of nothing, more than max_size", 4, (True, 0, b"12345", BROKEN)),
        fed("max_size bytes", 4, (True, 1, b"four", ("text", "four")), (True, 2, b"1234", ("binary", b"1234"))),
        fed("one byte too many", 4, (True, 2, b"12345", TOO_LARGE)),
        fed("one byte too many, and not UTF-8", 4, (True, 1, b"\xff" * 5, TOO_LARGE)),
        fed("twice as much", 4, (True, 2, b"12345678", TOO_LARGE)),
        fed("one byte too many, in 4 characters", 4, (True, 1, b"caf" + E_ACUTE, TOO_LARGE)),
        fed("small fragments, too large together", 4, (False, 2, b"123"), (True, 0, b"45", TOO_LARGE)),
        fed("too large before the end", 4, (False, 2, b"12345", TOO_LARGE)),
        fed(
            "a ping is not part of the size",
            4,
            (False, 2, b"12"),
            (True, 9, b"12345", ("pong", b"12345")),
            (True, 0, b"34", ("binary", b"1234")),
        ),
        fed(
            "the size begins again with each message",
            4,
            (True, 2, b"123", ("binary", b"123")),
            (False, 2, b"12"),
            (True, 0, b"3", ("binary", b"123")),
            (True, 2, b"123", ("binary", b"123")),
        ),
    ),
    random=draw,
    times=40,
    claim=Property(
        "a text may be cut anywhere, and a ping between two fragments is answered there", draw_text, survives_cuts
    ),
    trial=trial,
    calls=calls,
    shows=said,
    written={"codecs": codecs},
)
