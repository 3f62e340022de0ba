"""The shape of the package: which layer may use which, how big things are, what an import costs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import livesock

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "livesock"
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = (
    {"errors"},
    {"wire"},
    {"trace"},
    {"realtime"},
    {"net"},
    {"race"},
    {"gateway"},
    {"server", "client", "socketio_client"},
    {"__init__"},
    {"demos"},
    {"display", "learn", "conformance"},
    {"lessons"},
    {"workshop"},
    {"cli"},
    {"__main__"},
)
"""From the bottom to the top; a part imports only itself and parts of the layers before its own."""

RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}

PURE = ("errors", "wire", "realtime")
EFFECTS = {"asyncio", "os", "random", "secrets", "select", "selectors", "socket", "ssl", "threading", "time"}
"""Modules that a pure layer does not import: time, ids and bytes come in as arguments."""

HEAVY = ("ipywidgets", "jupyter", "anywidget", "websockets", "h11", "asyncio", "IPython", "traitlets")
"""What `import livesock` must not load."""

LONG_FILES: dict[str, str] = {"server.py": "the whole face of a server; half of it is docstrings"}
"""Files over 300 lines, each with the reason why it is one idea all the same."""

LONG_FUNCTIONS: dict[str, str] = {}
"""Functions over 40 lines, `file.py:name`, each with its reason."""


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and absolute dotted name of everything that `path` imports, inside functions too."""
    package = ("livesock", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            # `from livesock import net` names a part, `from livesock import serve` the front door
            names = [f"livesock.{alias.name}" for alias in node.names] if module == "livesock" else [module]
            yield from ((node.lineno, name) for name in names)


def own_part(name: str) -> str | None:
    """Return the part of livesock that the import `name` reaches, None for other packages."""
    first, _, rest = name.partition(".")
    if first != "livesock":
        return None
    part = rest.partition(".")[0]
    return part if part in RANK else "__init__"


def may_use(part: str, other: str) -> bool:
    return part == other or RANK[other] < RANK[part]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_from_the_layers_below(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return  # the front door names everything, lazily; what it loads is tested below

    assert part in RANK, f"{part} stands in no layer: add it to LAYERS and to docs/architecture.md"
    reached = [(line, name, own_part(name)) for line, name in imports_of(path)]
    wrong = [f"line {line}: {name}" for line, name, other in reached if other and not may_use(part, other)]

    assert not wrong, f"{path.name} reaches up or sideways: {wrong}"


@pytest.mark.parametrize("path", [p for p in MODULES if part_of(p) in PURE], ids=lambda p: str(p.relative_to(ROOT)))
def test_a_pure_module_imports_nothing_that_has_effects(path: Path) -> None:
    found = [f"line {line}: {name}" for line, name in imports_of(path) if name.partition(".")[0] in EFFECTS]

    assert not found, f"{path.name} belongs to a pure layer: {found}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_holds_one_idea(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    name = str(path.relative_to(PACKAGE))

    assert lines <= 300 or LONG_FILES.get(name), f"{name} has {lines} lines: two ideas? else give a reason above"
    assert lines > 300 or name not in LONG_FILES, f"{name} has {lines} lines: it needs no reason any more"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path: Path) -> None:
    name = str(path.relative_to(PACKAGE))
    tree = ast.parse(path.read_text("utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    long = {f"{name}:{f.name}": length for f in functions if (length := (f.end_lineno or 0) - f.lineno + 1) > 40}

    assert not long.keys() - LONG_FUNCTIONS.keys(), long


def test_every_reason_for_a_long_function_is_still_needed() -> None:
    names = {f"{p.relative_to(PACKAGE)}:{n.name}" for p in MODULES for n in ast.walk(ast.parse(p.read_text("utf-8")))
             if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}  # fmt: skip

    assert LONG_FUNCTIONS.keys() <= names


def test_there_are_at_most_twenty_public_names() -> None:
    assert len(livesock.__all__) <= 20
    assert sorted(livesock.__all__) == sorted(set(livesock.__all__))


def test_every_public_name_is_documented() -> None:
    names = [name for name in livesock.__all__ if not name.startswith("__")]

    assert [name for name in names if not getattr(livesock, name).__doc__] == []
    assert set(names) <= set(dir(livesock))


def test_importing_livesock_loads_nothing_heavy_and_starts_no_thread() -> None:
    program = "import livesock, sys, json, _thread; print(json.dumps([sorted(sys.modules), _thread._count()]))"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    modules, threads = json.loads(answer.stdout)

    heavy = [m for m in modules if m.partition(".")[0].startswith(HEAVY)]
    assert not heavy
    assert threads == 0
