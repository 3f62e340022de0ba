"""Assemblers in which one thing is wrong. Each flag is an idea that somebody had."""

from __future__ import annotations

from typing import Any

from livesock.learn.exercise import Mutant

__all__ = ["MUTANTS"]

Events = list[tuple[str, object]]


class Wrong:
    """An assembler that is right but for its `odd` idea."""

    odd = ""

    def __init__(self, max_size: int = 2**20) -> None:
        self.max_size, self.kind, self.parts, self.over = max_size, 0, b"", False
        self.kept: Events = []

    def feed(self, fin: bool, opcode: int, payload: bytes) -> Any:
        if self.over:
            return []
        events = self.control(fin, opcode, payload) if opcode >= 8 else self.data(fin, opcode, payload)
        deaf = {"after_close": ("fail",), "after_failure": ("close",), "never_over": ()}
        self.over = any(name in deaf.get(self.odd, ("close", "fail")) for name, _ in events)
        if self.odd == "no_list":
            return events[0] if events else []
        return events or (None if self.odd == "none_for_nothing" else [])

    def control(self, fin: bool, opcode: int, payload: bytes) -> Events:
        if opcode > 10:
            return [] if self.odd == "reserved" else [("fail", 1002)]
        if not fin and self.odd != "fragmented_control":
            return [("fail", 1002)]
        limit = {"long_control": 126, "no_control_limit": 10**9}.get(self.odd, 125)
        if len(payload) > limit or (self.odd == "control_over_limit" and len(payload) > self.max_size):
            return [("fail", 1009 if self.odd in ("control_1009", "control_over_limit") else 1002)]
        if self.kind and self.odd == "control_breaks":
            return [("fail", 1002)]
        if self.odd == "control_resets":
            self.kind, self.parts = 0, b""
        if self.kind and self.odd == "ping_merged":
            self.parts += payload
        if self.odd == "control_counts":
            self.max_size -= len(payload)
        if opcode == 8:
            return [("close", int.from_bytes(payload[:2], "big"))] if self.odd == "close_code" else [("close", payload)]
        if opcode == 10:
            return [("pong", payload)] if self.odd == "pong_to_pong" else []
        pongs = {"empty_pong": b"", "pong_text": payload.decode("latin-1")}
        answer: Events = [("pong", pongs.get(self.odd, payload))]
        if self.kind and self.odd == "pong_waits":
            self.kept += answer
            return []
        return answer

    def data(self, fin: bool, opcode: int, payload: bytes) -> Events:
        if opcode > 2:
            return [] if self.odd in ("reserved", "reserved_data") else [("fail", 1002)]
        if self.odd == "frame_is_message":
            return self.whole(opcode or 1, payload)
        under_way = bool(self.parts) if self.odd == "empty_is_nothing" else bool(self.kind)
        if opcode == 0 and not under_way:
            if self.odd != "orphan":
                return [("fail", 1002)]
            opcode = 1
        elif opcode and under_way:
            if self.odd not in ("nested", "nested_joined"):
                return [("fail", 1002)]
            self.parts = self.parts if self.odd == "nested_joined" else b""
        if failed := self.too_large(fin, payload):
            return failed
        self.kind, self.parts = opcode or self.kind, self.parts + payload
        if self.odd == "per_fragment" and self.kind == 1 and (bad := self.whole(1, payload))[0][0] == "fail":
            return bad
        if not fin:
            return []
        kind, whole = self.kind, self.parts
        self.kind = kind if self.odd == "never_reset" else 0
        self.parts = whole if self.odd == "never_emptied" else b""
        kind = {"last_opcode": opcode or 2, "all_text": 1}.get(self.odd, kind)
        kept, self.kept = self.kept, []
        return [*kept, *self.whole(kind, whole)]

    def too_large(self, fin: bool, payload: bytes) -> Events:
        size = len(self.parts) + len(payload)
        if self.odd == "characters":
            size = len((self.parts + payload).decode(errors="replace"))
        too_large = {
            "limit_per_frame": len(payload) > self.max_size,
            "limit_at_end": fin and size > self.max_size,
            "limit_early": size >= self.max_size,
            "no_limit": False,
        }.get(self.odd, size > self.max_size)
        return [("fail", 1002 if self.odd == "limit_1002" else 1009)] if too_large else []

    def whole(self, kind: int, payload: bytes) -> Events:
        if kind == 2:
            return [("binary", payload)]
        if self.odd == "bytes_as_text":
            return [("text", payload)]
        errors = {"replace": "replace", "ignore": "ignore"}.get(self.odd, "strict")
        try:
            return [("text", payload.decode("latin-1" if self.odd == "latin_1" else "utf-8", errors))]
        except UnicodeDecodeError:
            return [("fail", 1002 if self.odd == "text_1002" else 1007)]


HINTS = {
    "frame_is_message": "Wait for FIN: with FIN=0 the message goes on, and nothing can be delivered yet.",
    "per_fragment": "Decode when the message is whole: a character can be cut in two.",
    "replace": "Report bytes that are no UTF-8 with 1007: a “�” in their place hides the error.",
    "ignore": "Report bytes that are no UTF-8 with 1007: you leave them out, and nobody will know.",
    "latin_1": "Decode as UTF-8: in latin-1 any byte is a character, so nothing is ever refused.",
    "text_1002": "Say 1007 for bytes that are no UTF-8: the frame was fine, its content is not.",
    "bytes_as_text": "Decode the text: its event carries a str, not bytes.",
    "last_opcode": "Remember the opcode of the first fragment: a continuation does not say of what kind it is.",
    "all_text": "Remember whether the message began with 1 or 2: binary is not decoded, whatever it holds.",
    "ping_merged": "Keep control frames out of the message: they travel between its fragments.",
    "pong_waits": "Answer a ping at once, also inside a message: nobody knows when its end will come.",
    "control_breaks": "Let control frames pass between two fragments: that is where they are allowed (5.4).",
    "control_resets": "Leave what is under way alone when a control frame comes: the message goes on behind it.",
    "pong_text": "Give back the ping's payload as the bytes that came: it is no text, and may be anything.",
    "empty_pong": "Give back the payload of the ping: that is how the other side knows which one you mean (5.5.3).",
    "pong_to_pong": "Answer pings only: two who answer each other's pongs never stop.",
    "orphan": "Refuse a continuation when no message is under way: continue what?",
    "nested": "Refuse a new text or binary frame inside a message: one at a time; you throw the first one away.",
    "nested_joined": "Refuse a new text or binary frame inside a message: only opcode 0 continues one.",
    "empty_is_nothing": "Remember that a message has begun, apart from its bytes: the first fragment may be empty.",
    "never_reset": "Forget that a message was under way once it is whole: the next one is a new message.",
    "never_emptied": "Empty what you kept when a message is whole: the next one begins with nothing.",
    "after_close": "Be silent after a close: what comes behind it is not read any more (5.5.1).",
    "after_failure": "Be silent after a failure: the connection is over, whatever still comes.",
    "never_over": "Remember that it is over: after a close or a failure each frame gives nothing.",
    "fragmented_control": "Refuse a control frame with FIN=0: control frames are single (5.5).",
    "long_control": "Count again what a control frame may carry: up to 125 bytes, so 126 is refused.",
    "no_control_limit": "Refuse control frames of more than 125 bytes (5.5): only the 7-bit length is allowed there.",
    "control_1009": "Say 1002 for a long control frame: it breaks a rule of the protocol, not a limit of yours.",
    "control_over_limit": "Measure messages with max_size, and control frames with 125 alone.",
    "control_counts": "Count the bytes of the message only: a ping between its fragments is no part of it.",
    "close_code": "Hand on the payload of the close as it is: reading its code is lesson 06.",
    "reserved": "Refuse opcodes that nobody has defined, 1002: you cannot guess what they mean.",
    "reserved_data": "Refuse opcodes 3 to 7 as well, 1002: they are reserved, as 11 to 15 are.",
    "limit_per_frame": "Measure the sum of the fragments: many small ones fill the memory too.",
    "limit_at_end": "Refuse as soon as it is too large: until the last fragment you may have kept gigabytes.",
    "limit_early": "Allow exactly max_size bytes: only more is too large.",
    "no_limit": "Measure each message: above max_size bytes it is refused with 1009.",
    "limit_1002": "Say 1009 for a message that is too large: no rule is broken, it is more than you take.",
    "characters": "Count bytes: max_size is a limit of memory, and é has two.",
    "no_list": "Return a list, also around a single event: whoever calls you loops over it.",
    "none_for_nothing": "Return an empty list when there is no event: whoever calls you loops over it.",
}

MUTANTS = tuple(Mutant(odd, type("Assembler", (Wrong,), {"odd": odd}), hint) for odd, hint in HINTS.items())
