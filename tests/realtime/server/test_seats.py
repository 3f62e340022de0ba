"""What the messages of one session mean, and which of them end it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.realtime.server.seats import MAX_NAMESPACES, MAX_REFUSALS, Answered, Event, Left, Seats, Wanted


def seated(*namespaces: str) -> Seats:
    seats = Seats()
    for namespace in namespaces:
        seats.take("0" if namespace == "/" else f"0{namespace},")
        seats.accept(namespace, "id")
    return seats


def test_a_seat_is_wanted_given_used_and_left():
    seats = Seats()
    assert seats.take('0/point,{"token":"x"}') == Wanted("/point", {"token": "x"})
    assert seats.accept("/point", "s1") == ['0/point,{"sid":"s1"}'] and seats.joined == ["/point"]
    assert seats.take('2/point,7["move",1,2]') == Event("/point", "move", [1, 2], 7)
    assert seats.take('3/point,0["ok"]') == Answered("/point", 0, ["ok"])
    assert seats.take("1/point,") == Left("/point")
    assert seats.is_empty


def test_an_event_with_bytes_means_something_once_they_are_here():
    seats = seated("/")
    assert seats.take('51-["save",{"_placeholder":true,"num":0}]') is None
    assert seats.take(b"\x01") == Event("/", "save", [b"\x01"], None)


def test_a_packet_waits_for_its_binary_values():
    seats = seated("/")
    seats.take('52-["save",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
    assert seats.is_waiting
    seats.take(b"\x01")
    assert seats.is_waiting
    seats.take(b"\x02")
    assert not seats.is_waiting


def test_a_refusal_says_why_and_the_seat_may_be_wanted_again():
    seats = Seats()
    seats.take("0/x,")
    assert seats.refuse("/x", "Invalid namespace") == ['4/x,{"message":"Invalid namespace"}']
    assert seats.take("0/x,") == Wanted("/x", None)
    assert seats.refuse("/x", "no", {"code": 1}) == ['4/x,{"message":"no","data":{"code":1}}']


def test_an_expelled_peer_is_told_once():
    seats = seated("/a")
    assert seats.expel("/a") == ["1/a,"] and seats.expel("/a") == []


def test_other_namespaces_keep_their_seats():
    seats = seated("/a", "/b")
    seats.take("1/a,")
    assert seats.joined == ["/b"] and seats.take('2/b,["x"]') == Event("/b", "x", [], None)


@pytest.mark.parametrize(
    "message",
    [
        '2["count"]',
        "31[]",
        "1",
        '51-["x",{"_placeholder":true,"num":0}]',
        b"bytes",
        '4{"message":"no"}',
        "4",
        '2/x,["a"]',
    ],
)
def test_before_the_first_seat_only_a_request_for_one_may_come(message):
    with pytest.raises(PacketError):
        Seats().take(message)


@pytest.mark.parametrize("message", ["0", '2/nope,["echo",1]', "1/nope,", "3/nope,1[]", '0["x"]'])
def test_what_the_reference_server_ends_the_session_for(message):
    with pytest.raises(PacketError):
        seated("/").take(message)


def test_an_event_that_comes_before_the_decision_ends_the_session():
    seats = Seats()
    seats.take("0")
    with pytest.raises(PacketError):
        seats.take('2["early"]')


def test_a_query_is_part_of_the_name():
    assert Seats().take("0/ns?x=1,") == Wanted("/ns?x=1", None)


def test_namespaces_and_refusals_are_bounded():
    with pytest.raises(PacketError, match=f"at most {MAX_NAMESPACES}"):
        seated(*(f"/n{number}" for number in range(MAX_NAMESPACES + 1)))
    seats = Seats()
    with pytest.raises(PacketError, match=f"at most {MAX_REFUSALS}"):
        for number in range(MAX_REFUSALS + 1):
            seats.take(f"0/n{number},")
            seats.refuse(f"/n{number}", "Invalid namespace")
    assert seats.is_empty, "nothing is kept for a name that was refused"


@given(
    st.lists(
        st.text(max_size=20) | st.binary(max_size=4) | st.sampled_from(["0", "0/a,", '2["x"]', "1", "1/a,", "31[]"])
    )
)
def test_any_messages_mean_something_or_end_the_session(messages):
    seats = Seats()
    with contextlib.suppress(PacketError):
        for message in messages:
            if isinstance(what := seats.take(message), Wanted):
                seats.accept(what.namespace, "id")
