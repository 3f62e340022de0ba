"""A gate is an `asyncio.Event` that costs nothing while no coroutine waits."""

from __future__ import annotations

import asyncio

from livesock.net.loop.gate import Gate


async def both(gate: Gate) -> tuple[bool, bool]:
    """Return whether two coroutines still wait, some turns later."""
    tasks = [asyncio.create_task(gate.wait()) for _ in range(2)]
    for _ in range(3):
        await asyncio.sleep(0)
    waiting = not tasks[0].done(), not tasks[1].done()
    for task in tasks:
        task.cancel()
    return waiting


def test_an_open_gate_lets_everybody_pass() -> None:
    assert asyncio.run(both(Gate(is_open=True))) == (False, False)


def test_a_gate_that_was_shut_holds_everybody() -> None:
    gate = Gate(is_open=True)
    gate.clear()

    assert not gate.is_set()
    assert asyncio.run(both(gate)) == (True, True)


def test_opening_lets_all_go_on_that_wait_also_if_it_shuts_at_once() -> None:
    async def scene() -> bool:
        gate = Gate(is_open=False)
        tasks = [asyncio.create_task(gate.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        gate.set()
        gate.clear()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        return gate.is_set()

    assert asyncio.run(scene()) is False


def test_one_that_gives_up_holds_no_other() -> None:
    async def scene() -> None:
        gate = Gate(is_open=False)
        first, second = (asyncio.create_task(gate.wait()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        gate.set()
        await asyncio.wait_for(second, 5)

    asyncio.run(scene())
