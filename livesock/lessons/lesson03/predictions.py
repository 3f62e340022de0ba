"""What lesson 03 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
03.key: What does the pair of key and accept really do?
    why: One line of Python computes the answer, without any secret.
    a: it is a password: only who knows it may connect
        The server checks the key against nothing: any 16 bytes will do. You will see. [M05]
    b: it encrypts what follows
        What a server sends after it is in the clear, as in lesson 00. And SHA-1 only hashes. [M05]
  * c: it proves that the server has understood a WebSocket handshake
        Yes. Who answers correctly has read the key and knows the rule. No more than that.
    d: it names the session, like a cookie
        The server forgets it at once. And random bytes from the client could not name anything. [M05]

03.same_key: The second client with the same key…
    why: Both were accepted, and connected at the same time: no server keeps a list of keys.
    a: is refused: a key is good for one connection
        There is no such list. [M05]
  * b: is accepted
        Yes. There is nothing to steal in a key.
    c: is accepted, and the first one is thrown out
        The first one stayed. The key does not name a client. [M05]
    d: is refused while the first one is connected
        The cell has checked that it was connected. [M05]

03.no_version: The request lacks Sec-WebSocket-Version. The server answers…
    why: It is 426, and the answer says which version would do.
    a: 101: there is only version 13 anyway
        It must be there. Otherwise the server could not recognise a client of another version.
    b: 400 Bad Request
        A good guess, and some servers answer so. This one says more precisely what it wants.
    c: 404 Not Found
        The path is fine. What is missing is a header.
  * d: 426 Upgrade Required
        Yes: look at the next cell for the version it names.

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
    c: the text GET …: that is what /echo does
        It would be echoed if it came in a frame. Bare text is not a frame. [M02]
  * d: the server closes the WebSocket: protocol error
        Yes. And the next cell shows why it is the letter G that did it.
""",
    judges={
        "03.no_version": lambda line: {"101": "a", "400": "b", "404": "c", "426": "d"}.get(line[:3], ""),
        "03.get_inside": lambda answer: "d" if answer[:1] == b"\x88" else "c" if answer[:1] == b"\x81" else "",
    },
)
