"""The knobs of a network and the card of a server, from the kernel's side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import livesock as ls
from livesock.display.views.netsim.presets import PRESETS
from livesock.display.views.netsim.view import NetsimView
from livesock.errors import NotRunning
from livesock.net.connect.tcp import TcpSocket
from livesock.net.netsim.netsim import NetSim
from tests.peers import eventually


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("knobs") as server:

        @server.websocket("/echo")
        async def echo(ws: object) -> None:
            async for message in ws:  # type: ignore[attr-defined]
                await ws.send(message)  # type: ignore[attr-defined]

        yield server


@pytest.fixture
def far(server: ls.Server) -> Iterator[NetSim]:
    with ls.netsim(server, name="knobs") as far:
        yield far


@pytest.fixture
def view(far: NetSim) -> Iterator[NetsimView]:
    view = ls.display.netsim(far)
    view.stop()  # its thread is gone: the test speaks in its place
    yield view
    view.close()


def test_a_turn_on_the_page_turns_the_network(view: NetsimView, far: NetSim) -> None:
    view.on_message({"kind": "turn", "name": "delay", "value": 0.25})
    view.on_message({"kind": "turn", "name": "block_upgrade", "value": True})

    assert (far.delay, far.block_upgrade) == (0.25, True)
    assert "delay = 0.25 s" in view.words() and "block_upgrade = True" in view.words()


def test_a_turn_in_a_cell_is_news_once(view: NetsimView, far: NetSim) -> None:
    view.snapshot()
    assert view.news() is None
    far.chunk = 1

    news = view.news()

    assert news is not None and news["values"]["chunk"] == 1
    assert view.news() is None


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "turn", "name": "delay", "value": "far"},
        {"kind": "turn", "name": "delay", "value": -1},
        {"kind": "turn", "name": "stop", "value": 1},
        {"kind": "explode"},
    ],
)
def test_what_no_knob_can_do_is_refused(view: NetsimView, far: NetSim, message: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"delay|turn"):
        view.on_message(message)
    assert far.changed() == {}


def test_reset_cuts_every_connection(view: NetsimView, far: NetSim) -> None:
    with ls.tcp(far) as raw:
        eventually(lambda: far.counters.connected == 1, "it is connected")
        view.on_message({"kind": "reset"})
        with pytest.raises(ConnectionResetError):
            raw.recv()


def test_a_paused_server_comes_back_on_its_port_with_its_routes(server: ls.Server) -> None:
    card = ls.display.server(server)
    card.stop()
    port = server.port
    with ls.connect(server.url("/echo")) as before:
        card.on_message({"kind": "stop"})
        assert not server.is_running
        with pytest.raises(ConnectionRefusedError):
            ls.tcp(port)
    assert before.close_code == 1001

    card.on_message({"kind": "start"})

    assert server.is_running and server.port == port
    with ls.connect(server.url("/echo")) as again:
        again.send("back")
        assert again.recv(timeout=5) == "back"
    card.close()


def test_a_stopped_server_does_not_come_back(server: ls.Server) -> None:
    server.stop()
    with pytest.raises(NotRunning, match=r"serve\(\) again"):
        server.resume()


def test_socketio_clients_come_back_after_a_pause(server: ls.Server) -> None:
    with ls.socket(server.url("/"), reconnection={"first": 0.05}) as socket:
        first = socket.id
        server.pause()
        server.resume()
        eventually(lambda: socket.connected and socket.id != first, "it has a new seat")


def test_wrong_targets() -> None:
    with pytest.raises(TypeError, match=r"netsim\(\) shows a simulated network, not 1"):
        ls.display.netsim(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"server\(\) shows a server, not 1"):
        ls.display.server(1)  # type: ignore[arg-type]


def carry_one(far: NetSim, raw: TcpSocket) -> None:
    """Send a byte through: in a black hole the connection to the server would not be opened."""
    raw.send(b"G")
    eventually(
        lambda: far.counters.from_client == 1 and far.under_way()[(1, "<")][:2] == (2, 0), "the first byte has arrived"
    )


def test_bytes_under_way_are_news_until_they_have_arrived(view: NetsimView, far: NetSim) -> None:
    with ls.tcp(far) as raw:
        carry_one(far, raw)
        far.black_hole = True
        view.snapshot()
        raw.send(b"x" * 1000)
        eventually(lambda: far.under_way()[(1, "<")].held == 1000, "the bytes stand in the line")

        news = view.news()

        assert news is not None
        ((line, number, entered, due, size, reads),) = news["flight"]["pieces"]
        assert (line, number, size, reads) == ("1<", 2, 1000, 1) and entered <= due
        assert news["flight"]["lines"] == {"1<": [2, 1000]}
        assert view.news() is None, "what stands still is no news"
        assert view.picture().count("<circle") == 1 and "1,000 B" in view.picture()
        far.black_hole = False
        eventually(lambda: far.under_way()[(1, "<")].held == 0, "they have arrived")
        after = view.news()
        assert after is not None and after["flight"]["lines"] == {}


def test_a_look_brings_only_what_is_new(view: NetsimView, far: NetSim) -> None:
    with ls.tcp(far) as raw:
        carry_one(far, raw)
        far.black_hole = True
        view.snapshot()
        for number in range(2, 5):
            raw.send(b"x")
            eventually(lambda number=number: far.under_way()[(1, "<")].held == number - 1, "it stands in the line")
            news = view.news()
            assert news is not None
            assert [piece[1] for piece in news["flight"]["pieces"]] == [number]

        assert sum(piece[4] for piece in view.snapshot()["flight"]["pieces"]) == 3, "a new page gets everything"


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_turns_the_knobs_and_is_the_one_that_is_shown(view: NetsimView, far: NetSim, key: str) -> None:
    view.on_message({"kind": "preset", "name": key})

    assert (far.delay, far.rate) == (PRESETS[key].delay, PRESETS[key].rate)
    assert view.snapshot()["preset"] == key
    view.on_message({"kind": "turn", "name": "delay", "value": 0.123})
    assert view.snapshot()["preset"] == ""


def test_a_network_with_another_knob_turned_is_no_preset_until_one_is_chosen(view: NetsimView, far: NetSim) -> None:
    far.chunk = 1
    assert view.snapshot()["preset"] == "" and "of your own" in view.snapshot()["sentence"]

    view.on_message({"kind": "preset", "name": "none"})
    assert far.chunk is None and view.snapshot()["preset"] == "none"


def test_a_train_goes_through_tunnels_until_the_view_ends(view: NetsimView, far: NetSim) -> None:
    view.on_message({"kind": "preset", "name": "train"})
    view.news()
    assert not far.black_hole
    view._ride -= PRESETS["train"].every - 1

    news = view.news()

    assert far.black_hole and news is not None and news["preset"] == "train"
    view.finish()
    assert not far.black_hole
