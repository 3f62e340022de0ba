"""UTF-8, checked while it arrives and refused at the first byte that cannot be right.

A text message may be cut anywhere, also between the two bytes of one `é`, so no fragment can be judged alone:
the checker remembers the bytes of an unfinished character.

    c3 | a9     é over two fragments: fine
    c3 | 41     refused at 41, without waiting for the rest
"""

from __future__ import annotations

import codecs

from livesock.errors import PacketError

__all__ = ["Utf8Checker", "decode_text"]

_Decoder = codecs.getincrementaldecoder("utf-8")


def decode_text(data: bytes) -> str:
    """Return a text that is complete.

    Raises:
        PacketError: Code 1007, if it is not UTF-8 (RFC 6455, 8.1); its offset is that of the first impossible byte.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as exc:
        raise _error(exc, 0) from exc


class Utf8Checker:
    """Checks one text, piece by piece. Not thread-safe."""

    def __init__(self) -> None:
        self._decoder = _Decoder("strict")

    def check(self, data: bytes, *, final: bool = False) -> None:
        """Check the next piece; pass `final` for the last one.

        Raises:
            PacketError: Code 1007, if the text so far is not the beginning of any UTF-8 (RFC 6455, 8.1). Its
                offset counts from the first byte of this piece; for a text that ends inside a character it is
                the last byte, which is -1 when the last piece is empty.
        """
        open_bytes = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(data, final)
            self._refuse_surrogate(open_bytes + len(data))
        except UnicodeDecodeError as exc:
            raise _error(exc, open_bytes) from exc

    def _refuse_surrogate(self, size: int) -> None:
        """Refuse `ed a0` at its second byte: Python's decoder waits for a third, which could not help."""
        pending = self._decoder.getstate()[0]
        if len(pending) == 2 and pending[0] == 0xED and pending[1] >= 0xA0:
            text = bytes(size - 2) + pending
            raise UnicodeDecodeError("utf-8", text, size - 2, size - 1, "invalid continuation byte")


def _error(exc: UnicodeDecodeError, before: int) -> PacketError:
    """Return the rule that the text breaks; `before` is the size of what came before the piece."""
    if exc.reason == "unexpected end of data":
        rule, position = "text must be UTF-8, and this one ends in the middle of a character", len(exc.object) - 1
    else:
        position = exc.start if exc.reason == "invalid start byte" else exc.end
        rule = f"text must be UTF-8, and the byte 0x{exc.object[position]:02x} cannot stand here"
    return PacketError(rule, section="RFC 6455, 8.1", offset=position - before, code=1007)
