"""What runs in this process, by name."""

from __future__ import annotations

import importlib

import pytest

from livesock.net.loop import registry


class Entry:
    def __init__(self, log: list[str], name: str, fails: bool = False) -> None:
        self.log, self.name, self.fails, self.port = log, name, fails, 1

    def stop(self, timeout: float = 1.0) -> None:
        self.log.append(self.name)
        registry.forget("probe", self.name, self)
        if self.fails:
            raise OSError("already gone")


@pytest.fixture
def log():
    yield []
    for name, entry in registry.running("probe").items():
        registry.forget("probe", name, entry)


def test_an_entry_is_found_by_kind_and_name(log):
    entry = Entry(log, "a")
    registry.put("probe", "a", entry)
    assert registry.running("probe") == {"a": entry}


def test_forgetting_an_entry_that_was_replaced_keeps_the_new_one(log):
    old, new = Entry(log, "a"), Entry(log, "a")
    registry.put("probe", "a", old)
    registry.put("probe", "a", new)
    registry.forget("probe", "a", old)
    assert registry.running("probe") == {"a": new}


def test_everything_is_stopped_newest_first_even_if_one_fails(log):
    for name in "abc":
        registry.put("probe", name, Entry(log, name, fails=name == "b"))
    registry.stop_everything()
    assert log[:3] == ["c", "b", "a"]
    assert registry.running("probe") == {}


def test_servers_and_clients_share_the_time_in_which_everything_is_stopped(log):
    given = []

    class Slow(Entry):
        def stop(self, timeout: float = 1.0) -> None:
            given.append(timeout)
            registry.forget("server", self.name, self)

    for name in "abc":
        registry.put("server", name, Slow(log, name))

    registry.stop_everything()

    assert len(given) == 3 and all(timeout <= share for timeout, share in zip(given, (1 / 3, 1 / 2, 1), strict=True))
    assert min(given) >= registry.LEAST


def test_a_reload_of_the_module_forgets_nothing(log):
    entry = Entry(log, "a")
    registry.put("probe", "a", entry)
    importlib.reload(registry)
    assert registry.running("probe") == {"a": entry}
