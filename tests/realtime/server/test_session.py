"""One Engine.IO session: values in, values out; first the rules one by one, then everything against a model."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from livesock.realtime.actions import Answer, Close, Deliver, Ended, Send, SessionOptions
from livesock.realtime.server.heartbeat import LATE
from livesock.realtime.server.session import BAD_REQUEST, Session
from livesock.wire.engineio import EngineType, Opening, decode_message, decode_payload

OPTIONS = SessionOptions(ping_interval=25, ping_timeout=20, upgrade_timeout=10, max_outbox=1000)


def polling() -> Session:
    session = Session("abc", OPTIONS, now=0.0)
    session.open_polling(1)
    return session


def websocket() -> Session:
    session = Session("abc", OPTIONS, now=0.0)
    session.open_websocket(7)
    return session


# -- opening


def test_a_session_that_begins_with_polling_offers_the_upgrade():
    (answer,) = Session("abc", OPTIONS, 0.0).open_polling(1)
    (packet,) = decode_payload(answer.body)
    assert (answer.request, answer.status, packet.type) == (1, 200, EngineType.OPEN)
    assert Opening.parse(packet.data) == Opening("abc", ("websocket",), 25, 20, 1_000_000)


def test_a_session_that_begins_with_a_websocket_has_nothing_to_upgrade_to():
    (send,) = Session("abc", OPTIONS, 0.0).open_websocket(7)
    assert Opening.parse(decode_message(send.message).data).upgrades == ()


def test_the_upgrade_is_not_offered_when_it_is_not_allowed():
    session = Session("abc", SessionOptions(allow_upgrades=False), 0.0)
    assert '"upgrades":[]' in session.open_polling(1)[0].body
    assert session.join(9, 0.0) == [Close(9)]


# -- polling


def test_a_poll_waits_until_there_is_something_to_say():
    session = polling()
    assert session.get(2) == []
    assert session.send(["hello", b"\x01"]) == [Answer(2, 200, "4hello\x1ebAQ==")]


def test_what_is_said_while_nobody_polls_waits_for_the_next_poll():
    session = polling()
    assert session.send(["a"]) == [] and not session.is_writable
    assert session.get(2) == [Answer(2, 200, "4a")]


def test_a_post_delivers_its_packets_in_order_and_is_answered_ok():
    actions = polling().post(2, "\x1e".join(f"4{i}" for i in range(1000)), now=1.0)
    assert actions == [*(Deliver(str(i)) for i in range(1000)), Answer(2, 200, "ok")]


@pytest.mark.parametrize("payload", ["abc", "", "4ok\x1eb!!!!"])
def test_a_post_that_is_no_payload_is_refused_and_ends_the_session(payload):
    session = polling()
    assert session.post(2, payload, 1.0) == [Answer(2, 400, BAD_REQUEST), Ended("parse error")]
    assert session.send(["x"]) == [] and not session.is_open


def test_two_polls_at_once_end_the_session_and_release_the_first():
    session = polling()
    session.get(2)
    assert session.get(3) == [Answer(3, 400, BAD_REQUEST), Answer(2, 200, "1"), Ended("transport error")]


def test_a_poll_that_the_client_gives_up_ends_the_session():
    session = polling()
    session.get(2)
    assert session.abandoned(2) == [Ended("transport error")]
    assert session.abandoned(2) == []


def test_a_client_that_never_polls_is_dropped_when_too_much_waits():
    session = polling()
    assert session.send(["x" * 900]) == []
    assert session.send(["x" * 900]) == [Ended("too slow")]


def test_a_client_may_say_goodbye():
    assert polling().post(2, "1", 1.0) == [Ended("transport close"), Answer(2, 200, "ok")]


def test_a_goodbye_releases_the_poll_that_waits():
    session = polling()
    session.get(2)
    assert session.post(3, "1", 1.0) == [Answer(2, 200, "6"), Ended("transport close"), Answer(3, 200, "ok")]


def test_a_ping_from_the_client_is_an_error():
    assert websocket().message(7, "2", 1.0) == [Close(7), Ended("transport error")]


@pytest.mark.parametrize("message", ["", "9", "7hello"])
def test_a_message_that_is_no_packet_ends_the_session(message):
    assert websocket().message(7, message, 1.0) == [Close(7), Ended("parse error")]


@pytest.mark.parametrize("connection", [7, 8])
@pytest.mark.parametrize("message", ["4x", "4", b"4x", b"", "", "1", "2", "3", "5", "6", "9"])
def test_a_payload_is_what_its_message_would_deliver(message, connection):
    sessions = websocket(), websocket()
    for session in sessions:
        session.tick(25.0)

    payload = sessions[0].payload(connection, message, 40.0)
    actions = sessions[1].message(connection, message, 40.0)

    if payload is None:
        assert not any(isinstance(action, Deliver) for action in actions)
    else:
        assert actions == [Deliver(payload)]
        assert [(session.next_tick, session.heard_at) for session in sessions] == [(60.0, 40.0)] * 2


def test_a_session_that_is_over_has_no_payload():
    session = websocket()
    session.end("transport error")
    assert session.payload(7, "4x", 1.0) is None


def test_a_websocket_that_belongs_to_no_session_changes_nothing():
    session = websocket()
    assert session.message(8, "4x", 1.0) == [] == session.lost(8)
    assert session.is_open


def test_the_carrier_is_the_websocket_that_carries_the_session():
    assert websocket().carrier == 7
    assert polling().carrier is None is probed().carrier
    session = probed()
    session.message(9, "5", 1.1)
    assert session.carrier == 9


# -- heartbeat


def test_the_server_pings_and_a_pong_makes_it_wait_again():
    session = websocket()
    assert session.next_tick == 25 and session.tick(24.9) == []
    assert session.tick(25.0) == [Send(7, "2")]
    assert session.next_tick == 45
    assert session.message(7, "3", 26.0) == []
    assert session.next_tick == 51


def test_a_peer_that_does_not_answer_is_gone_after_the_timeout():
    session = websocket()
    session.tick(25.0)
    assert session.tick(45.0) == [Close(7), Ended("ping timeout")]


def test_the_newest_pong_says_how_long_it_took():
    session = websocket()
    assert session.latency is None
    session.tick(25.0)
    session.message(7, "3", 25.25)
    assert session.latency == 0.25


def test_a_message_instead_of_a_pong_helps_once():
    session = websocket()
    session.tick(25.0)
    session.message(7, "4x", 40.0)
    session.message(7, "4x", 50.0)
    assert session.next_tick == 60
    assert session.tick(60.0)[-1] == Ended("ping timeout")


def test_the_deadline_of_a_pong_counts_from_when_the_ping_was_due():
    session = websocket()
    assert session.tick(25.4) == [Send(7, "2")]
    assert session.next_tick == 45


def test_a_ping_that_is_very_late_leaves_the_peer_nearly_its_whole_time():
    session = websocket()
    session.tick(60.0)
    assert session.next_tick == 60.0 - LATE + 20


def test_a_pong_that_is_read_late_does_not_delay_the_next_ping_much():
    session = websocket()
    session.tick(25.0)
    session.message(7, "3", 44.0)
    assert session.next_tick == 25 + 10 + 25


def test_a_peer_that_is_not_read_from_is_pinged_again_instead_of_given_up():
    session = websocket()
    session.tick(25.0)
    assert session.unheard(44.9) == []
    assert session.unheard(45.0) == [Send(7, "2")]
    assert session.tick(45.0) == [] and session.next_tick == 65


def test_a_peer_that_is_not_read_from_and_does_not_poll_gets_more_time_alone():
    session = polling()
    session.tick(25.0)
    assert session.unheard(45.0) == []
    assert session.next_tick == 65 and session.get(2) == [Answer(2, 200, "2")]


def test_a_peer_that_is_read_again_has_its_whole_time_for_the_pong():
    session = websocket()
    session.heard_again(20.0)
    assert session.next_tick == 25
    session.tick(25.0)
    session.heard_again(40.0)
    assert session.next_tick == 60


def test_a_session_that_is_ending_gets_no_more_time():
    session = polling()
    session.close("forced server close", 1.0)
    session.heard_again(10.0)
    assert session.unheard(21.0) == []
    assert session.tick(21.0) == [Ended("forced server close")]


def test_a_polling_client_gets_its_ping_with_the_poll():
    session = polling()
    session.get(2)
    assert session.tick(25.0) == [Answer(2, 200, "2")]


@pytest.mark.parametrize("message", ["3", "6", "0", "5"])
def test_a_flood_of_packets_that_say_nothing_is_against_the_policy(message):
    session = websocket()
    for _ in range(1000):
        assert session.message(7, message, 1.0) == []
    assert session.message(7, message, 1.0) == [Close(7, 1008), Ended("transport error")]


def test_a_client_that_answers_its_pings_never_floods():
    session, now = websocket(), 0.0
    for _ in range(3000):
        now = session.next_tick
        assert session.tick(now) == [Send(7, "2")]
        assert session.message(7, "3", now) == [] == session.message(7, "6", now)


# -- the upgrade


def probed() -> Session:
    session = polling()
    assert session.join(9, now=1.0) == []
    assert session.message(9, "2probe", 1.0) == [Send(9, "3probe")]
    return session


def test_the_upgrade_as_the_protocol_tells_it():
    session = probed()
    session.get(2)
    assert session.tick(1.1) == [Answer(2, 200, "6")], "the waiting poll is released, so that the client can stop"
    assert session.send(["late"]) == [], "polling still carries the session, and nobody polls"
    assert session.message(9, "5", 1.2) == [Send(9, "4late")]
    assert session.transport == "websocket"
    assert session.get(3) == [Answer(3, 400, BAD_REQUEST)] and session.post(4, "4x", 2.0) == [
        Answer(4, 400, BAD_REQUEST)
    ]


def test_a_probe_is_looked_after_every_tenth_of_a_second():
    session = probed()
    assert session.next_tick == 1.1 and session.tick(1.1) == []
    assert session.next_tick == 1.1 + 0.1


def test_until_the_client_says_so_polling_goes_on():
    session = probed()
    assert session.post(2, "4x", 1.05) == [Deliver("x"), Answer(2, 200, "ok")]
    session.get(3)
    assert session.send(["y"]) == [Answer(3, 200, "4y")]


def test_a_probe_that_never_upgrades_is_closed_and_polling_still_delivers():
    session = probed()
    assert Close(9) in session.tick(11.0)
    session.get(2)
    assert session.send(["still here"]) == [Answer(2, 200, "4still here")]


@pytest.mark.parametrize("message", ["5", "4hello", b"x", "probe", "2"])
def test_a_probe_that_says_something_else_is_closed(message):
    session = polling()
    session.join(9, 1.0)
    assert session.message(9, message, 1.0) == [Close(9)]
    assert session.is_open and session.transport == "polling"


def test_a_probe_gets_its_time_again_if_the_loop_was_held_when_it_was_over():
    session = probed()
    session.get(2)
    assert session.tick(13.5) == [Answer(2, 200, "6")], "after 3probe the client waits for its poll"
    assert session.tick(23.5) == [Close(9)]


def test_a_probe_that_dies_leaves_the_session_alone_and_another_may_try():
    session = probed()
    assert session.lost(9) == []
    assert session.join(10, 2.0) == [] and session.is_open


def test_only_one_probe_at_a_time_and_none_after_the_upgrade():
    session = probed()
    assert session.join(10, 1.0) == [Close(10)]
    session.message(9, "5", 1.0)
    assert session.join(11, 2.0) == [Close(11)] and session.is_open


def test_losing_the_websocket_ends_the_session():
    assert websocket().lost(7) == [Ended("transport close")]


# -- the end in good order


def leaving() -> Session:
    session = polling()
    assert session.send(["last words"]) == [] == session.close("forced server close", now=2.0)
    return session


def test_who_polls_later_fetches_the_last_words_and_the_end():
    session = leaving()
    assert not session.is_open and not session.is_over and session.send(["too late"]) == []
    assert session.get(2) == [Answer(2, 200, "4last words\x1e1"), Ended("forced server close")]
    assert session.is_over


def test_who_never_fetches_them_is_gone_after_as_long_as_a_pong_may_take():
    session = leaving()
    assert session.next_tick == 22 and session.tick(21.9) == []
    assert session.tick(22.0) == [Ended("forced server close")] and session.tick(30.0) == []


def test_what_a_leaving_client_says_is_not_delivered_any_more():
    session = leaving()
    assert session.post(2, "4x\x1e3\x1e2", 3.0) == [Answer(2, 200, "ok")]
    assert session.post(3, "1", 3.0) == [Ended("forced server close"), Answer(3, 200, "ok")]


def test_who_is_about_to_upgrade_hears_the_last_words_on_the_websocket():
    session = probed()
    session.send(["last words"])
    assert session.close("forced server close", 2.0) == []
    assert session.message(9, "5", 2.1) == [Send(9, "4last words"), Close(9), Ended("forced server close")]


def test_a_probe_that_is_stuck_while_the_session_leaves_is_closed_once():
    session = probed()
    session.close("forced server close", 2.0)
    assert session.tick(11.0) == [Close(9)] and session.next_tick == 22


def test_on_a_websocket_the_end_comes_at_once():
    assert websocket().close("forced server close", 2.0) == [Close(7), Ended("forced server close")]


# -- everything at once


class Conversation(RuleBasedStateMachine):
    """A correct client in any order: whatever the server says arrives once, in order, across the upgrade."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.session = Session("abc", SessionOptions(), self.now)
        self.said: list[str] = []
        self.heard: list[str] = []
        self.sent: list[str] = []
        self.delivered: list[str] = []
        self.poll: int | None = None
        self.requests = 1
        self.ws: int | None = None
        self.may_upgrade = False
        self.upgraded = False

    def act(self, actions: list[object]) -> None:
        for action in actions:
            if isinstance(action, Answer):
                assert action.status == 200
                if action.request == self.poll:
                    self.poll = None
                if action.body != "ok":
                    self.hear([packet for packet in decode_payload(action.body)])
            elif isinstance(action, Send):
                assert action.connection == self.ws
                if action.message == "3probe":
                    self.may_upgrade = True
                else:
                    self.hear([decode_message(action.message)])
            elif isinstance(action, Deliver):
                self.delivered.append(str(action.message))
            elif action == Close(99) and not self.upgraded:  # the upgrade took too long: polling carries on
                self.ws, self.may_upgrade = None, False
            else:
                raise AssertionError(f"a correct client was shown {action}")

    def hear(self, packets: list[object]) -> None:
        for packet in packets:
            if packet.type is EngineType.MESSAGE:
                self.heard.append(packet.data)
            elif packet.type is EngineType.PING:
                self.answer("3")

    def answer(self, message: str) -> None:
        if self.upgraded and (payload := self.session.payload(self.ws, message, self.now)) is not None:
            self.delivered.append(str(payload))
        elif self.upgraded:
            self.act(self.session.message(self.ws, message, self.now))
        else:
            self.requests += 1
            self.act(self.session.post(self.requests, message, self.now))

    @initialize()
    def begin(self) -> None:
        self.act(self.session.open_polling(0))

    @rule()
    def server_says(self) -> None:
        self.said.append(f"s{len(self.said)}")
        self.act(self.session.send([self.said[-1]]))

    @rule()
    def client_says(self) -> None:
        self.sent.append(f"c{len(self.sent)}")
        self.answer(f"4{self.sent[-1]}")

    @precondition(lambda self: not self.upgraded and self.poll is None and not self.may_upgrade)
    @rule()
    def client_polls(self) -> None:
        self.requests += 1
        self.poll = self.requests
        self.act(self.session.get(self.requests))

    @precondition(lambda self: self.ws is None)
    @rule()
    def client_probes(self) -> None:
        self.ws = 99
        self.act(self.session.join(99, self.now))
        self.act(self.session.message(99, "2probe", self.now))

    @precondition(lambda self: self.may_upgrade and self.poll is None and not self.upgraded)
    @rule()
    def client_upgrades(self) -> None:
        self.upgraded = True
        self.act(self.session.message(99, "5", self.now))

    @rule(seconds=st.floats(0.01, 5.0))
    def time_passes(self, seconds: float) -> None:
        if self.poll is None and not self.upgraded:
            seconds = min(seconds, 0.2)  # a correct client polls again soon: it must not miss a ping
        self.now = min(self.now + seconds, self.session.next_tick)
        self.act(self.session.tick(self.now))

    @invariant()
    def in_order_and_once(self) -> None:
        assert self.delivered == self.sent
        assert self.heard == self.said[: len(self.heard)]
        if self.upgraded:
            assert self.heard == self.said


Conversation.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestConversation = Conversation.TestCase


@pytest.mark.parametrize("make", [polling, websocket])
def test_an_ended_session_does_nothing_more(make):
    session = make()
    assert session.end("server namespace disconnect")[-1] == Ended("server namespace disconnect")
    assert session.end("again") == [] == session.tick(1e9) == session.send(["x"])


def test_what_waits_for_polls_at_the_end_is_fetched_sixteen_packets_at_a_time():
    session = polling()
    session.send([str(number) for number in range(20)])
    session.close("forced server close", 1.0)

    (first,) = session.get(2)
    last, ended = session.get(3)

    assert [len(decode_payload(answer.body)) for answer in (first, last)] == [16, 5]
    assert last.body.endswith("\x1e1") and ended == Ended("forced server close")
