"""python-socketio as a server, with the conversation of test_socket_against_servers.py.

python socketio_server.py PORT: one JSON line says where it listens; it ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys

import socketio
from aiohttp import web

io = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins=[])
kept = []


class Point(socketio.AsyncNamespace):
    """The namespaces "/" and "/point"."""

    def __init__(self, name):
        super().__init__(name)
        self.numbers, self.pushing, self.pushed = {}, {}, {}

    async def on_connect(self, sid, environ, auth):
        self.numbers[sid], self.pushed[sid] = [], 0
        await self.emit("welcome", (sid, auth or {}), to=sid)

    async def on_disconnect(self, sid, reason):
        self.pushing.pop(sid, None)

    async def trigger_event(self, event, sid, *args):
        # Names of events hold spaces here, names of methods do not.
        return await super().trigger_event(event.replace(" ", "_"), sid, *args)

    async def on_echo(self, sid, value):
        return value

    async def on_kind(self, sid, value):
        return len(value) if isinstance(value, bytes) else "no bytes"

    async def on_both(self, sid):
        return "one", "two"

    async def on_nothing(self, sid):
        return None

    async def on_silent(self, sid):
        await asyncio.Event().wait()

    async def on_say(self, sid, event, *args):
        await self.emit(event, args, to=sid)

    async def on_ask_me(self, sid):
        return await self.call("question", "why?", to=sid, timeout=10)

    async def on_count(self, sid, number):
        self.numbers[sid].append(number)

    async def on_keep(self, sid, number):
        kept.append(number)

    async def on_kept(self, sid):
        return kept

    async def on_counted(self, sid):
        return self.numbers[sid]

    async def on_start(self, sid):
        async def push():
            while self.pushing.get(sid):
                await self.emit("number", self.pushed[sid], to=sid)
                self.pushed[sid] += 1
                await asyncio.sleep(0.001)

        self.pushing[sid] = asyncio.create_task(push())

    async def on_stop(self, sid):
        task = self.pushing.pop(sid)
        await task
        return self.pushed[sid]

    async def on_throw_me_out(self, sid):
        await self.disconnect(sid)

    async def on_drop_me(self, sid):
        await io.eio.disconnect(io.manager.eio_sid_from_sid(sid, self.namespace))


class Closed(socketio.AsyncNamespace):
    async def on_connect(self, sid, environ, auth):
        raise socketio.exceptions.ConnectionRefusedError("members only", {"code": 7})


async def main(port: int) -> None:
    for namespace in (Point("/"), Point("/point"), Closed("/closed")):
        io.register_namespace(namespace)
    app = web.Application()
    io.attach(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
    await site.start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(int(sys.argv[1])))
