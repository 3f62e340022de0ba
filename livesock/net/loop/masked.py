"""`MASK`: a filter for loggers, which at DEBUG get every header and every frame from `websockets`.

< Cookie: session=…        < GET /echo?token=… HTTP/1.1        < TEXT '40/point,…'
"""

from __future__ import annotations

import logging
import re

from livesock.trace.rows import masked
from livesock.trace.secretfinder import SecretFinder

__all__ = ["MASK"]

_WISH = re.compile(r"(40(?:/[^,]*,)?)\{.*", re.DOTALL)


class _Mask(logging.Filter):
    """Replaces secrets in a line by `x`. Thread-safe: it keeps nothing between two lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno <= logging.DEBUG:
            text = record.getMessage()
            line = text[2:].encode("utf-8", "surrogateescape")
            shown = masked(b"\n" + line + b"\n", SecretFinder().find(b"\n" + line + b"\n"))[1:-1]
            text = text[:2] + shown.decode("utf-8", "replace")
            record.msg, record.args = _WISH.sub(r"\1…", text) if "'40" in text else text, ()
        return True


MASK = _Mask()
