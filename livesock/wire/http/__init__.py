"""HTTP/1.1 as bytes: heads and bodies."""

from __future__ import annotations

from livesock.wire.http.body import BodyChunk, BodyReader, Framing, body_framing, decode_chunk
from livesock.wire.http.head import HeadReader, Request, Response, parse_request, parse_response

__all__ = [
    "BodyChunk",
    "BodyReader",
    "Framing",
    "HeadReader",
    "Request",
    "Response",
    "body_framing",
    "decode_chunk",
    "parse_request",
    "parse_response",
]
