"""What a learner may hand to a view by mistake: each view answers in one form, and nothing is left."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server


class Broken:
    """Something that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    ls.stop_all()
    assert [thread.name for thread in set(threading.enumerate()) - before if "livesock" in thread.name] == []


OF_A_TARGET = ["browser", "netsim", "server", "transports", "wire"]
WRONG = [None, "", "x" * 100_000, b"xx", -1, 2.5, True, [1], object(), Broken(), Broken, Server]


@pytest.mark.parametrize("view", [*OF_A_TARGET, "map", "frame"])
@pytest.mark.parametrize("target", WRONG, ids=lambda value: type(value).__name__)
def test_a_wrong_target_is_named_and_the_right_one_too(view: str, target: Any) -> None:
    if (view == "map" and target is None) or (view == "frame" and isinstance(target, bytes)):
        return  # these may be left out, or are right
    with pytest.raises(TypeError, match=rf"(?s)^{view}\(\) shows .+, not .+: pass .+") as caught:
        getattr(ls.display, view)(target)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("target", WRONG, ids=lambda value: type(value).__name__)
def test_a_handshake_needs_a_place(target: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        ls.display.handshake(target)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("path", [None, 7, "echo", b"/echo", Broken()])
def test_a_path_begins_with_a_slash(path: Any) -> None:
    server = ls.serve("paths")
    for make in (
        lambda: ls.display.browser(server, path),
        lambda: ls.display.handshake(server, path=path),
        lambda: ls.display.frame(path=path),
    ):
        with pytest.raises(ValueError, match="a path begins with a slash"):
            make()


@pytest.mark.parametrize("namespace", [None, "", 3, b"/x", Broken()])
def test_a_namespace_has_a_name(namespace: Any) -> None:
    server = ls.serve("names")
    for make in (ls.display.browser, ls.display.transports):
        with pytest.raises(ValueError, match="a namespace has a name"):
            make(server, namespace=namespace)


@pytest.mark.parametrize("events", [0, 2.5, "20", None, True, float("nan"), Broken()])
def test_a_race_has_a_whole_number_of_events(events: Any) -> None:
    with pytest.raises(ValueError, match=r"events is a (whole )?number.*, not "):
        ls.display.race(events=events)


@pytest.mark.parametrize("view", ["browser", "frame", "handshake", "map", "server", "wire"])
def test_a_stopped_server_still_has_its_picture(view: str) -> None:
    server = ls.serve("stopped")
    server.stop()
    shown = getattr(ls.display, view)(*([b"\x81\x00"] if view == "frame" else [server]))
    assert shown.words()
    assert shown.picture().startswith("<svg")


@pytest.mark.parametrize("view", ls.display.__all__)
def test_each_view_that_takes_something_says_what_it_raises(view: str) -> None:
    if inspect.signature(getattr(ls.display, view)).parameters:
        assert "Raises:" in (getattr(ls.display, view).__doc__ or "")
