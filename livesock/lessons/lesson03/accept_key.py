"""03.accept_key: base64 of SHA-1 of the key's text and a fixed text (RFC 6455, 4.2.2)."""

import base64
import hashlib
import random

from livesock.learn.exercise import case
from livesock.learn.tables import exercise

__all__ = ["ACCEPT_KEY", "accept_key"]

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_key(key: str) -> str:
    """Return the value of Sec-WebSocket-Accept for the value of a Sec-WebSocket-Key header."""
    digest = hashlib.sha1((key.strip() + GUID).encode()).digest()
    return base64.b64encode(digest).decode()


def draw(rng: random.Random) -> tuple[str]:
    return (base64.b64encode(rng.randbytes(16)).decode(),)


ACCEPT_KEY = exercise(
    "03.accept_key",
    accept_key,
    r"""
hint: Four steps: trim, add the GUID, hash, write in base64. Look at what type each step gives: text or bytes?
hint: RFC 6455, 4.2.2: the key's text, then 258EAFA5-E914-47DA-95CA-C5AB0DC85B11, then SHA-1 of both (20 bytes,
    .digest()), then base64 of those (28 characters, one = at the end).
hint: A neighbour, the MD5 of a word: base64.b64encode(hashlib.md5('word'.encode()).digest()).decode() gives
    'xH0YcGfGz5UyRfEotf3mKg=='. encode makes bytes of text, digest gives raw bytes, decode makes text again.
explanation: The answer proves one thing: the server has read this request as WebSocket. The GUID is public, so it is no
    secret and no protection (RFC 6455, 1.3).

strips_left: Take off the blanks after the key too: the hash would see them.
    key.strip() → key.lstrip()
blank_between: Put the GUID right after the key: nothing stands between them.
    + GUID → + " " + GUID
hexdigest: Write the 20 raw bytes in base64: what you return is 40 characters of hex.
  ? .digest() → .hexdigest()
    base64.b64encode(digest).decode() → digest.hex()
hex_in_base64: Encode the 20 bytes of the hash: you encoded the picture of the hash, its 40 hex characters.
    b64encode(digest) → b64encode(digest.hex().encode())
key_decoded: Use the key's text, as it stands in the header, not the bytes that it stands for (RFC 6455, 4.2.2).
    (key.strip() + GUID).encode() → base64.b64decode(key) + GUID.encode()
guid_first: Put the key first, the GUID after it.
  * key.strip() + GUID → GUID + key.strip()
guid_lower: Write the GUID in capitals, as the RFC does: a hash sees the case of letters.
    GUID → GUID.lower()
sha256: Use SHA-1: the RFC is of 2011, and it need not be strong (10.8).
    sha1 → sha256
md5: Use SHA-1, 20 bytes: what you return stands for 16, an MD5.
    sha1 → md5
newline: Use b64encode: encodebytes puts a newline at the end, and in a header it would end the line.
  * b64encode → encodebytes
bytes: Decode the result: the value of a header is text, and you return bytes.
    .decode() →
str_of_bytes: Decode the bytes: str() writes them as Python shows them, with b and quotes around.
    base64.b64encode(digest).decode() → str(base64.b64encode(digest))
hard_coded: Compute it from the key: this answer is right for the RFC's own key only.
    base64.b64encode(digest).decode() → "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
urlsafe: Use the plain alphabet of base64, with + and /: yours writes - and _ instead.
    b64encode → urlsafe_b64encode
untrimmed: Strip the key first: a header's value may come with blanks and tabs around it.
    key.strip() → key
without_guid: Add the GUID to the key before you hash: without it, any program that hashes would give the answer.
    + GUID →
no_padding: Leave the = at the end: it is part of the value.
    .decode() → .decode().rstrip("=")
""",
    cases=(
        case("the RFC's own pair", "dGhlIHNhbXBsZSBub25jZQ==", gives="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        case("sixteen zero bytes", "AAAAAAAAAAAAAAAAAAAAAA==", gives="ICX+Yqv66kxgM0FcWaLWlFLwTAI="),
        case("a pair from a tutorial", "x3JJHMbDL1EzLkh9GBhXDw==", gives="HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
        case("an answer with a slash", "wDqumtseNBJdhkihL6PW7w==", gives="0FFP+2nmNIf/h+4BP36k9uzrYGk="),
        case("blanks around the key", " AAAAAAAAAAAAAAAAAAAAAA== ", gives="ICX+Yqv66kxgM0FcWaLWlFLwTAI="),
        case("a tab around the key", "\tdGhlIHNhbXBsZSBub25jZQ==\t", gives="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ),
    random=draw,
)
