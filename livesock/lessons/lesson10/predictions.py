"""What lesson 10 asks before its experiments."""

from livesock.learn.tables import predictions

CLOSED = "closed by the server, code 1000"


QUESTIONS = predictions(
    r"""
10.wrong_doors: We ask for /nope, which does not exist; then we send an event to /other, which we never joined.
    why: 44 refuses politely; an event from outside ends the session. The code is 1000 all the same, not 1002: Engine.IO
        ends a session politely, whatever the reason.
    a: both are refused with an error, and we may go on
        Only the first. An event to a namespace that we never joined breaks the protocol. [M10]
  * b: `/nope` is refused and we may go on; the event to `/other` ends the session
        Yes. Asking is allowed, and 44 is the answer. Speaking without having asked is not.
    c: `/nope` ends the session; the event to `/other` is ignored
        The other way round: a wrong question is answered, a wrong event ends everything.
    d: both join the namespace: it is made when a client needs it
        The server decides which namespaces there are. Joining is a question, not an order. [M08]

10.hello: A plain WebSocket client comes to /socket.io/ and sends “hello”.
    why: h is not a packet type, and the session is over, with 1000 again.
    a: every handler hears it
        Which event would it be? Nothing in “hello” says so. [M07]
    b: it is ignored
        h is not a packet type of Engine.IO. The server stops listening to such a peer. [M07]
    c: the server answers `44`, an error
        44 answers a wish to join. h is not a packet.
  * d: the server ends the session
        Yes: h is not a packet type. It takes the digits to be understood.

10.hanging_get: A session moves to a WebSocket while one of its GETs hangs. What becomes of the GET?
    why: The answer was 6, noop: a packet that says nothing.
    a: it hangs until there is an event
        Then an event could still arrive there while we move. The server lets it go first.
    b: the server cuts its connection
        Nothing is cut: the connection may be used again.
  * c: it is answered with an empty packet
        Yes: 6, noop. With no GET hanging, no packet can get lost between the two ways.
    d: it is answered with an error, 400
        It was a correct question, so it gets a correct answer, only an empty one.

10.wss: ls.socket is given wss://… and no other option. Its first request is…
    why: Polling comes first, whatever the scheme.
    a: a WebSocket handshake: that is what `wss` means
        The scheme only says: TLS first. Look at the first column: all four begin the same. [M06]
  * b: a GET for long-polling
        Yes. Polling first, then the upgrade, whatever the scheme.
    c: a POST with `40`
        Before a session exists nothing can be posted to it.
    d: none: it needs `transports=["websocket"]`
        It worked without. transports decides about the way, the scheme about TLS. [M06]

10.blocked: Through a proxy that takes Upgrade out: once as usual, once with transports=["websocket"].
    why: With polling first it works; with WebSocket first it fails.
    a: both fail
        The first one polls, and polling is HTTP. The proxy lets it through.
    b: both work: Socket.IO always falls back to polling
        Only if it has begun with polling. A client that begins with WebSocket has no second way. [M06]
  * c: the first one works over polling, the second one fails
        Yes. The failed upgrade did no harm: the session stayed where it was.
    d: the first one fails, the second one works
        It is the other way round: the proxy takes out the Upgrade, and only that.
""",
    judges={
        "10.wrong_doors": lambda came: "b" if came == ("44/nope", CLOSED) else "",
        "10.hello": lambda came: "d" if came == CLOSED else "c" if came.startswith("44") else "",
        "10.hanging_get": lambda body: "c" if body == "6" else "d" if body.startswith("{") else "",
        "10.wss": lambda way: {"websocket": "a", "polling": "b"}.get(way[0], ""),
        "10.blocked": lambda came: {
            ("HandshakeError", "HandshakeError"): "a",
            ("polling", "websocket"): "b",
            ("polling", "HandshakeError"): "c",
            ("HandshakeError", "websocket"): "d",
        }.get(tuple(came[:2]), ""),
    },
)
