"""`Folder`: the files of one folder as pages, and nothing outside it.

A name is refused before the disk is asked if it could leave the folder on any system (`..`, a backslash, a drive) or
if it is hidden (`.env`, `.git`). What a link points to must lie in the folder as well. No listing is ever sent.
"""

from __future__ import annotations

import mimetypes
import os
import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

from livesock.net.http.web import HttpRequest, Response, split_target
from livesock.net.loop.blocking import run_in_thread

__all__ = ["Folder"]

TYPES = {
    ".css": "text/css", ".csv": "text/csv", ".gif": "image/gif", ".gz": "application/gzip", ".htm": "text/html",
    ".html": "text/html", ".ico": "image/x-icon", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "text/javascript",
    ".json": "application/json", ".map": "application/json", ".md": "text/markdown", ".mjs": "text/javascript",
    ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml",
    ".svgz": "application/gzip", ".tgz": "application/gzip", ".ts": "video/mp2t", ".txt": "text/plain",
    ".wasm": "application/wasm", ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
    ".xml": "text/xml",
}  # fmt: skip
"""Types that do not depend on the machine: on Windows the registry may call JavaScript text/plain."""

PIECE = 2**20
"""Bytes of a file that are read at once; a larger one is sent piece by piece, as fast as the peer reads."""

MISSING = Response("there is no such file here\n", status=404)


class Folder:
    """Answers requests with the files below `root`. `answer` blocks; it may be called from any thread."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def answer(self, request: HttpRequest) -> Response:
        """Return the file whose path is the rest of the request's; of a folder, its `index.html`."""
        rest = request.path_params["*"]
        path = self._path(rest)
        try:
            if path is not None and path.is_dir():
                if rest and not rest.endswith("/"):  # so that the page's relative links hold
                    return Response(status=301, headers={"Location": _with_slash(request)})
                path = self._path(f"{rest}index.html")
            elif rest.endswith("/"):  # a file is no folder: the page's relative links would not hold
                return MISSING
            if path is None:
                return MISSING
            with _open(path) as file:
                info = os.fstat(file.fileno())
                tag = f'"{info.st_mtime_ns:x}-{info.st_size:x}"'
                headers = {"ETag": tag, "Cache-Control": "no-cache"}
                if _is_known(tag, request.headers.get("if-none-match", "")):
                    return Response(status=304, headers=headers)
                if info.st_size <= PIECE:
                    return Response(file.read(PIECE), type=_type(path), headers=headers)
                headers["Content-Length"] = str(info.st_size)
                return Response(_pieces(path, info.st_size), type=_type(path), headers=headers)
        except (OSError, ValueError):  # missing, not readable, a folder, or a name that the system cannot have
            return MISSING

    def _path(self, rest: str) -> Path | None:
        """Return where `rest`, still percent-encoded, lies in the folder; None if it leaves it or is hidden."""
        parts = [unquote(part) for part in rest.rstrip("/").split("/")] if rest.rstrip("/") else []
        if any(not part or part.startswith(".") or re.search(r"[/\\:\0]", part) for part in parts):
            return None
        try:
            path = self.root.joinpath(*parts).resolve()
        except (OSError, ValueError, RuntimeError):  # a link that points to itself
            return None
        return path if path.is_relative_to(self.root) else None


async def _pieces(path: Path, size: int) -> AsyncIterator[bytes]:
    """Read `size` bytes of a file, each piece when the peer has taken the one before."""
    file = await run_in_thread(_open, path)
    with file:
        while size > 0 and (piece := await run_in_thread(_read, file, min(size, PIECE))):
            size -= len(piece)
            yield piece


def _open(path: Path) -> BinaryIO:
    return open(path, "rb", opener=_open_file)


def _read(file: BinaryIO, size: int) -> bytes:
    return file.read(size)


def _with_slash(request: HttpRequest) -> str:
    path, query = split_target(request.target)
    own = "/" + path.lstrip("/")  # two slashes would name another host
    return quote(unquote(own)) + "/" + (f"?{query}" if query else "")


def _open_file(path: str, flags: int) -> int:
    """Open a plain file; a pipe or a device would block or never end."""
    number = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError("not a plain file")
    return number


def _is_known(tag: str, asked: str) -> bool:
    """Whether `If-None-Match` holds the tag (RFC 9110, 13.1.2)."""
    return asked.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in asked.split(",")]


def _type(path: Path) -> str:
    guessed, packing = mimetypes.guess_type(path.name)  # of a packed file, the type of what is inside
    return TYPES.get(path.suffix.lower()) or (not packing and guessed) or "application/octet-stream"
