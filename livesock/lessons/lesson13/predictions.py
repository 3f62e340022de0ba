"""What lesson 13 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
13.cors_strict: CORS is strict: the server lets only pages of app.localhost read. A page of evil.localhost tries both
        ways. What does it read?
    why: Polling, nothing: the browser hides the answer. Over the WebSocket everything: there a browser asks no one.
    a: nothing: CORS protects both
        Of polling you are right. But a WebSocket has no CORS: only the server can refuse it. [M23]
  * b: what comes over the WebSocket
        Yes. The browser sends Origin, and leaves it at that: to look is the server's task.
    c: what comes by polling
        There the browser looks at the answer's headers, and hides it. [M23]
    d: both: CORS is a header, and an attacker ignores it
        The attacker's page runs inside the reader's browser, and the browser keeps to the header.

13.cookie: The server asks for the cookie of Ann's login, too; it does not look at Origin. The page of evil.localhost
        opens a WebSocket in Ann's browser. What happens?
    why: It enters, as Ann: the browser adds her cookie, whichever page asks.
    a: it is refused: an evil page has no cookie
        A page has no cookies, the browser has them, and adds them to what goes to that server. [M23]
  * b: it enters, as Ann
        Yes: the cookie says whose browser it is, not whose page.
    c: it enters, without a name
        The cookie came with the handshake, and it is Ann's.
    d: the browser asks Ann first
        No browser asks before it opens a WebSocket.

13.program: Now the server looks at Origin, and at nothing else. A program sends the Origin of app.localhost. What
        happens?
    why: It enters: an Origin is what browsers promise, and a program may write anything.
    a: it is refused: it is not that page
        How should the server know? It has only the text of the request.
    b: it is refused: programs send no Origin
        They need not; but a program may send any header. [M24]
  * c: it enters
        Yes: Origin protects people with browsers from strangers' pages. It does not say who is there.

13.log: Ann's page opens wss://…/room?token=… to a server behind a proxy. Where does the token stand an hour later?
    why: In the proxy's access log: it keeps the first line of each request, with the query.
    a: nowhere: wss encrypts it
        On the way, yes. Both ends read it, and the server's end writes it into a log.
  * b: in the access log
        Yes, and in all copies of it.
    c: in the access log, but encrypted
        TLS ends before the log is written.
    d: in the server's memory alone
        There, too. But the request's first line is logged before your code runs.

13.flood: A bucket with rate 5 and burst 10. A client sends 40 messages at once. How many get through?
    why: The burst: ten. What comes in during these few milliseconds is less than one token.
    a: 5: the rate
        The rate is for later. A bucket begins full.
  * b: 10: the burst
        Yes, and then five a second.
    c: 15: burst and rate
        The five come during the next second, one by one.
    d: 40: they came within the same second
        The bucket does not look at seconds: each message takes a token.
""",
    judges={
        "13.cors_strict": lambda read: {(): "a", ("WebSocket",): "b", ("polling",): "c"}.get(tuple(read), "d"),
        "13.cookie": lambda came: "b" if "Ann" in came else "c" if "reads" in came else "a",
        "13.program": lambda came: "c" if came.startswith("reads") else "a",
        "13.log": lambda line: "b" if "token=" in line else "",
        "13.flood": lambda passed: {5: "a", 10: "b", 11: "b", 15: "c", 40: "d"}.get(passed, ""),
    },
)
