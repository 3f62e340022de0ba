"""The loop whose clock jumps."""

from __future__ import annotations

from livesock.learn.checking.jumping import JumpingLoop


def test_a_loop_that_an_interrupt_has_stopped_from_being_made_is_closed() -> None:
    assert JumpingLoop.__new__(JumpingLoop).is_closed(), "asyncio asks when it is thrown away"
    loop = JumpingLoop()
    assert not loop.is_closed()
    loop.close()
