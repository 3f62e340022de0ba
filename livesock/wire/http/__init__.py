"""HTTP/1.1 as bytes: the one place to import it from.

parse_request, parse_response, HeadReader     heads                  httphead.py
body_framing, decode_chunk, BodyReader        bodies                 httpbody.py
explain_head, explain_chunk                   what each part means   headers.py, httpbody.py
"""

from __future__ import annotations

from livesock.wire.http.body import BodyChunk, BodyReader, Framing, body_framing, decode_chunk, explain_chunk
from livesock.wire.http.head import HeadReader, Request, Response, parse_request, parse_response
from livesock.wire.http.words import explain_head

__all__ = [
    "BodyChunk",
    "BodyReader",
    "Framing",
    "HeadReader",
    "Request",
    "Response",
    "body_framing",
    "decode_chunk",
    "explain_chunk",
    "explain_head",
    "parse_request",
    "parse_response",
]
