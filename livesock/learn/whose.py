"""Whose a function or a class is: the learner's, as soon as it is written, or livesock's own.

What a learner wrote is kept as text, and made anew from it in later lessons.
"""

from __future__ import annotations

import contextlib
import linecache
import types
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from livesock.errors import LivesockError
from livesock.learn import source, words
from livesock.learn.checking.diff import kind

__all__ = ["chosen", "is_own", "made_of", "text_of"]


def text_of(name: str, solution: Any, *, renamed: bool = False) -> str:
    """Return a text that defines `solution` as `name`, with all that it needs; with `renamed` it may have another name.

    Raises:
        LivesockError: If it is no function or class of its own, or cannot be made anew from its text.
    """
    solution = source.unwrapped(solution)
    if not isinstance(solution, type | types.FunctionType):
        raise LivesockError(words.not_keepable(name, kind(solution)))
    try:
        text = source.standalone(solution)
    except (OSError, SyntaxError) as exc:
        raise LivesockError(words.no_text(name)) from exc
    if renamed and solution.__name__ != name:
        text += f"\n\n\n{name} = {solution.__name__}"
    if made_of(text, name) is None:
        raise LivesockError(words.not_standalone(name))
    return text


def made_of(text: str, name: str) -> Any:
    """Return what `text` defines as `name`, None if it defines no such thing or does not run."""
    made: dict[str, Any] = {"__name__": source.KEPT}
    file = f"<kept {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)  # for what is written on top of it
    with contextlib.suppress(Exception, SystemExit):
        exec(compile(text, file, "exec", dont_inherit=True), made)
    return made.get(name)


def is_own(one: Callable[..., Any], trial: Callable[[], Any]) -> bool:
    """Return whether the learner wrote `one`: it is not a reference that `catch_up` brought, and no longer a stub.

    `trial` calls it in a way that every written one answers. What raises is written, and is seen failing later.
    """
    if getattr(one, "__module__", "").startswith("livesock."):
        return False
    try:
        trial()
    except NotImplementedError:
        return False
    except Exception:
        pass
    return True


def chosen(
    caller: str, ours: Mapping[str, Any], trials: Mapping[str, Callable[[Any], Any]], written: Iterable[Any]
) -> tuple[dict[str, Any], str]:
    """Return by name what serves, the learner's where it is written, and a line: `encode_frame: yours, …`.

    `ours` holds the references, `trials` how to call each.

    Raises:
        ValueError: If something of another name is given.
    """
    serving, whose = dict(ours), dict.fromkeys(ours, "ours")
    for one in written:
        name = getattr(one, "__name__", "")
        if name not in ours:
            taken = (" and " if len(ours) == 2 else ", ").join(ours)
            raise ValueError(f"{caller} takes {taken}, not {name or one!r}")
        if is_own(one, partial(trials[name], one)):
            serving[name], whose[name] = one, "yours"
    return serving, ", ".join(f"{name}: {owner}" for name, owner in whose.items())
