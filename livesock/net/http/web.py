"""What an HTTP handler gets and returns: `HttpRequest` in; text, bytes, JSON, a `Response` or a stream out.

str           text/plain          a whole page      text/html: a str that begins with <!doctype html> or <html>
bytes         application/octet-stream
dict, list    application/json    Response          its own type
None          204 No Content      a generator       streamed, chunk by chunk; of events: text/event-stream
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import unquote_plus

from livesock.advice.attributes import unchanging
from livesock.advice.values import as_dict
from livesock.net.http.asked.made import as_ours
from livesock.net.http.asked.request import HttpRequest, query_of, split_target
from livesock.net.http.asked.sent import Headers, Sent, set_cookie_line
from livesock.net.http.habits import FIELDS, ON_RESPONSE, RESPONSE, no_attribute_to_set
from livesock.net.loop.arguments import shown
from livesock.net.loop.blocking import ThreadedParts
from livesock.net.loop.habits import Hinting, blocking

__all__ = [
    "BUSY",
    "Body",
    "Headers",
    "HttpRequest",
    "Response",
    "Sent",
    "a_part_of_a_page",
    "encode_part",
    "query_of",
    "split_target",
    "stream_type",
    "to_response",
]


def _another(name: str, value: object) -> str:
    """Return how another response is made."""
    name = FIELDS.get(name, name)
    write = f"ls.Response(body, {name}=" if name in ("status", "type") else 'ls.Response(body, headers={"X-Name": '
    end = ")" if name in ("status", "type") else "})"
    if name == "body":
        write, end = "ls.Response(", ")"
    return no_attribute_to_set("a Response", write, value) + end


@unchanging(_another)
@dataclass(frozen=True, slots=True)
class Response(Hinting):
    """An answer with everything chosen: `Response("<h1>Hi</h1>", type="text/html")`.

    `body` is str (sent as UTF-8), bytes, a generator of these, async or plain (sent part by part), or what JSON can
    carry.
    """

    _habits: ClassVar[Mapping[str, str]] = ON_RESPONSE

    body: Any = b""
    status: int = 200
    type: str | None = None
    """The media type; by default it follows from `body`. `charset=utf-8` is added to text."""
    headers: Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str]] = field(default_factory=dict)
    """By name; one that is sent several times, as `Set-Cookie` is, has a list of values. Pairs become such a dict."""

    def __post_init__(self) -> None:
        if isinstance(self.status, bool) or not isinstance(self.status, int):
            raise TypeError(f"status is a number from 200 to 599, not {shown(self.status)}")
        if not 200 <= self.status <= 599:
            raise ValueError(f"status is a number from 200 to 599, not {self.status}")
        if not isinstance(self.type, str | None):
            raise TypeError(f'type is a media type such as "text/html", not {shown(self.type)}')
        if not isinstance(self.headers, Mapping):
            object.__setattr__(self, "headers", _by_name(self.headers))
        if inspect.isgenerator(self.body):
            object.__setattr__(self, "body", ThreadedParts(self.body))
        for name, value in [*self.header_lines(), ("type", self.type or "")]:
            if not isinstance(name, str) or not isinstance(value, str):
                raise TypeError(f"a header is a name and a value, both str, not {name!r:.40}: {value!r:.40}")
            if any(character in name + value for character in "\r\n\0"):
                raise ValueError(f"a header is one line, not {name!r:.40}: {value!r:.40}")

    def header_lines(self) -> list[tuple[str, str]]:
        """Return name and value of each line: a list of values is one for each."""
        lines: list[tuple[str, str]] = []
        for name, value in dict(self.headers).items():
            values = [value] if isinstance(value, str) or not isinstance(value, Sequence) else value
            lines += [(name, one) for one in values]
        return lines

    @blocking({"expires": "write max_age=3600, in seconds"}, write='set_cookie("name", "value")')
    def set_cookie(
        self,
        key: str,
        value: str = "",
        max_age: int | None = None,
        *,
        path: str = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: str | None = None,
    ) -> None:
        """Let the browser keep a cookie, for `max_age` seconds, or until it is closed."""
        options = {"max-age": max_age, "path": path, "domain": domain, "samesite": samesite}
        flags = {"secure": secure, "httponly": httponly}
        line = set_cookie_line(key, value, {**options, **flags})
        name = next((name for name in self.headers if str(name).lower() == "set-cookie"), "Set-Cookie")
        before = [one for other, one in self.header_lines() if other == name]
        object.__setattr__(self, "headers", {**dict(self.headers), name: [*before, line]})

    def delete_cookie(self, key: str, path: str = "/", domain: str | None = None) -> None:
        """Let the browser forget a cookie that was set with this path and domain."""
        self.set_cookie(key, "", 0, path=path, domain=domain)

    def payload(self) -> bytes:
        """Return the body as bytes. Raises `TypeError` for what JSON cannot carry."""
        if isinstance(self.body, str):
            return self.body.encode()
        if isinstance(self.body, (bytes, bytearray, memoryview)):
            return bytes(self.body)
        status = f", status={self.status}" if self.status != 200 else ""
        if write := as_dict(self.body, f"return ls.Response({{}}{status})"):
            raise TypeError(f"a body is str, bytes, dict or list, not {type(self.body).__name__}: write {write}")
        return json.dumps(self.body, allow_nan=False, ensure_ascii=False).encode()

    @property
    def is_streamed(self) -> bool:
        """Whether the body comes part by part."""
        return hasattr(self.body, "__aiter__")

    def media_type(self, asked: HttpRequest | None = None) -> str:
        """Return the Content-Type; what the request `asked` brought along is never a page."""
        if self.type is None:
            if isinstance(self.body, str):
                return "text/html; charset=utf-8" if _is_page(self.body, asked) else "text/plain; charset=utf-8"
            is_bytes = isinstance(self.body, (bytes, bytearray, memoryview))
            return "application/octet-stream" if is_bytes else "application/json"
        if self.type.startswith("text/") and "charset" not in self.type:
            return f"{self.type}; charset=utf-8"
        return self.type

    @property
    def reason(self) -> str:
        """The reason phrase of the status, such as `Not Found`."""
        from http import HTTPStatus  # only an answer needs it

        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""


Response.__init__ = blocking(RESPONSE)(Response.__init__)  # type: ignore[method-assign]


def _by_name(pairs: object) -> dict[str, list[str]]:
    """Return pairs of a name and a value as a dict of lists."""
    found: dict[str, list[str]] = {}
    try:
        for name, value in pairs:  # type: ignore[attr-defined]  # what a caller gave
            found.setdefault(name, []).append(value)
    except (TypeError, ValueError):
        raise TypeError(
            f'headers is a dict such as {{"Cache-Control": "no-store"}}, or a list of pairs, not {shown(pairs)}'
        ) from None
    return found


_TAG, _PAGE = r"(?i)\s*<[a-z][a-z0-9]*[\s>]", r"(?i)\ufeff?\s*<(?:!doctype\s+html|html)[\s>]"


def _is_page(text: str, asked: HttpRequest | None) -> bool:
    """Whether a text is a whole page. One that a request could have brought along is none: it could hold a script."""
    if not re.match(_PAGE, text):
        return False
    brought = f"{unquote_plus(asked.target)} {asked.body.decode('latin-1')}".lower() if asked is not None else ""
    return "<html" not in brought and "<!doctype" not in brought


BUSY = Response(
    "the handler of this page is busy: earlier calls of it do not return (server.errors says where they are)\n",
    status=503,
)
"""The answer while all threads of a handler are taken."""


Body = AsyncIterator[Any]
"""A streamed answer: it yields `ServerSentEvent`, str or bytes."""


def to_response(result: object, patience: float | None = None) -> Response | Body:
    """Return what a handler returned as a `Response` or a stream; `patience` is that of `ThreadedParts`.

    Raises:
        TypeError: If it is none of the forms above.
    """
    if inspect.isgenerator(result):
        result = ThreadedParts(result)
    body = result.body if isinstance(result, Response) else result
    if isinstance(body, ThreadedParts):
        body.patience = patience
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status=204)
    if isinstance(result, (str, bytes, bytearray, memoryview, dict, list)):
        return Response(result)
    if hasattr(result, "__aiter__"):
        return result.__aiter__()  # type: ignore[no-any-return]
    if isinstance(result, tuple) and len(result) > 1:
        values = [("headers" if isinstance(value, Mapping | list) else "status", value) for value in result[1:]]
        values += [("type", "text/html")] if isinstance(result[0], str) and re.match(_TAG, result[0]) else []
        write = ", ".join(f"{name}={value!r:.300}" for name, value in values)
        raise TypeError(f"a handler returns one thing, not tuple: write return ls.Response(body, {write})")
    kind = type(inspect.unwrap(result) if callable(result) else result).__name__
    more = ", which needs its brackets" if callable(result) else ""
    if write := as_dict(result, "return {}", "…"):
        more = f": write {write}, where … is what it returns now"
    if kind.endswith("Response"):
        more = as_ours(result)
    if hasattr(result, "read"):
        more = f": write return ls.Response(value.{'getvalue' if hasattr(result, 'getvalue') else 'read'}())"
    if isinstance(result, set | frozenset):
        more = ": write return list(value)"
    if isinstance(result, int | float):
        more = ": write return str(value), or ls.Response(value) for JSON"
    raise TypeError(f"a handler returns str, bytes, dict, list, None, ls.Response or a generator, not {kind}{more}")


def a_part_of_a_page(result: object) -> UserWarning | None:
    """Return a warning for a str that other libraries send as HTML: here only a whole page is."""
    if isinstance(result, Response):
        is_chosen = result.type or any(name.lower() == "content-type" for name, _ in result.header_lines())
        result = None if is_chosen else result.body
    if not isinstance(result, str) or not re.match(_TAG, result) or re.match(_PAGE, result):
        return None
    return UserWarning('this text is sent as text/plain: write return ls.Response(text, type="text/html")')


_EVENTS = r"(?:(?:(?:data|event|id|retry):[^\n]*\n)+\n)+"
"""A text that is events already, as generators for FastAPI's StreamingResponse yield it."""


def stream_type(part: object) -> str:
    """Return the Content-Type of a stream that begins with `part`."""
    from livesock.wire.sse import ServerSentEvent  # only a stream needs it

    if isinstance(part, ServerSentEvent) or (isinstance(part, str) and re.fullmatch(_EVENTS, part)):
        return "text/event-stream"
    return "text/plain; charset=utf-8" if isinstance(part, str) else "application/octet-stream"


def encode_part(part: object) -> bytes:
    """Return one part of a stream as bytes. Raises `TypeError` for a value of another type."""
    from livesock.wire.sse import ServerSentEvent, encode_event

    if isinstance(part, ServerSentEvent):
        if re.fullmatch(_EVENTS, part.data):
            text = re.sub(r"^data: ?", "", part.data.strip())
            raise ValueError(f"this data is a whole event already: write ls.ServerSentEvent({text!r:.60})")
        return encode_event(part)
    if isinstance(part, str):
        return part.encode()
    if isinstance(part, (bytes, bytearray, memoryview)):
        return bytes(part)
    raise TypeError(f"a stream yields ServerSentEvent, str or bytes, not {type(part).__name__}")
