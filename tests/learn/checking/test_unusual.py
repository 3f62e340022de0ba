"""Right answers in styles that the lessons do not show: each passes. Names, shapes and helpers are a learner's own."""

# mypy: ignore-errors

from __future__ import annotations

import array
import asyncio
import base64
import binascii
import collections
import dataclasses
import enum
import functools
import hashlib
import io
import itertools
import json
import math
import operator
import re
import string
import struct
from contextlib import suppress
from fractions import Fraction
from http import HTTPStatus
from urllib.parse import quote_from_bytes, urlencode, urlsplit

import pytest
from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode, Opcode
from websockets.protocol import State

from livesock.learn import catalogue
from livesock.learn.checking.checker import judge
from livesock.learn.show import report

UNUSUAL = []


def right(which):
    """Note a right solution of the exercise `which`."""

    def note(solution):
        UNUSUAL.append(pytest.param(which, solution, id=f"{which}-{solution.__name__}"))
        return solution

    return note


# 00


@right("00.kernel_ws_url")
def url_from_the_end(server, kernel_id, token):
    url, tail = server["url"], f"/api/kernels/{kernel_id}/channels?token={quote_from_bytes(token.encode())}"
    while url.endswith("/"):
        url = url[:-1]
    return "ws" + url[4:] + tail


@right("00.kernel_ws_url")
def url_by_sub(server, kernel_id, token):
    place = re.sub("^http", "ws", server["url"])
    return re.sub("/*$", "", place) + f"/api/kernels/{kernel_id}/channels?" + urlencode([("token", token)])


@right("00.kernel_ws_url")
def url_by_replaced_parts(server, kernel_id, token):
    parts = urlsplit(server["url"])
    path = parts.path.rstrip("/") + f"/api/kernels/{kernel_id}/channels"
    return parts._replace(
        scheme=parts.scheme.replace("http", "ws"), path=path, query=urlencode({"token": token})
    ).geturl()


@right("00.kernel_ws_url")
def url_percent_everything(server, kernel_id, token):
    *_, place = server["url"].split("://", 1)
    secure = server["url"][4] == "s"
    sent = "%" + token.encode().hex("%") if token else ""
    return f"ws{'s' * secure}://{place.rstrip('/')}/api/kernels/{kernel_id}/channels?token={sent.upper()}"


# 01


@right("01.read_exactly")
def read_by_iter(sock, n):
    data = bytearray()
    while (missing := n - len(data)) > 0:
        piece = sock.recv(missing)
        if len(piece) == 0:
            raise EOFError
        data[len(data) :] = piece
    return memoryview(data)


@right("01.read_exactly")
def read_by_functions(sock, n):
    def more(data):
        piece = sock.recv(n - len(data))
        return data + piece if piece else end()

    def end():
        raise type("Cut", (EOFError,), {})

    return functools.reduce(lambda data, _: data if len(data) == n else more(data), range(n), b"")


@right("01.read_exactly")
def read_by_recursion(sock, n, data=b""):
    if len(data) == n:
        return data
    piece = sock.recv(n - len(data))
    if piece == b"":
        raise EOFError("the peer has ended its direction")
    return read_by_recursion(sock, n, data + piece)


@right("01.read_exactly")
def read_by_file(sock, n):
    pieces = io.BytesIO()
    with sock.makefile("rb", buffering=0) as file:
        while pieces.tell() < n:
            if not pieces.write(file.read(n - pieces.tell())):
                raise EOFError
    return pieces.getvalue()


@right("01.pack")
def pack_by_divmod(payload):
    n, digits = len(payload), []
    for _ in range(4):
        n, digit = divmod(n, 256)
        digits.insert(0, digit)
    return bytearray(digits) + payload


@right("01.pack")
def pack_by_hex(payload):
    return bytes.fromhex(f"{len(payload):08x}") + payload


@right("01.pack")
def pack_by_array(payload):
    numbers = array.array("I", [len(payload)])
    if __import__("sys").byteorder == "little":
        numbers.byteswap()
    return memoryview(b"".join([numbers.tobytes(), payload]))


@right("01.pack")
def pack_by_join(payload):
    return b"".join(map(bytes, ([len(payload) >> shift & 0xFF for shift in (24, 16, 8, 0)], payload)))


@right("01.unpack_all")
def unpack_with_pop(buffer):
    found = collections.deque()
    while len(buffer) > 3 and len(buffer) - 4 >= struct.unpack(">I", buffer[:4])[0]:
        size = struct.unpack(">I", bytes(buffer.pop(0) for _ in range(4)))[0]
        found.append(bytes(buffer.pop(0) for _ in range(size)))
    return list(found)


@right("01.unpack_all")
def unpack_recursive(buffer):
    if len(buffer) < 4 or len(buffer) < (end := 4 + int(buffer[:4].hex(), 16)):
        return []
    message = buffer[4:end]
    del buffer[:end]
    return [message, *unpack_recursive(buffer)]


@right("01.unpack_all")
def unpack_by_view(buffer):
    found, at = [], 0
    with memoryview(buffer) as view:
        while at + 4 <= len(view):
            (size,) = struct.unpack_from("!I", view, at)
            if at + 4 + size > len(view):
                break
            found.append(view[at + 4 : at + 4 + size].tobytes())
            at += 4 + size
    buffer[:at] = []
    return tuple(found)


@right("01.unpack_all")
def unpack_by_clearing(buffer):
    rest, found = bytes(buffer), []
    while len(rest) >= 4 and len(rest) >= 4 + int.from_bytes(rest[:4], "big"):
        size = int.from_bytes(rest[:4], "big")
        found, rest = [*found, rest[4 : 4 + size]], rest[4 + size :]
    buffer.clear()
    buffer.extend(rest)
    return found


# 02


@right("02.build_get")
def get_by_template(target, host, headers):
    text = string.Template("GET $target HTTP/1.1\r\nHost: $host\r\n").substitute(target=target, host=host)
    return text.encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in headers.items()) + b"\r\n"


@right("02.build_get")
def get_by_print(target, host, headers):
    out = io.StringIO(newline="")
    print(f"GET {target} HTTP/1.1", file=out, end="\r\n")
    for name, value in {"Host": host, **headers}.items():
        print(name, value, sep=": ", end="\r\n", file=out)
    print(file=out, end="\r\n")
    return memoryview(out.getvalue().encode())


@right("02.build_get")
def get_by_percent(target, host, headers):
    line = b"%b: %b\r\n"
    fields = [line % (name.encode(), value.encode()) for name, value in [("Host", host), *headers.items()]]
    return b"GET %b HTTP/1.1\r\n%b\r\n" % (target.encode(), b"".join(fields))


@right("02.build_get")
def get_line_by_line(target, host, headers):
    def lines():
        yield f"GET {target} HTTP/1.1"
        yield f"Host: {host}"
        yield from (f"{name}: {value}" for name, value in headers.items())
        yield from ("", "")

    return "\r\n".join(lines()).encode("utf-8")


@right("02.parse_head")
def head_by_regex(data):
    found = re.match(rb"(?s)(.*?)\r\n\r\n(.*)", data)
    if not found:
        return
    first, *lines = re.split("\r\n", found[1].decode())
    headers = collections.defaultdict(list)
    for line in lines:
        name, value = re.fullmatch(r"(?s)([^:]*):(.*)", line).groups()
        headers[name.lower()] += [value.strip()]
    return first, {name: ", ".join(values) for name, values in headers.items()}, found[2]


@right("02.parse_head")
def head_in_states(data):
    lines, line, at = [], bytearray(), 0
    while at < len(data):
        if data[at : at + 2] == b"\r\n":
            if not line and lines:
                break
            lines.append(line.decode("latin-1"))
            line, at = bytearray(), at + 2
        else:
            line.append(data[at])
            at += 1
    else:
        return None
    headers = {}
    for one in lines[1:]:
        name, _, value = one.partition(":")
        key, value = name.lower(), value.strip()
        headers.update({key: value if key not in headers else headers[key] + ", " + value})
    return lines[0], headers, data[at + 2 :]


@right("02.parse_head")
def head_by_reduce(data):
    if b"\r\n\r\n" in data:
        head, rest = data.split(b"\r\n\r\n", maxsplit=1)
        first, *lines = head.decode("cp1252", "replace").split("\r\n")

        def add(headers, line):
            name, value = map(str.strip, line.split(":", 1))
            return headers | {name.lower(): f"{headers[name.lower()]}, {value}" if name.lower() in headers else value}

        return first, functools.reduce(add, lines, {}), rest
    return None


@dataclasses.dataclass
class Event:
    data: list = dataclasses.field(default_factory=list)
    others: dict = dataclasses.field(default_factory=dict)

    def add(self, line):
        match line.partition(":"):
            case ("data", _, value):
                self.data.append(value[value.startswith(" ") :])
            case ("id" | "event" as name, _, value):
                self.others[name] = value[value.startswith(" ") :]

    def whole(self):
        return {**self.others, "data": "\n".join(self.data)}


@right("02.parse_sse")
def sse_by_class(text):
    found = []
    while (end := text.find("\n\n")) >= 0:
        event = Event()
        for line in text[:end].split("\n"):
            event.add(line)
        found += [event.whole()] if event.data else []
        text = text[end + 2 :]
    return found, text


@right("02.parse_sse")
def sse_by_groups(text):
    blocks = text.split("\n\n")
    found = []
    for block in blocks[:-1]:
        fields = [(n, v[1:] if v[:1] == " " else v) for n, _, v in (line.partition(":") for line in block.split("\n"))]
        event = {name: value for name, value in fields if name in ("id", "event")}
        if "data" in dict(fields):
            found.append(dict(event, data="\n".join(value for name, value in fields if name == "data")))
    return tuple(found), blocks[-1]


@right("02.parse_sse")
def sse_recursive(text):
    block, end, rest = text.partition("\n\n")
    if not end:
        return [], text
    lines = [re.match(r"(data|id|event)(?:: ?(.*))?$", line, re.DOTALL) for line in block.split("\n")]
    data = [m[2] or "" for m in lines if m and m[1] == "data"]
    event = {m[1]: m[2] or "" for m in lines if m and m[1] != "data"}
    events, rest = sse_recursive(rest)
    return ([event | {"data": str.join("\n", data)}] if data else []) + events, rest


@right("02.polling_delay")
def delay_by_fractions(interval, event_times):
    return [float((-Fraction(t)) % Fraction(interval)) if t else interval for t in event_times]


@right("02.polling_delay")
def delay_by_divmod(interval, event_times):
    delays = []
    for t in event_times:
        polls, over = divmod(t, interval)
        delays += [interval - over if over or not polls else 0]
    return delays


@right("02.polling_delay")
def delay_by_accumulate(interval, event_times):
    last = max(event_times, default=0)
    polls = list(itertools.accumulate(itertools.repeat(interval, int(last / interval) + 2)))
    return [min(poll - t for poll in polls if poll >= t) for t in event_times]


@right("02.polling_delay")
def delay_by_negative_floor(interval, event_times):
    return [max(interval, -(-t // interval) * interval) - t for t in event_times]


# 03

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@right("03.accept_key")
def accept_by_update(key):
    sha = functools.reduce(lambda sha, part: sha.update(part.encode()) or sha, (key.strip(), MAGIC), hashlib.sha1())
    return base64.standard_b64encode(sha.digest()).decode("ascii")


@right("03.accept_key")
def accept_by_new(key):
    return "".join(map(chr, base64.b64encode(hashlib.new("sha1", bytes(key.strip() + MAGIC, "ascii")).digest())))


@right("03.accept_key")
def accept_by_split(key):
    (trimmed,) = key.split()
    return binascii.b2a_base64(hashlib.sha1(str.encode(trimmed + MAGIC)).digest()).decode().rstrip("\n")


@right("03.check_request")
def request_with_statuses(method, version, headers):
    if method != "GET":
        return HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET"}
    wanted = headers.get("upgrade", "").lower() == "websocket"
    listed = re.search(r"(^|,)\s*upgrade\s*(,|$)", headers.get("connection", ""), re.IGNORECASE)
    if version < "HTTP/1.1" or "host" not in headers or not wanted or not listed:
        return HTTPStatus.BAD_REQUEST, {}
    if headers.get("sec-websocket-version", "") != "13":
        return HTTPStatus.UPGRADE_REQUIRED, {"sec-websocket-version": 13, "Upgrade": "websocket"}
    key = headers.get("sec-websocket-key", "")
    if not re.fullmatch(r"[A-Za-z0-9+/]{22}==", key):
        return HTTPStatus.BAD_REQUEST, {"Content-Type": "text/plain"}
    sent = {"Upgrade": headers["upgrade"], "Connection": headers["connection"]}
    return HTTPStatus.SWITCHING_PROTOCOLS, sent | {"Sec-WebSocket-Accept": accept_by_new(key)}


@right("03.check_request")
def request_by_first_fault(method, version, headers):
    def faults():
        yield method == "GET", 405
        yield version >= "HTTP/1.1", 400
        yield headers.get("host") is not None, 400
        yield headers.get("upgrade", "").lower() == "websocket", 400
        yield "upgrade" in {t.strip() for t in headers.get("connection", "").lower().split(",")}, 400
        yield headers.get("sec-websocket-version") == "13", 426
        raw = b""
        with suppress(ValueError):
            raw = base64.b64decode(headers.get("sec-websocket-key", ""), None, True)
        yield len(raw) == 16, 400

    for holds, status in faults():
        if not holds:
            return status, {"Sec-WebSocket-Version": "13"} if status == 426 else {}
    return [101, dict(Upgrade="websocket", Connection="Upgrade")
            | {"Sec-Websocket-Accept": accept_by_split(headers["sec-websocket-key"])}]  # fmt: skip


class Refused(Exception):
    pass


@right("03.verify_response")
def response_by_match(key, status, headers, offered):
    tokens = headers.get("connection", "").lower().replace(" ", "").split(",")
    match headers:
        case {"sec-websocket-extensions": _}:
            raise Refused("an extension")
        case {"sec-websocket-protocol": name} if name not in offered:
            raise Refused(f"{name} was not offered")
        case {"upgrade": upgrade, "sec-websocket-accept": accept} if (
            status == 101 and upgrade.lower() == "websocket" and accept == accept_by_new(key) and "upgrade" in tokens
        ):
            return None
    raise Refused("no")


@right("03.verify_response")
def response_by_checks(key, status, headers, offered):
    def demand(holds, why):
        if not holds:
            raise Refused(why)

    demand(status == HTTPStatus.SWITCHING_PROTOCOLS, "status")
    demand(headers.get("upgrade", "").upper() == "WEBSOCKET", "upgrade")
    demand(any(t.strip().lower() == "upgrade" for t in headers.get("connection", "").split(",")), "connection")
    demand(headers.get("sec-websocket-accept") == accept_by_split(key), "accept")
    demand({headers.get("sec-websocket-protocol")} - {None} <= set(offered), "subprotocol")
    demand("sec-websocket-extensions" not in headers, "extension")


# 04


@right("04.mask")
def mask_by_columns(payload, key):
    out = bytearray(len(payload))
    for n in range(4):
        out[n::4] = bytes(byte ^ key[n] for byte in payload[n::4])
    return out


@right("04.mask")
def mask_by_xor(payload, key):
    return bytes(map(operator.xor, payload, itertools.chain.from_iterable(itertools.repeat(key))))


@right("04.mask")
def mask_by_table(payload, key):
    tables = [bytes(n ^ byte for n in range(256)) for byte in key]
    parts = [payload[n::4].translate(tables[n]) for n in range(4)]
    return b"".join(bytes(byte for byte in column if byte is not None) for column in itertools.zip_longest(*parts))


@right("04.mask")
def mask_recursive(payload, key):
    if len(payload) <= 4:
        return bytes(a ^ b for a, b in zip(payload, key, strict=False))
    half = len(payload) // 8 * 4 or 4
    return mask_recursive(payload[:half], key) + mask_recursive(payload[half:], key)


@right("04.encode_frame")
def frame_by_match(opcode, payload, fin=True, mask_key=None):
    match len(payload):
        case n if n < 126:
            size = bytes([n])
        case n if n < 0x10000:
            size = b"\x7e" + n.to_bytes(2, "big")
        case n:
            size = b"\x7f" + n.to_bytes(8, "big")
    first = (fin << 7) + int(opcode)
    if mask_key is not None:
        return bytearray([first, size[0] + 128]) + size[1:] + mask_key + mask_by_columns(payload, mask_key)
    return bytearray([first]) + size + payload


@right("04.encode_frame")
def frame_by_text(opcode, payload, fin=True, mask_key=None):
    bits = f"{int(bool(fin))}000{opcode:04b}{int(mask_key is not None)}"
    n = len(payload)
    bits += f"{n:07b}" if n <= 125 else f"{126:07b}{n:016b}" if n <= 65535 else f"{127:07b}{n:064b}"
    head = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return b"".join([head, *([mask_key, mask_by_xor(payload, mask_key)] if mask_key is not None else [payload])])


class Mark(enum.IntFlag):
    FIN = MASK = 0x80


@right("04.encode_frame")
def frame_by_stream(opcode, payload, fin=True, mask_key=None):
    out = io.BytesIO()
    out.write(bytes([(Mark.FIN if fin else 0) | Opcode(opcode)]))
    mark, n = (Mark.MASK if mask_key is not None else 0), len(payload)
    layout, *values = ("!B", n) if n < 126 else ("!BH", 126, n) if n < 65536 else ("!BQ", 127, n)
    out.write(struct.pack(layout, mark | values[0], *values[1:]))
    out.write(mask_key or b"")
    out.write(payload if mask_key is None else mask_by_columns(payload, mask_key))
    return out.getbuffer()


@right("04.parse_frames")
def frames_by_stream(buffer):
    stream, frames, done = io.BytesIO(buffer), [], 0
    while True:
        head = stream.read(2)
        if len(head) < 2:
            break
        size = head[1] & 127
        if size > 125:
            extended = stream.read(2 if size == 126 else 8)
            if len(extended) < (2 if size == 126 else 8):
                break
            size = int.from_bytes(extended, "big")
        key = stream.read(4) if head[1] >= 128 else bytes(4)
        payload = stream.read(size)
        if len(key) < 4 or len(payload) < size:
            break
        frames.append([head[0] >= 128, Opcode(head[0] & 15), mask_by_columns(payload, key)])
        done = stream.tell()
    return frames, memoryview(buffer)[done:]


@right("04.parse_frames")
def frames_by_unpack(buffer):
    frames = ()
    while True:
        try:
            first, second = struct.unpack_from("!BB", buffer)
            layout = {126: "!H", 127: "!Q"}.get(second & 0x7F)
            size, at = (
                (struct.unpack_from(layout, buffer, 2)[0], 2 + struct.calcsize(layout))
                if layout
                else (second & 0x7F, 2)
            )
            masked = second >> 7
            (key,) = struct.unpack_from("4s", buffer, at) if masked else (None,)
            (payload,) = struct.unpack_from(f"{size}s", buffer, at + 4 * masked)
        except (struct.error, OverflowError):
            return frames, buffer
        frames += ((first >> 7 == 1, first % 16, mask_by_xor(payload, key) if masked else payload),)
        buffer = buffer[at + 4 * masked + size :]


# 05


@right("05.Assembler")
class AssemblerOfCoroutines:
    """A generator that is sent frames."""

    def __init__(self, max_size=2**20):
        self.run = self.loop(max_size)
        next(self.run)

    def feed(self, fin, opcode, payload):
        return self.run.send((fin, opcode, payload))

    def loop(self, limit):
        answer, kind, parts = [], 0, bytearray()
        while True:
            fin, opcode, payload = yield answer
            answer = []
            if opcode >= 8:
                if opcode > 10 or not fin or len(payload) > 125:
                    break
                if opcode == 8:
                    yield from self.silence([("close", payload)])
                if opcode == 9:
                    answer = [("pong", payload)]
                continue
            if opcode > 2 or bool(kind) == bool(opcode):
                break
            kind = kind or opcode
            parts += payload
            if len(parts) > limit:
                yield from self.silence([("fail", CloseCode.MESSAGE_TOO_BIG)])
            if fin:
                try:
                    answer = [("text", parts.decode()) if kind == 1 else ("binary", bytes(parts))]
                except UnicodeError:
                    yield from self.silence([("fail", CloseCode.INVALID_DATA)])
                kind, parts = 0, bytearray()
        yield from self.silence([("fail", CloseCode.PROTOCOL_ERROR)])

    def silence(self, last):
        yield last
        while True:
            yield []


@right("05.Assembler")
@dataclasses.dataclass
class AssemblerOfData:
    max_size: int = 2**20
    frames: list = dataclasses.field(default_factory=list)
    over: bool = False

    def feed(self, fin, opcode, payload):
        if self.over:
            return ()
        event = self.event(fin, opcode, payload)
        self.over = event is not None and event[0] in ("close", "fail")
        return () if event is None else (event,)

    def event(self, fin, opcode, payload):
        if opcode in (8, 9, 10):
            if fin and len(payload) < 126:
                return {8: ("close", payload), 9: ("pong", payload), 10: None}[opcode]
            return "fail", 1002
        if opcode not in (0, 1, 2) or (opcode == 0) != bool(self.frames):
            return "fail", 1002
        self.frames.append((opcode, payload))
        whole = b"".join(part for _, part in self.frames)
        if len(whole) > self.max_size:
            return "fail", 1009
        if fin:
            kind, self.frames = self.frames[0][0], []
            if kind == 2:
                return "binary", memoryview(whole)
            with suppress(UnicodeDecodeError):
                return "text", str(whole, "utf-8", "strict")
            return "fail", 1007


# 06


@right("06.sendable")
def sendable_by_ranges(code):
    return any(code in numbers for numbers in (range(1000, 1004), range(1007, 1015), range(3000, 5000)))


@right("06.sendable")
def sendable_by_bits(code):
    return 0b0111_1111_1000_1111 >> (code - 1000) & 1 if 1000 <= code < 1016 else int(3000 <= code < 5000)


@right("06.sendable")
def sendable_by_enum(code):
    with suppress(ValueError):
        return CloseCode(code) not in (1005, 1006, 1015)
    return code // 1000 in {3, 4}


@right("06.close_payload")
def close_by_search(code=None, reason=""):
    if code is None and reason == "":
        return b""
    if code is None or not sendable_by_ranges(code):
        raise ValueError(code)
    ends = [end for end in range(len(reason) + 1) if len(reason[:end].encode()) <= 123]
    return memoryview(bytes(divmod(code, 256)) + reason[: ends[-1]].encode())


@right("06.close_payload")
def close_by_recursion(code=None, reason=""):
    if code is None:
        return b"" if not reason else close_by_recursion(-1)
    if not sendable_by_bits(code):
        raise ValueError
    payload = code.to_bytes(2, "big") + reason.encode()
    return payload if len(payload) <= 125 else close_by_recursion(code, reason[: min(len(reason) - 1, 123)])


@right("06.close_payload")
def close_by_decoder(code=None, reason=""):
    match code, reason:
        case (None, ""):
            return bytearray()
        case (int(), _) if sendable_by_enum(code):
            import codecs

            kept = codecs.getincrementaldecoder("utf-8")().decode(reason.encode()[:123])
            return struct.pack(">H", code) + kept.encode()
    raise ValueError(f"{code}, {reason!r}")


@right("06.parse_close")
def read_by_cases(payload):
    if len(payload) in (0, 1):
        return [(1005, "")][len(payload)] if not payload else _refuse()
    code, reason = payload[0] * 256 + payload[1], payload[2:]
    return (CloseCode(code) if code < 3000 else code, str(reason, "utf-8")) if sendable_by_ranges(code) else _refuse()


def _refuse():
    raise ValueError("it breaks a rule")


@right("06.parse_close")
def read_by_exceptions(payload):
    try:
        high, low, *rest = payload
        assert sendable_by_bits(256 * high + low)
        return 256 * high + low, bytearray(rest).decode()
    except (AssertionError, ValueError) as error:
        if payload == b"":
            return 1005, ""
        raise ValueError from error


@right("06.Closer")
class CloserOfFunctions:
    """The methods are chosen anew with each state."""

    def __init__(self, is_server):
        self.is_server = is_server
        self.state = "OPEN"

    def go(self, state, *actions):
        self.state = state
        return list(actions)

    def send(self, data):
        return [("data", data)] * (self.state == "OPEN")

    def close(self, payload):
        return self.go("CLOSING", ("close", payload)) if self.state == "OPEN" else []

    def received(self, payload):
        return self.close(payload) + (self.timeout() if self.is_server else [])

    def timeout(self):
        return self.go("CLOSED", ("tcp", "end")) if self.state == "CLOSING" else []

    def tcp_ended(self):
        return self.go("CLOSED")


@right("06.Closer")
class CloserOfEnum:
    class State(enum.Enum):
        OPEN, CLOSING, CLOSED = "OPEN", "CLOSING", "CLOSED"

    def __init__(self, is_server):
        self._server, self._state = is_server, CloserOfEnum.State.OPEN

    @property
    def state(self):
        return self._state.value

    def send(self, data):
        return (("data", data),) if self._state is self.State.OPEN else ()

    def close(self, payload):
        if self._state is self.State.OPEN:
            self._state = self.State.CLOSING
            return (("close", payload),)
        return ()

    def received(self, payload):
        actions = self.close(payload)
        if self._server and self._state is self.State.CLOSING:
            self._state = self.State.CLOSED
            actions += (("tcp", "end"),)
        return actions

    def timeout(self):
        waited = self._state is self.State.CLOSING
        self._state = self.State.CLOSED if waited else self._state
        return [("tcp", "end")] if waited else []

    def tcp_ended(self):
        self._state = self.State.CLOSED
        return iter(())


# 07


@right("07.ws_bytes")
def bytes_by_sum(payload, client):
    return payload + 2 + 2 * (payload > 125) + 6 * (payload > 65535) + 4 * bool(client)


@right("07.ws_bytes")
def bytes_by_bits(payload, client):
    extended = 0 if payload <= 125 else 2 if payload.bit_length() <= 16 else 8
    return 1 + 1 + extended + (client and 4) + payload


@right("07.ws_bytes")
def bytes_by_search(payload, client):
    return (
        next(head for limit, head in ((126, 2), (1 << 16, 4), (math.inf, 10)) if payload < limit) + payload + client * 4
    )


@right("07.break_even")
def even_by_steps(request, answer, every, frame, beat, beat_every, handshake, session):
    left = request / every + answer / every
    left -= beat / beat_every
    left -= handshake / session
    return 0 if left < 0 else left / frame


@right("07.break_even")
def even_by_day(request, answer, every, frame, beat, beat_every, handshake, session):
    polled, silent = (request + answer) * session / every, beat * session / beat_every + handshake
    return max((polled - silent) / (frame * session), 0)


@right("07.choose")
def choose_by_filter(both, late, gap, shared, lossy):
    reasons = {
        "may be late": late >= 10,
        "newest only": lossy and late < 10,
        "both speak": both and late < 10,
        "rare": gap >= 60,
    }
    ways = {"may be late": "poll", "newest only": "WebTransport", "both speak": "WebSocket", "rare": "long-poll"}
    reason = next((reason for reason, holds in reasons.items() if holds), "prompt")
    return ways.get(reason, "SSE"), reason


@right("07.choose")
def choose_in_pairs(both, late, gap, shared, lossy):
    return (
        ["poll", "may be late"] if late >= 10 else ["WebTransport", "both speak"] if both else ["WebSocket", "prompt"]
    )


# 08


@right("08.Hub")
class HubOfWeakReferences:
    def __init__(self):
        self.members = {}

    async def join(self, ws):
        self.members[id(ws)] = ws

    def leave(self, ws):
        self.members.pop(id(ws), None)

    async def broadcast(self, message, *, exclude=()):
        readers = {ws for ws in self.members.values() if ws.state is State.OPEN}.difference(exclude)
        broadcast(readers, message)
        return len(readers)


@right("08.Hub")
class HubOfFrozenSets:
    members = frozenset()

    async def join(self, ws):
        self.members |= {ws}

    def leave(self, ws):
        self.members -= {ws}

    async def broadcast(self, message, *, exclude=()):
        readers = [*filter(lambda ws: ws not in exclude and ws.state.name == "OPEN", self.members)]
        for ws in readers:
            broadcast((ws,), message)
        await asyncio.sleep(0)
        return len(readers)


@right("08.Hub")
class HubOfOnePump:
    """One task for all members and all messages."""

    def __init__(self):
        self.members, self.queue, self.pump = [], asyncio.Queue(), None

    async def join(self, ws):
        if ws not in self.members:
            self.members.append(ws)
        self.pump = self.pump or asyncio.create_task(self.run())

    def leave(self, ws):
        with suppress(ValueError):
            self.members.remove(ws)

    async def run(self):
        while True:
            readers, message = await self.queue.get()
            broadcast(readers, message)
            del readers, message

    async def broadcast(self, message, *, exclude=()):
        readers = [ws for ws in self.members if ws not in exclude and ws.state is State.OPEN]
        self.queue.put_nowait((readers, message))
        return len(readers)


@right("08.Hub")
class HubOfSends:
    """A task for each send, kept until it is done."""

    def __init__(self):
        self.members, self.sends = set(), set()

    async def join(self, ws):
        self.members.add(ws)

    def leave(self, ws):
        self.members.discard(ws)

    async def send(self, ws, message):
        try:
            await ws.send(message)
        except ConnectionClosed:
            self.members.discard(ws)

    async def broadcast(self, message, *, exclude=()):
        readers = [ws for ws in self.members if ws.state == State.OPEN and ws not in exclude]
        for ws in readers:
            send = asyncio.ensure_future(self.send(ws, message))
            self.sends.add(send)
            send.add_done_callback(self.sends.remove)
        return len(readers)


# 13


@right("10.eio_url")
def eio_by_split(base, path="/socket.io/", transport="websocket", sid=None):
    scheme, _, host, *_ = (base + "/").split("/")
    tls = "s" if scheme[:-1] in ("https", "wss") else ""
    query = [f"transport={transport}"] + ([f"sid={sid}"] if sid is not None else []) + ["EIO=4"]
    return (
        ("ws" if transport == "websocket" else "http") + tls + "://" + host + path.rstrip("/") + "/?" + "&".join(query)
    )


@right("10.eio_url")
def eio_by_parts(base, path="/socket.io/", transport="websocket", sid=None):
    parts = urlsplit(base)
    scheme = {("websocket", 0): "ws", ("websocket", 1): "wss", ("polling", 0): "http", ("polling", 1): "https"}
    pairs = {"sid": sid, "EIO": "4", "transport": transport}
    query = urlencode({name: value for name, value in pairs.items() if value is not None})
    path = path if path.endswith("/") else path + "/"
    return parts._replace(scheme=scheme[transport, parts.scheme in ("wss", "https")], path=path, query=query).geturl()


@right("10.sio_encode")
def encode_by_or(kind, namespace="/", data=None, number=None):
    parts = ["4", str(kind), namespace + "," if namespace != "/" else ""]
    parts += [repr(number)] if number is not None else []
    return "".join(parts) + (json.dumps(data, indent=2) if data is not None else "")


@right("10.sio_encode")
def encode_by_stream(kind, namespace="/", data=None, number=None):
    out = io.StringIO()
    out.write(f"{40 + kind}")
    if len(namespace) > 1:
        print(namespace, end=",", file=out)
    if number is not None:
        print(number, end="", file=out)
    if data is not None:
        json.dump(data, out, ensure_ascii=False)
    return out.getvalue()


@right("10.sio_decode")
def decode_by_groups(message):
    found = re.fullmatch(r"4([0-4])(/[^,]*,)?([0-9]*)(.*)", message, re.DOTALL)
    if not found:
        raise ValueError("no packet")
    kind, namespace, digits, text = int(found[1]), (found[2] or "/,")[:-1], found[3], found[4]
    try:
        data = json.loads(text) if text else None
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("no JSON") from None
    if kind in (2, 3) and (type(data) is not list or (kind == 2 and type((data or [0])[0]) is not str)):
        raise ValueError("no list")
    return kind, namespace, data, int(digits) if digits else None


@right("10.sio_decode")
def decode_by_iterator(message):
    try:
        four, kind, *rest = message
    except ValueError:
        raise ValueError("too short") from None
    if four != "4" or kind not in {"0", "1", "2", "3", "4"}:
        raise ValueError(message)
    rest, namespace, number = "".join(rest), "/", None
    if rest[:1] == "/":
        namespace, _, rest = rest.partition(",")
    digits = "".join(itertools.takewhile(str.isdigit, rest))
    if digits:
        number, rest = int(digits), rest[len(digits) :]
    try:
        data = json.loads(rest or "null")
    except RecursionError as error:
        raise ValueError("deep") from error
    match kind, data:
        case ("2", [str(), *_]) | ("3", [*_]) | ("0" | "1" | "4", _):
            return [int(kind), namespace, data, number]
    raise ValueError(message)


@right("10.requests_for")
def requests_by_rule(scheme, transports, upgrade_passes):
    match transports:
        case ["websocket", *_]:
            return ("GET websocket",)
        case ["polling", "websocket"]:
            tail = ["GET websocket"] + ["POST polling"] * (not upgrade_passes)
        case _:
            tail = ["POST polling"]
    return ["GET polling", "GET polling", "POST polling", *tail]


# 14


@right("11.Rooms")
class RoomsOfMatrix:
    def __init__(self):
        self.seats = collections.Counter()

    def join(self, member, room):
        self.seats[member, room] = 1

    def leave(self, member, room):
        del self.seats[member, room]

    def leave_all(self, member):
        for seat in [seat for seat in self.seats if seat[0] == member]:
            del self.seats[seat]

    def rooms_of(self, member):
        return frozenset(room for who, room in self.seats if who == member)

    def names(self):
        return set(map(operator.itemgetter(1), self.seats))

    def targets(self, rooms, exclude=()):
        return {who for who, room in self.seats if room in rooms} - {*exclude}


@right("11.Rooms")
class RoomsOfDefaults(collections.defaultdict):
    def __init__(self):
        super().__init__(set)

    def join(self, member, room):
        self[room].add(member)

    def leave(self, member, room):
        if room in self:
            self[room] -= {member}
            if not self[room]:
                del self[room]

    def leave_all(self, member):
        for room in tuple(self):
            self.leave(member, room)

    def rooms_of(self, member):
        return {room for room in self if member in self[room]}

    def names(self):
        return {*self}

    def targets(self, rooms, exclude=()):
        return set().union(*(self[room] for room in rooms if room in self)).difference(exclude)


@right("11.Router")
class RouterOfChains:
    def __init__(self):
        self.spaces = {"/": ([], set())}

    def register(self, namespace, handlers):
        self.spaces.setdefault("/" + namespace.removeprefix("/"), ([], set()))[0].append(handlers)

    def connect(self, member, namespace):
        self.spaces[namespace][1].add(member)

    def disconnect(self, member, namespace):
        if namespace in self.spaces:
            self.spaces[namespace][1].discard(member)

    def dispatch(self, member, namespace, event, *arguments):
        gateways, members = self.spaces[namespace]
        if member not in members:
            raise KeyError(member)
        results = [self.run(gateway[event], arguments) for gateway in gateways if event in gateway]
        return list(itertools.islice(filter(lambda result: result is not None, results), 1))

    def run(self, function, arguments):
        with suppress(Exception):
            return function(*arguments)


@pytest.mark.parametrize(("which", "solution"), UNUSUAL)
def test_it_is_right(which, solution):
    verdict = judge(catalogue.exercise(which), solution)
    assert verdict.is_right, report.verdict(verdict)
