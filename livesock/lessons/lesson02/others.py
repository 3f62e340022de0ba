"""Right solutions of lesson 02 in other styles than the reference's."""

# mypy: ignore-errors
# written as a learner would, without annotations

import email
import io
import math
import re
from itertools import count


def get_in_bytes(target, host, headers):
    request = b"GET " + target.encode() + b" HTTP/1.1\r\n" + b"Host: " + host.encode() + b"\r\n"
    for name in headers:
        request += name.encode() + b": " + headers[name].encode() + b"\r\n"
    return request + b"\r\n"


def get_by_join(target, host, headers):
    all_headers = {"Host": host} | headers
    fields = "".join(f"{name}: {value}\r\n" for name, value in all_headers.items())
    return bytes(f"GET {target} HTTP/1.1\r\n{fields}\r\n", "utf-8")


def get_in_bytearray(target, host, headers):
    out = bytearray()
    for line in [f"GET {target} HTTP/1.1", f"Host: {host}", *map(": ".join, headers.items()), ""]:
        out.extend(line.encode())
        out.extend((13, 10))
    return out


def head_by_find(data):
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = data[:end].decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, *value = line.split(":", 1)
        headers.setdefault(name.lower(), []).append("".join(value).strip())
    return lines[0], {name: ", ".join(values) for name, values in headers.items()}, data[end + 4 :]


def head_by_lines(data):
    stream = io.BytesIO(data)
    first, headers = stream.readline(), {}
    if not first.endswith(b"\r\n"):
        return None
    while (line := stream.readline()) != b"\r\n":
        if not line.endswith(b"\r\n"):
            return None
        name, _, value = line.decode("latin-1").partition(":")
        key = name.strip().casefold()
        if key in headers:
            headers[key] += ", " + value.strip()
        else:
            headers[key] = value.strip()
    return [first.decode("latin-1").rstrip("\r\n"), headers, stream.read()]


def head_by_library(data):
    if b"\r\n\r\n" not in data:
        return None
    head, rest = data.split(b"\r\n\r\n", 1)
    first, _, lines = head.partition(b"\r\n")
    message = email.message_from_string(lines.decode("latin-1") + "\r\n\r\n")
    names = {name.lower() for name in message}
    headers = {name: ", ".join(value.strip() for value in message.get_all(name)) for name in names}
    return first.decode("latin-1"), headers, bytearray(rest)


def sse_by_lines(text):
    events, event = [], {}
    for line in text.split("\n")[:-1]:
        if line == "":
            if "data" in event:
                event["data"] = "\n".join(event["data"])
                events.append(event)
            event = {}
        elif ":" in line:
            name, value = line.split(":", 1)
            if value.startswith(" "):
                value = value[1:]
            if name == "data":
                event.setdefault("data", []).append(value)
            elif name in {"id", "event"}:
                event[name] = value
    end = text.rfind("\n\n")
    return events, text[end + 2 :] if end >= 0 else text


def sse_by_pattern(text):
    events, end = [], 0
    for match in re.finditer(r"(.*?)\n\n", text, re.DOTALL):
        fields = re.findall(r"^(data|id|event):[ ]?(.*)$", match[1], re.MULTILINE)
        event = {name: value for name, value in fields if name != "data"}
        lines = [value for name, value in fields if name == "data"]
        if lines:
            events.append(event | {"data": "\n".join(lines)})
        end = match.end()
    return events, text[end:]


def sse_by_loop(text):
    events = []
    while "\n\n" in text:
        block, text = text.split("\n\n", 1)
        data, others = None, {}
        for line in filter(None, block.split("\n")):
            if line.startswith(":"):
                continue
            name, _, value = line.partition(":")
            if value[:1] == " ":
                value = value[1:]
            if name == "data":
                data = value if data is None else data + "\n" + value
            if name == "id" or name == "event":
                others[name] = value
        if data is not None:
            events.append(dict(others, data=data))
    return events, text


def delay_by_loop(interval, event_times):
    delays = []
    for moment in event_times:
        poll = interval
        while poll < moment:
            poll += interval
        delays.append(poll - moment)
    return delays


def delay_by_remainder(interval, event_times):
    return [interval if moment == 0 else (-moment) % interval for moment in event_times]


def delay_by_search(interval, event_times):
    return tuple(next(n * interval for n in count(1) if n * interval >= moment) - moment for moment in event_times)


def delay_by_floor(interval, event_times):
    def one(moment):
        passed = math.fmod(moment, interval)
        return 0 if passed == 0 and moment > 0 else interval - passed

    return list(map(one, event_times))


OTHERS = {
    "02.build_get": (get_in_bytes, get_by_join, get_in_bytearray),
    "02.parse_head": (head_by_find, head_by_lines, head_by_library),
    "02.parse_sse": (sse_by_lines, sse_by_pattern, sse_by_loop),
    "02.polling_delay": (delay_by_loop, delay_by_remainder, delay_by_search, delay_by_floor),
}
