"""Where a token goes: six ways on real connections, and what a reader of the log can do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.display.views.token.ways import TOKEN, WAYS, Tokens

PLACES = {
    "url": ("yes", "yes", "yes", "no", "yes"),
    "header": ("no", "no", "yes", "no", "no"),
    "cookie": ("by itself", "no", "yes", "no", "no"),
    "protocol": ("yes", "no", "yes", "no", "no"),
    "message": ("yes", "no", "no", "yes", "no"),
    "ticket": ("yes", "yes", "yes", "no", "no"),
}
"""A page can; in the log, in the head, in a message; a thief of the log gets in."""


@pytest.fixture
def tokens() -> Iterator[Tokens]:
    tokens = Tokens()
    yield tokens
    tokens.stop()


@pytest.mark.parametrize("way", WAYS)
def test_each_way_lets_ann_in(tokens: Tokens, way: str) -> None:
    assert tokens.carry(way).answer == "welcome, Ann"


def test_the_token_stands_where_the_table_says() -> None:
    view = ls.display.token()
    try:
        for way in WAYS:
            view.log(way)
        rows = {row["key"]: tuple(row["cells"]) for row in view.snapshot()["rows"]}
    finally:
        view.close()

    assert rows == PLACES


def test_what_the_log_keeps_is_good_for_its_reader_unless_it_is_used_up(tokens: Tokens) -> None:
    assert tokens.carry("url").stolen == "welcome, Ann"
    assert tokens.carry("ticket").stolen == "closed with 4401"
    assert tokens.carry("message").stolen == ""


def test_a_ticket_is_another_one_each_time(tokens: Tokens) -> None:
    first, second = tokens.carry("ticket"), tokens.carry("ticket")
    assert first.secret != second.secret and first.secret in first.log


def test_the_page_gets_the_token_apart_from_the_text_around_it() -> None:
    view = ls.display.token()
    sent: list[Any] = []
    view.stop()
    try:
        state = view.snapshot()
        (line,) = state["places"][0]["lines"]
        assert [part["text"] for part in line] == ['127.0.0.1 - - "GET /room?token=', TOKEN, ' HTTP/1.1" 101']
        assert [part["token"] for part in line] == [False, True, False]
        assert state["is_bad"] and "“welcome, Ann”" in state["stolen"]
        assert len(json.dumps(state)) < 8_000
        ElementTree.fromstring(view.picture())
        assert TOKEN not in view.words()
        for message in ({}, {"kind": "way"}, {"kind": "way", "key": "mail"}, {"kind": "way", "key": ["url"]}):
            with pytest.raises(ValueError):
                view.on_message(message)
    finally:
        view.close()
    assert sent == [] and ls.servers() == {}


def test_a_way_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="a way is one of url, header"):
        ls.display.token("mail")
