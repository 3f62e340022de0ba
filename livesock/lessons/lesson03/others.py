"""Right solutions of lesson 03 in other styles than the reference's."""

# mypy: ignore-errors
# written as a learner would, without annotations

import base64
import binascii
import hashlib

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def in_bytes(key):
    sha = hashlib.sha1()
    sha.update(key.encode().strip())
    sha.update(MAGIC)
    return str(base64.b64encode(sha.digest()), "ascii")


def one_line(key):
    return binascii.b2a_base64(hashlib.sha1(f"{key.strip()}{MAGIC.decode()}".encode()).digest(), newline=False).decode()


def from_hex(key):
    hexed = hashlib.new("sha1", b"".join([key.strip(" \t").encode(), MAGIC])).hexdigest()
    return base64.encodebytes(bytes.fromhex(hexed)).strip().decode()


OTHERS = {"03.accept_key": (in_bytes, one_line, from_hex)}


class Refused(Exception):
    pass


class NotWebSocket(Refused):
    pass


def switch(key):
    return {"upgrade": "WebSocket", "connection": "upgrade", "sec-websocket-accept": one_line(key)}


def request_by_match(method, version, headers):
    good_list = any(token.strip().casefold() == "upgrade" for token in headers.get("connection", "").split(","))
    match (method, version >= "HTTP/1.1", headers):
        case ("GET", True, {"host": _, "upgrade": wanted}) if good_list and wanted.casefold() == "websocket":
            pass
        case ("GET", _, _):
            return 400, {"Connection": "close"}
        case _:
            return (405, {"Allow": "GET"})
    if headers.get("sec-websocket-version") != "13":
        return 426, {"Upgrade": "websocket", "sec-websocket-version": "13"}
    try:
        raw = binascii.a2b_base64(headers["sec-websocket-key"], strict_mode=True)
        assert len(raw) == 16
    except (KeyError, AssertionError, ValueError):
        return 400, {"Content-Length": "0"}
    return 101, switch(headers["sec-websocket-key"])


def request_by_table(method, version, headers):
    def decoded_size():
        try:
            return len(base64.b64decode(headers.get("sec-websocket-key", "").encode(), validate=True))
        except Exception:
            return -1

    tests = [
        (405, lambda: method == "GET"),
        (400, lambda: version.removeprefix("HTTP/") >= "1.1"),
        (400, lambda: bool(headers.get("host"))),
        (400, lambda: "websocket" in headers.get("upgrade", "").lower().split(",")),
        (400, lambda: "upgrade" in headers.get("connection", "").lower().replace(" ", "").split(",")),
        (426, lambda: headers.get("sec-websocket-version", "").strip() == str(13)),
        (400, lambda: decoded_size() == 16),
    ]
    status = next((status for status, holds in tests if not holds()), 101)
    extra = {101: lambda: switch(headers["sec-websocket-key"]), 426: lambda: {"Sec-WebSocket-Version": 13}}
    return [status, extra.get(status, dict)()]


def request_by_exceptions(method, version, headers):
    try:
        if method != "GET":
            raise LookupError(405)
        if version < "HTTP/1.1":
            raise ValueError
        headers["host"]
        if headers["upgrade"].upper() != "WEBSOCKET":
            raise ValueError
        {t.strip().upper() for t in headers["connection"].split(",")}.remove("UPGRADE")
        if headers.get("sec-websocket-version") != "13":
            return 426, {"Sec-WebSocket-Version": "13"}
        key = headers["sec-websocket-key"]
        if len(sixteen := base64.standard_b64decode(key)) != 16 or len(base64.standard_b64encode(sixteen)) != len(key):
            raise ValueError
    except LookupError as error:
        return (405, {}) if error.args == (405,) else (400, {})
    except ValueError:
        return 400, {"Sec-WebSocket-Version": "13"}
    return 101, switch(headers["sec-websocket-key"])


def response_in_steps(key, status, headers, offered):
    if not status == 101:
        raise Refused("not 101")
    if headers.get("upgrade", "").casefold() != "websocket":
        raise Refused
    connection = headers.get("connection")
    if connection is None or "upgrade" not in connection.lower().replace(" ", "").split(","):
        raise NotWebSocket()
    if headers.get("sec-websocket-accept") != in_bytes(key):
        raise Refused("accept")
    if headers.get("sec-websocket-extensions"):
        raise Refused("extensions")
    chosen = headers.get("sec-websocket-protocol")
    if chosen and chosen not in offered:
        raise Refused(chosen)


def response_all_at_once(key, status, headers, offered):
    get = headers.get
    good = all(
        (
            status == 101,
            str(get("upgrade")).lower() == "websocket",
            any(t.strip().lower() == "upgrade" for t in str(get("connection")).split(",")),
            get("sec-websocket-accept") == from_hex(key),
            get("sec-websocket-protocol") in (None, *offered),
            "sec-websocket-extensions" not in headers,
        )
    )
    if not good:
        raise Refused("the answer does not complete the handshake")


def response_by_set(key, status, headers, offered):
    try:
        tokens = {token.strip().lower() for token in headers["connection"].split(",")}
        assert status == 101 and "upgrade" in tokens
        assert headers["upgrade"].lower() == "websocket" and headers["sec-websocket-accept"] == one_line(key)
        assert {headers.get("sec-websocket-protocol")} <= offered | {None}
        assert not {"sec-websocket-extensions"} & headers.keys()
    except (KeyError, AssertionError) as error:
        raise Refused(str(error)) from error


OTHERS |= {
    "03.check_request": (request_by_match, request_by_table, request_by_exceptions),
    "03.verify_response": (response_in_steps, response_all_at_once, response_by_set),
}
