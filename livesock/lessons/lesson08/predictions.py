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

08.sleep: Ten clients, one server. dan’s handler calls time.sleep(1). How many of the ten wait?
    why: All ten: time.sleep stops the thread, and all ten handlers share the thread.
    a: 0: each connection has its own handler
        Each has its own handler, but all handlers share one loop, and the loop was asleep. [M19]
    b: 1: only dan
        Only his handler sleeps. But the loop runs it, and meanwhile reads from no client. [M19]
    c: about half: those whose message comes later
        Each of them sent something while it slept, so each waited until it woke. [M19]
  * d: 10
        Yes, all of them.

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

08.two_readers: Two tasks of one handler both await ws.recv(). What happens?
    why: ConcurrencyError, at once and before any message came: one connection, one reader.
    a: both get the next message
        A message is handed out once. To share it, read in one place and pass it on. [M20]
    b: they take turns
        That would be luck, not a rule. The library refuses instead. [M20]
  * c: the second `recv` raises an exception
        Yes.
    d: the next message goes to the faster one
        Speed would be luck, not a rule. The library refuses instead. [M20]
""",
    judges={
        "08.ghosts": lambda said: {"0": "a", "5": "b", "10": "d"}.get(said.removesuffix(" in the registry"), ""),
        "08.sleep": lambda count: {0: "a", 1: "b", 10: "d"}.get(count, "c"),
        "08.slowest": lambda age: "b" if age > 0.5 else "a",
        "08.newest": lambda age: "a" if age < 0.3 else "b" if age < 2 else "c",
        "08.two_readers": lambda came: "c" if "another coroutine" in came else "",
    },
)
