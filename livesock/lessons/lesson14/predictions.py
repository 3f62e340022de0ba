"""What lesson 14 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
14.half: Eight clients, dealt to two servers in turn. One server emits to the room. How many of the eight hear it?
    why: A room is a list in the memory of one process.
    a: 8: a room is a room
        The room is a list in one process. The other server has a list of the same name, and knows nothing. [M25]
  * b: 4: those on the server that emits
        Yes: half of the room is silent, and no error says so.
    c: 0: nobody knows where the room is
        The server that emits knows its own four well. [M25]
    d: 2
        Half of the clients are on that server: four.

14.order: Bus connected. Server one emits. Who hears it first?
    why: What is local waits for nothing; the bus is a detour.
  * a: the clients of server one
        Yes: they need no bus. So they hear it even if there is none.
    b: the clients of server two
        Their copy makes a detour over the bus.
    c: all at the same moment
        There is no common moment: one way is longer.

14.away: The bus is away for a while, and server one emits five times. It comes back. What have the clients of two
        heard?
    why: What could not be written waited, and was written in its order.
    a: nothing: the five are lost
        So it is with a bus that only passes on what comes while you listen. This one is a stream, and the five waited.
    b: the last one
        Nothing replaced the others: they waited in a queue.
  * c: all five, in their order
        Yes: the server kept them until the bus was there. The queue has a bound, and says so when it is full.
    d: all five, some of them twice
        Each entry has a number, and is taken once.

14.sticky: A client polls: every request is a new one, dealt to the two servers in turn. What does its second
        request get?
    why: A session lives on one server; the other one has never heard of it.
    a: the messages that wait for it
        They wait on the other server.
  * b: an error: `Session ID unknown`
        Yes: 400. The client begins anew, and fails again. A balancer has to keep a session in place.
    c: it is passed on to the right server
        Nobody passes it on: the server does not know where the session lives. [M25]
    d: nothing, until a time-out
        The answer is quick, and clear.
""",
    judges={
        "14.half": lambda heard: {8: "a", 4: "b", 0: "c", 2: "d"}.get(heard, ""),
        "14.order": lambda first: {"one": "a", "two": "b"}.get(first, ""),
        "14.away": lambda heard: {(4,): "b", (0, 1, 2, 3, 4): "c"}.get(tuple(heard), "d" if len(heard) > 5 else ""),
        "14.sticky": lambda status: {200: "a", 400: "b"}.get(status, ""),
    },
)
