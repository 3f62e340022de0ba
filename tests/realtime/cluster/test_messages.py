"""Messages of a cluster: the numbers and fields of Socket.IO's adapter, and what breaks them."""

from __future__ import annotations

from typing import Any

import pytest

from livesock.errors import PacketError
from livesock.realtime.cluster.messages import (
    Body,
    Broadcast,
    ClientAnswer,
    ClientCount,
    Expel,
    Fetch,
    Fetched,
    Join,
    Leave,
    Presence,
    ServerAnswer,
    ServerEvent,
    Whom,
    body_of,
    data_of,
    kind_of,
)

OPTS = {"rooms": ["red"], "except": ["s1"], "flags": {}}
RED = Whom(("red",), ("s1",))

VECTORS: list[tuple[int, Any, Body]] = [
    (1, None, Presence(1)),
    (2, None, Presence(2)),
    (3, {"packet": {"type": 2, "data": ["news", 1]}, "opts": OPTS}, Broadcast(["news", 1], RED)),
    (
        3,
        {
            "packet": {"type": 2, "data": ["news"]},
            "requestId": "r1",
            "opts": {"rooms": [], "except": [], "flags": {"timeout": 1500}},
        },
        Broadcast(["news"], Whom(seconds=1.5), "r1"),
    ),
    (
        3,
        {"packet": {"type": 2, "data": ["news"]}, "opts": {"rooms": [], "except": [], "flags": {"volatile": True}}},
        Broadcast(["news"], Whom(is_volatile=True)),
    ),
    (4, {"opts": OPTS, "rooms": ["blue"]}, Join(RED, ("blue",))),
    (5, {"opts": OPTS, "rooms": ["blue"]}, Leave(RED, ("blue",))),
    (6, {"opts": OPTS, "close": True}, Expel(RED, True)),
    (7, {"opts": OPTS, "requestId": "r1"}, Fetch(RED, "r1")),
    (8, {"requestId": "r1", "sockets": [{"id": "s", "rooms": ["s"]}]}, Fetched("r1", [{"id": "s", "rooms": ["s"]}])),
    (9, {"packet": ["reload", 1]}, ServerEvent(["reload", 1])),
    (9, {"requestId": "r1", "packet": ["reload"]}, ServerEvent(["reload"], "r1")),
    (10, {"requestId": "r1", "packet": {"ok": True}}, ServerAnswer("r1", {"ok": True})),
    (11, {"requestId": "r1", "clientCount": 3}, ClientCount("r1", 3)),
    (12, {"requestId": "r1", "packet": "yes"}, ClientAnswer("r1", ["yes"])),
    (13, None, Presence(13)),
]


@pytest.mark.parametrize(("kind", "data", "body"), VECTORS)
def test_a_message_has_the_number_and_the_fields_of_the_adapter(kind: int, data: Any, body: Body) -> None:
    assert (kind_of(body), data_of(body)) == (kind, data)
    assert body_of(kind, data) == body


def test_of_several_values_of_a_client_the_first_one_travels() -> None:
    assert data_of(ClientAnswer("r1", [1, 2])) == {"requestId": "r1", "packet": 1}
    assert data_of(ClientAnswer("r1", [])) == {"requestId": "r1", "packet": None}


def test_flags_that_are_missing_or_strange_count_as_none() -> None:
    data = {"packet": {"type": 2, "data": ["x"]}, "opts": {"rooms": [], "except": [], "flags": {"timeout": "soon"}}}

    assert body_of(3, data) == Broadcast(["x"], Whom())
    assert body_of(3, {**data, "opts": {"rooms": [], "except": []}}) == Broadcast(["x"], Whom())


BROKEN: list[tuple[int, Any]] = [
    (0, {}),
    (14, {}),
    (3, None),
    (3, []),
    (3, {"opts": OPTS}),
    (3, {"packet": {"type": 3, "data": ["x"]}, "opts": OPTS}),
    (3, {"packet": {"type": 2, "data": []}, "opts": OPTS}),
    (3, {"packet": {"type": 2, "data": [7]}, "opts": OPTS}),
    (3, {"packet": {"type": 2, "data": ["x"]}}),
    (3, {"packet": {"type": 2, "data": ["x"]}, "opts": {"rooms": "red", "except": []}}),
    (3, {"packet": {"type": 2, "data": ["x"]}, "opts": {"rooms": [7], "except": []}}),
    (3, {"packet": {"type": 2, "data": ["x"]}, "opts": {"rooms": ["r" * 2000], "except": []}}),
    (3, {"packet": {"type": 2, "data": ["x"]}, "opts": {"rooms": [], "except": ["r"] * 10_001}}),
    (4, {"opts": OPTS}),
    (7, {"opts": OPTS, "requestId": 7}),
    (8, {"requestId": "r1", "sockets": {}}),
    (8, {"requestId": "r1", "sockets": ["s"]}),
    (8, {"requestId": "r1", "sockets": [{"id": "s", "rooms": None}]}),
    (9, {"packet": "reload"}),
    (11, {"requestId": "r1", "clientCount": -1}),
    (11, {"requestId": "r1", "clientCount": True}),
]


@pytest.mark.parametrize(("kind", "data"), BROKEN)
def test_a_message_that_breaks_the_format_raises(kind: int, data: Any) -> None:
    with pytest.raises(PacketError):
        body_of(kind, data)
