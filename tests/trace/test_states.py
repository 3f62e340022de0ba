"""The words for what happens to a connection, written and read."""

import pytest

from livesock.trace.states import ENDS, Change, ConnectionState, read_change


@pytest.mark.parametrize(
    ("note", "change"),
    [
        (ConnectionState.OPEN.note("127.0.0.1:5000"), Change(ConnectionState.OPEN)),
        (ConnectionState.EOF.note("<"), Change(ConnectionState.EOF, "<")),
        (ConnectionState.EOF.note(), Change(ConnectionState.EOF)),
        (ConnectionState.CLOSED.note(), Change(ConnectionState.CLOSED)),
        (ConnectionState.RESET.note(), Change(ConnectionState.RESET)),
        (ConnectionState.LOST.note(">", 1200), Change(ConnectionState.LOST, ">", 1200)),
    ],
)
def test_what_is_written_is_read(note, change):
    assert read_change(note) == change


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"too slow",
        b"closed?",
        b"\xff\n",
        b"lost",
        b"lost <",
        b"lost ? 3",
        b"lost < x",
        b"lost < 1 2",
        b"lost < " + b"9" * 19,
    ],
)
def test_other_words_are_no_change(note):
    assert read_change(note).state is None


def test_a_connection_ends_closed_or_reset():
    assert ENDS == (b"closed", b"reset")
