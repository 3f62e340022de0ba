"""What lesson 09 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
09.send: The cable is cut. What does send do?
    why: Nothing: it hands the bytes to the operating system, which goes on trying for minutes.
    a: it raises an exception at once
        For that, the system would have to know. No byte came back that says so. [M16]
    b: it raises after a few seconds
        TCP repeats the bytes for about 15 minutes before it gives up. [M16]
  * c: it returns, as always
        Yes: the bytes are in a buffer of this machine.
    d: it waits until the cable is mended
        It would, once the buffer is full: megabytes later.
"""
)
