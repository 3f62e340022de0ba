"""What lesson 03 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
03.key: What does the pair of key and accept really do?
    why: Anyone can compute the answer, without any secret: the view above does, and so does the server.
    a: it is a password: only who knows it may connect
        The server checks the key against nothing: any 16 bytes will do. [M05]
    b: it encrypts what follows
        What a server sends after it is in the clear. And SHA-1 only hashes. [M05]
  * c: it proves that the server has understood a WebSocket handshake
        Yes. Who answers correctly has read the key and knows the rule. No more than that.
    d: it names the session, like a cookie
        The server forgets it at once. And random bytes from the client could not name anything. [M05]

03.same_key: The second client with the same key…
    why: Both were accepted, and the first one still answered a ping (8a 00): no server keeps a list of keys.
    a: is refused: a key is good for one connection
        There is no such list. [M05]
  * b: is accepted
        Yes. There is nothing to steal in a key.
    c: is accepted, and the first one is thrown out
        The first one stayed. The key does not name a client. [M05]
    d: is refused while the first one is connected
        It was connected: it answered a ping. [M05]

03.bare_101: A server answers with a bare 101. What does ls.connect do?
    why: The client refused: a 101 alone is not enough.
    a: it opens: the status is all that counts
        The status is the beginning. The client has to check three headers and two promises.
    b: it opens, and the first message fails
        It does not even open: the client checks before it hands anything to us.
  * c: it refuses
        Yes. It checks what the RFC tells it to check, and hangs up.
    d: it waits for the missing headers until the timeout
        Nothing is awaited: the empty line has ended the head.

03.get_inside: GET /echo HTTP/1.1, sent on an open WebSocket. What comes back?
    why: The server closed, with code 1002: protocol error. The G was read as the first byte of a frame.
    a: the page, as before the 101
        There are no pages any more on this connection. [M02]
    b: an HTTP error, 400 or so
        An HTTP error would be HTTP. The answer is a WebSocket frame: 88 is a Close. [M02]
    c: the text `GET …`: that is what `/echo` does
        It would be echoed if it came in a frame. Bare text is not a frame. [M02]
  * d: the server closes the WebSocket: protocol error
        Yes. And it is the letter G that did it: see below.
""",
    judges={
        "03.same_key": lambda came: (
            "b" if came == [101, 101, "8a 00"] else "c" if came[:2] == [101, 101] else "a" if came[0] == 101 else ""
        ),
        "03.get_inside": lambda answer: "d" if answer[:1] == b"\x88" else "c" if answer[:1] == b"\x81" else "",
    },
)
