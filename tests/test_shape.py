"""The shape of the package: how big things are, what is public, what an import costs.

Which module may import which is written in pyproject.toml, [tool.importlinter]. One test here runs that check.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import livesock

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "livesock"
TREES = {str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
"""Every module of the package, parsed once."""

HEAVY = ("ipywidgets", "jupyter", "anywidget", "websockets", "h11", "asyncio", "IPython", "traitlets", "msgspec")
"""What `import livesock` must not load."""

MODULES = 16
"""The most modules that a folder holds, `__init__.py` not counted."""

FULL_FOLDERS: dict[str, str] = {}
"""Folders with more than `MODULES` modules, each with its reason."""

LINES = 300
"""The most lines of a file that is one idea."""

LONG_FILES: dict[str, str] = {
    "conformance/talk.py": "one case carried out: a method for each kind of step",
    "realtime/server/session.py": "one state machine: polling, the WebSocket, and the upgrade between them",
    "server.py": "the whole face of a server; half of it is docstrings",
    "net/cluster/redis_station.py": "one server's place in a Redis: three connections, and what a failure leaves",
    "realtime/cluster/messages.py": "a table: each message of a cluster, how it is written and how it is read",
    "trace/recording.py": "the whole face of a trace; half of it is docstrings",
    "net/connect/habits.py": "tables: what users of other clients write, and what to write here; one for each object",
    "net/http/habits.py": "tables: what users of other servers write, and what to write here; one for each object",
    "net/socketio/handling/habits.py": "tables: what users of other servers write, and what to write here",
    "foreign/names.py": "a table: names of other libraries, and what to write here for each",
    "net/http/websocket.py": "one raw route: what it takes from the library websockets, and what it adds",
    "socketio_client.py": "the whole face of a client's socket; half of it is docstrings",
    "learn/words.py": "every sentence that a learner reads and that belongs to no exercise, for translators",
    "lessons/lesson05/assembler.py": "one exercise: the reference, its trial and the table of wrong solutions",
    "lessons/lesson09/reconnector.py": "one exercise: the reference, its trial and the table of wrong solutions",
    "lessons/lesson15/reference.py": "18 servers in one: marks say from which stage to which each line stands",
    "lessons/lesson11/router.py": "one exercise: the reference, its trial and the table of wrong solutions",
}
"""Files over `LINES` lines, each with the reason why it is one idea all the same."""

SCREEN = 40
"""The most lines of a function that a reader sees at once."""

LONG_FUNCTIONS: dict[str, str] = {
    "lessons/lesson15/reference.py:recv": "the lines of seven stages; in each of them ten at most",
}
"""Functions over `SCREEN` lines, `file.py:name`, each with its reason."""


def test_imports_keep_the_contracts() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]

    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)

    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("name", ["livesock", "tests"])
def test_a_folder_can_be_taken_in_at_one_look(name: str) -> None:
    paths = [path.relative_to(ROOT) for path in (ROOT / name).rglob("*.py") if "node_modules" not in path.parts]
    sizes = Counter(path.parent.as_posix() for path in paths if path.name != "__init__.py")

    full = {folder: size for folder, size in sizes.items() if size > MODULES and folder not in FULL_FOLDERS}
    assert full == {}, f"at most {MODULES} modules: make a folder of those that belong together"


def test_a_file_holds_one_idea() -> None:
    sizes = {name: len((PACKAGE / name).read_text("utf-8").splitlines()) for name in TREES}

    long = {name for name, size in sizes.items() if size > LINES}
    assert long - LONG_FILES.keys() == set(), f"over {LINES} lines: two ideas? Otherwise give a reason in LONG_FILES"
    assert LONG_FILES.keys() - long == set(), "needs no reason any more"


def test_a_function_fits_on_a_screen() -> None:
    long = {
        f"{name}:{node.name}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= SCREEN
    }

    assert long - LONG_FUNCTIONS.keys() == set(), f"over {SCREEN} lines"
    assert LONG_FUNCTIONS.keys() - long == set(), "needs no reason any more"


def public_classes(tree: ast.Module) -> Iterator[str]:
    """Yield the classes that a module lists in its `__all__`."""
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            yield from classes.intersection(ast.literal_eval(node.value))


def test_no_two_public_classes_share_a_name() -> None:
    """Except in lessons: there a class has the name that the learner is asked to write."""
    homes = defaultdict(list)
    for name, tree in TREES.items():
        for public in public_classes(tree) if not name.startswith("lessons/") else ():
            homes[public].append(name)

    assert {public: files for public, files in homes.items() if len(files) > 1} == {}


def test_the_page_on_architecture_names_what_exists() -> None:
    quoted = re.findall(r"`([^`\n]+)`", (ROOT / "docs" / "architecture.md").read_text("utf-8"))
    files = [name for name in quoted if re.fullmatch(r"[\w/]+\.(py|js|css)|[\w/]+/", name)]
    classes = [name for name in quoted if re.fullmatch(r"[A-Z]\w+(\.\w+)?", name)]

    assert [name for name in files if not exists(name)] == []
    assert set(classes) - members() == set()


def exists(name: str) -> bool:
    """Whether a path is in the repository, or the end of one in the package, as "parts/" is."""
    return (ROOT / name).exists() or any(PACKAGE.rglob(name.rstrip("/")))


def members() -> set[str]:
    """Return the classes of the package and their members: "Trace", "Trace.add"."""
    found = set()
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found |= {node.name, *(f"{node.name}.{getattr(item, 'name', '')}" for item in node.body)}
    return found


def test_there_are_at_most_twenty_public_names() -> None:
    assert len(livesock.__all__) <= 20
    assert sorted(livesock.__all__) == sorted(set(livesock.__all__))


def test_every_public_name_is_documented() -> None:
    names = [name for name in livesock.__all__ if not name.startswith("__")]

    assert [name for name in names if not getattr(livesock, name).__doc__] == []
    assert set(names) <= set(dir(livesock))


LATER = ("websockets", "h11", "msgspec", "difflib", "email", "html", "http", "mimetypes", "pathlib",
         "livesock.gateway", "livesock.client", "livesock.wire.explain", "livesock.wire.sse",
         "livesock.net.client", "livesock.net.cluster", "livesock.net.connect", "livesock.net.netsim",
         "livesock.realtime.cluster", "livesock.realtime.client", "livesock.trace.conversation", "livesock.trace.show",
         "livesock.wire.http", "livesock.wire.handshake", "livesock.net.http.channel", "livesock.net.http.folder",
         "livesock.net.http.websocket", "livesock.net.socketio.carrier")  # fmt: skip
"""What a first `serve()` does without: a connection, a route, an upgrade, a gateway or a reader loads it."""


def test_a_first_serve_loads_only_what_it_needs() -> None:
    program = """if True:
        import json, sys
        before = set(sys.modules)
        import livesock.server
        at_first = sorted(set(sys.modules) - before)
        livesock.server.serve().stop()
        print(json.dumps([at_first, sorted(set(sys.modules) - before)]))
    """

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    for modules in json.loads(answer.stdout):
        assert [m for m in modules if f"{m}.".startswith(tuple(f"{later}." for later in LATER))] == []


def test_importing_livesock_loads_nothing_heavy_and_starts_no_thread() -> None:
    program = "import livesock, sys, json, _thread; print(json.dumps([sorted(sys.modules), _thread._count()]))"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    modules, threads = json.loads(answer.stdout)

    heavy = [m for m in modules if m.partition(".")[0].startswith(HEAVY)]
    assert not heavy
    assert threads == 0


def test_a_line_that_raises_reads_well_in_the_traceback_of_a_user() -> None:
    """Python prints the line as it stands: a note for maintainers belongs above it."""
    noted = []
    for name, tree in TREES.items():
        lines = (PACKAGE / name).read_text("utf-8").splitlines()
        for step in ast.walk(tree):
            if isinstance(step, ast.Raise) and step.exc is not None and not name.startswith("lessons/"):
                noted += [f"{name}: {line}" for line in lines[step.lineno - 1 : step.end_lineno] if "  # " in line]

    assert [line for line in noted if "# noqa" not in line and "# type: " not in line] == []
