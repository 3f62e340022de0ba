"""13.authenticate: the first message says who it is, in time, before anything is heard."""

import asyncio
import hmac
import random
import string
import time
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson13.callers import Step, perform, said, typed

__all__ = ["AUTHENTICATE", "authenticate"]


async def authenticate(ws: ServerConnection, token: str, members: set[ServerConnection], timeout: float) -> bool:
    """Make `ws` a member if its first message is `token`, in time; otherwise close it. Return whether it is one."""
    try:
        async with asyncio.timeout(timeout):
            came = await ws.recv()
    except (TimeoutError, ConnectionClosed):
        came = b""
    proof = came.encode() if isinstance(came, str) else came
    if not proof or not hmac.compare_digest(proof, token.encode()):
        await ws.close(4401, "unauthorized")
        return False
    members.add(ws)
    return True


TOKEN = "a-secret-of-16-bytes"
YES, NO, GONE = (
    ["returns True", "open", "is a member"],
    ["returns False", "closed with 4401 'unauthorized'"],
    ["returns False", "gone"],
)


def meets(name: str, *steps: Step, gives: list[str], token: str = TOKEN, timeout: float = 5.0) -> Any:
    return case(name, token, timeout, list(steps), gives=gives)


def draw(rng: random.Random) -> tuple[str, float, list[Step]]:
    token = "".join(rng.choices(string.ascii_letters + string.digits, k=rng.randrange(16, 40)))
    timeout = rng.choice([0.5, 2.0, 10.0])
    wrong = rng.choice([token[:-1], token + "x", token.swapcase(), "", "hello", token[::-1]])
    first: Step = ("says", rng.choice([token, token, wrong, b"\x00\xff"]))
    wait: list[Step] = [("waits", timeout * rng.choice([0.5, 0.5, 2]))] if rng.random() < 0.6 else []
    return token, timeout, [*wait, first, *rng.choice([[], [("says", token)]])]


def draw_wrong(rng: random.Random) -> tuple[str, int]:
    return "".join(rng.choices(string.ascii_letters, k=20)), rng.randrange(20)


def stays_out(solution: Solution, token: str, cut: int) -> bool:
    """Whether a caller that knows only the beginning of the token stays out, and hears why in one way."""
    return perform(solution, token, 5.0, [("says", token[:cut])]) == NO


AUTHENTICATE = exercise(
    "13.authenticate",
    authenticate,
    r"""
hint: What may a caller do that knows nothing? Send anything, or nothing, go away, come too late. All end in one way.
hint: async with asyncio.timeout(timeout): came = await ws.recv(). It raises TimeoutError, or ConnectionClosed if
    the caller goes. A message may be bytes. hmac.compare_digest takes two bytes: encode both. members.add comes last.
hint: A neighbour, a bell: try: async with asyncio.timeout(5): ring = await bell.get(); except TimeoutError: ring =
    b"". Then: if not hmac.compare_digest(ring, code.encode()): await door.close(); return False.
explanation: == returns at the first letter that differs, and over many tries the time tells how many were right;
    compare_digest always takes the same time. One reason for all faults tells an attacker nothing. 4401 is ours: 4000
    to 4999 are for applications, and a page can read it. A 403 before the 101 it cannot: it sees 1006.

equals: Compare with hmac.compare_digest: the time of == tells how many letters were right.
  * not hmac.compare_digest(proof, token.encode()) → proof != token.encode()
no_timeout: Wait for timeout seconds only: a thousand silent sockets cost an attacker nothing.
  * asyncio.timeout(timeout) → asyncio.timeout(None)
own_timeout: Use timeout: yours waits for another time.
    asyncio.timeout(timeout) → asyncio.timeout(3)
milliseconds: Hand timeout on as it is: it is in seconds.
    asyncio.timeout(timeout) → asyncio.timeout(timeout / 1000)
joins_first: Add the member last: yours hears what is said to all before it has shown who it is.
    try: → members.add(ws)
    | try:
    await ws.close(4401, "unauthorized") → members.discard(ws); await ws.close(4401, "unauthorized")
stays_member: Add the member last: yours is one also after it was refused.
    try: → members.add(ws)
    | try:
never_joins: Add ws to members when the token was right.
    members.add(ws) → pass
not_closed: Close the connection of a caller that is refused: what for should it stay open?
    await ws.close(4401, "unauthorized") → pass
closed_normally: Close with 4401: 1000 says that all is well, and a client cannot tell that it must log in.
    4401, "unauthorized" → 1000, "unauthorized"
policy: Close with 4401: 1008 is a violation of any rule, and a page should know that it must log in.
    4401, "unauthorized" → 1008, "unauthorized"
no_reason: Give the reason “unauthorized”: a reader of the log wants to know.
  * 4401, "unauthorized" → 4401
tells_why: Give one reason for all faults: yours tells an attacker how far they came.
    except (TimeoutError, ConnectionClosed): → except TimeoutError:
    |     await ws.close(4401, "too late")
    |     return False
    | except ConnectionClosed:
own_reason: Give the reason “unauthorized”, word for word: clients and logs look for it.
    4401, "unauthorized" → 4401, "wrong token"
tells_length: Give one reason for all faults: yours tells how long the token is.
    4401, "unauthorized" → 4401, "unauthorized" if len(proof) == len(token) else "wrong length"
raises_both: Catch TimeoutError and ConnectionClosed: a caller that is silent, or goes, is no error of yours.
    except (TimeoutError, ConnectionClosed): → except ZeroDivisionError:
raises_late: Catch TimeoutError: a caller that says nothing is no error of yours. Close, and return False.
    except (TimeoutError, ConnectionClosed): → except ConnectionClosed:
raises_gone: Catch ConnectionClosed: a caller may go before it has said anything.
    except (TimeoutError, ConnectionClosed): → except TimeoutError:
swallows_cancel: Let CancelledError out: a server that stops ends all handlers so, and yours goes on.
    except (TimeoutError, ConnectionClosed): → except BaseException:
close_not_awaited: Await the close: the handler ends with your return, and a task that is not kept may never run.
    await ws.close(4401, "unauthorized") → asyncio.create_task(ws.close(4401, "unauthorized"))
text_only: Expect bytes, too: a caller may send a binary message, and bytes have no encode.
  * came.encode() if isinstance(came, str) else came → came.encode()
    came = b"" → came = ""
compares_texts: Compare bytes: compare_digest refuses a text with letters beyond ASCII, and bytes beside a text.
    came = b"" → came = ""
    not hmac.compare_digest(proof, token.encode()) → not hmac.compare_digest(came, str(token) + "")
second_chance: Look at the first message only: who may try again tries a million times.
    came = await ws.recv() → came = await ws.recv()
    | while not hmac.compare_digest(came.encode() if isinstance(came, str) else came, token.encode()):
    |     came = await ws.recv()
begins: Compare the whole token: yours is content with its beginning.
    not hmac.compare_digest(proof, token.encode()) → not (proof and str(token).encode().startswith(proof))
contains: Compare the whole message: yours searches for the token in it.
    not hmac.compare_digest(proof, token.encode()) → str(token).encode() not in proof
any_case: Compare letter by letter: a and A are two letters of a token.
    not hmac.compare_digest(proof, token.encode()) → not hmac.compare_digest(proof.lower(), token.encode().lower())
stripped: Compare what came: yours takes spaces away first.
    not hmac.compare_digest(proof, token.encode()) → not hmac.compare_digest(proof.strip(), token.encode())
everyone: Compare with token: yours lets everyone in who says anything.
    not hmac.compare_digest(proof, token.encode()) → not proof
reverse: Let in who has the token: yours lets in the others.
    not hmac.compare_digest → hmac.compare_digest
answers_true: Return False when the caller was refused.
    return False → return True
no_answer: Return True when the caller is a member: yours returns None.
    return True →
""",
    statement="Write authenticate: the first message must be the token, in time.",
    cases=(
        meets("the right token", ("says", TOKEN), gives=YES),
        meets("another right token", ("says", "another-secret-token"), gives=YES, token="another-secret-token"),
        meets("the right token, after a while", ("waits", 4), ("says", TOKEN), gives=YES),
        meets("a wrong token, in a binary message", ("says", b"a-secret-of-16-bytez"), gives=NO),
        meets("a wrong token", ("says", "hello"), gives=NO),
        meets("a wrong token of the same length", ("says", TOKEN[:-1] + "!"), gives=NO),
        meets("the beginning of the token", ("says", TOKEN[:5]), gives=NO),
        meets("the token and more", ("says", TOKEN + "!"), gives=NO),
        meets("the token and a space", ("says", TOKEN + " "), gives=NO),
        meets("the token in upper case", ("says", TOKEN.upper()), gives=NO),
        meets("an empty message", ("says", ""), gives=NO),
        meets("bytes", ("says", b"\x00\xff"), gives=NO),
        meets("letters beyond ASCII", ("says", "\u043a\u043b\u044e\u0447"), gives=NO),
        meets("silence", gives=NO),
        meets("too late", ("waits", 6), ("says", TOKEN), gives=NO),
        meets("too late, when the time is short", ("waits", 1), ("says", TOKEN), gives=NO, timeout=0.5),
        meets("in time, when the time is long", ("waits", 20), ("says", TOKEN), gives=YES, timeout=30.0),
        meets("wrong, then right", ("says", "hello"), ("says", TOKEN), gives=NO),
        meets("goes without a word", ("goes",), gives=GONE),
        meets("the server stops meanwhile", ("waits", 1), ("stops",), gives=["is cancelled"]),
        meets("goes after a while", ("waits", 1), ("goes",), gives=GONE),
    ),
    random=draw,
    times=10,
    trial=perform,
    calls=typed,
    shows=said,
    claim=Property("a caller with the beginning of the token stays out", draw_wrong, stays_out),
    asynchronous=True,
    written={"time": time},
)
