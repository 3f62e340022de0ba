"""What lesson 05 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
05.echo: Five attempts, each on a connection of its own. Which of them does the server echo?
    why: 1002 is about the frames, 1007 about the text in them. Binary may hold any bytes.
    a: none: each breaks a rule
        Four break one. Binary is allowed to hold bytes that are not valid UTF-8.
    b: `c3 28`, as text and as binary
        A text promises to be UTF-8, and these two bytes are not.
  * c: `c3 28` as binary
        Yes: binary promises nothing about its content.
    d: `c3 28` as binary, and half an é
        The half may stand at the end of a frame, but not at the end of the message.
""",
    judges={"05.echo": lambda echoed: {0: "a", 1: "c"}.get(len(echoed), "b" if "c3 28 as text" in echoed else "d")},
)
