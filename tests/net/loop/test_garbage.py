"""No collection begins while a large message is decoded."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

import livesock as ls
from livesock.net.loop.garbage import LARGE, uncollected
from tests.rawsio import Raw


@pytest.fixture
def collections() -> Iterator[list[str]]:
    """The threads on which a collection began."""
    seen: list[str] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(threading.current_thread().name)

    gc.collect()
    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


@pytest.mark.parametrize(("size", "expected"), [(LARGE, False), (LARGE - 1, True)])
def test_no_collection_begins_while_it_is_large(collections: list[str], size: int, expected: bool) -> None:
    with uncollected(size):
        kept = [[] for _ in range(20_000)]
        began = bool(collections)

    assert began is expected and len(kept) == 20_000 and gc.isenabled()


def test_who_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with uncollected(LARGE):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_it_is_on_again_after_an_error() -> None:
    with pytest.raises(ValueError), uncollected(LARGE):
        raise ValueError("not JSON")
    assert gc.isenabled()


def test_a_message_of_many_lists_begins_two_collections_and_not_seventy(collections: list[str]) -> None:
    with ls.serve("lists") as server, Raw(server.port) as raw:
        server.of("/").on("count")(lambda socket, *values: len(values))
        raw.join()
        collections.clear()
        assert raw.ask('420["count",' + ",".join(["[" * 60 + "]" * 60] * 800) + "]") == "430[800]"

        assert sum(name == "livesock lists" for name in collections) < 10, collections
