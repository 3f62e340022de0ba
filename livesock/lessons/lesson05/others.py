"""Right solutions of lesson 05 in other styles than the reference's."""

# mypy: ignore-errors
# written as a learner would, without annotations

import codecs


class ByTable:
    """A dict of handlers, a bytearray, `None` for no message."""

    def __init__(self, max_size=1 << 20):
        self.limit = max_size
        self.opcode = None
        self.buffer = bytearray()
        self.dead = False

    def feed(self, fin, opcode, payload):
        if self.dead:
            return []
        handler = {0: self.more, 1: self.begin, 2: self.begin, 8: self.bye, 9: self.ping, 10: self.ping}.get(opcode)
        return handler(fin, opcode, payload) if handler else self.fail(1002)

    def fail(self, code):
        self.dead = True
        return [("fail", code)]

    def begin(self, fin, opcode, payload):
        if self.opcode is not None:
            return self.fail(1002)
        self.opcode = opcode
        self.buffer.clear()
        return self.add(fin, payload)

    def more(self, fin, opcode, payload):
        return self.fail(1002) if self.opcode is None else self.add(fin, payload)

    def add(self, fin, payload):
        self.buffer.extend(payload)
        if len(self.buffer) > self.limit:
            return self.fail(1009)
        if not fin:
            return []
        opcode, self.opcode = self.opcode, None
        if opcode == 2:
            return [("binary", self.buffer[:])]
        try:
            return [("text", str(self.buffer, "utf-8"))]
        except ValueError:
            return self.fail(1007)

    def ping(self, fin, opcode, payload):
        if not fin or len(payload) >= 126:
            return self.fail(1002)
        return [("pong", payload)] if opcode == 9 else []

    def bye(self, fin, opcode, payload):
        if not fin or len(payload) >= 126:
            return self.fail(1002)
        self.dead = True
        return [["close", payload]]


class Incremental:
    """Decodes each fragment as it comes, and says at the end whether it could; yields its events."""

    def __init__(self, max_size=2**20):
        self.max_size = max_size
        self.state = "idle"

    def feed(self, fin, opcode, payload):
        for event in self.events(fin, opcode, payload):
            if event[0] in {"fail", "close"}:
                self.state = "over"
            yield event

    def events(self, fin, opcode, payload):
        if self.state == "over":
            return
        if opcode & 8:
            if opcode not in {8, 9, 10} or not fin or len(payload) > 125:
                yield "fail", 1002
            elif opcode != 10:
                yield ("close" if opcode == 8 else "pong"), payload
            return
        if opcode not in {0, 1, 2} or (self.state == "idle") != (opcode > 0):
            yield "fail", 1002
            return
        if opcode:
            self.state, self.size, self.out, self.bad = "text" if opcode == 1 else "binary", 0, [], False
            self.decode = codecs.getincrementaldecoder("utf-8")().decode if opcode == 1 else (lambda data, final: data)
        self.size += len(payload)
        if self.size > self.max_size:
            yield "fail", 1009
            return
        try:
            self.out.append(self.decode(payload, fin))
        except UnicodeDecodeError:
            self.bad = True
        if fin and self.bad:
            yield "fail", 1007
        elif fin:
            kind, self.state = self.state, "idle"
            yield kind, ("" if kind == "text" else b"").join(self.out)


class ByMatch:
    """One `match`, exceptions for failures, a list of parts."""

    class Broken(Exception):
        pass

    def __init__(self, max_size=1048576):
        self.max_size, self.message, self.done = max_size, None, False

    def feed(self, fin, opcode, payload):
        if self.done:
            return []
        try:
            return self.step(fin, opcode, payload)
        except UnicodeError:
            code = 1007
        except ByMatch.Broken as broken:
            code = broken.args[0]
        self.done = True
        return [("fail", code)]

    def step(self, fin, opcode, payload):
        match opcode, fin, self.message:
            case (8 | 9 | 10, False, _):
                raise ByMatch.Broken(1002)
            case (8 | 9 | 10, _, _) if len(payload) > 125:
                raise ByMatch.Broken(1002)
            case (8, _, _):
                self.done = True
                return [("close", payload)]
            case (9, _, _):
                return [("pong", payload)]
            case (10, _, _):
                return []
            case (1 | 2, _, None):
                self.message = opcode, [payload]
            case (0, _, (_, parts)):
                parts.append(payload)
            case _:
                raise ByMatch.Broken(1002)
        kind, parts = self.message
        if sum(map(len, parts)) > self.max_size:
            raise ByMatch.Broken(1009)
        if not fin:
            return ()
        self.message = None
        whole = b"".join(parts)
        return [("text", whole.decode("utf-8"))] if kind == 1 else [("binary", whole)]


OTHERS = {"05.Assembler": (ByTable, Incremental, ByMatch)}
