"""`livesock serve --workers N`: N processes of the server behind a front that keeps each session in its place."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from contextlib import ExitStack
from threading import Event

from livesock.cli.terminal import fail, say, stop_on_terminate
from livesock.net.cluster.front import Front
from livesock.net.http.access import is_loopback
from livesock.net.loop.thread import LoopThread

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C; return the exit status."""
    if args.cluster is None:
        return fail("several workers share no rooms without a bus: add --cluster redis://127.0.0.1:6379")
    if not is_loopback(args.host):
        return fail("--workers is for this machine alone: let nginx or HAProxy listen for others, as in docs/deploy.md")
    with stop_on_terminate(), ExitStack() as stack:
        workers = [_worker(args, stack) for _ in range(args.workers)]
        ports = [_port(worker) for worker in workers]
        if None in ports:
            return fail("a worker did not start: what it said is above")
        loop = LoopThread("front").start()
        stack.callback(loop.stop)
        front = Front([port for port in ports if port is not None])
        try:
            port = loop.call(front.start, args.host, args.port)
        except OSError as exc:
            return fail(f"cannot listen on {args.host}, port {args.port}: {exc}")
        stack.callback(lambda: loop.call(front.stop, timeout=2.0))
        try:
            say(f"Serving on {args.host}, port {port}, with {args.workers} workers. Stop with Ctrl-C.")
            while all(worker.poll() is None for worker in workers):
                Event().wait(0.5)
            return fail("a worker has ended: what it said is above")
        except KeyboardInterrupt:
            say("\nStopped.")
    return 0


def _worker(args: argparse.Namespace, stack: ExitStack) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "livesock", "serve", "--port", "0", "--cluster", args.cluster, "--quiet"]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    stack.callback(_end, worker)
    return worker


def _port(worker: subprocess.Popen[str]) -> int | None:
    """Return where a worker listens; None if it has ended instead."""
    assert worker.stdout is not None
    line = worker.stdout.readline()
    return int(json.loads(line)["port"]) if line.startswith("{") else None


def _end(worker: subprocess.Popen[str]) -> None:
    worker.terminate()
    try:
        worker.wait(5)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    if worker.stdout is not None:
        worker.stdout.close()
