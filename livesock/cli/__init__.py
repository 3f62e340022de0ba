"""The command `livesock`: lessons, a server to play with, a judge, a doctor; and `dev`, for work on livesock.

Each command is a module with `add(commands)`, which describes its options, and `run(args)`, which returns the exit
status. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

from livesock import __version__
from livesock.cli import dev, doctor, judge, lab, serve
from livesock.cli.terminal import fail, say
from livesock.errors import LivesockError

__all__ = ["main"]

INTERRUPTED = 130
"""Exit status after Ctrl-C in a command that was not finished: 128 and the number of SIGINT, as shells expect."""

START = """\
begin here:
  livesock lab                       your copy of the lessons, open in JupyterLab
  livesock serve                     a server to try things on, with a page that explains it
  livesock judge my_server.py        is that a WebSocket server? stage by stage, for your own or any other
  livesock doctor                    something does not work? this says why

livesock COMMAND --help says more about each."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 when all went well, 1 when it said why not, 2 for wrong options."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if not hasattr(args, "run"):
        parser.print_help()
        return 0
    try:
        return int(args.run(args))
    except LivesockError as exc:
        return fail(str(exc))
    except KeyboardInterrupt:
        say("")
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    """Says how a program of one's own is run, to those who write `fastapi run main.py` or `uvicorn main:app`."""

    def error(self, message: str) -> NoReturn:
        asked = re.search(r"invalid choice: '(run|\w+\.py|[\w.]+:\w+)'", message)
        if asked is not None:
            module, colon, variable = asked[1].partition(":")
            file = module if module.endswith(".py") else module.replace(".", "/") + ".py" if colon else "main.py"
            ends = f"{variable or 'server'}.run()"
            message += f": a program of your own ends with {ends}, and is started by: python {file}"
        super().error(message)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = _Parser(
        prog="livesock",
        description="See realtime sockets: lessons for JupyterLab that run on real bytes.",
        epilog=START,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"livesock {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in (lab, serve, judge, doctor, dev):
        command.add(commands)
    return parser
