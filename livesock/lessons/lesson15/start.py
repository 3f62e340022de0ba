"""`begin()`: the file in which a learner writes the server."""

from __future__ import annotations

from pathlib import Path

__all__ = ["STUB", "begin"]

STUB = '''"""My WebSocket server."""

import asyncio
import sys

from livesock import learn

# what I wrote in the lessons; ours where mine is missing
parse_head = learn.mine("parse_head")


async def serve(reader, writer):
    """One client, from its first byte to its last."""
    raise NotImplementedError


async def main(port):
    """Listen on 127.0.0.1 at this port, for ever."""
    raise NotImplementedError


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
'''
"""What `begin` writes."""


def begin(file: str = "my_server.py") -> str:
    """Write the beginning of a server into the notebook's folder, unless the file is there; return what was done."""
    path = Path(file)
    if path.exists():
        return f"{path.name} is there: your work of last time."
    path.write_text(STUB, "utf-8")
    return f"{path.name} is new. Double-click it in the file browser at the left."
