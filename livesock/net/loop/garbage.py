"""`uncollected`: no garbage collection while one large message is decoded.

Each 700 new lists start a collection, and every hundredth of these looks at all that the process holds. A message of
48,000 lists started 68: of its 46 ms, 33 were one look at a heap of 200,000 objects (measured: Linux, Python 3.11). In
a notebook the heap belongs to the reader, and may be much larger. None of what is decoded is garbage yet.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

__all__ = ["LARGE", "uncollected"]

LARGE = 16_384
"""Characters of a message for which it is worth it: it may hold some thousand lists."""


_NOTHING = contextlib.nullcontext()


def uncollected(size: int) -> contextlib.AbstractContextManager[None]:
    """Let no collection begin in this block if it decodes `size` characters, and that is much."""
    return _uncollected() if size >= LARGE and gc.isenabled() else _NOTHING


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
