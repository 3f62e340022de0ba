"""Reasons: the words of the protocol, and what they mean to a person."""

from __future__ import annotations

import json

import pytest

from livesock.realtime.reasons import SENTENCES, Reason


def test_a_reason_is_the_text_that_it_was():
    assert Reason("ping timeout") == "ping timeout"
    assert json.dumps([Reason("ping timeout")]) == '["ping timeout"]'


def test_each_reason_says_what_it_means_and_an_unknown_one_itself():
    assert Reason("ping timeout").sentence == SENTENCES["ping timeout"]
    assert "proxy" in Reason("transport close").sentence
    assert Reason("of another server").sentence == "of another server"


def test_a_reason_of_which_more_is_known_is_the_same_word_and_says_it():
    reason = Reason(Reason("transport error", "got 401"))

    assert reason == "transport error"
    assert (reason.sentence, reason.full) == ("got 401", "transport error: got 401")
    assert Reason("transport error").full == "transport error"


def test_two_reasons_differ_as_texts_do():
    assert Reason("ping timeout") != "transport close"
    assert Reason("ping timeout").__ne__("ping timeout") is False
    assert Reason("ping timeout") != 7


@pytest.mark.parametrize(
    ("theirs", "write"),
    [
        ("client disconnect", "write 'client namespace disconnect' in a server's handler, 'io client disconnect' in"),
        ("server disconnect", "write 'server namespace disconnect' in a server's handler, 'io server disconnect' in"),
    ],
)
def test_a_reason_of_python_socketio_alone_says_what_to_write(theirs, write):
    for compare in (Reason.__eq__, Reason.__ne__):
        with pytest.raises(ValueError, match=f"^no reason is '{theirs}': {write} a client's$"):
            compare(Reason("ping timeout"), theirs)
