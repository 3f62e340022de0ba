"""Right solutions of lesson 10 in other styles than the references'."""

# mypy: ignore-errors
# written as a learner would, without annotations

import json
import re
from urllib.parse import urlencode, urlsplit


def url_split(base, path="/socket.io/", transport="websocket", sid=None):
    parts = urlsplit(base)
    family = {"websocket": "ws", "polling": "http"}[transport]
    query = {"EIO": 4, "transport": transport} | ({"sid": sid} if sid else {})
    if not path.endswith("/"):
        path += "/"
    return f"{family}{'s' if parts.scheme in {'https', 'wss'} else ''}://{parts.netloc}{path}?{urlencode(query)}"


def url_regex(base, path="/socket.io/", transport="websocket", sid=None):
    secure, host = re.match(r"(?:http|ws)(s?)://([^/]+)", base).groups()
    scheme = ("ws" if transport == "websocket" else "http") + secure
    pairs = [("transport", transport), ("EIO", "4")]
    if sid is not None:
        pairs.insert(0, ("sid", sid))
    return scheme + "://" + host + path.rstrip("/") + "/?" + "&".join("=".join(pair) for pair in pairs)


def url_table(base, path="/socket.io/", transport="websocket", sid=None):
    schemes = {
        ("http", "websocket"): "ws", ("ws", "websocket"): "ws", ("https", "websocket"): "wss",
        ("wss", "websocket"): "wss", ("http", "polling"): "http", ("ws", "polling"): "http",
        ("https", "polling"): "https", ("wss", "polling"): "https",
    }  # fmt: skip
    given, rest = base.split("://")
    url = schemes[given, transport] + "://" + rest.split("/")[0] + path
    if url[-1] != "/":
        url = url + "/"
    url = url + "?EIO=4&transport=" + transport
    if sid is not None:
        url = url + "&sid=" + sid
    return url


def encode_parts(kind, namespace="/", data=None, number=None):
    return "".join(
        [
            "4",
            str(kind),
            "" if namespace == "/" else namespace + ",",
            "" if number is None else str(number),
            "" if data is None else json.dumps(data, separators=(",", ":")),
        ]
    )


def encode_formatted(kind, namespace="/", data=None, number=None):
    place = {"/": ""}.get(namespace, f"{namespace},")
    asked = number if number is not None else ""
    return f"4{kind}{place}{asked}" + (json.dumps(data, ensure_ascii=False) if data is not None else "")


def encode_steps(kind, namespace="/", data=None, number=None):
    def steps():
        yield 4
        yield kind
        if len(namespace) > 1:
            yield namespace
            yield ","
        if isinstance(number, int):
            yield number
        if data is not None:
            yield json.JSONEncoder(indent=1).encode(data)

    return "".join(map(str, steps()))


PACKET = re.compile(r"4([0-4])(?:(/[^,]*),)?(\d*)(.*)", re.DOTALL)


def decode_regex(message):
    found = PACKET.fullmatch(message)
    if found is None:
        raise ValueError("no message")
    kind, namespace, number, payload = found.groups()
    data = read_json(payload)
    if (kind in "23" and type(data) is not list) or (kind == "2" and not isinstance((data or [0])[0], str)):
        raise ValueError("no event, no answer")
    return [int(kind), namespace or "/", data, int(number) if number else None]


def read_json(text):
    try:
        return json.loads(text) if text else None
    except RecursionError as error:
        raise ValueError("too deep") from error


def decode_walk(message):
    characters = list(message)

    def take(allowed):
        taken = ""
        while characters and characters[0] in allowed:
            taken += characters.pop(0)
        return taken

    if len(characters) < 2 or characters.pop(0) != "4" or (kind := characters.pop(0)) not in "01234":
        raise ValueError(message)
    namespace = "/"
    if characters and characters[0] == "/":
        end = characters.index(",")
        namespace = "".join(characters[:end])
        del characters[: end + 1]
    number = take("0123456789")
    data = read_json("".join(characters))
    match kind, data:
        case ("2", [str(), *_]) | ("3", [*_]) | ("0" | "1" | "4", _):
            return int(kind), namespace, data, int(number) if number else None
    raise ValueError(message)


class Wrong(ValueError):
    pass


def decode_scanner(message):
    try:
        assert message[0] == "4" and 0 <= int(message[1]) <= 4
        kind, at, namespace, number, data = int(message[1]), 2, "/", "", None
        if message[at:].startswith("/"):
            end = message.index(",", at)
            namespace, at = message[at:end], end + 1
        while at < len(message) and message[at].isdecimal():
            number += message[at]
            at += 1
        if at < len(message):
            data, end = json.JSONDecoder().raw_decode(message, at)
            assert end == len(message)
        assert {2: isinstance(data, list) and [type(one) for one in data[:1]] == [str], 3: isinstance(data, list)}.get(
            kind, True
        )
    except (AssertionError, IndexError, ValueError, RecursionError) as error:
        raise Wrong(message) from error
    return kind, namespace, data, int(number) if number != "" else None


def requests_generated(scheme, transports, upgrade_passes):
    def requests():
        if transports[0] == "polling":
            yield from ("GET polling", "GET polling", "POST polling")
        if "websocket" in transports:
            yield "GET websocket"
        if transports[0] == "polling" and not (upgrade_passes and "websocket" in transports):
            yield "POST polling"

    return list(requests())


def requests_table(scheme, transports, upgrade_passes):
    join = ("GET polling", "POST polling", "GET polling")
    return {
        "polling": (*join, "POST polling"),
        "polling websocket": (*join, "GET websocket") if upgrade_passes else (*join, "GET websocket", "POST polling"),
    }.get(" ".join(transports), ("GET websocket",))


def requests_state(scheme, transports, upgrade_passes):
    first, *others = transports
    asked, on = [f"GET {first}"], first
    if on == "polling":
        asked += ["POST polling", "GET polling"]
        for other in others:
            asked.append(f"GET {other}")
            on = other if upgrade_passes else on
    if on == "polling":
        asked.append("POST polling")
    return asked


OTHERS = {
    "10.eio_url": (url_split, url_regex, url_table),
    "10.sio_encode": (encode_parts, encode_formatted, encode_steps),
    "10.sio_decode": (decode_regex, decode_walk, decode_scanner),
    "10.requests_for": (requests_generated, requests_table, requests_state),
}
