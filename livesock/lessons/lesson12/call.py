"""12.call: ask, wait for so long, and leave nothing behind."""

import asyncio
import contextlib
import random
from typing import Any

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson12.peer import CANCELLED, LOST, UNSENDABLE, Ask, Comes, Peer, trial

__all__ = ["CALL", "call"]


async def call(peer: Peer, name: str, data: object, timeout: float) -> object:
    """Ask `peer` and return its answer; TimeoutError if it does not come within `timeout` seconds.

    Take a number, `next(peer.numbers)`, put a future below it into `peer.waiting`, and send the question. The reader of
    the line sets the result of that future. However it ends, the entry is gone.
    """
    number = next(peer.numbers)
    answer = asyncio.get_running_loop().create_future()
    peer.waiting[number] = answer
    try:
        peer.send(number, name, data)
        return await asyncio.wait_for(answer, timeout)
    finally:
        del peer.waiting[number]


def said(came: Any) -> str:
    """Return what `trial` returned in words."""
    calls, left, sent = came
    ends = [f"{how} {value if how == 'raises' else repr(value)} after {after:g} s" for how, value, after in calls]
    numbers = ", ".join(str(number) for number, _, _ in sent) or "none"
    return f"{'; '.join(ends)}; left: {', '.join(left)}; numbers sent: {numbers}"


def typed(asks: list[Ask]) -> str:
    return "; ".join(map(asked, asks))


def asked(ask: Ask) -> str:
    when, data, timeout, comes = ask
    later = f"after {when:g} s: " if when else ""
    happens = [f"{'' if one in (LOST, CANCELLED) else 'the answer '}{one} after {delay:g} s" for delay, one in comes]
    return f"{later}await call(peer, …, {data!r}, {timeout:g}), {', '.join(happens) or 'no answer ever'}"


def calls(name: str, *asks: Ask, ends: list[Any]) -> Case:
    """Return a case: how each call ends, and when; nothing is left."""
    sent = [(n, f"ask {n}", data) for n, (_, data, _, _) in enumerate(asks) if data != UNSENDABLE]
    return case(name, list(asks), gives=(ends, ["0 waiting", "0 tasks"], sent))


def draw(rng: random.Random) -> tuple[list[Ask]]:
    asks: list[Ask] = []
    for _ in range(rng.randrange(1, 5)):
        comes: list[Comes] = [(rng.randrange(1, 40) / 4 + 0.104, f"answer {rng.randrange(99)}")] * rng.choice(
            [0, 1, 1, 1]
        )
        asks.append((len(asks) / 8, rng.randrange(99), rng.choice([1.0, 2.5, 5.0]), comes))
    return (asks,)


def draw_many(rng: random.Random) -> tuple[int]:
    return (rng.randrange(4, 9),)


def leaves_nothing(solution: Solution, many: int) -> bool:
    """Whether many time-outs leave nothing behind."""
    _, left, _ = trial(solution, [(0.0, n, 1.0, [(2.0, "late")]) for n in range(many)])
    return list(left) == ["0 waiting", "0 tasks"]


def gives(value: object, after: float) -> Any:
    return "returns", value, float(after)


def raises(error: str, after: float) -> Any:
    return "raises", error, float(after)


OK: list[Comes] = [(1.0, "ok")]

CALL = exercise(
    "12.call",
    call,
    r"""
hint: There are five ways out: an answer, a time-out, a lost connection, a cancelled caller, data that cannot be sent.
    Which statement of Python is run on all of them?
hint: asyncio.wait_for(future, timeout) ends in the answer or in TimeoutError. What stands in finally is done however it
    ends; so try begins before send.
hint: A neighbour, a bell that must be silent afterwards: bell.on(); try: await asyncio.wait_for(door, 5); finally:
    bell.off().
explanation: Without the finally each time-out leaves an entry for ever: 10,000 of them are a leak that no test of
    one call shows. A late answer finds no entry and is dropped: whether the work was done, the caller does not know.

leaks: Take the entry away when the time is over, too: 10,000 time-outs, 10,000 entries.
  * finally: → except RuntimeError:
    return await asyncio.wait_for(answer, timeout) → result = await asyncio.wait_for(answer, timeout)
    | del peer.waiting[number]
    | return result
leaks_answered: Take the entry away when the answer has come, too: yours does so after a time-out alone.
    finally: → except TimeoutError:
    del peer.waiting[number] → del peer.waiting[number]
    | raise
leaks_unsent: Begin the try before send: when it raises, the entry stays.
    try: → peer.send(number, name, data)
    | try:
    peer.send(number, name, data) →
only_timeouts: Take the entry away however it ends: a lost connection and a cancelled caller leave yours behind.
    finally: → except TimeoutError:
    del peer.waiting[number] → del peer.waiting[number]
    | raise
    return await asyncio.wait_for(answer, timeout) → result = await asyncio.wait_for(answer, timeout)
    | del peer.waiting[number]
    | return result
not_cancelled: Use finally: a caller that is cancelled raises CancelledError, which is no Exception.
    return await asyncio.wait_for(answer, timeout) → result = await asyncio.wait_for(answer, timeout)
    | del peer.waiting[number]
    | return result
    finally: → except Exception:
    del peer.waiting[number] → del peer.waiting[number]
    | raise
no_timeout: Wait for `timeout` seconds at most: an answer that never comes would hold this caller for ever.
  * asyncio.wait_for(answer, timeout) → asyncio.wait_for(answer, 30)
none_instead: Raise TimeoutError: None may be the answer, and a caller that does not look goes on as if all were well.
    finally: → except TimeoutError:
    |     return None
    | finally:
milliseconds: Wait for seconds: they are seconds everywhere in Python.
    asyncio.wait_for(answer, timeout) → asyncio.wait_for(answer, timeout / 1000)
retries: Ask once: asking again is for the caller to decide, who knows whether it may be done twice.
    return await asyncio.wait_for(answer, timeout) → with suppress(TimeoutError):
    |     return await asyncio.wait_for(answer, timeout / 2)
    | peer.send(number, name, data)
    | return await asyncio.wait_for(answer, timeout / 2)
sleeps: Return as soon as the answer comes: yours sleeps for the whole time.
    return await asyncio.wait_for(answer, timeout) → await asyncio.sleep(timeout)
    | return await asyncio.wait_for(answer, 0.001)
polls: Let the future wake you: yours looks from time to time, and is late each time.
    return await asyncio.wait_for(answer, timeout) → waited = 0.0
    | while not answer.done() and waited < timeout:
    |     await asyncio.sleep(0.05)
    |     waited += 0.05
    | if not answer.done():
    |     raise TimeoutError
    | return answer.result()
truthy: Return every answer: 0, False and None are answers, too.
    return await asyncio.wait_for(answer, timeout) → result = await asyncio.wait_for(answer, timeout)
    | if not result:
    |     raise TimeoutError
    | return result
one_number: Take a new number for each question: two questions with the number 0 share one answer.
    number = next(peer.numbers) → number = 0
    del peer.waiting[number] → peer.waiting.pop(number, None)
by_count: Take the next of peer.numbers: a count of what is open gives a number twice, and a late answer fits.
    number = next(peer.numbers) → number = len(peer.waiting)
    del peer.waiting[number] → peer.waiting.pop(number, None)
skips: Take one number for each question: the next one of peer.numbers.
    number = next(peer.numbers) → number = next(peer.numbers) + 1
clears: Take away your own entry alone: others are waiting, too.
    del peer.waiting[number] → peer.waiting.clear()
task_left: Leave no task behind: yours still waits when the caller has its answer. wait_for needs none.
    return await asyncio.wait_for(answer, timeout) → waits = asyncio.create_task(asyncio.sleep(1000))
    | return await asyncio.wait_for(answer, timeout)
timer_left: End the timer when the answer has come: yours sleeps on. asyncio.wait_for needs no task.
    return await asyncio.wait_for(answer, timeout) → async def give_up():
    |     await asyncio.sleep(timeout)
    |     if not answer.done():
    |         answer.set_exception(TimeoutError())
    | asyncio.create_task(give_up())
    | return await answer
timer_fails: Cancel the timer when the answer has come: yours goes off later, and what it raises is seen by no caller.
    return await asyncio.wait_for(answer, timeout) →
    | asyncio.get_running_loop().call_later(timeout, answer.set_exception, TimeoutError())
    | return await answer
swallows: Let the exceptions out: after a lost connection yours returns None, as if that were the answer.
    finally: → except ConnectionError:
    |     return None
    | finally:
as_timeout: Let the ConnectionError out: a lost connection is known at once, a time-out is only silence.
    finally: → except ConnectionError:
    |     raise TimeoutError
    | finally:
not_sent: Send the question: nobody answers what was not asked.
    peer.send(number, name, data) →
answer_in_list: Return the answer as it came: yours wraps it.
    return await asyncio.wait_for(answer, timeout) → return [await asyncio.wait_for(answer, timeout)]
""",
    statement="Write call: ask, wait `timeout` seconds at most, and leave nothing behind.",
    cases=(
        calls("an answer", (0, "hi", 2.0, [(1.004, "ok")]), ends=[gives("ok", 1.004)]),
        calls("no answer", (0, "hi", 2.0, []), ends=[raises("TimeoutError", 2)]),
        calls("the answer comes too late", (0, "hi", 2.0, [(3.0, "late")]), ends=[raises("TimeoutError", 2)]),
        calls("the answer is None", (0, "hi", 2.0, [(1.0, None)]), ends=[gives(None, 1)]),
        calls("the answer is 0", (0, "hi", 2.0, [(1.0, 0)]), ends=[gives(0, 1)]),
        calls("the answer comes twice", (0, "hi", 2.0, [(1.0, "one"), (1.5, "two")]), ends=[gives("one", 1)]),
        calls(
            *("two questions, the second is answered first", (0, "a", 5.0, [(3.0, "A")]), (0, "b", 5.0, OK)),
            ends=[gives("A", 3), gives("ok", 1)],
        ),
        calls(
            *("one waits while another gets no answer", (0, "a", 1.0, []), (0.5, "b", 5.0, [(2.0, "B")])),
            ends=[raises("TimeoutError", 1), gives("B", 2)],
        ),
        calls(
            *(
                "a late answer, while the next one is asked",
                (0, "a", 1.0, [(2.0, "late")]),
                (1.5, "b", 5.0, [(2.0, "B")]),
            ),
            ends=[raises("TimeoutError", 1), gives("B", 2)],
        ),
        calls("the connection is lost", (0, "hi", 5.0, [(1.0, LOST)]), ends=[raises("ConnectionError", 1)]),
        calls("the caller is cancelled", (0, "hi", 5.0, [(1.0, CANCELLED)]), ends=[raises("CancelledError", 1)]),
        calls("data that cannot be sent", (0, UNSENDABLE, 5.0, []), ends=[raises("TypeError", 0)]),
        calls("a short time-out", (0, "hi", 0.25, OK), ends=[raises("TimeoutError", 0.25)]),
    ),
    random=draw,
    times=20,
    claim=Property("many time-outs leave nothing behind", draw_many, leaves_nothing),
    trial=trial,
    calls=typed,
    shows=said,
    asynchronous=True,
    written={"asyncio": asyncio, "suppress": contextlib.suppress},
)
