"""Right solutions of lesson 06 in other styles than the reference's."""

# mypy: ignore-errors
# written as a learner would, without annotations

import struct

TRAVEL = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}


def by_set(code):
    return code in TRAVEL


def by_steps(code):
    if code < 1000 or code > 4999:
        return False
    if code in (1004, 1005, 1006, 1015):
        return False
    return not 1016 <= code < 3000


def by_match(code):
    match code:
        case 1000 | 1001 | 1002 | 1003 | 1007 | 1008 | 1009 | 1010 | 1011 | 1012 | 1013 | 1014:
            return True
        case _:
            return code // 1000 in (3, 4)


class BadClose(ValueError):
    pass


def write_by_loop(code=None, reason=""):
    if code is None and not reason:
        return b""
    if code is None or not by_set(code):
        raise BadClose(code)
    payload = bytearray(divmod(code, 256))
    for letter in reason:
        raw = letter.encode()
        if len(payload) + len(raw) > 125:
            break
        payload += raw
    return payload


def write_by_struct(code=None, reason=""):
    if code is None:
        if reason != "":
            raise ValueError("no code")
        return b""
    assert_sendable(code)
    while len(reason.encode("utf-8")) > 123:
        reason = reason[:-1]
    return struct.pack("!H", code) + reason.encode("utf-8")


def assert_sendable(code):
    if not by_steps(code):
        raise ValueError(f"{code} may not travel")


def write_by_bits(code=None, reason=""):
    """Steps back over the bytes that continue a character."""
    if code is None and reason:
        raise ValueError
    if code is None:
        return b""
    if code not in TRAVEL:
        raise ValueError
    raw = reason.encode()
    end = min(len(raw), 123)
    while end < len(raw) and raw[end] & 0xC0 == 0x80:
        end -= 1
    return bytes([code >> 8, code & 0xFF]) + raw[:end]


def read_by_struct(payload):
    if len(payload) == 0:
        return (1005, "")
    try:
        (code,) = struct.unpack("!H", payload[:2])
    except struct.error:
        raise ValueError("half a code") from None
    if code not in TRAVEL:
        raise ValueError(code)
    return code, str(payload[2:], "utf-8")


def read_by_match(payload):
    match list(payload):
        case []:
            return [1005, ""]
        case [high, low, *reason] if by_match(high * 256 + low):
            return [high * 256 + low, bytes(reason).decode("utf-8", "strict")]
        case _:
            raise BadClose(payload)


def read_by_guards(payload):
    view = memoryview(payload)
    if not view:
        return 1005, ""
    if len(view) < 2:
        raise ValueError("one byte")
    code = view[0] << 8 | view[1]
    if not by_steps(code):
        raise ValueError("no such code")
    try:
        reason = bytes(view[2:]).decode()
    except UnicodeDecodeError as exc:
        raise ValueError("no text") from exc
    return code, reason


class ByFlags:
    """Two flags for the frames, one for TCP; the state is computed."""

    def __init__(self, is_server):
        self.server, self.said, self.heard, self.gone = is_server, False, False, False

    @property
    def state(self):
        return "CLOSED" if self.gone else "CLOSING" if self.said or self.heard else "OPEN"

    def send(self, data):
        if self.state != "OPEN":
            return []
        return [("data", data)]

    def close(self, payload):
        if self.said or self.gone:
            return []
        self.said = True
        return [("close", payload)]

    def received(self, payload):
        if self.gone:
            return []
        actions = self.close(payload)
        self.heard = True
        if self.server:
            self.gone = True
            actions.append(("tcp", "end"))
        return actions

    def timeout(self):
        if self.state != "CLOSING":
            return []
        self.gone = True
        return [("tcp", "end")]

    def tcp_ended(self):
        self.gone = True
        return []


class ByYield:
    """Generators, and early returns."""

    def __init__(self, is_server):
        self.is_server = is_server
        self.state = "OPEN"

    def send(self, data):
        if self.state == "OPEN":
            yield "data", data

    def close(self, payload):
        if self.state == "OPEN":
            self.state = "CLOSING"
            yield "close", payload

    def received(self, payload):
        if self.state == "CLOSED":
            return
        yield from self.close(payload)
        if self.is_server:
            yield from self.timeout()

    def timeout(self):
        if self.state == "CLOSING":
            self.state = "CLOSED"
            yield "tcp", "end"

    def tcp_ended(self):
        self.state = "CLOSED"
        yield from ()


TABLE = {
    ("OPEN", "send"): ("OPEN", ["data"]),
    ("OPEN", "close"): ("CLOSING", ["close"]),
    ("OPEN", "received"): ("CLOSING", ["close"]),
    ("CLOSING", "timeout"): ("CLOSED", ["tcp"]),
}
SERVER = {
    ("OPEN", "received"): ("CLOSED", ["close", "tcp"]),
    ("CLOSING", "received"): ("CLOSED", ["tcp"]),
}


class ByTable:
    """A table from state and event to the next state and what is to be done."""

    def __init__(self, is_server):
        self.table = {**TABLE, **(SERVER if is_server else {})}
        self.state = "OPEN"

    def step(self, event, value=None):
        self.state, names = self.table.get((self.state, event), (self.state, ()))
        return tuple((name, "end" if name == "tcp" else value) for name in names)

    def send(self, data):
        return self.step("send", data)

    def close(self, payload):
        return self.step("close", payload)

    def received(self, payload):
        return self.step("received", payload)

    def timeout(self):
        return self.step("timeout")

    def tcp_ended(self):
        self.state = "CLOSED"
        return ()


OTHERS = {
    "06.sendable": (by_set, by_steps, by_match),
    "06.close_payload": (write_by_loop, write_by_struct, write_by_bits),
    "06.parse_close": (read_by_struct, read_by_match, read_by_guards),
    "06.Closer": (ByFlags, ByYield, ByTable),
}
