"""`HttpRequest`: one request, as a handler gets it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote

from livesock.net.http.asked.faults import bad_value
from livesock.net.http.asked.sent import Form, Sent
from livesock.net.http.habits import MULTIPART, REQUEST
from livesock.net.loop.habits import Hinting

__all__ = ["HttpRequest", "query_of", "split_target"]


@dataclass(frozen=True, slots=True, repr=False)
class HttpRequest(Hinting):
    """One request, complete with its body."""

    _habits: ClassVar[Mapping[str, str]] = REQUEST

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

    def __repr__(self) -> str:
        """Show no header, no query and no body: cookies and tokens are in them."""
        sizes = f"{len(self.query)} parameters, {len(self.headers)} headers, {len(self.body)} bytes"
        return f"<HttpRequest {self.method} {self.path!r:.80} with {sizes}>"

    @property
    def path(self) -> str:
        """The target's path, percent-decoded."""
        return unquote(split_target(self.target)[0])

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of several with one name, the last."""
        return query_of(self.target)

    @property
    def text(self) -> str:
        """The body as UTF-8 text; invalid bytes raise `UnicodeDecodeError`."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON; anything else raises `ValueError`."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form that a page has sent; of several with one name, the last. A file needs more than this.

        Raises:
            TypeError: If the form has files (`multipart/form-data`), with the line that takes it apart.
        """
        if self.headers.get("content-type", "").lower().startswith("multipart/"):
            raise TypeError(f"a form with files has parts: write {MULTIPART}")
        return Form(parse_qsl(self.text, keep_blank_values=True))

    def fault(self, exc: BaseException) -> tuple[int, str] | None:
        """Return status and text of the answer if a handler raised `exc` for what the request brought, or None."""
        texts: list[tuple[str, Any]] = [("the path", part) for part in self.path.split("/") if part]
        is_form = "form-urlencoded" in self.headers.get("content-type", "").lower()
        form = Form(parse_qsl(self.body.decode(errors="replace"))) if is_form else Form()
        for kind, values in (("query parameter", self.query), ("header", self.headers), ("form field", form)):
            texts += [(f"{kind} {name!r}", value) for name, value in values.items()]
            texts.append(("the request", dict(values)))
        try:
            return bad_value(exc, self.body, texts)
        except Exception:  # an exception of the handler's own, which does not let itself be asked
            return None


def split_target(target: str) -> tuple[str, str]:
    """Return path and query of a request target, both still percent-encoded: `/a?b` gives `("/a", "b")`.

    It may also be a whole URL (RFC 9112, 3.2.2). `urlsplit` is for URLs: it takes what follows two slashes for a host,
    and raises if that is impossible as a host.
    """
    whole = re.match(r"https?://[^/?#]*", target, re.IGNORECASE)
    path, _, query = target[whole.end() if whole else 0 :].partition("#")[0].partition("?")
    return path or "/", query


def query_of(target: str) -> dict[str, str]:
    """Return the parameters in the query of a request target; of several with one name, the last."""
    return Sent(parse_qsl(split_target(target)[1], keep_blank_values=True))
