"""What lesson 11 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
11.two_gateways: A and B, no namespace given, both handle clear. One client asks once. Who runs, and how many answers
        come?
    why: Both run, and only the first answer is sent.
    a: only A runs: it was first; one answer
        B ran as well: look at the map. Only its answer was dropped. [M09]
    b: only B runs: it replaced A; one answer
        Two classes, and both ran. Only a class of the same name is replaced. [M09]
    c: both run; two answers
        Both ran. But a question has one number, and one answer ends it: the second one is dropped.
  * d: both run; one answer
        Yes. A question has one number, so there is room for one answer. The first one wins.

11.row_five: A at /point, B at /chat. A client connects to / and asks clear.
    why: It is connected, and no handler runs.
    a: an error: there is no gateway at `/`
        / is always there. Only a namespace that was not made is refused: row 6. [M10]
    b: both answer: `/` is above all
        / is not above anything. It is one namespace among others, with a short name. [M11]
  * c: it is connected, and no handler runs
        Yes, and that is nasty: everything looks well, and nothing happens.
    d: A answers: it is the first one
        A lives in /point. Who is in / does not exist for it. [M09]

11.to_red: Ann and Ben are in the room red, Cat is not. ann.to("red").emit("news"): who hears it?
    why: Only Ben: Ann herself is left out.
    a: Ann and Ben: they are in the room
        That is point.to("red"): the server speaks, and no member is left out. Here Ann speaks. [M12]
  * b: Ben
        Yes: the others in the room. Who speaks is left out.
    c: all but Ann
        That is ann.broadcast. Cat is not in the room. [M12]
    d: Ann
        That is ann.emit: to her alone.

11.refused: Cat has a seat in /point. She asks for /vip, where on_connect puts her into a room and then raises Refused.
    why: One wish was refused; the connection, and her seat in /point, stay.
    a: her connection is closed, with a code
        A connection carries several namespaces: why should /point suffer for /vip? In the log there is no close. [M10]
  * b: she gets the reason, and keeps her seat in `/point`
        Yes: 44 is an answer, not an end. The room in which she was put is forgotten.
    c: she is in `/vip`, but hears nothing
        Being refused is loud: 44/vip, with the reason. Silence is for a namespace in which nothing answers. [M10]
    d: her client asks again, until it is let in
        A lost connection is tried again. A refusal is an answer, and asking again is for the program to decide.

11.guard: Before on_connect of /staff stands a guard, staff.use(guard), and it refuses Cat. Which of the handlers run?
    why: The guard alone: on_connect was not reached, and a peer that was never in does not leave.
    a: `on_connect`, then the guard
        A guard stands at the door: it is asked first, whatever was registered first.
  * b: the guard alone
        Yes. What comes behind the guard may rely on it.
    c: the guard, then `on_connect`
        Raising ends it: nothing behind the guard runs.
    d: the guard, then `on_disconnect`
        on_disconnect is for peers that were in. Cat was not.

11.silence: Ann asks with timeout=0.1; the handler takes 0.4 s. What happens after her TimeoutError?
    why: The handler runs to its end, and its answer comes too late.
    a: the handler is stopped
        The server does not know that Ann has given up: no packet says so. [M15]
  * b: the handler runs to its end, and its answer is dropped
        Yes. It was done, and Ann does not know it.
    c: the handler runs to its end, and the question is asked again
        A question is asked once. Asking again is for the program to decide, and could do it twice. [M15]
    d: the connection is closed
        A slow answer is no fault of the connection: other questions are answered meanwhile.

11.cut: Eve is in the lobby. Her connection breaks, her client comes back. Does she hear what is said to the lobby?
    why: A new connection is a new member, in no room but its own.
    a: yes: the library remembers her rooms
        The library did not. Her id is new, too: the server does not know that it is Eve. [M13]
    b: yes: the room belongs to her client
        Rooms exist on the server only. Her client never knew of one. [M13]
  * c: no: to the server she is a new peer
        Yes: a new id, and no room but her own.
    d: only if no other peer has taken her place
        There are no places. A new connection is a new member, in no room but its own. [M13]
""",
    judges={
        "11.two_gateways": lambda came: {(1, 0, 1): "a", (0, 1, 1): "b", (1, 1, 2): "c", (1, 1, 1): "d"}.get(
            tuple(came), ""
        ),
        "11.row_five": lambda row: {
            ((), "Refused"): "a",
            (("A", "B"), "from A"): "b",
            ((), "TimeoutError"): "c",
            (("A",), "from A"): "d",
        }.get((tuple(row[0]), row[1].partition(":")[0]), ""),
        "11.to_red": lambda heard: {("Ann", "Ben"): "a", ("Ben",): "b", ("Ben", "Cat"): "c", ("Ann",): "d"}.get(
            tuple(heard), ""
        ),
        "11.refused": lambda came: {("not on the list", False): "a", ("not on the list", True): "b"}.get(
            tuple(came), ""
        ),
        "11.guard": lambda called: {
            ("on_connect", "guard"): "a",
            ("guard",): "b",
            ("guard", "on_connect"): "c",
            ("guard", "on_disconnect"): "d",
        }.get(tuple(called), ""),
        "11.silence": lambda came: {(): "a", ("thought",): "b", ("thought", "thought"): "c"}.get(tuple(came[1]), ""),
        "11.cut": lambda heard: "c" if not heard else "a",
    },
)
