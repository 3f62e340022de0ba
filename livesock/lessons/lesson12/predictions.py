"""What lesson 12 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
12.dead: The cable is pulled, and neither side has noticed. The client emits 5. What becomes of it?
    why: emit returned as if all were well, and 5 arrived nowhere.
    a: `emit` raises an error
        emit writes into a buffer of the operating system, which says yes for as long as it has room. [M16]
    b: it waits, and is sent when the client is back
        That is so for 7 and 8, once the client knows. 5 had left: the client has forgotten it. [M15]
  * c: it is lost, and nothing says so
        Yes. Sent means: handed over to the operating system.
    d: TCP delivers it after the break
        TCP keeps its promise for one connection. The client comes back with another one. [M15]

12.away: The server emits 7 while the client is away, and 9 when it is back. What does the client hear of these two?
    why: 9 alone: the server emits to those who are there.
    a: 7 and 9, in order
        For that the server must keep 7, and know who has missed it. By default it does neither. [M15]
  * b: 9
        Yes. The client buffers its own events; the server does not.
    c: 9 and then 7
        Order was never in danger: on one connection TCP keeps it. 7 never left. [M15]
    d: neither: it has to join again
        It is back in its namespace by itself. Only its rooms are gone.

12.retry: The kitchen needs 0.9 s, Ann waits 0.6 s for its answer and then asks again. How many pizzas are made?
    why: Two: the first question had arrived, only its answer was late.
    a: one: the kitchen knows that it is the same order
        For the kitchen it is a second order: nothing in it says that it is the first one again.
  * b: two
        Yes. A time-out does not say whether the work was done.
    c: one: the first order was cancelled by the time-out
        No packet says so: giving up happens in the client alone. [M15]
    d: none: she gave up
        She asked again, and even the first order was carried out. [M15]

12.thrice: A handler of news is registered inside connect. After two reconnects, one news: how often does it run?
    why: Three times: each connect has added one more.
    a: once: a reconnection begins anew
        The connection is new, but the socket object is the same, and keeps its handlers. [M14]
    b: twice: once for each reconnect
        And once for the first connect. [M14]
  * c: three times
        Yes: one connect and two reconnects, three registrations.
    d: never: it was registered with a connection that is gone
        Handlers belong to the socket object, which outlives its connections. [M14]

12.recovery: The server recovers for 60 s. While Eve is away it is restarted, then it emits 2. What does she get?
    why: A new seat, and nothing of what she missed: the server had forgotten her.
    a: 2: the 60 s are not over
        The server keeps seats and events in its memory, and that is new. [M15]
  * b: a new id, and no 2
        Yes: recovered is False. A client must look, and ask for what it missed.
    c: an error: her `pid` is unknown
        An unknown pid is no fault: she is let in as a new peer, in silence. [M15]
    d: her rooms, but no 2
        Rooms were in the same memory. All or nothing comes back. [M13]

12.sent_away: The server calls disconnect() on Dan's socket. Does his client come back by itself?
    why: No: it stays away until connect() is called.
    a: yes, as after any break
        A break is an accident, and tried again. Being sent away is a decision. [M15]
  * b: no: it stays away until `connect()` is called
        Yes. The reason "io server disconnect" tells it from a break.
    c: yes, and it is refused then
        It does not even ask. [M15]
    d: no: it is locked out for good
        connect() lets it in again; who is to stay out must be refused in on_connect.
""",
    judges={
        "12.dead": lambda arrived: "b" if 5 in arrived else "c",
        "12.away": lambda heard: {(True, True): "a", (False, True): "b", (False, False): "d"}.get(
            (7 in heard, 9 in heard), ""
        ),
        "12.retry": lambda orders: {1: "a", 2: "b"}.get(len(orders), ""),
        "12.thrice": lambda runs: {1: "a", 2: "b", 3: "c", 0: "d"}.get(runs, ""),
        "12.recovery": lambda came: {(True, True): "a", (False, False): "b", (True, False): "d"}.get(
            (came[0], 2 in came[1]), ""
        ),
        "12.sent_away": lambda came: {True: "a", False: "b"}.get(came[1], ""),
    },
)
