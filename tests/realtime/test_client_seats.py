"""A client's seats: what the server's packets mean, and what becomes of what is said while nobody listens."""

from __future__ import annotations

import pytest

from livesock.errors import PacketError
from livesock.realtime.client_seats import MAX_KEPT, ClientSeat, ClientSeats, Denied, Joined
from livesock.realtime.seats import Answered, Event, Left

V2 = "the server gave no id: it speaks an older version of Socket.IO (livesock speaks 5)"


@pytest.mark.parametrize(
    ("message", "heard"),
    [
        ('0{"sid":"x"}', Joined("/", "x")),
        ('0/point,{"sid":"x","pid":"y"}', Joined("/point", "x")),
        ("0/point,", Denied("/point", V2, None)),
        ('0{"sid":7}', Denied("/", V2, None)),
        ('4/point,{"message":"no","data":{"code":7}}', Denied("/point", "no", {"code": 7})),
        ('4/point,"Unable to connect"', Denied("/point", "Unable to connect", None)),
        ("4{}", Denied("/", "refused", None)),
        ('4{"message":7}', Denied("/", "refused", None)),
        ("1/point,", Left("/point")),
        ('2/point,7["move",1]', Event("/point", "move", [1], 7)),
        ('2["move"]', Event("/", "move", [], None)),
        ("3/point,7[1,2]", Answered("/point", 7, [1, 2])),
    ],
)
def test_each_packet_has_its_meaning(message, heard):
    assert ClientSeats().take(message) == heard


def test_bytes_are_awaited():
    seats = ClientSeats()

    assert seats.take('51-["news",{"_placeholder":true,"num":0}]') is None
    assert seats.take(b"\x00") == Event("/", "news", [b"\x00"], None)


@pytest.mark.parametrize("message", ["", "9", "2", "2{}", '2["connect"]', b"\x00", "4/point,7", "0[]"])
def test_what_breaks_the_protocol_is_refused(message):
    with pytest.raises(PacketError):
        ClientSeats().take(message)


def test_knocking_shows_the_auth():
    assert ClientSeat("/point", {"token": "t"}).knock() == ['0/point,{"token":"t"}']
    assert ClientSeat("/").knock() == ["0"]


def test_what_is_said_before_the_seat_is_taken_leaves_then_in_order():
    seat: ClientSeat[str] = ClientSeat("/")
    assert seat.say(["a"]) == seat.say(["b", b"1"]) == []

    assert seat.joined("x") == ["a", "b", b"1"]
    assert seat.say(["c"]) == ["c"]
    seat.left()
    assert seat.joined("y") == []


def test_only_so_much_is_kept():
    seat: ClientSeat[str] = ClientSeat("/point")
    for _ in range(MAX_KEPT):
        seat.say(["a"])

    with pytest.raises(OverflowError, match=r"1000 events wait.*/point.*volatile"):
        seat.say(["b"])


def test_questions_that_have_left_fail_with_the_session_and_those_that_have_not_wait_for_the_next():
    seat: ClientSeat[str] = ClientSeat("/")
    seat.joined("x")
    first = seat.ask("ann", 1.0)
    seat.say(["first"], first)

    assert seat.left() == ["ann"]
    second = seat.ask("bob", 1.0)
    seat.say(["second"], second)
    assert seat.left() == []
    assert seat.joined("y") == ["second"]
    assert seat.answered(first) is None and seat.answered(second) == "bob"
    assert seat.left() == []


def test_a_question_that_nobody_waits_for_any_more_does_not_leave():
    seat: ClientSeat[str] = ClientSeat("/")
    number = seat.ask("ann", 1.0)
    seat.say(["question"], number)
    seat.say(["event"])
    seat.forget(number)

    assert seat.joined("x") == ["event"]
    assert seat.answered(number) is None


def test_giving_up_forgets_what_was_kept_and_tells_everybody():
    seat: ClientSeat[str] = ClientSeat("/")
    seat.say(["kept"])
    seat.ask("ann", 1.0)

    assert seat.give_up() == ["ann"]
    assert seat.joined("x") == []


def test_an_answer_without_an_id_is_for_nobody():
    assert ClientSeat("/").answered(None) is None


def test_only_who_sits_can_leave():
    seat: ClientSeat[str] = ClientSeat("/point")
    assert seat.leave() == []
    seat.joined("x")
    assert seat.leave() == ["1/point,"]
