"""What lesson 05 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
05.ping_inside: A ping arrives between fragments 1 and 2 of a text. What must the server do?
    why: The pong was there before the second fragment was even sent. Control frames travel between fragments (RFC 6455,
        5.4 and 5.5.2).
    a: wait: first the message has to be whole
        The message was not whole when the pong came. A heartbeat must not wait for a long upload.
  * b: answer now
        Yes, and the text was not disturbed.
    c: close with 1002: nothing may come between fragments
        No other data frame may. Control frames are made for this place.
    d: take it for the next fragment
        A fragment has opcode 0. The ping has opcode 9, and its payload is not part of the text.

05.half_a_character: “é” is c3 a9. The first frame ends behind c3, the second one begins with a9. What does the server's
        handler receive?
    why: One text, “é”. Fragments are cuts between bytes; only the whole message has to be UTF-8 (RFC 6455, 5.6).
    a: two messages, each with half a character
        With FIN=0 nothing is delivered. [M01]
    b: “��”: each half is no character
        The server did not decode the halves: it joined them first. [M22]
    c: nothing: the server closes with 1007
        That would be right if the text ended there. [M22]
  * d: one message, “é”
        Yes. A cut may go anywhere.

05.same_bytes: The two bytes c3 28 are sent twice: as binary, and as text. What does the echo server answer?
    why: Binary is any bytes; they came back. As text they are no UTF-8, and the server closed with 1007 (RFC 6455, 5.6
        and 8.1).
    a: both come back: bytes are bytes
        A text frame promises UTF-8, and the receiver checks it. [M22]
  * b: the binary comes back; the text ends the connection
        Yes: 1007, and the reason says why.
    c: the binary comes back; the text comes back as “�(”
        A lenient decoder would do that. The protocol wants the error to be seen. [M22]
    d: neither: c3 28 is no character
        In a binary message there are no characters. [M22]

05.announced: A header says: one gigabyte follows. Not one byte of it is sent. What does the server do?
    why: It refused at the header, with 1009: too big. No byte of the payload had to come (RFC 6455, 10.4).
    a: it sets a gigabyte aside, and waits
        Then fourteen bytes would cost it a gigabyte. It refused.
    b: it waits for the bytes, and measures when they are there
        It did not wait: the length is known.
  * c: it closes at once, with 1009
        Yes. The length stands in the header, and it is above the limit.
    d: it closes with 1002: no frame may be that large
        A frame may have up to 2^63 − 1 bytes. It is a limit, not a rule.
""",
    judges={
        "05.ping_inside": lambda first: {"0x8a": "b", "0x88": "c", "0x81": "d"}.get(first, ""),
        "05.half_a_character": lambda heard: {("é",): "d", (): "c"}.get(tuple(heard), "a" if len(heard) == 2 else "b"),
        "05.same_bytes": lambda firsts: {("0x82", "0x88"): "b", ("0x82", "0x81"): "a", ("0x88", "0x88"): "d"}.get(
            tuple(firsts), ""
        ),
        "05.announced": lambda code: {1009: "c", 1002: "d"}.get(code, ""),
    },
)
