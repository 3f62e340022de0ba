"""`HttpRequest`: one request, as a handler gets it."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl, unquote

from livesock.advice.attributes import unchanging
from livesock.net.http.asked.faults import fault_of
from livesock.net.http.asked.multipart import MAX_FIELDS, NotAForm, Upload, parts_of
from livesock.net.http.asked.sent import Cookies, Files, Form, Members, Query, Sent, cookies_of
from livesock.net.http.habits import REQUEST, no_attribute_to_set
from livesock.net.loop.habits import Hinting
from livesock.net.loop.habits import method as called

__all__ = ["HttpRequest", "PeerAddress", "query_of", "split_target"]


class PeerAddress(NamedTuple):
    """Where a connection came from; behind a proxy that is the proxy."""

    host: str
    port: int


@unchanging(lambda name, value: no_attribute_to_set("an HttpRequest", f"request.state.{name} = ", value))
@dataclass(frozen=True, slots=True, repr=False)
class HttpRequest(Hinting):
    """One request, complete with its body."""

    _habits: ClassVar[Mapping[str, str]] = REQUEST
    _called: ClassVar[str] = "request"

    method: str
    target: str
    """The request target as it came: `/say?to=all`."""
    headers: Mapping[str, str]
    """Names in lower case, found in any case; several lines of one name joined by a comma."""
    body: bytes = b""
    connection: int = 0
    """Number of the TCP connection in the server's trace."""
    path_params: Mapping[str, str] = field(default_factory=dict)
    """The parts of the path that the route names: at `/items/{id}`, `{"id": "7"}`."""
    client: PeerAddress | None = None
    """The peer, as `request.client.host` and `request.client.port`; None for a request that no connection brought."""
    state: SimpleNamespace = field(default_factory=SimpleNamespace, compare=False)
    """For what you remember while this request is answered: `request.state.user = "Ann"`."""

    def __repr__(self) -> str:
        """Show no header, no query and no body: cookies and tokens are in them."""
        sizes = f"{len(self.query)} parameters, {len(self.headers)} headers, {len(self.body)} bytes"
        return f"<HttpRequest {self.method} {self.path!r:.80} with {sizes}>"

    @property
    def path(self) -> str:
        """The target's path, percent-decoded."""
        return unquote(split_target(self.target)[0])

    @property
    def query(self) -> Query:
        """The query's parameters; of several with one name, the last: `getlist(name)` has all."""
        return Query(_pairs_of(self.target))

    @property
    def cookies(self) -> Cookies:
        """The cookies that came."""
        return cookies_of(self.headers.get("cookie"))

    @property
    def text(self) -> str:
        """The body as UTF-8 text; invalid bytes raise `UnicodeDecodeError`."""
        return self.body.decode()

    @called("request.json()")
    def json(self, **options: Any) -> Any:
        """The body as JSON; anything else raises `ValueError`. A member that an object has not is answered with 422."""
        if options:
            raise TypeError(
                "json() takes no options: write request.json(), and a body that is not JSON is answered 400; for None "
                'instead of that, write json.loads(request.body or "null")'
            )
        return json.loads(self.body, object_hook=Members)

    @property
    def form(self) -> Form:
        """The fields of a form that a page has sent; of several with one name, the last: `getlist(name)` has all.

        Raises:
            ValueError: If the body is not such a form.
        """
        if self._is_multipart:
            return Form((name, value) for name, value in self._parts() if isinstance(value, str))
        if self.body.count(b"&") >= MAX_FIELDS:
            raise NotAForm(f"it has more than {MAX_FIELDS:,} fields")
        return Form(parse_qsl(self.text, keep_blank_values=True))

    @property
    def files(self) -> Files:
        """The files of a form with `enctype="multipart/form-data"`: each has `filename`, `type` and `body`.

        Raises:
            ValueError: If the body is not such a form.
        """
        parts = self._parts() if self._is_multipart else ()
        return Files((name, value) for name, value in parts if isinstance(value, Upload))

    @property
    def _is_multipart(self) -> bool:
        return self._kind().startswith("multipart/")

    def _kind(self) -> str:
        return self.headers.get("content-type", "").lower()

    def _parts(self) -> list[tuple[str, str | Upload]]:
        return list(parts_of(self.body, self.headers["content-type"]))

    def fault(self, exc: BaseException) -> tuple[int, str] | None:
        """Return status and text of the answer if a handler raised `exc` for what the request brought, or None."""
        form = Form()
        if self._is_multipart or "form-urlencoded" in self._kind():
            with contextlib.suppress(ValueError):
                form = self.form
        brought = {"query parameter": self.query, "header": self.headers, "cookie": self.cookies, "form field": form}
        return fault_of(exc, self.path, brought, self.body)


def split_target(target: str) -> tuple[str, str]:
    """Return path and query of a request target, both still percent-encoded: `/a?b` gives `("/a", "b")`.

    It may also be a whole URL (RFC 9112, 3.2.2). `urlsplit` is for URLs: it takes what follows two slashes for a host,
    and raises if that is impossible as a host.
    """
    whole = re.match(r"https?://[^/?#]*", target, re.IGNORECASE)
    path, _, query = target[whole.end() if whole else 0 :].partition("#")[0].partition("?")
    return path or "/", query


def query_of(target: str) -> Sent:
    """Return the parameters in the query of a request target; of several with one name, the last."""
    return Sent(_pairs_of(target))


def _pairs_of(target: str) -> list[tuple[str, str]]:
    return parse_qsl(split_target(target)[1], keep_blank_values=True)
