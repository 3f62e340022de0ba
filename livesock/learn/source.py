"""The text of a function or class: with all that it needs, as a stub, as the lines to put in order."""

from __future__ import annotations

import ast
import builtins
import contextlib
import enum
import inspect
import linecache
import os
import re
import textwrap
import types
from collections.abc import Mapping
from typing import Any

__all__ = ["KEPT", "blocks", "define", "names", "source", "standalone", "stub", "unwrapped"]

KEPT = "kept"
"""The module of what is made anew from its text."""


def source(solution: Any) -> str:
    """Return the text of `solution` as it was written, without `@learn.keep(…)` above it.

    Raises:
        OSError: If Python does not know it, as in an interactive shell without history.
    """
    try:
        text = inspect.getsource(solution)
    except TypeError as exc:  # an object, a class of __main__ where that is no file
        text = class_in_cell(solution)
        if not text:
            raise OSError(f"no source for {solution!r}") from exc
    except OSError:
        text = class_in_cell(solution)
        if not text:
            raise
    text = textwrap.dedent(text).rstrip()
    node = ast.parse(text).body[0]
    lines = text.splitlines()
    for decorator in getattr(node, "decorator_list", []):
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("keep"):
            lines[decorator.lineno - 1 : decorator.end_lineno] = []
            break
    return "\n".join(lines)


def class_in_cell(solution: Any) -> str:
    """Return the text of a class that a cell of a notebook defines, "" if there is none.

    Python looks for a class in the file of its module, and a notebook is none. A method knows the cell that it is of; a
    class without one is the last of its name in the cells, which are the files that do not exist.
    """
    if not isinstance(solution, type):
        return ""
    places = [(method.__code__.co_filename, method.__code__.co_firstlineno) for method in methods(solution)]
    cells = [(file, 0) for file in reversed(list(linecache.cache)) if not os.path.exists(file)]
    for file, line in places or cells:
        lines = linecache.getlines(file)
        for node in reversed(statements("".join(lines)) if f"class {solution.__name__}" in "".join(lines) else []):
            if isinstance(node, ast.ClassDef) and node.name == solution.__name__:
                begin, end = min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno or 0
                if not line or begin <= line <= end:
                    return "".join(lines[begin - 1 : end])
    return ""


def statements(text: str) -> list[ast.stmt]:
    """Return the statements of a cell, none of one that Python cannot read."""
    try:
        return ast.parse(text).body
    except SyntaxError:
        return []


def methods(solution: Any) -> list[types.FunctionType]:
    """Return the functions that a class defines, behind what decorates them; none of anything else."""
    values = vars(solution).values() if isinstance(solution, type) else ()
    inner = [inspect.unwrap(getattr(value, "fget", None) or getattr(value, "__func__", value)) for value in values]
    return [function for function in inner if isinstance(function, types.FunctionType)]


def names(text: str) -> set[str]:
    """Return every name that `text` reads from outside, annotations too."""
    nodes = list(ast.walk(ast.parse(text)))
    found = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return found - own - {node.arg for node in nodes if isinstance(node, ast.arg)}


def standalone(solution: Any) -> str:
    """Return the text of `solution`, and before it imports, constants and helpers of its module that it uses."""
    imports: set[str] = set()
    parts: dict[str, str] = {}

    def add(name: str, value: Any) -> None:
        if name in parts:
            return
        value = unwrapped(value)
        home, called = getattr(value, "__module__", None), getattr(value, "__name__", name)
        if isinstance(value, types.ModuleType):
            imports.add(f"import {called}" + renamed(called, name))
        elif isinstance(value, type | types.FunctionType) and home in (solution.__module__, KEPT):
            parts[name] = ""
            need(text := source(value), around(value))
            alias = (
                f"\n\n\n{name} = {called}" if called.isidentifier() and called != name else ""
            )  # a lambda has no name
            parts[name] = parts.pop(name) or text + alias  # after what it needs
        elif hasattr(value, "__name__"):
            home = home or type(getattr(value, "__self__", None)).__module__  # random.random is of no module
            imports.add(f"from {home} import {called}" + renamed(called, name))
        elif isinstance(value, enum.Enum):
            add(type(value).__name__, type(value))
            parts[name] = f"{name} = {member(value)}"
        elif isinstance(value, re.Pattern):
            imports.add("import re")
            parts[name] = f"{name} = re.compile({value.pattern!r}, {value.flags})"
        elif value is None or isinstance(
            value, int | float | complex | str | bytes | bytearray | tuple | set | frozenset | dict | list
        ):
            parts[name] = f"{name} = {value!r}"

    def need(text: str, owned: Mapping[str, Any]) -> None:
        for name in sorted(names(text)):
            if name in owned and not hasattr(builtins, name):
                add(name, owned[name])

    add(solution.__name__, solution)
    return "\n\n\n".join(filter(None, ["\n".join(sorted(imports)), *parts.values()]))


def unwrapped(value: Any) -> Any:
    """Return the function behind what decorates it, such as a cache: its text has the decorators above it."""
    with contextlib.suppress(Exception):  # an object that has every attribute
        return inspect.unwrap(value)
    return value


def renamed(called: str, name: str) -> str:
    return "" if called == name else f" as {name}"


def around(solution: Any) -> Mapping[str, Any]:
    """Return the names that a function or a class finds around it, in its module or its notebook."""
    module = inspect.getmodule(solution)
    if module and not module.__name__.startswith("__"):
        return vars(module)
    return next((part.__globals__ for part in [solution, *methods(solution)] if hasattr(part, "__globals__")), {})


def member(value: enum.Enum) -> str:
    """Return how a member of an enum is written: `Color.RED`, or `Flag(3)` for one without a name of its own."""
    kind = type(value)
    return f"{kind.__name__}.{value.name}" if value.name in kind.__members__ else f"{kind.__name__}({value.value!r})"


def stub(solution: Any) -> str:
    """Return `solution` with every public body replaced by its docstring and NotImplementedError."""
    tree = ast.parse(source(solution))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.body = [part for part in node.body if not is_private(part)]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = node.body[:1] if ast.get_docstring(node) is not None else []
            node.body = [*doc, ast.parse("raise NotImplementedError").body[0]]
    return ast.unparse(tree)


def is_private(part: ast.stmt) -> bool:
    name = getattr(part, "name", "")
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def define(solution: Any, text: str, filename: str, names: Mapping[str, Any] | None = None) -> Any:
    """Return what `text` defines under the name of `solution`, None if nothing.

    The text may use the names of the module of `solution`, and `names`.

    Raises:
        SyntaxError: If Python cannot read it.
    """
    module = inspect.getmodule(solution)
    namespace = {**(vars(module) if module else {}), **(names or {})}
    exec(compile(f"from __future__ import annotations\n{text}", filename, "exec"), namespace)
    return namespace.get(solution.__name__)


def blocks(text: str) -> list[str]:
    """Return the lines of a function or class without docstring and empty lines; a long statement stays whole."""
    tree = ast.parse(text)
    hidden: set[int] = set()
    joined: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if ast.get_docstring(node) is not None:
                hidden |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
            begin = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            joined[begin] = max(node.lineno, node.body[0].lineno - 1)  # decorators and a long signature are one block
        elif isinstance(node, ast.Assign | ast.Return | ast.Expr | ast.Raise | ast.AugAssign | ast.AnnAssign):
            joined[node.lineno] = node.end_lineno or node.lineno
    lines = text.splitlines()
    found, number = [], 1
    while number <= len(lines):
        end = joined.get(number, number)
        if number not in hidden and lines[number - 1].strip():
            found.append("\n".join(lines[number - 1 : end]))
        number = end + 1
    return found
