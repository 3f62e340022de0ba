"""03.accept_key: base64 of SHA-1 of the key's text and a fixed text (RFC 6455, 4.2.2)."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable

from livesock.learn.exercise import Exercise, Mutant, case

__all__ = ["ACCEPT_KEY", "accept_key"]

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_key(key: str) -> str:
    """Return the value of Sec-WebSocket-Accept for the value of a Sec-WebSocket-Key header."""
    digest = hashlib.sha1((key.strip() + GUID).encode()).digest()
    return base64.b64encode(digest).decode()


def built(
    text: Callable[[str], bytes],
    hash: str = "sha1",
    write: Callable[[bytes], str] = lambda d: base64.b64encode(d).decode(),
) -> Callable[[str], str]:
    """Return an accept_key with another idea of what is hashed, how, or how the hash is written."""
    return lambda key: write(hashlib.new(hash, text(key)).digest())


def right(key: str) -> bytes:
    return (key.strip() + GUID).encode()


def untrimmed(key: str) -> bytes:
    return (key + GUID).encode()


def spaced(key: str) -> bytes:
    return f"{key.strip()} {GUID}".encode()


def decoded(key: str) -> bytes:
    return base64.b64decode(key) + GUID.encode()


def draw(rng: random.Random) -> tuple[str]:
    return (base64.b64encode(rng.randbytes(16)).decode(),)


ACCEPT_KEY = Exercise(
    "03.accept_key",
    accept_key,
    cases=(
        case("the RFC's own pair", "dGhlIHNhbXBsZSBub25jZQ==", gives="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        case("sixteen zero bytes", "AAAAAAAAAAAAAAAAAAAAAA==", gives="ICX+Yqv66kxgM0FcWaLWlFLwTAI="),
        case("a pair from a tutorial", "x3JJHMbDL1EzLkh9GBhXDw==", gives="HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
        case("an answer with a slash", "wDqumtseNBJdhkihL6PW7w==", gives="0FFP+2nmNIf/h+4BP36k9uzrYGk="),
        case("blanks around the key", " AAAAAAAAAAAAAAAAAAAAAA== ", gives="ICX+Yqv66kxgM0FcWaLWlFLwTAI="),
        case("a tab around the key", "\tdGhlIHNhbXBsZSBub25jZQ==\t", gives="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ),
    random=draw,
    mutants=(
        Mutant(
            "strips_left",
            lambda key: built(untrimmed)(key.lstrip()),
            "Take off the blanks behind the key too: the hash would see them.",
        ),
        Mutant("blank_between", built(spaced), "Put the GUID right behind the key: nothing stands between them."),
        Mutant(
            "hexdigest",
            built(right, write=bytes.hex),
            "Write the 20 raw bytes in base64: what you return is 40 characters of hex.",
        ),
        Mutant(
            "hex_in_base64",
            built(right, write=lambda digest: base64.b64encode(digest.hex().encode()).decode()),
            "Encode the 20 bytes of the hash: you encoded the picture of the hash, its 40 hex characters.",
        ),
        Mutant(
            "key_decoded",
            built(decoded),
            "Use the key's text, as it stands in the header, not the bytes that it stands for (RFC 6455, 4.2.2).",
        ),
        Mutant(
            "guid_first",
            built(lambda key: (GUID + key.strip()).encode()),
            "Put the key first, the GUID behind it.",
        ),
        Mutant(
            "guid_lower",
            built(lambda key: (key.strip() + GUID.lower()).encode()),
            "Write the GUID in capitals, as the RFC does: a hash sees the case of letters.",
        ),
        Mutant("sha256", built(right, "sha256"), "Use SHA-1: the RFC is of 2011, and it need not be strong (10.8)."),
        Mutant("md5", built(right, "md5"), "Use SHA-1, 20 bytes: what you return stands for 16, an MD5."),
        Mutant(
            "newline",
            built(right, write=lambda digest: base64.encodebytes(digest).decode()),
            "Use b64encode: encodebytes puts a newline at the end, and in a header it would end the line.",
        ),
        Mutant(
            "bytes",
            lambda key: base64.b64encode(hashlib.sha1(right(key)).digest()),
            "Decode the result: the value of a header is text, and you return bytes.",
        ),
        Mutant(
            "str_of_bytes",
            lambda key: str(base64.b64encode(hashlib.sha1(right(key)).digest())),
            "Decode the bytes: str() writes them as Python shows them, with b and quotes around.",
        ),
        Mutant(
            "hard_coded",
            lambda key: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "Compute it from the key: this answer is right for the RFC's own key only.",
        ),
        Mutant(
            "urlsafe",
            built(right, write=lambda digest: base64.urlsafe_b64encode(digest).decode()),
            "Use the plain alphabet of base64, with + and /: yours writes - and _ instead.",
        ),
        Mutant(
            "untrimmed",
            built(lambda key: (key + GUID).encode()),
            "Strip the key first: a header's value may come with blanks and tabs around it.",
        ),
        Mutant(
            "without_guid",
            built(lambda key: key.strip().encode()),
            "Add the GUID to the key before you hash: without it, any program that hashes would give the answer.",
        ),
        Mutant(
            "no_padding",
            built(right, write=lambda digest: base64.b64encode(digest).decode().rstrip("=")),
            "Leave the = at the end: it is part of the value.",
        ),
    ),
    hints=(
        "Four steps: trim, add the GUID, hash, write in base64. Look at what type each step gives: text or bytes?",
        "RFC 6455, 4.2.2: the key's text, then 258EAFA5-E914-47DA-95CA-C5AB0DC85B11, then SHA-1 of both (20 bytes, "
        ".digest()), then base64 of those (28 characters, one = at the end).",
        "A neighbour, the MD5 of a word: base64.b64encode(hashlib.md5('word'.encode()).digest()).decode() gives "
        "'xH0YcGfGz5UyRfEotf3mKg=='. encode makes bytes of text, digest gives raw bytes, decode makes text again.",
    ),
    explanation="The answer proves one thing: whoever computed it has read this request as WebSocket. The GUID is "
    "known to everybody, so it is no secret and no protection (RFC 6455, 1.3).",
    distractors={
        "    digest = hashlib.sha1((key.strip() + GUID).encode()).hexdigest()": "hexdigest",
        "    digest = hashlib.sha1((GUID + key.strip()).encode()).digest()": "guid_first",
        "    return base64.encodebytes(digest).decode()": "newline",
    },
)
