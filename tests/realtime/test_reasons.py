"""Reasons: the words of the protocol, and what they mean to a person."""

from __future__ import annotations

import json

from livesock.realtime.reasons import SENTENCES, Reason


def test_a_reason_is_the_text_that_it_was():
    assert Reason("ping timeout") == "ping timeout"
    assert json.dumps([Reason("ping timeout")]) == '["ping timeout"]'


def test_each_reason_says_what_it_means_and_an_unknown_one_itself():
    assert Reason("ping timeout").sentence == SENTENCES["ping timeout"]
    assert "proxy" in Reason("transport close").sentence
    assert Reason("of another server").sentence == "of another server"
