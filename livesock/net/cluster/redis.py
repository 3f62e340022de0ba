"""`RedisBus`: the bus of `@socket.io/redis-streams-adapter` 0.3, so that servers in Node take part.

    stream "socket.io"             XADD, XREAD       broadcasts, joins, leaves, disconnects
    channel "socket.io#/chat#"     PUBLISH           questions to all servers in /chat
    channel "socket.io#/chat#UID#" PUBLISH           answers to the server UID; its name says who is there
    key "sio:session:PID"          SET, GET and DEL  a session that broke, for a while

The library `redis` connects, logs in and speaks the protocol; when to connect again is decided in `Link`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livesock.net.cluster.bus import Told
from livesock.net.cluster.redis_place import CONNECT_TIMEOUT, RedisPlace, sentence
from livesock.net.cluster.redis_station import RedisStation
from livesock.realtime.cluster.entries import Entry

__all__ = ["RedisBus"]


class RedisBus(RedisPlace):
    """The bus in one Redis. Nothing is connected before a server opens its station."""

    def station(self, uid: str) -> RedisStation:
        """Return a station for the server with this uid."""
        return RedisStation(self, uid)

    def append_now(self, entry: Entry) -> str:
        """Write one entry. Raises `ClusterError`."""
        return str(self._now(self.adding(entry)).decode())

    def tell_now(self, message: Told) -> None:
        """Send one message. Raises `ClusterError`."""
        namespace, uid, payload = message
        self._now(["PUBLISH", self.channel(namespace, uid), payload])

    def _now(self, command: Sequence[Any]) -> Any:
        from redis import Redis as Client
        from redis.exceptions import RedisError

        try:
            with Client.from_url(self.url, socket_timeout=CONNECT_TIMEOUT, **self.options()) as client:
                client.set_response_callback(command[0], lambda response, **options: response)
                return client.execute_command(*command)
        except (RedisError, OSError) as exc:
            raise sentence(self.address, exc) from None
