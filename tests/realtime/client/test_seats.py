"""A client's seats: what the server's packets mean, and what becomes of what is said while nobody listens."""

from __future__ import annotations

import pytest

from livesock.errors import PacketError
from livesock.realtime.client.seats import MAX_KEPT, ClientSeat, ClientSeats, Denied, Joined
from livesock.realtime.offsets import offset_of
from livesock.realtime.server.seats import Answered, Event, Left

V2 = "the server gave no id: it speaks an older version of Socket.IO (livesock speaks 5)"


@pytest.mark.parametrize(
    ("message", "heard"),
    [
        ('0{"sid":"x"}', Joined("/", "x")),
        ('0/point,{"sid":"x","pid":"y"}', Joined("/point", "x", "y")),
        ('0{"sid":"x","pid":7}', Joined("/", "x", None)),
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
    assert ClientSeat("/point", {"token": "t"}).request() == ['0/point,{"token":"t"}']
    assert ClientSeat("/").request() == ["0"]


def test_a_seat_is_asked_for_once_until_the_server_has_decided():
    seats, seat = ClientSeats(), ClientSeat("/point")

    assert seats.request(seat) == ["0/point,"]
    assert seats.request(seat) == []  # the server ends a session that asks twice
    seats.take('2["news"]')
    assert seats.request(seat) == []
    seats.take('4/point,{"message":"no"}')
    assert seats.request(seat) == ["0/point,"]
    seats.take('0/point,{"sid":"x"}')
    assert seats.request(seat) == ["0/point,"]


def test_what_is_said_before_the_seat_is_taken_leaves_then_in_order():
    seat: ClientSeat[str] = ClientSeat("/")
    assert seat.send(["a"]) == seat.send(["b", b"1"]) == []

    assert seat.joined("x") == ["a", "b", b"1"]
    assert seat.send(["c"]) == ["c"]
    seat.left()
    assert seat.joined("y") == []


def test_only_so_much_is_kept():
    seat: ClientSeat[str] = ClientSeat("/point")
    for _ in range(MAX_KEPT):
        seat.send(["a"])

    with pytest.raises(OverflowError, match=r"1000 events wait.*/point.*volatile"):
        seat.send(["b"])


def test_questions_that_have_left_fail_with_the_session_and_those_that_have_not_wait_for_the_next():
    seat: ClientSeat[str] = ClientSeat("/")
    seat.joined("x")
    first = seat.ask("ann")
    seat.send(["first"], first)

    assert seat.left() == ["ann"]
    second = seat.ask("bob")
    seat.send(["second"], second)
    assert seat.left() == []
    assert seat.joined("y") == ["second"]
    assert seat.answered(first) is None and seat.answered(second) == "bob"
    assert seat.left() == []


def test_a_question_that_nobody_waits_for_any_more_does_not_leave():
    seat: ClientSeat[str] = ClientSeat("/")
    number = seat.ask("ann")
    seat.send(["question"], number)
    seat.send(["event"])
    seat.forget(number)

    assert seat.joined("x") == ["event"]
    assert seat.answered(number) is None


def test_giving_up_forgets_what_was_kept_and_tells_everybody():
    seat: ClientSeat[str] = ClientSeat("/")
    seat.send(["kept"])
    seat.ask("ann")

    assert seat.give_up() == ["ann"]
    assert seat.joined("x") == []


def test_an_answer_without_an_id_is_for_nobody():
    assert ClientSeat("/").answered(None) is None


def test_only_who_sits_can_leave():
    seat: ClientSeat[str] = ClientSeat("/point")
    assert seat.leave() == []
    seat.joined("x")
    assert seat.leave() == ["1/point,"]


# -- coming back

NOW = 1_795_375_200.0
OFFSET = offset_of(NOW, 0)


def recovering(auth: object = None) -> ClientSeat[str]:
    seat: ClientSeat[str] = ClientSeat("/", auth)
    seat.joined("x", "secret")
    return seat


def test_the_offset_of_an_event_is_noted_and_not_heard():
    seat = recovering()
    assert not seat.recovered

    assert seat.received(Event("/", "news", ["hello", OFFSET], None), NOW) == ["hello"]
    seat.left()

    assert seat.request() == [f'0{{"pid":"secret","offset":"{OFFSET}"}}']


def test_the_newest_offset_counts():
    seat = recovering()
    for number in range(3):
        seat.received(Event("/", "news", [offset_of(NOW, number)], None), NOW)

    assert seat.request() == [f'0{{"pid":"secret","offset":"{offset_of(NOW, 2)}"}}']


def test_who_has_heard_nothing_shows_only_its_secret():
    assert recovering().request() == ['0{"pid":"secret"}']


def test_the_auth_goes_along_and_wins():
    assert recovering({"token": "t", "pid": "mine"}).request() == ['0{"pid":"mine","token":"t"}']


@pytest.mark.parametrize(
    "event",
    [
        Event("/", "volatile", ["AAPL"], None),
        Event("/", "volatile", [], None),
        Event("/", "volatile", [7], None),
        Event("/", "question", [OFFSET], 7),
    ],
)
def test_the_last_argument_of_an_event_without_a_name_is_heard(event):
    seat = recovering()

    assert seat.received(event, NOW) == event.arguments
    assert seat.request() == ['0{"pid":"secret"}']


def test_without_recovery_everything_is_heard():
    seat: ClientSeat[str] = ClientSeat("/")
    seat.joined("x")

    assert seat.received(Event("/", "news", [OFFSET], None), NOW) == [OFFSET]
    assert seat.request() == ["0"]


def test_it_is_recovered_when_the_server_knows_the_secret_again():
    seat = recovering()
    seat.left()
    seat.joined("x", "secret")
    assert seat.recovered
    seat.left()
    seat.joined("y", "other")
    assert not seat.recovered
    seat.left()
    seat.joined("z")
    assert not seat.recovered and seat.request() == ["0"]
