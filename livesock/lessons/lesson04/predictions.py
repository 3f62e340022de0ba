"""What lesson 04 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
04.fin: A whole frame breaks no rule, but its FIN is 0. What does an echo server answer?
    why: FIN 0 says that more of the message comes. The server keeps the bytes and waits (RFC 6455, 5.4).
    a: “Hello”: all bytes are there
        All bytes of the frame are there, but FIN says that the message goes on.
  * b: nothing: it waits
        Yes. It would wait until the next frame comes, or the connection ends.
    c: “Hello”, in a frame with FIN 0
        An echo answers to messages, and there is no whole one yet.
    d: a close with 1002
        No rule is broken. A message may be cut into as many frames as its sender likes.

04.header: A client sends a payload of 126 bytes. How many bytes stand before the payload?
    why: Two bytes, two of extended length because 126 does not fit into the seven bits, and four of the masking key.
    a: 4
        That is the header alone. The payload comes from a client: which four bytes does a client add?
    b: 6
        That is a key and a header with a short length. 126 is one too many for the seven bits.
  * c: 8
        Yes: a header of 2 + 2, and a key of 4.
    d: 10
        Ten is the header, without a key, of a payload above 65535 bytes.

04.secret: An eavesdropper sees one masked frame, nothing else. Can he read the text?
    why: The key travels in the same frame, before the payload. Masking protects old proxies from chosen bytes (RFC
        6455, 10.3).
    a: no, he lacks the key
        He has it: it stands in the four bytes before the payload. [M05]
    b: no, only the server knows the key
        The client draws it and sends it along. [M05]
    c: yes, after trying all keys
        Yes, and without trying: the key stands in the frame. [M05]
  * d: yes, at once
        Yes. XOR with the four bytes before it, and there is the text.

04.same_text: A client sends the same text twice. Are the two frames the same bytes?
    why: Each frame has a new random key, so key and masked payload differ. Opcode and length are the same.
    a: yes
        The payload is, but each frame gets a key of its own.
    b: only the payload differs
        The key before it differs too: that is why the payload does.
  * c: key and payload differ
        Yes. The first two bytes are the same.
    d: everything differs
        The first two bytes do not: FIN, opcode, MASK and length are the same.

04.smallest: How many bytes does a server need, at least, to send the text “hi” to one client?
    why: Two bytes of header and two of text; no HTTP header comes again.
""",
    judges={
        "04.fin": lambda answer: {b"Hello": "a", "silence": "b", 1002: "d"}.get(answer, ""),
        "04.header": lambda size: {4: "a", 6: "b", 8: "c", 10: "d"}.get(size, ""),
        "04.secret": lambda text: "d" if text.decode().isprintable() else "",
        "04.same_text": lambda equal: {
            (True, True, True): "a",
            (True, True, False): "b",
            (True, False, False): "c",
        }.get(tuple(equal.values()), "d"),
    },
    within={"04.smallest": 0},
)
