"""An unknown name gets a sentence when a cell above defines it."""

from __future__ import annotations

import pytest

from livesock.learn.unknown import defining

CELLS = [
    {"source": ["import livesock as ls\n", "import os.path\n", "server = ls.serve()"]},
    {"source": ["def pair():\n", "    inside = 1\n", "    return inside"]},
    {"source": ["for left, right in [pair()]:\n", "    with open(left) as door:\n", "        pass"]},
    {"source": ["try:\n", "    pass\n", "except OSError as error:\n", "    refused = error"]},
    {"source": ["this is no Python"]},
    {"source": ['learn.catch_up("05")']},
]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("ls", "import livesock as ls"),
        ("os", "import os.path"),
        ("server", "server = ls.serve()"),
        ("pair", "def pair():"),
        ("right", "for left, right in [pair()]:"),
        ("door", "for left, right in [pair()]:"),
        ("refused", "try:"),
        ("encode_frame", 'learn.catch_up("05")'),
        ("Assembler", ""),
        ("inside", ""),
        ("prnit", ""),
    ],
)
def test_the_line_that_defines_a_name(name, line):
    assert defining(name, CELLS) == line
