"""`RedisStation`: one server's place in a Redis, on three connections.

    commands   XADD, PUBLISH, SET …         one pipeline after the other
    reader     XREAD BLOCK                  reads on behind the last entry, also after Redis was away
    listener   SUBSCRIBE                    what is asked, and what is answered

After a failure nobody knows whether the last entries were written. So the next connection first ends the old one in
Redis, and then looks which of them are in the stream. If Redis has lost its data, the entries of the last seconds are
written again, as copies that only a livesock server takes, and only if it has not had them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from livesock.errors import ClusterError
from livesock.net.cluster.bus import Told
from livesock.net.cluster.redis_place import CONNECT_TIMEOUT, RedisPlace, sentence
from livesock.realtime.cluster.entries import Entry, copy_of, id_key

__all__ = ["RedisStation"]

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds without an answer after which a connection is given up. A Redis that is stopped for a shorter time loses
nothing and repeats nothing."""

BLOCK = 5.0
"""Seconds that one XREAD waits, as in the adapter; also the time between two signs of life of the listener."""

COUNT = 100
"""Entries that are read at once, as in the adapter."""

RECENT = 2.0
"""Seconds in which every server has read what was written."""

MAX_RECENT = 1000
"""Entries that are kept, in case Redis loses them."""

PAGES = 100
"""Reads of 100 entries for a session that comes back, at most: as in the adapter."""

OLDEST = 5
"""The major version of Redis that has streams."""


class RedisStation:
    """Implements `Station`. Runs on the server's loop."""

    def __init__(self, bus: RedisPlace, uid: str) -> None:
        self._bus = bus
        self.uid = uid
        self.warning = ""
        self._pool: Any = None
        self._lock = asyncio.Lock()
        self._commands: Any = None
        self._reader: Any = None
        self._listener: Any = None
        self._client_id = 0  # of the connection for commands, in Redis
        self._position = "0-0"  # the entry that was read last
        self._confirmed = "0-0"  # the entry that we wrote last
        self._found: dict[str, str] = {}  # of entries that were written before a failure: number and id
        self._recent: deque[tuple[float, Entry]] = deque(maxlen=MAX_RECENT)
        self._answered = 0.0  # when Redis answered a command last
        self._namespaces: set[str] = set()
        self._hearing: asyncio.Task[Any] | None = None

    async def open(self, namespaces: set[str]) -> None:
        """Reach Redis, check it, begin behind the newest entry, and subscribe."""
        from redis.asyncio import ConnectionPool

        self._pool = ConnectionPool.from_url(self._bus.url, socket_timeout=None, **self._bus.options())
        info, newest = await self._ask(["INFO", "server"], ["XREVRANGE", self._bus.stream, "+", "-", "COUNT", 1])
        facts = dict(line.split(":", 1) for line in info.decode().splitlines() if ":" in line)
        version = facts.get("redis_version", "")
        if version[:1].isdigit() and int(version.partition(".")[0]) < OLDEST:
            raise ClusterError(f"Redis {version} at {self._bus.address} is too old: streams need 5.0 or newer")
        self._position = self._confirmed = newest[0][0].decode() if newest else "0-0"
        self._namespaces = set(namespaces)
        await self.listen()  # the first reply says that all channels are subscribed

    async def close(self) -> None:
        """Close the connections."""
        if self._hearing is not None:
            self._hearing.cancel()
        for connection in (self._commands, self._reader, self._listener):
            await _drop(connection)
        self._commands = self._reader = self._listener = None

    # -- the stream

    async def append(self, entries: Sequence[Entry]) -> list[str]:
        """Write those entries that are not written yet, and return the ids of all."""
        return await _to_the_end(self._append(entries))

    async def _append(self, entries: Sequence[Entry]) -> list[str]:
        async with self._lock:
            await self._ready()
            new = [entry for entry in entries if entry["n"] not in self._found]
            replies = await self._exchange([self._bus.adding(entry) for entry in new])
            for entry, reply in zip(new, replies, strict=True):
                if not isinstance(reply, BaseException):
                    self._found[entry["n"]] = self._confirmed = reply.decode()
                    self._recent.append((self._answered, entry))
            failed = next((reply for reply in replies if isinstance(reply, BaseException)), None)
            if failed is not None:
                raise sentence(self._bus.address, failed)
            return [self._found.pop(entry["n"]) for entry in entries]

    async def read(self) -> list[tuple[str, Entry]]:
        """Wait for entries; the first call after a failure returns nothing and looks whether some are missing."""
        if self._reader is None:
            if self._position != "0-0":
                await self._look_for_a_gap()
            self._reader = await self._connect()
            return []
        command = ["XREAD", "COUNT", COUNT, "BLOCK", int(BLOCK * 1000), "STREAMS", self._bus.stream, self._position]
        try:
            async with asyncio.timeout(BLOCK + PATIENCE):
                await self._reader.send_command(*command)
                reply = await self._reader.read_response(disable_decoding=True)
        except BaseException as exc:
            reader, self._reader = self._reader, None
            await _drop(reader)
            raise self._explained(exc) from None
        entries = [(number.decode(), _entry(fields)) for number, fields in (reply[0][1] if reply else ())]
        if entries:
            self._position = entries[-1][0]
        return entries

    async def _look_for_a_gap(self) -> None:
        """Say so if the last entry that was read is gone; read a stream from its beginning if its clock went back."""
        found, newest = await self._ask(
            ["XRANGE", self._bus.stream, self._position, self._position],
            ["XREVRANGE", self._bus.stream, "+", "-", "COUNT", 1],
        )
        if not found:
            self.warning = (
                f"the stream does not hold the entry {self._position} any more, which was read last: Redis has lost "
                "data, or more was written meanwhile than it keeps, and events of other servers may be missing"
            )
        if not found and newest and id_key(newest[0][0].decode()) < id_key(self._position):
            self._position = "0-0"

    async def since(self, offset: str) -> list[tuple[str, Entry]] | None:
        """Return the entries after `offset`; None if the stream does not hold it."""
        (found,) = await self._ask(["XRANGE", self._bus.stream, offset, offset])
        if not found:
            return None
        entries: list[tuple[str, Entry]] = []
        for _ in range(PAGES):
            (page,) = await self._ask(["XRANGE", self._bus.stream, _next(offset), "+", "COUNT", COUNT])
            if not page:
                break
            entries += [(number.decode(), _entry(fields)) for number, fields in page]
            offset = entries[-1][0]
        return entries

    # -- channels

    async def tell(self, messages: Sequence[Told]) -> None:
        """Publish messages."""
        await self._ask(*(["PUBLISH", self._bus.channel(ns, uid), payload] for ns, uid, payload in messages))

    async def enter(self, namespaces: set[str]) -> None:
        """Subscribe to the channels of these namespaces, and to no other."""
        old, self._namespaces = self._namespaces, set(namespaces)
        if self._listener is None:
            return  # `listen` subscribes
        try:
            for verb, changed in (("SUBSCRIBE", namespaces - old), ("UNSUBSCRIBE", old - namespaces)):
                if changed:
                    await self._listener.send_command(verb, *self._channels(changed))
        except Exception as exc:
            raise self._explained(exc) from None

    async def listen(self) -> bytes:
        """Return the next message; an empty one is a sign of life."""
        if self._listener is None:
            self._listener = await self._connect()
            await self._listener.send_command("SUBSCRIBE", *self._channels(self._namespaces))
        try:
            for verb in ("", "PING"):
                if verb:
                    await self._listener.send_command(verb)
                if self._hearing is None:
                    self._hearing = asyncio.ensure_future(self._listener.read_response(disable_decoding=True))
                done, _ = await asyncio.wait({self._hearing}, timeout=PATIENCE if verb else BLOCK)
                if done:
                    reply = await self._hearing
                    self._hearing = None
                    return bytes(reply[2]) if reply[0] == b"message" else b""
            raise TimeoutError("no sign of life")
        except BaseException as exc:
            if self._hearing is not None:
                self._hearing.cancel()
            listener, self._listener, self._hearing = self._listener, None, None
            await _drop(listener)
            raise self._explained(exc) from None

    def _channels(self, namespaces: set[str]) -> list[str]:
        return [self._bus.channel(name, uid) for name in sorted(namespaces) for uid in ("", self.uid)]

    async def servers(self, namespace: str) -> set[str]:
        """Return who is subscribed in a namespace: the names of the private channels hold the uids."""
        prefix = self._bus.channel(namespace)
        pattern = "".join(f"\\{c}" if c in "*?[]\\^" else c for c in prefix) + "*#"
        (channels,) = await self._ask(["PUBSUB", "CHANNELS", pattern])
        names = [channel.decode("utf-8", "replace")[len(prefix) : -1] for channel in channels]
        return {name for name in names if name and "#" not in name} | {self.uid}

    # -- sessions

    async def save(self, pid: str, session: str, seconds: float) -> None:
        """Remember a session."""
        await self._ask(["SET", self._bus.sessions + pid, session, "PX", max(1, int(seconds * 1000))])

    async def take(self, pid: str) -> str | None:
        """Return a session and forget it. (GETDEL needs Redis 6.2.)"""
        key = self._bus.sessions + pid
        *_, (session, _deleted) = await self._ask(["MULTI"], ["GET", key], ["DEL", key], ["EXEC"])
        return None if session is None else session.decode("ascii", "replace")

    # -- connections

    async def _ask(self, *commands: list[Any]) -> list[Any]:
        """Return the replies to commands. Shielded: a caller that gives up must not tear a pipeline apart."""

        async def ask() -> list[Any]:
            async with self._lock:
                await self._ready()
                return await self._exchange(commands)

        replies = await _to_the_end(ask())
        failed = next((reply for reply in replies if isinstance(reply, BaseException)), None)
        if failed is not None:
            raise sentence(self._bus.address, failed)
        return replies

    async def _exchange(self, commands: Sequence[list[Any]]) -> list[Any]:
        """Send commands in one go and return their replies, each a value or a `ResponseError`."""
        from redis.exceptions import ResponseError

        replies: list[Any] = []
        if not commands:
            return replies
        connection = self._commands
        try:
            async with asyncio.timeout(PATIENCE):
                await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
                for _ in commands:
                    try:
                        replies.append(await connection.read_response(disable_decoding=True, disconnect_on_error=False))
                    except ResponseError as exc:
                        replies.append(exc)
        except BaseException as exc:
            self._commands = None
            await _drop(connection)
            raise self._explained(exc) from None
        self._answered = time.monotonic()
        return replies

    async def _ready(self) -> None:
        """Connect, if need be. What was written before the failure is found out first."""
        if self._commands is not None:
            return
        self._commands = await self._connect()
        old, last = self._client_id, self._answered
        (new,) = await self._exchange([["CLIENT", "ID"]])
        self._client_id = new if isinstance(new, int) else 0
        if old:
            await self._exchange([["CLIENT", "KILL", "ID", old]])  # nothing of it is executed behind this point
            await self._find_what_was_written()
            await self._write_again(last)

    async def _find_what_was_written(self) -> None:
        after = self._confirmed
        while True:
            (page,) = await self._exchange([["XRANGE", self._bus.stream, _next(after), "+", "COUNT", COUNT * 10]])
            if isinstance(page, BaseException) or not page:
                return
            for number, fields in page:
                after = number.decode()
                entry = _entry(fields)
                if entry.get("uid") == self.uid and "n" in entry and "again" not in entry:
                    self._found[entry["n"]] = self._confirmed = after

    async def _write_again(self, last: float) -> None:
        """Write copies of the entries of the seconds before `last`, if the stream has lost the newest of them."""
        if self._confirmed == "0-0" or not self._recent:
            return
        (there,) = await self._exchange([["XRANGE", self._bus.stream, self._confirmed, self._confirmed]])
        if there or isinstance(there, BaseException):
            return
        copies = [copy_of(entry) for when, entry in self._recent if when >= last - RECENT]
        self._recent.clear()
        await self._exchange([self._bus.adding(entry) for entry in copies])

    async def _connect(self) -> Any:
        connection = self._pool.make_connection()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await connection.connect()
        except BaseException as exc:
            await _drop(connection)
            raise self._explained(exc) from None
        return connection

    def _explained(self, exc: BaseException) -> BaseException:
        """Return what to raise instead: a `ClusterError` for what Redis or the network did."""
        from redis.exceptions import RedisError

        return sentence(self._bus.address, exc) if isinstance(exc, RedisError | OSError | EOFError) else exc


async def _to_the_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return its result. It goes on when the caller gives up: half a pipeline would be read as the next one's reply."""
    task = asyncio.ensure_future(coroutine)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(task)


async def _drop(connection: Any) -> None:
    if connection is not None:
        with contextlib.suppress(Exception):
            await connection.disconnect(nowait=True)


def _next(number: str) -> str:
    """Return the smallest id after this one. (Exclusive ranges need Redis 6.2.)"""
    time_, count = id_key(number)
    return f"{time_}-{count + 1}"


def _entry(fields: Sequence[bytes] | None) -> Entry:
    """Return the fields of an entry; of a foreign one whatever it holds."""
    texts = [field.decode("utf-8", "replace") for field in fields or ()]
    return dict(zip(texts[::2], texts[1::2], strict=False))
