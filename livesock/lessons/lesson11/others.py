"""Right solutions of lesson 11 in other styles than the references'."""

# mypy: ignore-errors
# written as a learner would, without annotations

from collections import defaultdict


class RoomsOfPairs:
    """A set of pairs."""

    def __init__(self):
        self.pairs = set()

    def join(self, member, room):
        self.pairs |= {(member, room)}

    def leave(self, member, room):
        self.pairs -= {(member, room)}

    def leave_all(self, member):
        self.pairs = {pair for pair in self.pairs if pair[0] != member}

    def rooms_of(self, member):
        return {room for who, room in self.pairs if who == member}

    def names(self):
        return {room for _, room in self.pairs}

    def targets(self, rooms, exclude=()):
        return frozenset(who for who, room in self.pairs if room in rooms and who not in exclude)


class RoomsBothWays:
    """Two dicts."""

    def __init__(self):
        self.members, self.rooms = {}, {}

    def join(self, member, room):
        for table, key, value in ((self.members, room, member), (self.rooms, member, room)):
            if key not in table:
                table[key] = set()
            table[key].add(value)

    def leave(self, member, room):
        for table, key, value in ((self.members, room, member), (self.rooms, member, room)):
            if value in table.get(key, ()):
                table[key].remove(value)
                if not table[key]:
                    del table[key]

    def leave_all(self, member):
        for room in list(self.rooms.get(member, ())):
            self.leave(member, room)

    def rooms_of(self, member):
        return set(self.rooms.get(member, ()))

    def names(self):
        return set(self.members)

    def targets(self, rooms, exclude=()):
        return set().union(*[self.members.get(room, ()) for room in rooms]).difference(exclude)


class RoomsOfMembers:
    """Only from member to rooms, with a defaultdict and lists."""

    def __init__(self):
        self.of = defaultdict(list)

    def join(self, member, room):
        if room not in self.of[member]:
            self.of[member].append(room)

    def leave(self, member, room):
        if room in self.of[member]:
            self.of[member].remove(room)

    def leave_all(self, member):
        self.of.pop(member, None)

    def rooms_of(self, member):
        return set(self.of.get(member, []))

    def names(self):
        return {room for rooms in self.of.values() for room in rooms}

    def targets(self, rooms, exclude=()):
        found = set()
        for member, its in self.of.items():
            if member not in exclude and any(room in its for room in rooms):
                found.add(member)
        return found


class RouterOfSpaces:
    """A class for the namespace."""

    class Space:
        def __init__(self):
            self.gateways, self.members = [], []

    def __init__(self):
        self.spaces = {"/": self.Space()}

    def register(self, namespace, handlers):
        self.spaces.setdefault("/" + namespace.removeprefix("/"), self.Space()).gateways.append(handlers)

    def connect(self, member, namespace):
        self.spaces[namespace].members.append(member)

    def disconnect(self, member, namespace):
        space = self.spaces.get(namespace, self.Space())
        space.members = [other for other in space.members if other != member]

    def dispatch(self, member, namespace, event, *arguments):
        space = self.spaces[namespace]
        if member not in space.members:
            raise KeyError(member)
        answer = []
        for gateway in space.gateways:
            function = gateway.get(event)
            if function is None:
                continue
            try:
                value = function(*arguments)
            except Exception as error:
                value = None
                self.last = error
            if value is not None and not answer:
                answer = [value]
        return answer


class RouterOfFunctions:
    """A dict from namespace and event to functions."""

    def __init__(self):
        self.functions, self.names, self.joined = defaultdict(list), {"/"}, defaultdict(set)

    def register(self, namespace, handlers):
        if not namespace.startswith("/"):
            namespace = "/" + namespace
        self.names.add(namespace)
        for event, function in handlers.items():
            self.functions[namespace, event].append(function)

    def connect(self, member, namespace):
        if namespace in self.names:
            self.joined[member].add(namespace)
        else:
            raise LookupError(namespace)

    def disconnect(self, member, namespace):
        self.joined[member].discard(namespace)

    def dispatch(self, member, namespace, event, *arguments):
        if namespace not in self.joined[member]:
            raise LookupError("not joined")
        results = [self.safely(function, arguments) for function in self.functions[namespace, event]]
        return tuple(result for result in results if result is not None)[:1]

    def safely(self, function, arguments):
        try:
            return function(*arguments)
        except Exception:
            return None


class RouterOfList:
    """One list of gateways, looked through each time."""

    def __init__(self):
        self.gateways, self.seats = [("/", {})], []

    def register(self, namespace, handlers):
        self.gateways.append(("/" + namespace.strip("/"), handlers))

    def connect(self, member, namespace):
        if all(name != namespace for name, _ in self.gateways):
            raise IndexError("no such namespace")
        self.seats.append((member, namespace))

    def disconnect(self, member, namespace):
        while (member, namespace) in self.seats:
            self.seats.remove((member, namespace))

    def dispatch(self, member, namespace, event, *arguments):
        if (member, namespace) not in self.seats:
            raise LookupError((member, namespace))
        first = None
        for name, handlers in self.gateways:
            if name == namespace and event in handlers:
                try:
                    result = handlers[event](*arguments)
                    first = result if first is None else first
                except Exception:
                    pass
        return [] if first is None else [first]


OTHERS = {
    "11.Rooms": (RoomsOfPairs, RoomsBothWays, RoomsOfMembers),
    "11.Router": (RouterOfSpaces, RouterOfFunctions, RouterOfList),
}
