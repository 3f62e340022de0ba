"""The other end of 12.call, on a loop on which a minute takes no time."""

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

from livesock.learn.checking.jumping import JumpingLoop
from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Solution

__all__ = ["CANCELLED", "LOST", "UNSENDABLE", "Ask", "Comes", "Peer", "trial"]

Comes = tuple[float, Any]
"""Seconds after the question, and the answer; `LOST` and `CANCELLED` stand for what else may happen."""

LOST, CANCELLED = "the connection is lost", "the caller is cancelled"
UNSENDABLE = "cannot be sent"

LATE = "a timer that goes off and fails"
"""Stands behind what is left, when a callback of the loop has raised."""

Ask = tuple[float, Any, float, list[Comes]]
"""When the question is asked, its data, its time-out, and what comes."""


class Peer:
    """The other end: it notes the questions, and what comes of each is written down beforehand."""

    def __init__(self) -> None:
        self.numbers: Iterator[int] = itertools.count()
        self.waiting: dict[int, asyncio.Future[object]] = {}
        self.sent: list[Any] = []
        self.plans: dict[str, list[Comes]] = {}

    def send(self, number: int, name: str, data: object) -> None:
        """Send one question."""
        if data == UNSENDABLE:
            raise TypeError("JSON cannot carry this")
        self.sent.append((number, name, data))
        for delay, answer in self.plans.get(name, ()):
            asyncio.get_running_loop().call_later(delay, self.comes, number, answer)

    def comes(self, number: int, answer: object) -> None:
        """Give an answer to the future that waits for it; without one it is dropped, as in every client."""
        if answer == CANCELLED:
            return
        if answer == LOST:
            for future in list(self.waiting.values()):
                if not future.done():
                    future.set_exception(ConnectionError("the connection was lost"))
            return
        future = self.waiting.get(number, asyncio.Future())
        if not future.done():
            future.set_result(answer)


def trial(solution: Solution, asks: list[Ask]) -> Any:
    """Ask all questions on one loop; return what came of each and when, then what is left, then what was sent."""
    loop = JumpingLoop()
    try:
        return loop.run_until_complete(play(solution, asks))
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


async def play(solution: Solution, asks: list[Ask]) -> Any:
    failed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
    peer = Peer()
    peer.plans = {f"ask {n}": comes for n, (_, _, _, comes) in enumerate(asks)}
    tasks = [asyncio.create_task(one(solution, peer, f"ask {n}", *ask)) for n, ask in enumerate(asks)]
    came = await asyncio.gather(*tasks)
    await asyncio.sleep(0)
    left = len(asyncio.all_tasks()) - 1
    await asyncio.sleep(60)  # what comes late has come
    late = [LATE] * any("handle" in context for context in failed)
    return came, [f"{len(peer.waiting)} waiting", f"{left} tasks", *late], sorted(map(plain, peer.sent))


async def one(
    solution: Solution,
    peer: Peer,
    name: str,
    when: float,
    data: object,
    timeout: float,
    comes: list[Comes],
) -> Any:
    await asyncio.sleep(when)
    begun = asyncio.get_running_loop().time()
    task = asyncio.create_task(solution(peer, name, data, timeout))
    for delay, answer in comes:
        if answer == CANCELLED:
            asyncio.get_running_loop().call_later(delay, task.cancel)
    try:
        result = "returns", plain(await task)
        if asyncio.iscoroutine(result[1]):
            result[1].close()  # otherwise Python warns that it was never awaited
    except asyncio.CancelledError:
        result = "raises", "CancelledError"
    except (TimeoutError, ConnectionError, TypeError) as error:
        kinds = (TimeoutError, ConnectionError, TypeError)
        result = "raises", next(kind.__name__ for kind in kinds if isinstance(error, kind))
    return *result, round(asyncio.get_running_loop().time() - begun, 3)
