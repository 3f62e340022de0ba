"""What lesson 09 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
09.send: The cable is cut. Then the client calls send(). What happens?
    why: It returns: the bytes lie in a buffer of this machine, and TCP goes on sending them for a quarter of an hour.
    a: it raises an exception at once
        For that, this machine would have to know. Nothing came that says so. [M16]
    b: it raises after a second
        No byte came back, and none had to: silence is no error. [M16]
  * c: it returns, as always
        Yes.
    d: it waits until the cable is mended
        It would, once the buffers are full: megabytes later. [M16]

09.other_end: Only the client pings. The cable is cut, and the client gives up. What does the server say?
    why: It says OPEN: the client's Close went into the same cut cable, and the server never asked anything.
    a: it is told: the client sends a Close
        The client sends one. It does not arrive either.
    b: it knows at the same time
        Only the end that asks can miss an answer.
  * c: it says `OPEN`
        Yes.

09.frozen: The cable is well, but the client's program hangs. The server pings. What does it conclude?
    why: The same as with a cut cable: no pong came in time. The wire does not say why.
    a: that the client is busy: TCP still takes the bytes
        TCP takes them, in the client's kernel. The ping wants an answer of the program.
  * b: that the client is gone
        Yes, and it hangs up on a client that would have come back.
    c: nothing: pongs are sent by the operating system
        TCP's acknowledgements are. A pong is a frame, and a program writes it.

09.idle: A proxy cuts what is silent for 0.6 s. Neither end pings. Which code does the client report?
    why: 1006: TCP ended, and no Close frame came. Proxies know TCP; few of them speak WebSocket.
    a: 1000: nothing was wrong
        For 1000 a Close frame must come.
    b: 1001: the server goes away
        The server is well, and as surprised as the client.
  * c: 1006
        Yes: the word for “no Close came”.
    d: 1011: no pong came
        No pong was asked for.

09.herd: A hundred clients wait 0.25 s, 0.5 s, 1 s …, without jitter. Of how many does the server hear in its busiest \
tenth of a second?
    why: Most of them: they lost it in the same moment, and count alike.
    a: about 10
        So it would be if they came evenly, in a second. They do not.
    b: about 30
        They would have to be spread over a third of a second; what could do that?
  * c: more than half of them
        Yes.
""".replace("\\\n", ""),
    judges={
        "09.send": lambda sent: "c" if sent == "returned" else "a",
        "09.other_end": lambda knew: "c" if knew == "OPEN" else "b",
        "09.frozen": lambda said: "b" if said.startswith("gone") else "c",
        "09.idle": lambda code: {1000: "a", 1001: "b", 1006: "c", 1011: "d"}.get(code, ""),
        "09.herd": lambda most: "a" if most < 18 else "b" if most <= 40 else "c",
    },
)
