"""What lesson 04 asks before its experiments."""

from __future__ import annotations

from livesock.learn.exercise import Option, Prediction

__all__ = ["QUESTIONS"]

QUESTIONS = (
    Prediction(
        "04.header",
        "A client sends a payload of 126 bytes. How many bytes of header stand before it?",
        "Two bytes, two of extended length because 126 does not fit into the seven bits, and four of the masking key.",
        options={
            "a": Option("4", "The length is right, but it comes from a client: which four bytes does a client add?"),
            "b": Option("6", "That is a masked header with a short length. 126 is one too many for the seven bits."),
            "c": Option("8", "Yes: 2 + 2 + 4."),
            "d": Option("10", "Ten is the unmasked header of a payload above 65535 bytes."),
        },
        answer="c",
        judge=lambda size: {4: "a", 6: "b", 8: "c", 10: "d"}.get(size, ""),
    ),
    Prediction(
        "04.secret",
        "An eavesdropper sees one masked frame, nothing else. Can he read the text?",
        "The key travels in the header of the same frame. Masking protects old proxies from chosen bytes (RFC 6455, "
        "10.3).",
        options={
            "a": Option("no, he lacks the key", "He has it: it stands in the four bytes before the payload.", "M05"),
            "b": Option("no, only the server knows the key", "The client draws it and sends it along.", "M05"),
            "c": Option("yes, after trying all keys", "Yes, and without trying: the key stands in the frame.", "M05"),
            "d": Option("yes, at once", "Yes. XOR with the four bytes before it, and there is the text."),
        },
        answer="d",
    ),
    Prediction(
        "04.same_text",
        "A client sends the same text twice. Are the two frames the same bytes?",
        "Each frame has a new random key, so key and masked payload differ. Opcode and length are the same.",
        options={
            "a": Option("yes", "The payload is, but each frame gets a key of its own."),
            "b": Option("only the payload differs", "The key in the header differs too: that is why the payload does."),
            "c": Option("key and payload differ", "Yes. The first two bytes are the same."),
            "d": Option("everything differs", "The first two bytes do not: FIN, opcode, MASK and length are the same."),
        },
        answer="c",
    ),
    Prediction(
        "04.smallest",
        "How many bytes does a server need, at least, to send the text “hi” to one client?",
        "Two bytes of header and two of text; no HTTP header comes again.",
        within=0,
    ),
)
