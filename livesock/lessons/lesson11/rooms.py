"""11.Rooms: two directions that must agree, who is in a room and in which rooms a member is."""

import random
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["ROOMS", "Rooms", "Step", "steps", "typed"]

Step = tuple[Any, ...]
"""The name of a method, then its arguments."""


class Rooms:
    """Who is in which room of one namespace."""

    def __init__(self) -> None:
        self._members: dict[str, set[str]] = {}

    def join(self, member: str, room: str) -> None:
        """Put `member` into `room`; twice is once."""
        self._members.setdefault(room, set()).add(member)

    def leave(self, member: str, room: str) -> None:
        """Take `member` out of `room`; no harm is done if it is not in."""
        self._members.get(room, set()).discard(member)
        if not self._members.get(room):
            self._members.pop(room, None)

    def leave_all(self, member: str) -> None:
        """Take `member` out of every room."""
        for room in self.rooms_of(member):
            self.leave(member, room)

    def rooms_of(self, member: str) -> set[str]:
        """Return the rooms that `member` is in."""
        return {room for room, members in self._members.items() if member in members}

    def names(self) -> set[str]:
        """Return all rooms; an empty room is no room."""
        return set(self._members)

    def targets(self, rooms: list[str], exclude: tuple[str, ...] = ()) -> set[str]:
        """Return the members of `rooms`, each one once, without those in `exclude`."""
        united: set[str] = set()
        for room in rooms:
            united |= self._members.get(room, set())
        return united - set(exclude)


def trial(solution: Solution, steps: list[Step]) -> Any:
    """Take the steps on one object and return what the questions gave; another object must not notice, nor disturb."""
    other, rooms, answers = solution(), solution(), []
    other.join("zoe", "red")
    for name, *arguments in steps:
        answer = targets(rooms, *arguments) if name == "targets" else getattr(rooms, name)(*arguments)
        if name in ("rooms_of", "names", "targets"):
            answers.append(plain(answer))
            if isinstance(answer, set):
                answer.clear()  # what was returned is the caller's
    if solution().names():
        return "a new object has rooms already"
    return answers


def targets(rooms: Any, asked: list[str], *exclude: tuple[str, ...]) -> Any:
    """Name the option, as the lesson does."""
    return rooms.targets(asked, exclude=exclude[0]) if exclude else rooms.targets(asked)


def said(answers: Any) -> str:
    """Return what `trial` returned as a learner writes sets, in one order."""
    return answers if isinstance(answers, str) else "; ".join(map(one, answers))


def one(answer: Any) -> str:
    return (
        f"{{{', '.join(map(repr, sorted(answer)))}}}"
        if answer and isinstance(answer, frozenset)
        else repr(answer).replace("frozenset", "set")
    )


def typed(steps: list[Step], name: str = "rooms") -> str:
    """Return the steps as a learner would type them."""
    return "; ".join(call(name, *step) for step in steps)


def call(name: str, method: str, *arguments: Any) -> str:
    written = [*map(repr, arguments)]
    if method == "targets" and len(written) == 2:
        written[1] = f"exclude={written[1]}"
    return f"{name}.{method}({', '.join(written)})"


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


ANN: Step = ("join", "ann", "red")
RED: list[Step] = [ANN, ("join", "bob", "red")]
TWO: list[Step] = [*RED, ("join", "ann", "blue")]
LEAVE: Step = ("leave", "ann", "red")
ALL: Step = ("leave_all", "ann")
IN_RED: Step = ("targets", ["red"], ())
IN_BOTH: Step = ("targets", ["red", "blue"], ())
OF_ANN: Step = ("rooms_of", "ann")
ROOM_NAMES: Step = ("names",)


def steps(name: str, *taken: Step, gives: list[Any]) -> Any:
    return case(name, list(taken), gives=plain(gives))


ROOMS = exercise(
    "11.Rooms",
    Rooms,
    r"""
hint: One dict is enough: from the name of a room to the set of its members. What must be true after each call?
hint: join: setdefault(room, set()).add(member). leave: discard, then delete the room if its set is empty. leave_all
    walks over a copy. targets begins with an empty set and unites.
hint: A neighbour, words by first letter: index.setdefault(word[0], set()).add(word). To forget one: index.get(word[0],
    set()).discard(word); if not index.get(word[0]): index.pop(word[0], None).
explanation: This is what every server of Socket.IO keeps, one for each namespace. emit asks it for the targets, a
    disconnect calls leave_all, and that is why no room survives a cut.

join_replaces: Let a member be in several rooms at once: a new one does not end the others.
    self._members.setdefault → self.leave_all(member); self._members.setdefault
counts_twice: Let joining twice be once: a list keeps a member twice, and leaving takes out one of them.
    self._members: dict[str, set[str]] = {} → self._members, self._more = {}, []
    self._members.setdefault → if room in self.rooms_of(member):
    |     self._more.append((member, room))
    | self._members.setdefault
    self._members.get(room, set()).discard(member) → if (member, room) in self._more:
    |     return self._more.remove((member, room))
    | self._members.get(room, set()).discard(member)
leaves_everything: Leave one room, the named one: the others stay.
    self._members.get(room, set()).discard(member) → for room in self.rooms_of(member):
    |     self._members[room].discard(member)
    |     if not self._members[room]:
    |         del self._members[room]
drops_room: Take one member out: the others are still in the room.
    self._members.get(room, set()).discard(member) → self._members.pop(room, None)
leave_raises: Allow to leave twice, and to leave what one was never in: discard instead of remove.
  * self._members.get(room, set()).discard(member) → self._members[room].remove(member)
keeps_empty: Forget a room when its last member leaves: a million empty rooms fill the memory.
    self._members.pop(room, None) → pass
only_first: Leave all rooms in leave_all: yours stops after one.
    self.rooms_of(member): → sorted(self.rooms_of(member))[:1]:
changes_while_looking: Walk over a copy: leaving changes what you are walking over.
  * self.rooms_of(member): → self._members:
stale_list: Change both directions: gone from the room, and the room is still in the member's list.
    self._members: dict[str, set[str]] = {} → self._members, self._rooms = {}, {}
    self._members.setdefault → self._rooms.setdefault(member, set()).add(room); self._members.setdefault
    self._members.get(room, set()).discard(member) → self._rooms.get(member, set()).discard(room)
    | self._members.get(room, set()).discard(member)
    self.leave(member, room) → self.leave(member, room); self._rooms[member].add(room)
    {room for room, members in self._members.items() if member in members} → set(self._rooms.get(member, ()))
stale_room: Change both directions: the member's list is empty, and the rooms still have the member.
    self._members: dict[str, set[str]] = {} → self._members, self._rooms = {}, {}
    self._members.setdefault → self._rooms.setdefault(member, set()).add(room); self._members.setdefault
    self._members.get(room, set()).discard(member) → self._rooms.get(member, set()).discard(room)
    | self._members.get(room, set()).discard(member)
    self.leave(member, room) → self._rooms.pop(member, None)
    {room for room, members in self._members.items() if member in members} → set(self._rooms.get(member, ()))
unknown_raises: Return an empty set for a room that does not exist: speaking to an empty room is not an error.
    united |= self._members.get(room, set()) → united |= self._members[room]
asking_makes: Make rooms when a member joins, never when a caller asks (a defaultdict does).
    united |= self._members.get(room, set()) → united |= self._members.setdefault(room, set())
intersects: Unite the rooms: who is in one of them is meant, not who is in all.
  ? united |= → united &=
    return united - set(exclude) → sets = [self._members.get(room, set()) for room in rooms]
    | return set.intersection(*sets) - set(exclude) if sets else set()
adds_up: Return a set: rooms are united, and a member of two of them hears it once.
    return united - set(exclude) → heard = [who for room in rooms for who in sorted(self._members.get(room, set()))]
    | return [who for who in heard if who not in exclude]
first_room: Look into every room of the list.
    for room in rooms: → for room in rooms[:1]:
ignores_exclude: Leave out those of exclude: who speaks does not hear it (ann.to(…)).
  * return united - set(exclude) → return united
excludes_one: Leave out all of exclude: there may be several.
    set(exclude) → set(exclude[:1])
hands_out: Return a set of its own: a caller that changes yours changes the room.
    united: set[str] = set() → if len(rooms) == 1 and not exclude:
    |     return self._members.get(rooms[0], set())
    | united: set[str] = set()
hands_out_rooms: Return a set of its own from rooms_of too: a caller that empties yours takes the member out.
    self._members: dict[str, set[str]] = {} → self._members, self._rooms = {}, {}
    self._members.setdefault → self._rooms.setdefault(member, set()).add(room); self._members.setdefault
    self._members.get(room, set()).discard(member) → self._rooms.get(member, set()).discard(room)
    | self._members.get(room, set()).discard(member)
    self.rooms_of(member): → tuple(self.rooms_of(member)):
    {room for room, members in self._members.items() if member in members} → self._rooms.get(member, set())
hands_out_names: Return a set of its own from names too: a caller that empties yours forgets every room.
    self._members: dict[str, set[str]] = {} → self._members, self._names = {}, set()
    self._members.setdefault → self._names.add(room); self._members.setdefault
    self._members.pop(room, None) → self._members.pop(room, None); self._names.discard(room)
    return set(self._members) → return self._names
grows: Begin with an empty set: |= on the first room's own set lets that room grow.
    united: set[str] = set() → united = self._members.get(rooms[0], set()) if rooms else set()
shared: Make the dict in __init__: yours belongs to the class, so all namespaces share their rooms.
    def __init__(self) -> None: → everywhere = {}
    | def __init__(self) -> None:
    self._members: dict[str, set[str]] = {} → self._members = self.everywhere
""",
    cases=(
        steps("two in a room", *RED, IN_RED, gives=[{"ann", "bob"}]),
        steps("one is excluded", *RED, ("targets", ["red"], ("ann",)), gives=[{"bob"}]),
        steps("all are excluded", *RED, ("targets", ["red"], ("bob", "ann")), gives=[set()]),
        steps("exclude is left out", *RED, ("targets", ["red"]), gives=[{"ann", "bob"}]),
        steps("two rooms, one member in both", *TWO, IN_BOTH, gives=[{"ann", "bob"}]),
        steps("two rooms, different people", ANN, ("join", "bob", "blue"), IN_BOTH, gives=[{"ann", "bob"}]),
        steps("a room that was never made", *RED, ("targets", ["pink"], ()), ROOM_NAMES, gives=[set(), {"red"}]),
        steps("no room at all", *RED, ("targets", [], ()), gives=[set()]),
        steps("in two rooms", *TWO, OF_ANN, ("rooms_of", "zoe"), gives=[{"red", "blue"}, set()]),
        steps("joined twice, left once", *RED, ANN, LEAVE, IN_RED, gives=[{"bob"}]),
        steps("left one of two rooms", *TWO, LEAVE, OF_ANN, IN_RED, gives=[{"blue"}, {"bob"}]),
        steps("left twice", *RED, LEAVE, LEAVE, ("leave", "ann", "pink"), ROOM_NAMES, gives=[{"red"}]),
        steps("the last one leaves", ANN, LEAVE, ROOM_NAMES, gives=[set()]),
        steps("left everything", *TWO, ALL, IN_BOTH, OF_ANN, ROOM_NAMES, gives=[{"bob"}, set(), {"red"}]),
        steps("left three rooms", *TWO, ("join", "ann", "green"), ALL, OF_ANN, ROOM_NAMES, gives=[set(), {"red"}]),
        steps("asked twice for her rooms", *TWO, OF_ANN, OF_ANN, gives=[{"red", "blue"}, {"red", "blue"}]),
        steps("asked for her rooms, then left", *TWO, OF_ANN, ALL, ROOM_NAMES, gives=[{"red", "blue"}, {"red"}]),
        steps("asked twice for all rooms", *TWO, ROOM_NAMES, ROOM_NAMES, gives=[{"red", "blue"}, {"red", "blue"}]),
        steps("left everything, in no room", *RED, ("leave_all", "zoe"), ROOM_NAMES, gives=[{"red"}]),
        steps("back after leaving everything", *TWO, ALL, ("join", "ann", "green"), OF_ANN, gives=[{"green"}]),
        steps("asked twice", *TWO, IN_RED, IN_RED, gives=[{"ann", "bob"}, {"ann", "bob"}]),
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
    shows=said,
    claim=Property("a member is in a room exactly when the room is one of the member's", draw_member, agree),
)
