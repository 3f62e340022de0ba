"""What lesson 08 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
08.ghosts: Ten came, five said goodbye, five were cut off. How many stand in the registry?
    why: The handlers of the five that were cut off ended with an exception, which jumps over the last line.
    a: 0: all connections are gone, so all handlers have ended
        The handlers have ended. But not each of them by reaching its last line.
  * b: 5: those that were cut off
        Yes: five members without a connection.
    c: 5: those that said goodbye
        For those the loop over the messages ends without an exception, and the last line runs.
    d: 10: a set does not shrink by itself
        The last line of the handler shrinks it, for each proper goodbye.

08.slowest: The server awaits send for each reader in turn. One of two stops reading. The other one, its friend…
    why: One loop serves both, and its await stands at the full buffer of the one that does not read.
    a: notices nothing: each connection has buffers of its own
        The buffers are separate. But one line of code fills them, and it waits at the full one.
  * b: gets no more prices until the slow one reads again
        Yes.
    c: gets an exception
        Nothing is wrong with the friend's connection. It only stands still.
    d: misses the prices that the slow one has not read
        Nothing is missed: no further price was made. They only come late.

08.newest: “Newest only”, and the slow reader takes 4 of 20 prices a second. How old is the price that it has?
    why: A few prices are already on the way, in buffers that your queue does not reach; they come first.
    a: less than 0.1 s: it is the newest
        The newest in the queue. Those that have left it are older, and come first.
  * b: about a second
        Yes: what is on the way, divided by 4 a second.
    c: older from second to second
        So it is with “keep all”. Here a single price waits at the server.
""",
    judges={
        "08.ghosts": lambda said: {"0": "a", "5": "b", "10": "d"}.get(said.removesuffix(" in the registry"), ""),
        "08.slowest": lambda age: "b" if age > 0.5 else "a",
        "08.newest": lambda age: "a" if age < 0.3 else "b" if age < 2 else "c",
    },
)
