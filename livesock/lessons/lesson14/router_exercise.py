"""14.Router: cases, wrong solutions, hints. The seven rows of the lesson are among the cases."""

from __future__ import annotations

import random
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case
from livesock.lessons.lesson14 import router_wrong as wrong
from livesock.lessons.lesson14.rooms import Step, typed
from livesock.lessons.lesson14.router import Router, trial

__all__ = ["ROUTER"]


def shown(steps: list[Step]) -> str:
    return typed(steps, "router")


def running(idea: str, hint: str) -> Mutant:
    return Mutant(idea, type("Router", (wrong.Runs,), {"idea": idea}), hint)


R, C, D, S = "register", "connect", "dispatch", "disconnect"
EVENTS = ("ping", "move")
SPACES = ("/", "/point", "/chat")
BEHAVIOURS = ("A", "B", "C", "None", "0", "raises")


def draw(rng: random.Random) -> tuple[list[Step]]:
    """Return gateways, comings and goings, and questions in between."""
    steps: list[Step] = []
    for number in range(rng.randrange(1, 5)):
        events = rng.sample(EVENTS, rng.randrange(1, 3))
        handlers = {event: f"{rng.choice(BEHAVIOURS)} {number}" for event in events}
        steps.append((R, rng.choice(["/", "/point", "point", "/chat"]), handlers))
    steps += [(C, rng.choice(["ann", "bob"]), rng.choice([*SPACES, "/nope"])) for _ in range(3)]
    for _ in range(rng.randrange(3, 7)):
        member, space = rng.choice(["ann", "bob"]), rng.choice(SPACES)
        leave: Step = (S, member, space)
        steps.append(rng.choice([leave, *[(D, member, space, rng.choice(EVENTS), rng.randrange(9))] * 4]))
    return (steps,)


def one_at_most(solution: Solution, steps: list[Step]) -> bool:
    """Whether no question has two answers, and none is answered for an event that nobody handles."""
    came = trial(solution, [*steps, (C, "eve", "/"), (D, "eve", "/", "unheard")])
    answers = [entry[0] for entry in came if isinstance(entry, tuple)]
    return answers[-1:] == [()] and all(len(answer) <= 1 for answer in answers if isinstance(answer, tuple))


A, B = {"ping": "A"}, {"ping": "B"}
IN: Step = (C, "ann", "/point")
ASK: Step = (D, "ann", "/point", "ping")


def steps(name: str, *taken: Step, gives: list[Any]) -> Any:
    return case(name, list(taken), gives=plain(gives))


ROUTER = Exercise(
    "14.Router",
    Router,
    cases=(
        steps("one gateway", (R, "/point", A), IN, ASK, gives=[(["A"], "ran:", "A")]),
        steps("arguments", (R, "/point", A), IN, (*ASK, 3, 4), gives=[(["A"], "ran:", "A 3 4")]),
        steps(
            "row 1: both in /",
            (R, "/", A),
            (R, "/", B),
            (C, "ann", "/"),
            (D, "ann", "/", "ping"),
            gives=[(["A"], "ran:", "A", "B")],
        ),
        steps(
            "row 2: the client in /",
            (R, "/", A),
            (R, "/point", B),
            (C, "ann", "/"),
            (D, "ann", "/", "ping"),
            gives=[(["A"], "ran:", "A")],
        ),
        steps("row 3: the client in /point", (R, "/", A), (R, "/point", B), IN, ASK, gives=[(["B"], "ran:", "B")]),
        steps("row 4: no slash", (R, "point", A), IN, ASK, gives=[(["A"], "ran:", "A")]),
        steps(
            "row 5: nobody in /",
            (R, "/point", A),
            (R, "/chat", B),
            (C, "ann", "/"),
            (D, "ann", "/", "ping"),
            gives=[([], "ran:")],
        ),
        steps("row 6: unknown", (R, "/point", A), (C, "ann", "/nope"), gives=["no such namespace"]),
        steps("row 7: both in /point", (R, "/point", A), (R, "point", B), IN, ASK, gives=[(["A"], "ran:", "A", "B")]),
        steps("/ without a gateway", (C, "ann", "/"), (D, "ann", "/", "ping"), gives=[([], "ran:")]),
        steps(
            "unknown, then an event to /",
            (R, "/point", A),
            (C, "ann", "/nope"),
            (D, "ann", "/", "ping"),
            gives=["no such namespace", ("LookupError", "ran:")],
        ),
        steps(
            "in /point, an event to /",
            (R, "/", A),
            (R, "/point", B),
            IN,
            (D, "ann", "/", "ping"),
            gives=[("LookupError", "ran:")],
        ),
        steps("an event without having joined", (R, "/point", A), ASK, gives=[("LookupError", "ran:")]),
        steps(
            "each in another namespace",
            (R, "/point", A),
            (R, "/chat", B),
            IN,
            (C, "bob", "/chat"),
            (D, "bob", "/point", "ping"),
            gives=[("LookupError", "ran:")],
        ),
        steps("an event that nobody handles", (R, "/point", A), IN, (D, "ann", "/point", "jump"), gives=[([], "ran:")]),
        steps(
            "only the second handles it",
            (R, "/point", {"move": "A"}),
            (R, "/point", B),
            IN,
            ASK,
            gives=[(["B"], "ran:", "B")],
        ),
        steps(
            "the first returns None",
            (R, "/point", {"ping": "None"}),
            (R, "/point", B),
            IN,
            ASK,
            gives=[(["B"], "ran:", "None", "B")],
        ),
        steps(
            "the first returns 0",
            (R, "/point", {"ping": "0"}),
            (R, "/point", B),
            IN,
            ASK,
            gives=[([0], "ran:", "0", "B")],
        ),
        steps(
            "the first raises",
            (R, "/point", {"ping": "raises"}),
            (R, "/point", B),
            IN,
            ASK,
            gives=[(["B"], "ran:", "raises", "B")],
        ),
        steps("the only one raises", (R, "/point", {"ping": "raises"}), IN, ASK, gives=[([], "ran:", "raises")]),
        steps("gone", (R, "/point", A), IN, (S, "ann", "/point"), ASK, gives=[("LookupError", "ran:")]),
        steps(
            "gone from one of two",
            (R, "/point", A),
            IN,
            (C, "ann", "/"),
            (S, "ann", "/"),
            ASK,
            gives=[(["A"], "ran:", "A")],
        ),
        steps(
            "somebody else has gone",
            (R, "/point", A),
            IN,
            (C, "bob", "/point"),
            (S, "bob", "/point"),
            ASK,
            gives=[(["A"], "ran:", "A")],
        ),
        steps(
            "gone twice",
            (R, "/point", A),
            IN,
            (S, "ann", "/point"),
            (S, "ann", "/point"),
            ASK,
            gives=[("LookupError", "ran:")],
        ),
        steps("the namespace of another server", (C, "ann", "/other"), gives=["no such namespace"]),
    ),
    random=draw,
    times=30,
    trial=trial,
    calls=shown,
    claim=Property("a question has one answer at most, and none if nobody handles it", draw, one_at_most),
    mutants=(
        Mutant(
            "no_slash",
            wrong.NoSlash,
            "Add the slash when a gateway is registered without: point and /point are one name.",
        ),
        Mutant("replaces", wrong.Replaces, "Keep the gateways that are there: a second one comes beside the first."),
        Mutant(
            "merges", wrong.Merges, "Keep a list of gateways: united in one dict, the second ping replaces the first."
        ),
        Mutant("no_main", wrong.NoMain, "Let / exist from the beginning, also when no gateway lives there."),
        Mutant(
            "makes_namespace",
            wrong.MakesNamespace,
            "Refuse an unknown namespace with LookupError: joining is a question, not an order.",
        ),
        Mutant(
            "falls_to_main",
            wrong.FallsToMain,
            "Refuse an unknown namespace with LookupError: / is another one, not a net below.",
        ),
        Mutant("also_main", wrong.AlsoMain, "Join one namespace only: that /point brings / along was so in version 2."),
        Mutant(
            "lets_anybody",
            wrong.LetsAnybody,
            "Ask whether the member has joined: an event from outside is a LookupError.",
        ),
        Mutant(
            "silent_stranger",
            wrong.SilentStranger,
            "Raise LookupError for who has not joined: an empty answer looks like an event that nobody handles.",
        ),
        Mutant(
            "any_member",
            wrong.AnyMember,
            "Ask for this member in this namespace: being somewhere, while others are there, is not enough.",
        ),
        Mutant("leaves_all", wrong.LeavesAll, "Leave one namespace: the connection, and the other namespaces, stay."),
        Mutant("empties_namespace", wrong.EmptiesNamespace, "Let one member go: the others are still there."),
        Mutant("disconnect_raises", wrong.DisconnectRaises, "Allow to leave twice: discard does no harm."),
        Mutant(
            "one_at_a_time",
            wrong.OneAtATime,
            "Let a member be in several namespaces at once: one connection carries many.",
        ),
        Mutant(
            "value_error",
            wrong.WrongClass,
            "Raise LookupError for an unknown namespace, so that callers can tell it from other mistakes.",
        ),
        running("error_answers", "Give no answer for a function that raises: the next one may have a real one."),
        running("one_tuple", "Hand the arguments on one by one, with the star: function(*arguments)."),
        running("everywhere", "Run the functions of this namespace only: the same event elsewhere is another one."),
        running("unhandled", "Ask whether the gateway has the event: most have not."),
        running("first_only", "Run every function of the event: all gateways of a namespace hear it."),
        running("until_answer", "Run the others too after the first answer: only their answers are dropped."),
        running("no_arguments", "Hand the arguments on to each function."),
        running("raises", "Catch what a function raises: the mistake of one gateway must not reach the others."),
        running("stops", "Go on after a function that raises: the others still run."),
        running("none_counts", "Skip None: a function that returns nothing has not answered."),
        running("truthy", "Compare with None: 0, False and an empty text are answers, too."),
        running("all_answers", "Return one answer: a question has one number, and the first answer ends it."),
        running("last_answer", "Return the first answer: yours is the last one."),
        Mutant("bare", wrong.bare(Router), "Return a list: with the answer in it, or empty if there is none."),
    ),
    hints=(
        "Two things to remember: for each namespace a list of gateways, and who is in which namespace.",
        'Begin with {"/": []} and an empty set of pairs (member, namespace). dispatch: not in the set → LookupError; '
        "then every gateway that has the event, each in a try of its own; the first result but None is the answer.",
        "A neighbour, bells in rooms: bells.setdefault(room, []).append(bell); then for bell in bells[room]: try: "
        "sounds.append(bell()) except Exception: continue; and sounds[:1] is a list of one, or empty.",
    ),
    explanation="The seven rows in thirty lines: members and functions belong to the namespace, the class is a way to "
    "write them down. livesock's own router adds a warning for the second gateway, and keeps what a function raises.",
    distractors={
        "        self._gateways[namespace] = [handlers]": "replaces",
        "            raise": "raises",
        "        return [answer for answer in answers if answer][:1]": "truthy",
        "        return [answer for answer in answers if answer is not None]": "all_answers",
    },
)
