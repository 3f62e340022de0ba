"""A client's session: what it asks for, and that with a real server session nothing is lost, doubled or overtaken."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livesock.realtime.actions import Answer, Close, Deliver, Ended, Send, SessionOptions
from livesock.realtime.client.actions import WEBSOCKET, Dial, Get, Opened, Post, Upgraded
from livesock.realtime.client.session import MAX_PACKETS, PROBE_TIMEOUT, ClientSession
from livesock.realtime.server.session import Session
from livesock.wire.engineio import Opening, decode_payload, encode_message

OPENING = Opening("abc", ("websocket",), 25.0, 20.0, 1_000_000)
PLAIN = Opening("abc", (), 25.0, 20.0, 60)


def greeting(opening: Opening = OPENING) -> str:
    return str(encode_message(opening.packet()))


def polling(opening: Opening = PLAIN, transports: tuple[str, ...] = ("polling", "websocket")) -> ClientSession:
    session = ClientSession(transports)
    assert session.start() == [Get()]
    session.got(greeting(opening), 0.0)
    return session


def websocket() -> ClientSession:
    session = ClientSession(("websocket",))
    assert session.start() == [Dial()]
    assert session.dialled(0.0) == []
    assert session.message(greeting(PLAIN), 0.0) == [Opened()]
    return session


# -- opening


def test_polling_begins_with_a_get_and_goes_on_with_one():
    session = ClientSession(("polling",))

    assert session.start() == [Get()]
    assert session.got(greeting(), 0.0) == [Opened(), Get()]
    assert (session.sid, session.is_open, session.transport) == ("abc", True, "polling")


def test_it_asks_for_a_websocket_if_both_sides_want_one():
    assert ClientSession().got(greeting(), 0.0) == [Opened(), Dial(), Get()]
    assert ClientSession().got(greeting(PLAIN), 0.0) == [Opened(), Get()]
    assert ClientSession(("polling",)).got(greeting(), 0.0) == [Opened(), Get()]


def test_a_websocket_first_session_never_polls():
    session = websocket()

    assert session.send(["a", b"b"]) == [Send(WEBSOCKET, "4a"), Send(WEBSOCKET, b"b")]
    assert session.transport == "websocket"


@pytest.mark.parametrize("first", ["4hello", "6", "2", "0", "0{}", "hello", "", "0" + "[" * 10_000])
def test_anything_but_a_greeting_ends_it(first):
    assert ClientSession(("polling",)).got(first, 0.0) == [Ended("parse error")]


def test_nothing_can_be_said_before_the_greeting():
    assert ClientSession().send(["a"]) == []


# -- polling


def test_one_post_at_a_time_carries_what_has_gathered_meanwhile():
    session = polling()

    assert session.send(["a"]) == [Post("4a")]
    assert session.send(["b"]) == [] and session.send([b"\x01"]) == []
    assert session.posted() == [Post("4b\x1ebAQ==")]
    assert session.posted() == []


def test_a_post_is_no_larger_than_the_server_takes_but_one_packet_goes_in_any_case():
    session = polling()  # 60 bytes
    session.send(["first"])
    session.send(["ż" * 20, "x" * 20, "y" * 100, "z"])

    assert session.posted() == [Post("4" + "ż" * 20)]  # 41 bytes in UTF-8
    assert session.posted() == [Post("4" + "x" * 20)]
    assert session.posted() == [Post("4" + "y" * 100)]
    assert session.posted() == [Post("4z")]


def test_a_post_holds_no_more_packets_than_every_server_takes():
    session = polling(OPENING, ("polling",))
    session.send(["first"])
    session.send([str(n) for n in range(100)])

    sizes = []
    while posts := session.posted():
        assert isinstance(posts[0], Post)
        sizes.append(len(decode_payload(posts[0].payload)))
    assert max(sizes) == MAX_PACKETS and sum(sizes) == 100


def test_a_failed_request_ends_it():
    assert polling().failed() == [Ended("transport error")]


def test_what_is_no_payload_ends_it():
    assert polling().got("4a\x1e9", 0.0) == [Ended("parse error")]


def test_messages_are_handed_over_in_order_and_the_next_get_follows():
    assert polling().got("4a\x1ebAQ==\x1e6\x1e4c", 0.0) == [Deliver("a"), Deliver(b"\x01"), Deliver("c"), Get()]


def test_the_server_may_close():
    assert polling().got("4a\x1e1\x1e4b", 0.0) == [Deliver("a"), Ended("transport close")]


@pytest.mark.parametrize("message", ["", "9", "7hello"])
def test_a_message_that_is_no_packet_ends_it(message):
    assert websocket().message(message, 1.0) == [Close(WEBSOCKET), Ended("parse error")]


# -- heartbeat


def test_a_ping_is_answered_and_gives_the_server_more_time():
    session = websocket()
    assert session.next_tick == 45.0

    assert session.message("2", 30.0) == [Send(WEBSOCKET, "3")]
    assert session.next_tick == 75.0
    assert session.tick(74.9) == []
    assert session.tick(75.0) == [Close(WEBSOCKET), Ended("ping timeout")]


def test_only_a_ping_shows_that_the_server_lives():
    session = websocket()

    assert session.message("4hello", 44.0) == [Deliver("hello")]
    assert session.tick(45.0)[-1] == Ended("ping timeout")


def test_who_did_not_read_does_not_blame_the_server():
    session = websocket()
    session.listen_again(100.0)

    assert session.next_tick == 145.0


def test_before_the_greeting_there_is_no_heartbeat():
    session = ClientSession()
    session.start()

    assert session.next_tick is None and session.tick(1e9) == []
    assert session.listen_again(1.0) == [] and session.next_tick is None


# -- the upgrade


def probing() -> ClientSession:
    session = polling(OPENING)
    assert session.dialled(0.0) == [Send(WEBSOCKET, "2probe")]
    return session


def test_the_upgrade_waits_for_the_get_and_the_post_that_run():
    session = probing()
    assert session.send(["a"]) == [Post("4a")]

    assert session.message("3probe", 0.0) == []
    assert session.send(["b"]) == []  # neither here nor there
    assert session.posted() == []
    assert session.got("4c\x1e6", 0.0) == [Deliver("c"), Send(WEBSOCKET, "5"), Upgraded(), Send(WEBSOCKET, "4b")]
    assert session.transport == "websocket"


def test_while_the_probe_is_out_polling_goes_on():
    session = probing()

    assert session.got("4c", 0.0) == [Deliver("c"), Get()]
    assert session.send(["a"]) == [Post("4a")]


def test_a_probe_that_is_lost_changes_nothing():
    session = probing()

    assert session.lost() == []
    assert (session.is_open, session.transport) == (True, "polling")
    assert session.got("6", 0.0) == [Get()]


def test_a_probe_that_is_lost_late_lets_polling_go_on_where_it_paused():
    session = probing()
    session.send(["a"])
    session.message("3probe", 0.0)
    assert session.got("6", 0.0) == []
    session.send(["b"])
    assert session.lost() == [Get()]
    assert session.posted() == [Post("4b")]


@pytest.mark.parametrize("answer", ["3", "3prob", "4hello", b"3probe"])
def test_a_wrong_answer_to_the_probe_ends_only_the_probe(answer):
    session = probing()

    assert session.message(answer, 0.0) == [Close(WEBSOCKET)]
    assert session.lost() == [] and session.is_open


def test_an_upgrade_that_takes_too_long_is_given_up():
    session = probing()
    assert session.next_tick == PROBE_TIMEOUT

    assert session.tick(PROBE_TIMEOUT) == [Close(WEBSOCKET)]
    assert session.next_tick == 45.0 and session.is_open


def test_a_websocket_that_opens_after_it_was_given_up_is_closed():
    session = polling(OPENING)
    session.tick(PROBE_TIMEOUT)

    assert session.dialled(11.0) == [Close(WEBSOCKET)]


# -- the end


def test_a_lost_websocket_ends_it():
    assert websocket().lost() == [Ended("transport close")]


def test_leaving_over_polling_says_everything_before_it_says_goodbye():
    session = polling()
    session.send(["a"])
    session.send(["b"])

    assert session.leave() == []
    assert session.send(["too late"]) == []
    assert session.posted() == [Post("4b\x1e1")]
    assert session.posted() == [Ended("forced close")]
    assert session.posted() == [] and session.got("6", 0.0) == []


def test_leaving_over_a_websocket_is_its_closing_handshake():
    session = websocket()

    assert session.leave() == [Close(WEBSOCKET)]
    assert session.lost() == [Ended("forced close")]


def test_leaving_gives_a_running_probe_up():
    session = probing()

    assert session.leave() == [Close(WEBSOCKET), Post("1")]


def test_leaving_before_the_greeting_just_ends():
    session = ClientSession(("websocket",))
    session.start()

    assert session.leave() == [Close(WEBSOCKET), Ended("forced close")]
    assert session.leave() == [] and session.dialled(0.0) == [Close(WEBSOCKET)]


def test_nothing_happens_after_the_end():
    session = websocket()
    session.end("parse error")

    assert session.end("again") == session.leave() == session.tick(1e9) == session.lost() == []
    assert session.message("4a", 0.0) == session.send(["a"]) == []
    assert (session.is_over, session.is_open, session.is_writable, session.waiting) == (True, False, False, 0)


def test_writable_is_what_would_leave_at_once():
    session = polling()
    assert session.is_writable
    session.send(["a"])
    assert not session.is_writable and session.waiting == 0
    session.send(["bcd"])
    assert session.waiting == 3
    session.posted()
    assert session.waiting == 0


# -- against the server's half, with the network in between


class Net:
    """A client's and a server's session, and everything that is on its way between them."""

    def __init__(self) -> None:
        self.client = ClientSession()
        self.server = Session("abc", SessionOptions(), 0.0)
        self.now = 0.0
        self.requests: list[tuple[str, str]] = []  # on the way to the server
        self.answers: list[tuple[str, str]] = []  # on the way back
        self.up: deque[str | bytes | None] = deque()  # over the WebSocket; None is the connection itself
        self.down: deque[str | bytes] = deque()
        self.open: dict[int, str] = {}
        self.greeted = False
        self.number = 0
        self.heard: dict[str, list[str]] = {"client": [], "server": []}
        self.said: dict[str, list[str]] = {"client": [], "server": []}
        self.ended: list[str] = []
        self.by_client(self.client.start())

    def by_client(self, actions) -> None:
        for action in actions:
            if isinstance(action, Get):
                assert ("GET", "") not in self.requests and "GET" not in self.open.values(), "two GETs at once"
                self.requests.append(("GET", ""))
            elif isinstance(action, Post):
                assert "POST" not in [kind for kind, _ in self.requests + self.answers], "two POSTs at once"
                self.requests.append(("POST", action.payload))
            elif isinstance(action, Dial):
                self.up.append(None)
            elif isinstance(action, Send):
                self.up.append(action.message)
            elif isinstance(action, Deliver):
                self.heard["client"].append(str(action.message))
            elif isinstance(action, Ended):
                self.ended.append(f"client: {action.reason}")

    def by_server(self, actions) -> None:
        for action in actions:
            if isinstance(action, Answer):
                assert action.status == 200
                self.answers.append((self.open.pop(action.request), action.body))
            elif isinstance(action, Send):
                self.down.append(action.message)
            elif isinstance(action, Deliver):
                self.heard["server"].append(str(action.message))
            elif isinstance(action, (Ended, Close)):
                self.ended.append(f"server: {action}")

    def steps(self) -> list[str]:
        """What can happen next, each at any time."""
        steps = [f"request {n}" for n in range(len(self.requests))] + [f"answer {n}" for n in range(len(self.answers))]
        return steps + ["up"] * bool(self.up) + ["down"] * bool(self.down)

    def step(self, name: str) -> None:
        kind, _, number = name.partition(" ")
        if kind == "request":
            self._arrive(*self.requests.pop(int(number)))
        elif kind == "answer":
            method, body = self.answers.pop(int(number))
            self.by_client(self.client.got(body, self.now) if method == "GET" else self.client.posted())
        elif kind == "up":
            message = self.up.popleft()
            if message is None:
                self.by_server(self.server.join(1, self.now))
                self.by_client(self.client.dialled(self.now))
            else:
                self.by_server(self.server.message(1, message, self.now))
        elif kind == "down":
            self.by_client(self.client.message(self.down.popleft(), self.now))

    def _arrive(self, method: str, payload: str) -> None:
        self.number += 1
        self.open[self.number] = method
        if method == "POST":
            self.by_server(self.server.post(self.number, payload, self.now))
        elif self.greeted:
            self.by_server(self.server.get(self.number))
        else:
            self.greeted = True
            self.by_server(self.server.open_polling(self.number))

    def say(self, who: str) -> None:
        session = self.client if who == "client" else self.server
        if session.is_open and (who == "client" or self.greeted):
            text = str(len(self.said[who]))
            self.said[who].append(text)
            (self.by_client if who == "client" else self.by_server)(session.send([text]))


KINDS = ["net", "net", "net", "client", "server", "time"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 11)), min_size=25, max_size=60))
def test_whatever_the_network_does_both_sides_hear_everything_once_and_in_order(choices):
    net = Net()

    def go(choice: int) -> None:
        if steps := net.steps():
            net.step(steps[choice % len(steps)])

    for kind, choice in choices:
        if kind == "net":
            go(choice)
        elif kind == "time":
            net.now += 0.05
            net.by_server(net.server.tick(net.now))
            net.by_client(net.client.tick(net.now))
        else:
            net.say(kind)
        for hearer, speaker in (("client", "server"), ("server", "client")):
            assert net.heard[hearer] == net.said[speaker][: len(net.heard[hearer])]

    for _ in range(1000):  # now the network calms down, and time goes on
        if not net.steps():
            net.now += 0.1
            net.by_server(net.server.tick(net.now))
        go(0)
        if net.client.transport == net.server.transport == "websocket" and not net.steps():
            break
    assert net.ended == []
    assert (net.client.transport, net.server.transport) == ("websocket", "websocket")
    assert net.heard == {"client": net.said["server"], "server": net.said["client"]}
