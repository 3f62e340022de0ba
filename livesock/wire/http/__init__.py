"""HTTP/1.1 as bytes: heads and bodies."""

from __future__ import annotations

from livesock.wire.http.body import BodyChunk, BodyReader, Framing, body_framing, decode_chunk
from livesock.wire.http.head import HeadReader, RequestHead, ResponseHead, parse_request, parse_response

__all__ = [
    "BodyChunk",
    "BodyReader",
    "Framing",
    "HeadReader",
    "RequestHead",
    "ResponseHead",
    "body_framing",
    "decode_chunk",
    "parse_request",
    "parse_response",
]
