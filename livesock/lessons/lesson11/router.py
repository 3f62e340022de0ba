"""11.Router: which functions answer whom. A namespace has members and gateways, and a question has one answer."""

import random
from collections.abc import Callable
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Property, Solution
from livesock.learn.tables import exercise
from livesock.lessons.lesson11.rooms import Step, steps, typed

__all__ = ["ROUTER", "Router"]


class Router:
    """The namespaces of a server, their gateways and their members."""

    def __init__(self) -> None:
        self._gateways: dict[str, list[dict[str, Any]]] = {"/": []}
        self._members: set[tuple[str, str]] = set()

    def register(self, namespace: str, handlers: dict[str, Any]) -> None:
        """Add a gateway, a dict from event to function; `point` and `/point` are one name."""
        name = namespace if namespace.startswith("/") else f"/{namespace}"
        self._gateways.setdefault(name, []).append(handlers)

    def connect(self, member: str, namespace: str) -> None:
        """Let `member` into `namespace`, and into no other; LookupError if the server does not have it."""
        if namespace not in self._gateways:
            raise LookupError("Invalid namespace")
        self._members.add((member, namespace))

    def disconnect(self, member: str, namespace: str) -> None:
        """Let `member` go from `namespace`; no harm is done if it is not in."""
        self._members.discard((member, namespace))

    def dispatch(self, member: str, namespace: str, event: str, *arguments: object) -> list[object]:
        """Run every function of the event; return the answer as a list of one value, or an empty list."""
        if (member, namespace) not in self._members:
            raise LookupError(f"{member} is not in {namespace}")
        answers: list[object] = []
        for handlers in self._gateways[namespace]:
            if event in handlers:
                try:
                    answers.append(handlers[event](*arguments))
                except Exception:
                    continue
        return [answer for answer in answers if answer is not None][:1]


def behave(name: str, log: list[Any]) -> Callable[..., Any]:
    """Return a function that writes down its call and returns its name, or does what its name says."""

    def function(*arguments: Any) -> Any:
        log.append((name, *arguments))
        if name.startswith("raises"):
            raise {"K": KeyError, "Z": ZeroDivisionError}.get(name[7:8], ValueError)("a mistake in this gateway")
        return {"None": None, "0": 0, "False": False, "''": ""}.get(name.partition(" ")[0], name)

    return function


def trial(solution: Solution, steps: list[Step]) -> list[Any]:
    """Take the steps; return for each dispatch and connect what came and who ran. Another router must not disturb."""
    other, router = solution(), solution()
    came: list[Any] = []
    ran: list[Any] = []
    other.register("/other", {"ping": behave("other", ran)})
    for name, *arguments in steps:
        if name == "register":
            namespace, handlers = arguments
            router.register(namespace, {event: behave(who, ran) for event, who in handlers.items()})
            continue
        ran.clear()
        try:
            answer = "gives", plain(getattr(router, name)(*arguments))
        except LookupError:
            if name == "disconnect":
                raise
            answer = "raises", "LookupError"
        if name == "dispatch":
            came.append((answer, [" ".join(map(str, call)) for call in ran]))
        elif name == "connect" and answer[0] == "raises":
            came.append(("connect", answer))
    return came


def said(came: list[Any]) -> str:
    """Return what `trial` returned in words."""
    return "; ".join(one(*entry) for entry in came) or "no answer"


def one(answer: Any, ran: Any) -> str:
    if answer == "connect":
        return "connect raises LookupError"
    came = "raises LookupError" if answer[0] == "raises" else repr(list(answer[1]))
    return f"{came}, {', '.join(ran) or 'no function'} ran"


def shown(steps: list[Step]) -> str:
    return typed(steps, "router")


R, C, D, S = "register", "connect", "dispatch", "disconnect"
EVENTS = ("ping", "move")
SPACES = ("/", "/point", "/chat")


def draw(rng: random.Random) -> tuple[list[Step]]:
    """Return gateways, comings and goings, and questions in between."""
    steps: list[Step] = []
    for number in range(rng.randrange(1, 5)):
        events = rng.sample(EVENTS, rng.randrange(1, 3))
        handlers = {
            event: f"{rng.choice(['A', 'B', 'C', 'None', '0', 'False', 'raises', 'raises K'])} {number}"
            for event in events
        }
        steps.append((R, rng.choice(["/", "/point", "point", "/chat"]), handlers))
    steps += [(C, rng.choice(["ann", "bob"]), rng.choice([*SPACES, "/nope"])) for _ in range(3)]
    for _ in range(rng.randrange(3, 7)):
        member, space = rng.choice(["ann", "bob"]), rng.choice(SPACES)
        leave: Step = (S, member, space)
        steps.append(rng.choice([leave, *[(D, member, space, rng.choice(EVENTS), rng.randrange(9))] * 4]))
    return (steps,)


def one_at_most(solution: Solution, steps: list[Step]) -> bool:
    """Whether no question has two answers, and no answer comes for an event without a handler."""
    came = trial(solution, [*steps, (C, "eve", "/"), (D, "eve", "/", "unheard")])
    answers = [value for (how, value), _ in (entry for entry in came if entry[0] != "connect") if how == "gives"]
    return answers[-1:] == [()] and all(len(answer) <= 1 for answer in answers)


A, B = {"ping": "A"}, {"ping": "B"}
A_MAIN, B_MAIN, A_POINT, B_POINT, B_CHAT = (R, "/", A), (R, "/", B), (R, "/point", A), (R, "/point", B), (R, "/chat", B)
MAIN, IN, OUT = (C, "ann", "/"), (C, "ann", "/point"), (S, "ann", "/point")
ASK_MAIN, ASK = (D, "ann", "/", "ping"), (D, "ann", "/point", "ping")
NO_ENTRY: Any = (("raises", "LookupError"), [])
UNKNOWN: Any = ("connect", ("raises", "LookupError"))


def says(answer: list[object], *ran: str) -> Any:
    return ("gives", answer), list(ran)


SAYS_A, SAYS_B, SILENCE = says(["A"], "A"), says(["B"], "B"), says([])


ROUTER = exercise(
    "11.Router",
    Router,
    r"""
hint: Two things to remember: for each namespace a list of gateways, and who is in which namespace.
hint: Begin with {"/": []} and an empty set of pairs (member, namespace). dispatch: not in the set → LookupError; then
    every gateway that has the event, each in a try of its own; the first result but None is the answer.
hint: A neighbour, bells in rooms: bells.setdefault(room, []).append(bell); then for bell in bells[room]: try:
    sounds.append(bell()) except Exception: continue; and sounds[:1] is a list of one, or empty.
explanation: The seven rows in thirty lines: members and functions belong to the namespace, the class is a way to write
    them down. livesock's own router adds a warning for the second gateway, and keeps what a function raises.

no_slash: Add the slash when a gateway is registered without: point and /point are one name.
    namespace if namespace.startswith("/") else f"/{namespace}" → namespace
replaces: Keep the gateways that are there: a second one comes beside the first.
  ? self._gateways.setdefault(name, []).append(handlers) → self._gateways[namespace] = [handlers]
    self._gateways.setdefault(name, []).append(handlers) → self._gateways[name] = [handlers]
merges: Keep a list of gateways: united in one dict, the second ping replaces the first.
    self._gateways.setdefault(name, []).append(handlers) → others = self._gateways.get(name, [])
    | self._gateways[name] = [dict(*others) | handlers]
no_main: Let / exist from the beginning, also when no gateway lives there.
    {"/": []} → {}
makes_namespace: Refuse an unknown namespace with LookupError: joining is a question, not an order.
    if namespace not in self._gateways: → self._gateways.setdefault(namespace, [])
    | if namespace not in self._gateways:
falls_to_main: Refuse an unknown namespace with LookupError: / is another one, not a net below.
    if namespace not in self._gateways: → namespace = namespace if namespace in self._gateways else "/"
    | if namespace not in self._gateways:
also_main: Join one namespace only: that /point brings / along was so in version 2.
    self._members.add((member, namespace)) → self._members |= {(member, namespace), (member, "/")}
lets_anybody: Ask whether the member has joined: an event from outside is a LookupError.
    if (member, namespace) not in self._members: → if namespace in self._gateways:
    |     self._members.add((member, namespace))
    | if (member, namespace) not in self._members:
silent_stranger: Raise LookupError for a member that has not joined: an empty answer looks like an unhandled event.
    raise LookupError(f"{member} is not in {namespace}") → return []
any_member: Ask for this member in this namespace: being somewhere, while others are there, is not enough.
    (member, namespace) not in self._members → not {member, namespace} <= {x for pair in self._members for x in pair}
leaves_all: Leave one namespace: the connection, and the other namespaces, stay.
    self._members.discard((member, namespace)) →
    | self._members = {pair for pair in self._members if pair[0] != member}
empties_namespace: Let one member go: the others are still there.
    self._members.discard((member, namespace)) →
    | self._members = {pair for pair in self._members if pair[1] != namespace}
disconnect_raises: Allow to leave twice: discard does no harm.
    discard → remove
one_at_a_time: Let a member be in several namespaces at once: one connection carries many.
    self._members.add((member, namespace)) → self._members = {pair for pair in self._members if pair[0] != member}
    | self._members.add((member, namespace))
value_error: Raise LookupError for an unknown namespace, so that callers can tell it from other mistakes.
    raise LookupError("Invalid namespace") → raise ValueError("Invalid namespace")
error_answers: Give no answer for a function that raises: the next one may have a real one.
    except Exception: → except Exception as error:
    continue → answers.append(str(error))
one_tuple: Hand the arguments on one by one, with the star: function(*arguments).
    (*arguments) → (arguments)
everywhere: Run the functions of this namespace only: the same event elsewhere is another one.
    self._gateways[namespace]: → [one for space in self._gateways.values() for one in space]:
unhandled: Ask whether the gateway has the event: most have not.
    answers: list[object] = [] → answers = []; functions = [handlers[event] for handlers in self._gateways[namespace]]
first_only: Run every function of the event: all gateways of a namespace hear it.
    answers.append(handlers[event](*arguments)) → answers.append(handlers[event](*arguments)); break
    continue → break
until_answer: Run the others too after the first answer: only their answers are dropped.
    answers.append(handlers[event](*arguments)) → answers.append(handlers[event](*arguments))
    | if answers[-1] is not None:
    |     break
no_arguments: Hand the arguments on to each function.
    (*arguments) → ()
only_value_error: Catch whatever a function raises: a gateway may fail in any way.
    except Exception → except ValueError
slash_anywhere: Look at the first character only: a/b is registered without its slash too.
    namespace.startswith("/") → "/" in namespace
counts_joins: Let joining twice be once: yours has to leave twice, too.
    set[tuple[str, str]] = set() → list[tuple[str, str]] = []
    self._members.add((member, namespace)) → self._members.append((member, namespace))
    self._members.discard((member, namespace)) → if (member, namespace) in self._members:
    |     self._members.remove((member, namespace))
raises: Catch what a function raises: the mistake of one gateway must not reach the others.
  * continue → raise
stops: Go on after a function that raises: the others still run.
    continue → break
none_counts: Skip None: a function that returns nothing has not answered.
    [answer for answer in answers if answer is not None][:1] → answers[:1]
truthy: Compare with None: 0, False and an empty text are answers, too.
  * answer is not None → answer
all_answers: Return one answer: a question has one number, and the first answer ends it.
  * is not None][:1] → is not None]
last_answer: Return the first answer: yours is the last one.
    is not None][:1] → is not None][-1:]
bare: Return a list: with the answer in it, or empty without one.
    [answer for answer in answers if answer is not None][:1] →
    | next((answer for answer in answers if answer is not None), None)
""",
    cases=(
        steps("one gateway", A_POINT, IN, ASK, gives=[SAYS_A]),
        steps("arguments", A_POINT, IN, (*ASK, 3, 4), gives=[says(["A"], "A 3 4")]),
        steps("row 1: both in /", A_MAIN, B_MAIN, MAIN, ASK_MAIN, gives=[says(["A"], "A", "B")]),
        steps("row 2: the client in /", A_MAIN, B_POINT, MAIN, ASK_MAIN, gives=[SAYS_A]),
        steps("row 3: the client in /point", A_MAIN, B_POINT, IN, ASK, gives=[SAYS_B]),
        steps("row 4: no slash", (R, "point", A), IN, ASK, gives=[SAYS_A]),
        steps("row 5: no gateway in /", A_POINT, B_CHAT, MAIN, ASK_MAIN, gives=[SILENCE]),
        steps("row 6: unknown", A_POINT, (C, "ann", "/nope"), gives=[UNKNOWN]),
        steps("row 7: both in /point", A_POINT, (R, "point", B), IN, ASK, gives=[says(["A"], "A", "B")]),
        steps("/ without a gateway", MAIN, ASK_MAIN, gives=[SILENCE]),
        steps("unknown, then an event to /", A_POINT, (C, "ann", "/nope"), ASK_MAIN, gives=[UNKNOWN, NO_ENTRY]),
        steps("in /point, an event to /", A_MAIN, B_POINT, IN, ASK_MAIN, gives=[NO_ENTRY]),
        steps("an event without having joined", A_POINT, ASK, gives=[NO_ENTRY]),
        steps(
            "each in another namespace",
            A_POINT,
            B_CHAT,
            IN,
            (C, "bob", "/chat"),
            (D, "bob", "/point", "ping"),
            gives=[NO_ENTRY],
        ),
        steps("an event without a handler", A_POINT, IN, (D, "ann", "/point", "jump"), gives=[SILENCE]),
        steps("only the second handles it", (R, "/point", {"move": "A"}), B_POINT, IN, ASK, gives=[SAYS_B]),
        steps(
            "the first returns None",
            (R, "/point", {"ping": "None"}),
            B_POINT,
            IN,
            ASK,
            gives=[says(["B"], "None", "B")],
        ),
        steps("the first returns 0", (R, "/point", {"ping": "0"}), B_POINT, IN, ASK, gives=[says([0], "0", "B")]),
        steps(
            "the first raises",
            (R, "/point", {"ping": "raises"}),
            B_POINT,
            IN,
            ASK,
            gives=[says(["B"], "raises", "B")],
        ),
        steps(
            "the first raises KeyError",
            (R, "/point", {"ping": "raises KeyError"}),
            B_POINT,
            IN,
            ASK,
            gives=[says(["B"], "raises KeyError", "B")],
        ),
        steps(
            "the only one raises ZeroDivisionError",
            (R, "/point", {"ping": "raises ZeroDivisionError"}),
            IN,
            ASK,
            gives=[says([], "raises ZeroDivisionError")],
        ),
        steps(
            "the first returns False",
            (R, "/", {"ping": "False"}),
            B_MAIN,
            MAIN,
            ASK_MAIN,
            gives=[says([False], "False", "B")],
        ),
        steps(
            "two return None",
            *[(R, "/point", {"ping": "None"})] * 2,
            B_POINT,
            IN,
            ASK,
            gives=[says(["B"], "None", "None", "B")],
        ),
        steps(
            "no slash, and one inside", (R, "a/b", A), (C, "ann", "/a/b"), (D, "ann", "/a/b", "ping"), gives=[SAYS_A]
        ),
        steps("registered after she has joined", MAIN, A_MAIN, ASK_MAIN, gives=[SAYS_A]),
        steps("an event to an unknown namespace", A_MAIN, MAIN, (D, "ann", "/nope", "ping"), gives=[NO_ENTRY]),
        steps("gone from an unknown namespace", A_POINT, IN, (S, "ann", "/nope"), ASK, gives=[SAYS_A]),
        steps("joined twice, gone once", A_POINT, IN, IN, OUT, ASK, gives=[NO_ENTRY]),
        steps(
            "one of three has gone",
            A_POINT,
            *(IN, (C, "bob", "/point"), (C, "cat", "/point"), (S, "bob", "/point")),
            *(ASK, (D, "bob", "/point", "ping"), (D, "cat", "/point", "ping")),
            gives=[SAYS_A, NO_ENTRY, SAYS_A],
        ),
        steps("the only one raises", (R, "/point", {"ping": "raises"}), IN, ASK, gives=[says([], "raises")]),
        steps("gone", A_POINT, IN, OUT, ASK, gives=[NO_ENTRY]),
        steps("gone from one of two", A_POINT, IN, MAIN, (S, "ann", "/"), ASK, gives=[SAYS_A]),
        steps("another member has gone", A_POINT, IN, (C, "bob", "/point"), (S, "bob", "/point"), ASK, gives=[SAYS_A]),
        steps("gone twice", A_POINT, IN, OUT, OUT, ASK, gives=[NO_ENTRY]),
        steps("the namespace of another server", (C, "ann", "/other"), gives=[UNKNOWN]),
    ),
    random=draw,
    times=30,
    trial=trial,
    calls=shown,
    shows=said,
    claim=Property("a question has one answer at most, and none without a handler", draw, one_at_most),
)
