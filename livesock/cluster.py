"""Servers that share namespaces and rooms: `serve(cluster=…)`, and an emitter for scripts without a server.

    bus = ls.cluster.memory()                            servers of one process; nothing to install
    bus = ls.cluster.redis("redis://127.0.0.1:6379")     processes and machines, also beside servers in Node

    server = ls.serve("a", cluster=bus)
    ls.cluster.emitter(bus).of("/chat").to("red").emit("news", "from a script")

A bus that cannot be reached, or refuses, raises `ClusterError` in `serve`, with a sentence that says what is wrong.
"""

from __future__ import annotations

import threading

from livesock.net.cluster.bus import Bus
from livesock.net.cluster.emitter import Emitter
from livesock.net.cluster.memory import MemoryBus
from livesock.net.cluster.redis import RedisBus
from livesock.net.cluster.redis_place import MAX_ENTRIES

__all__ = ["emitter", "memory", "redis"]

_buses: dict[str, MemoryBus] = {}
_lock = threading.Lock()


def memory(name: str = "notebook") -> MemoryBus:
    """Return the bus with this name for the servers of this process: the same one each time."""
    with _lock:
        return _buses.setdefault(name, MemoryBus(name))


def redis(
    url: str,
    *,
    stream: str = "socket.io",
    channels: str = "socket.io",
    sessions: str = "sio:session:",
    max_entries: int = MAX_ENTRIES,
) -> RedisBus:
    """Return the bus in the Redis at `url`, in the format of `@socket.io/redis-streams-adapter` 0.3.

    The options are those of the adapter (`streamName`, `channelPrefix`, `sessionKeyPrefix`, `maxLen`), with its
    defaults; every server of a cluster has the same ones. Nothing is connected before `serve`.

    Raises:
        MissingExtra: If the library `redis` is not installed.
        ValueError: If `url` is not the address of a Redis.
    """
    return RedisBus(url, stream=stream, channels=channels, sessions=sessions, max_entries=max_entries)


def emitter(bus: Bus) -> Emitter:
    """Return what emits into the cluster of `bus` from a script that serves nobody."""
    return Emitter(bus)
