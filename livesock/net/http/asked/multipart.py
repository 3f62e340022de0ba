"""`parts_of`: the fields and files of a form that is sent as `multipart/form-data` (RFC 7578)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from livesock.advice.attributes import unchanging
from livesock.net.http.habits import UPLOAD, no_attribute_to_set
from livesock.net.loop.habits import Hinting

__all__ = ["MAX_FIELDS", "MAX_HEAD", "NotAForm", "Upload", "parts_of"]

MAX_FIELDS = 1000
"""Fields and files of one form: a body of 1 MB could hold 111,000, and each costs 3 µs of the loop."""

MAX_HEAD = 8192
"""Bytes of the headers of one part."""

_PARAMETER = r';\s*([\w*-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)'
"""One parameter of a header: `; name="a"`."""


class NotAForm(ValueError):
    """The body is not the form that its Content-Type names."""


@unchanging(lambda name, value: no_attribute_to_set("a file", f"request.state.{name} = ", value))
@dataclass(frozen=True, slots=True, repr=False)
class Upload(Hinting):
    """One file of a form."""

    _habits: ClassVar[Mapping[str, str]] = UPLOAD
    _called: ClassVar[str] = "file"

    filename: str
    """As the peer gave it, a path perhaps; empty if no file was chosen."""
    type: str
    """The media type that the peer gave."""
    body: bytes

    def __repr__(self) -> str:
        return f"<Upload {self.filename!r:.60} {self.type!r:.60} with {len(self.body)} bytes>"


def parts_of(body: bytes, content_type: str) -> Iterator[tuple[str, str | Upload]]:
    """Yield the name of each part, with its text or its file; bytes that are not UTF-8 become U+FFFD in a text.

    The parser of `email` is not for this: it takes a part apart that is a mail itself, and line ends for its own.

    Raises:
        NotAForm: If the boundary is missing, or the end, or if it has more than `MAX_FIELDS` parts.
    """
    boundary = _parameters(content_type).get("boundary", "")
    marks = re.finditer(rb"(?:^|\r\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\r\n|$)", body)
    begin = None
    for number, mark in enumerate(marks if boundary else ()):
        if number > MAX_FIELDS:
            raise NotAForm(f"it has more than {MAX_FIELDS:,} parts")
        if begin is not None:
            head, _, content = body[begin : mark.start()].partition(b"\r\n\r\n")
            if len(head) > MAX_HEAD:
                raise NotAForm(f"the headers of a part have more than {MAX_HEAD:,} bytes")
            yield _part(head.decode(errors="replace"), content)
        if mark[1]:
            return
        begin = mark.end()
    raise NotAForm("it ends before the last boundary" if boundary else "its Content-Type names no boundary")


def _part(head: str, content: bytes) -> tuple[str, str | Upload]:
    """Return the name of a part, and its text or its file."""
    lines = (line.partition(":") for line in head.split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    given = _parameters(headers.get("content-disposition", ""))
    if "filename" in given:
        kind = headers.get("content-type", "application/octet-stream")
        return given.get("name", ""), Upload(given["filename"], kind, content)
    return given.get("name", ""), content.decode(errors="replace")


def _parameters(value: str) -> dict[str, str]:
    """Return the parameters of a header; a browser writes `%22` for the quotation mark in a name, curl `\\"`."""
    found = {}
    for name, text in re.findall(_PARAMETER, value):
        is_quoted = text.startswith('"') and text.endswith('"') and len(text) > 1
        found[name.lower()] = re.sub(r'\\(["\\])', r"\1", text[1:-1]).replace("%22", '"') if is_quoted else text
    return found
