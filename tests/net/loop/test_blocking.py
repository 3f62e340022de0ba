"""Blocking handlers on threads of their own."""

from __future__ import annotations

import asyncio
import threading

import pytest

from livesock.net.loop.blocking import MAX_THREADS, run_in_thread


def test_a_thread_that_cannot_start_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def exhaust() -> None:
        for _ in range(MAX_THREADS + 1):
            with pytest.raises(RuntimeError, match="can't start"):
                async with asyncio.timeout(10):
                    await run_in_thread(print)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        asyncio.run(exhaust())
    assert asyncio.run(run_in_thread(int, "5")) == 5
