"""How many bytes of a row belong to which layer: what the application sent, and what the protocols add.

HTTP          heads, and what cuts a body into chunks
WebSocket     headers and masking keys of data frames; ping, pong and close whole
application   bodies, events, and the payload of data frames (as it is on the wire, perhaps compressed)
other         TLS records, and bytes without an explanation
"""

from __future__ import annotations

from typing import NamedTuple

from livesock.trace.rows import Kind, Row
from livesock.wire.frame import Frame

__all__ = ["Layers", "layers_of"]

_HEADS = (Kind.REQUEST, Kind.RESPONSE)
_BODIES = (Kind.BODY, Kind.EVENT)


class Layers(NamedTuple):
    """Bytes of each layer; together they are the bytes of a row, or of many."""

    http: int = 0
    websocket: int = 0
    application: int = 0
    other: int = 0

    def plus(self, more: Layers) -> Layers:
        """Return the sums."""
        return Layers(*(mine + yours for mine, yours in zip(self, more, strict=True)))


def layers_of(row: Row) -> Layers:
    """Return to which layers the bytes of a row belong."""
    size = len(row.data)
    if row.kind in _HEADS:
        return Layers(http=size)
    if row.kind in _BODIES:
        return Layers(http=row.framing, application=size - row.framing)
    if row.kind is Kind.FRAME:
        frame = row.value
        carried = len(frame.payload) if isinstance(frame, Frame) and not frame.is_control else 0
        return Layers(websocket=size - carried, application=carried)
    return Layers(other=size)
