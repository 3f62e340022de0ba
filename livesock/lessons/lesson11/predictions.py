"""What lesson 11 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
11.two_gateways: A and B, no namespace given, both handle ping. One client asks once. Who runs, and how many answers
        come?
    why: Both run, and only the first answer is sent.
    a: only A runs: it was first; one answer
        B ran as well: look at the log. Only its answer was dropped. [M09]
    b: only B runs: it replaced A; one answer
        Two classes, two entries in the log. Only a class of the same name is replaced. [M09]
    c: both run; two answers
        Both ran. But a question has one number, and one answer ends it: the second one is dropped.
  * d: both run; one answer
        Yes. A question has one number, so there is room for one answer. The first one wins.

11.row_five: A at /point, B at /chat. A client connects to / and asks ping.
    why: It is connected, and no handler runs.
    a: an error: there is no gateway at /
        / is always there. Only a namespace that was not made is refused: row 6. [M10]
    b: both answer: / is above all
        / is not above anything. It is one namespace among others, with a short name. [M11]
  * c: it is connected, and no handler runs
        Yes, and that is nasty: everything looks well, and nothing happens.
    d: A answers: it is the first one
        A lives in /point. Who is in / does not exist for it. [M09]

11.to_red: Ann and Bob are in the room red, Cat is not. ann.to("red").emit("news"): who hears it?
    why: Only Bob: Ann herself is left out.
    a: Ann and Bob: they are in the room
        That is point.to("red"): the server speaks, and no member is left out. Here Ann speaks. [M12]
  * b: Bob
        Yes: the others in the room. Who speaks is left out.
    c: all but Ann
        That is ann.broadcast. Cat is not in the room. [M12]
    d: Ann
        That is ann.emit: to her alone.

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
        "11.row_five": lambda row: "a" if row[0].startswith("refused") else "c" if row == ["no answer"] else "",
        "11.to_red": lambda heard: {("ann", "bob"): "a", ("bob",): "b", ("bob", "cat"): "c", ("ann",): "d"}.get(
            tuple(heard), ""
        ),
        "11.cut": lambda heard: "c" if not heard else "",
    },
)
