"""Right solutions of lesson 03 in other styles than the reference's."""

import base64
import binascii
import hashlib

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def in_bytes(key):
    sha = hashlib.sha1()
    sha.update(key.encode("ascii").strip())
    sha.update(MAGIC)
    return str(base64.b64encode(sha.digest()), "ascii")


def one_line(key):
    return binascii.b2a_base64(hashlib.sha1(f"{key.strip()}{MAGIC.decode()}".encode()).digest(), newline=False).decode()


def from_hex(key):
    hexed = hashlib.new("sha1", b"".join([key.strip(" \t").encode(), MAGIC])).hexdigest()
    return base64.encodebytes(bytes.fromhex(hexed)).strip().decode()


SOLUTIONS = {"03.accept_key": (in_bytes, one_line, from_hex)}
