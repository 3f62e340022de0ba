"""Names and lines that people type, checked and bounded before others see them."""

from __future__ import annotations

import unicodedata

from livesock.errors import Refused

__all__ = ["a_key", "a_line", "a_name", "same_name"]

MAX_NAME = 24
"""Characters of a name: what fits beside a line."""

MAX_LINE = 500
"""Characters of a line: what a reader takes in at once."""

MAX_KEY = 64
"""Characters of a key: twice what a random one needs."""


def a_name(text: str, what: str = "a name") -> str:
    """Return `text` as a name, spaces tidied; raise `Refused` if it cannot be one."""
    name = " ".join(unicodedata.normalize("NFKC", text[: 4 * MAX_NAME]).split())
    if not name or len(name) > MAX_NAME or len(text) > 4 * MAX_NAME:
        raise Refused(f"{what} has 1 to {MAX_NAME} characters")
    # C*: control characters, and the invisible ones that turn the direction of what follows or make twins of a name
    if any(unicodedata.category(character)[0] == "C" for character in name):
        raise Refused(f"{what} is made of visible characters")
    return name


def same_name(one: str, other: str) -> bool:
    """Whether two names read alike: `Ada` and `ADA` do."""
    return one.casefold() == other.casefold()


def a_line(text: str) -> str:
    """Return `text` as a line to show; raise `Refused` if it is empty, too long or not text."""
    line = text.strip()
    if not line or len(line) > MAX_LINE:
        raise Refused(f"a line has 1 to {MAX_LINE} characters")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in line):
        raise Refused("a line is made of characters that can be shown")
    return line


def a_key(auth: object, otherwise: str) -> str:
    """Return the secret by which the server knows a client again; a client without one is new each time."""
    key = auth.get("key", otherwise) if isinstance(auth, dict) else otherwise
    if not isinstance(key, str) or not 8 <= len(key) <= MAX_KEY:
        raise Refused(f'the "key" in auth is a text of 8 to {MAX_KEY} characters, random and kept to yourself')
    return key
