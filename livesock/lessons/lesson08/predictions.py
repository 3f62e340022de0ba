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

08.sleep: One client says “work”, the other 49 say “hi”. How many of the 49 wait?
    why: All 49 spoke while it slept: time.sleep stops the thread, and all handlers share the thread.
    a: 0: each connection has its own handler
        Each has its own handler, but all handlers share one loop, and the loop was asleep. [M19]
    b: 1: the neighbour that happens to be next
        There is no neighbour. While one handler sleeps, the loop reads from no client. [M19]
    c: about half: those whose message comes later
        All 49 spoke while it slept, so all 49 waited until it woke. [M19]
  * d: 49
        Yes, all of them.

08.slowest: When the buffers on the way to the slow reader are full, the friend…
    why: One handler serves both, and its await stood at the full buffer until the slow one was dropped.
    a: notices nothing: each connection has buffers of its own
        The buffers are separate. But one handler fills them, and it was waiting at the full one.
  * b: waits until the slow one reads again or is dropped
        Yes.
    c: gets an exception
        Nothing is wrong with the friend's connection. It only stood still.
    d: misses the prices that the slow one has not read
        Nothing is missed: all sixty came. They only came late.

08.two_readers: Two tasks of one handler both await ws.recv(). A message arrives…
    why: ConcurrencyError, at once and before any message came: one connection, one reader.
    a: both get it
        A message is handed out once. To share it, read in one place and pass it on. [M20]
    b: they take turns
        That would be luck, not a rule. The library refuses instead. [M20]
  * c: the second recv raises an exception
        Yes.
    d: the faster of the two gets it
        Speed would be luck, not a rule. The library refuses instead. [M20]
""",
    judges={
        "08.ghosts": lambda said: {"0": "a", "5": "b", "10": "d"}.get(said.removesuffix(" in the registry"), ""),
        "08.sleep": lambda count: {0: "a", 1: "b", 49: "d"}.get(count, "c"),
        "08.slowest": lambda pause: "b" if pause > 0.5 else "a",
        "08.two_readers": lambda came: "c" if "another coroutine" in came else "",
    },
)
