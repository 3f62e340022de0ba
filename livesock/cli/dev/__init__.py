"""`livesock dev`: what generates files in a clone. Each of these has `--check`, which only compares.

refresh   notebooks/*.ipynb      by running them
links     README.md              from [project.urls]
pins      pyproject.toml         from the package index
binder    binder/*               from pyproject.toml
peers     tests/interop/node/    from npm: what the tests need (git does not keep it)
pictures  docs/*.svg             from servers and clients that talk
broken    servers.json           from the ten broken servers of lesson 16

`livesock dev check` generates nothing: it examines the exercises, and runs the lessons with them solved and unsolved.
"""

from __future__ import annotations

import argparse

from livesock.cli.dev import binder, broken, check, links, notebooks, peers, picture, pins

__all__ = ["add"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "dev",
        help="for those who work on livesock itself: generate files in a clone",
        description="Generate files in a clone of the repository.",
    )
    parser.set_defaults(run=lambda args: print_help(parser))
    tools = parser.add_subparsers(title="commands", metavar="COMMAND")

    refresh = tools.add_parser("refresh", help="run the lessons and store their outputs")
    refresh.add_argument("names", nargs="*", help="beginnings of names of lessons, such as 01 (default: all)")
    refresh.set_defaults(run=lambda args: notebooks.run(args.names, check=args.check))
    for name, module, what in (
        ("links", links, "write the README's links from [project.urls]"),
        ("pins", pins, "write the newest exact versions into pyproject.toml"),
        ("binder", binder, "write what Binder installs"),
        ("peers", peers, "install what the tests need from npm"),
        ("broken", broken, "record the broken servers of lesson 16"),
    ):
        tool = tools.add_parser(name, help=what)
        tool.set_defaults(run=lambda args, module=module: module.run(check=args.check))
    for tool in tools.choices.values():
        tool.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is stale")
    exam = tools.add_parser("check", help="examine every exercise; run the lessons with stubs and with solutions")
    exam.add_argument("names", nargs="*", help="numbers of lessons, such as 01 (default: all)")
    exam.add_argument("--fast", action="store_true", help="only the exercises, not the notebooks")
    exam.set_defaults(run=lambda args: check.run(args.names, fast=args.fast))
    tools.add_parser("pictures", help="draw the README's pictures").set_defaults(run=lambda args: picture.run())


def print_help(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return 0
