"""Bytes from a peer in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.wire.quote import hexed, one_line, printable, quote

QUOTES = [
    (b"Hello", '"Hello"'),
    (b"", '""'),
    (b'say "hi" \\', "'say \"hi\" \\\\'"),
    (b"both \" and '", '"both \\" and \'"'),
    (b"a\r\nb\0\x1b[31m", '"a\\r\\nb\\x00\\x1b[31m"'),
    ("é\u202e".encode(), '"é\\u202e"'),
    (b"a\xc3", '"a\\xc3"'),
    (b"\xff\x00", "ff 00"),
    ("\ud800", '"\\ud800"'),
    (b"x" * 61, '"' + "x" * 60 + '…"'),
    (b"x" * 60, '"' + "x" * 60 + '"'),
    ("é".encode() * 1000, '"' + "é" * 60 + '…"'),
]


@pytest.mark.parametrize(("data", "text"), QUOTES)
def test_what_a_peer_sends_is_quoted(data, text):
    assert quote(data) == text


def test_bytes_are_written_in_hexadecimal():
    assert hexed(b"\x01\xff") == "01 ff"
    assert hexed(bytes(17)) == "00 " * 15 + "00 …"


PRINTED = [
    ("→ 你好 ✓", "utf-8", "→ 你好 ✓"),
    ("→ 你好 ✓", None, "→ 你好 ✓"),
    ("→ 你好 ✓", "cp1252", "-> \\u4f60\\u597d +"),
    ("→ 你好 ✓", "gbk", "-> 你好 +"),
    ("café ✓", "no such encoding", "café ✓"),
    ("plain", "ascii", "plain"),
]


@pytest.mark.parametrize(("text", "encoding", "shown"), PRINTED)
def test_every_terminal_gets_what_it_can_print(text, encoding, shown):
    assert printable(text, encoding) == shown


@given(st.text() | st.binary(), st.integers(3, 80))
def test_a_quote_is_one_printable_line_of_bounded_length(data, limit):
    assert quote(data, limit).isprintable()
    assert len(quote(data, limit)) <= limit + 3


@given(st.text(), st.integers(1, 80))
def test_a_line_is_printable_and_bounded(text, limit):
    line = one_line(text, limit)

    assert line.isprintable()
    assert len(line) <= limit
    assert line == text or not text.isprintable() or len(text) > limit
