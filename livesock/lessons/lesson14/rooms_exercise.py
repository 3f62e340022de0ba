"""14.Rooms: cases, wrong solutions, hints."""

from __future__ import annotations

import random
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case
from livesock.lessons.lesson14 import rooms_wrong as wrong
from livesock.lessons.lesson14.rooms import Rooms, Step, trial, typed

__all__ = ["ROOMS"]

MEMBERS, NAMES = ("ann", "bob", "cat"), ("red", "blue", "green")


def draw_steps(rng: random.Random) -> list[Step]:
    steps: list[Step] = []
    for _ in range(rng.randrange(4, 14)):
        name = rng.choice(["join"] * 6 + ["leave"] * 2 + ["leave_all"])
        member = rng.choice(MEMBERS)
        steps.append((name, member) if name == "leave_all" else (name, member, rng.choice(NAMES)))
    return steps


def draw(rng: random.Random) -> tuple[list[Step]]:
    asked = rng.sample(NAMES, rng.randrange(1, 4))
    exclude = tuple(rng.sample(MEMBERS, rng.choice([0, 0, 1, 2])))
    questions: list[Step] = [("targets", asked, exclude), ("rooms_of", rng.choice(MEMBERS)), ("names",)]
    return ([*draw_steps(rng), *questions, ("targets", list(NAMES), ())],)


def draw_member(rng: random.Random) -> tuple[list[Step], str, str]:
    return draw_steps(rng), rng.choice(MEMBERS), rng.choice(NAMES)


def agree(solution: Solution, steps: list[Step], member: str, room: str) -> bool:
    """Whether both directions say the same about a member and a room."""
    people, rooms = trial(solution, [*steps, ("targets", [room], ()), ("rooms_of", member)])
    return bool((member in people) == (room in rooms))


J, L = "join", "leave"
RED: list[Step] = [(J, "ann", "red"), (J, "bob", "red")]
TWO: list[Step] = [*RED, (J, "ann", "blue")]


def steps(name: str, *taken: Step, gives: list[Any]) -> Any:
    return case(name, list(taken), gives=plain(gives))


ROOMS = Exercise(
    "14.Rooms",
    Rooms,
    cases=(
        steps("two in a room", *RED, ("targets", ["red"], ()), gives=[{"ann", "bob"}]),
        steps("one is excluded", *RED, ("targets", ["red"], ("ann",)), gives=[{"bob"}]),
        steps("all are excluded", *RED, ("targets", ["red"], ("bob", "ann")), gives=[set()]),
        steps("exclude is left out", *RED, ("targets", ["red"]), gives=[{"ann", "bob"}]),
        steps("two rooms, one member in both", *TWO, ("targets", ["red", "blue"], ()), gives=[{"ann", "bob"}]),
        steps(
            "two rooms, different people",
            (J, "ann", "red"),
            (J, "bob", "blue"),
            ("targets", ["red", "blue"], ()),
            gives=[{"ann", "bob"}],
        ),
        steps("a room that nobody made", *RED, ("targets", ["pink"], ()), ("names",), gives=[set(), {"red"}]),
        steps("no room at all", *RED, ("targets", [], ()), gives=[set()]),
        steps("in two rooms", *TWO, ("rooms_of", "ann"), ("rooms_of", "zoe"), gives=[{"red", "blue"}, set()]),
        steps(
            "joined twice, left once",
            *RED,
            (J, "ann", "red"),
            (L, "ann", "red"),
            ("targets", ["red"], ()),
            gives=[{"bob"}],
        ),
        steps(
            "left one of two rooms",
            *TWO,
            (L, "ann", "red"),
            ("rooms_of", "ann"),
            ("targets", ["red"], ()),
            gives=[{"blue"}, {"bob"}],
        ),
        steps(
            "left twice", *RED, (L, "ann", "red"), (L, "ann", "red"), (L, "ann", "pink"), ("names",), gives=[{"red"}]
        ),
        steps("the last one leaves", (J, "ann", "red"), (L, "ann", "red"), ("names",), gives=[set()]),
        steps(
            "left everything",
            *TWO,
            ("leave_all", "ann"),
            ("targets", ["red", "blue"], ()),
            ("rooms_of", "ann"),
            ("names",),
            gives=[{"bob"}, set(), {"red"}],
        ),
        steps("left everything, in no room", *RED, ("leave_all", "zoe"), ("names",), gives=[{"red"}]),
        steps(
            "back after leaving everything",
            *TWO,
            ("leave_all", "ann"),
            (J, "ann", "green"),
            ("rooms_of", "ann"),
            gives=[{"green"}],
        ),
        steps(
            "asked twice",
            *TWO,
            ("targets", ["red"], ()),
            ("targets", ["red"], ()),
            gives=[{"ann", "bob"}, {"ann", "bob"}],
        ),
        steps(
            "asked for two, then for one",
            *TWO,
            ("targets", ["blue", "red"], ()),
            ("targets", ["blue"], ()),
            gives=[{"ann", "bob"}, {"ann"}],
        ),
    ),
    random=draw,
    times=30,
    trial=trial,
    calls=typed,
    claim=Property("a member is in a room exactly when the room is one of the member's", draw_member, agree),
    mutants=(
        Mutant(
            "join_replaces",
            wrong.JoinReplaces,
            "Let a member be in several rooms at once: a new one does not end the others.",
        ),
        Mutant(
            "counts_twice",
            wrong.CountsTwice,
            "Let joining twice be once: a list keeps a member twice, and leaving takes out one of them.",
        ),
        Mutant("leaves_everything", wrong.LeavesEverything, "Leave one room, the named one: the others stay."),
        Mutant("drops_room", wrong.DropsRoom, "Take one member out: the others are still in the room."),
        Mutant(
            "leave_raises",
            wrong.LeaveRaises,
            "Allow to leave twice, and to leave what one was never in: discard instead of remove.",
        ),
        Mutant(
            "keeps_empty",
            wrong.KeepsEmpty,
            "Forget a room when its last member leaves: a million empty rooms fill the memory.",
        ),
        Mutant("only_first", wrong.OnlyFirst, "Leave all rooms in leave_all: yours stops after one."),
        Mutant(
            "changes_while_looking",
            wrong.ChangesWhileLooking,
            "Walk over a copy: leaving changes what you are walking over.",
        ),
        Mutant(
            "stale_list",
            wrong.StaleList,
            "Change both directions: gone from the room, and the room is still in the member's list.",
        ),
        Mutant(
            "stale_room",
            wrong.StaleRoom,
            "Change both directions: the member's list is empty, and the rooms still have the member.",
        ),
        Mutant(
            "unknown_raises",
            wrong.UnknownRaises,
            "Return nobody for a room that does not exist: to speak to an empty room is no error.",
        ),
        Mutant(
            "asking_makes",
            wrong.AskingMakes,
            "Make rooms when somebody joins, never when somebody asks (a defaultdict does).",
        ),
        Mutant("intersects", wrong.Intersects, "Unite the rooms: who is in one of them is meant, not who is in all."),
        Mutant("adds_up", wrong.AddsUp, "Return a set: rooms are united, and a member of two of them hears it once."),
        Mutant("first_room", wrong.FirstRoom, "Look into every room of the list."),
        Mutant(
            "ignores_exclude",
            wrong.IgnoresExclude,
            "Leave out those of exclude: who speaks does not hear it (ann.to(…)).",
        ),
        Mutant("excludes_one", wrong.ExcludesOne, "Leave out all of exclude: there may be several."),
        Mutant("hands_out", wrong.HandsOut, "Return a set of its own: whoever changes yours changes the room."),
        Mutant("grows", wrong.Grows, "Begin with an empty set: |= on the first room's own set lets that room grow."),
        Mutant(
            "shared",
            wrong.Shared,
            "Make the dict in __init__: yours belongs to the class, so all namespaces share their rooms.",
        ),
    ),
    hints=(
        "One dict is enough: from the name of a room to the set of its members. What must be true after each call?",
        "join: setdefault(room, set()).add(member). leave: discard, then delete the room if its set is empty. "
        "leave_all walks over a copy. targets begins with an empty set and unites.",
        "A neighbour, words by first letter: index.setdefault(word[0], set()).add(word). To forget one: "
        "index.get(word[0], set()).discard(word); if not index.get(word[0]): index.pop(word[0], None).",
    ),
    explanation="This is what every server of Socket.IO keeps, one for each namespace. emit asks it for the targets, a "
    "disconnect calls leave_all, and that is why no room survives a cut.",
    distractors={
        "        self._members[room].remove(member)": "leave_raises",
        "        for room in self._members:": "changes_while_looking",
        "            united &= self._members.get(room, set())": "intersects",
        "        return united": "ignores_exclude",
    },
)
