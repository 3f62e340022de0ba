"""`Parameter`: one parameter of a page as FastAPI reads it, and where its value is here."""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from collections.abc import Callable
from enum import Enum
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from livesock.advice.spelled import caller
from livesock.net.http.asked.made import converted_by_msgspec
from livesock.net.http.habits import has_fields

__all__ = ["Parameter"]

_WHOLE = re.compile("Request|Socket|Connection|^(Any|Protocol)$")
"""Names of types that stand for the one argument itself, of this library or of another one."""

_IN_BODY = ("bytes", "dict", "list", "set", "BaseModel")
"""Names of types that FastAPI makes of the body."""

_PLACES = {
    **{"Query": "query", "Path": "path_params", "Header": "headers", "Cookie": "cookies"},
    **{"Form": "form", "File": "files", "UploadFile": "files"},
}
"""Where the value is that FastAPI's `Query()`, `Header()` and so on stand for."""

_INSTEAD = {
    "Response": 'response = ls.Response(body, status=200, headers={…}), then response.set_cookie("a", "1"), and '
    "return response",
    "BackgroundTasks": "threading.Thread(target=work, args=(1,), daemon=True).start()",
}
"""What to write where FastAPI gives an object of its own."""

_OWN = ("request", "req", "ws", "websocket", "connection", "conn")
"""How a handler calls its one argument."""

_TRUE = '("1", "true", "yes", "on")'


class Parameter:
    """One parameter of a handler, as FastAPI reads it."""

    def __init__(
        self,
        parameter: inspect.Parameter,
        handler: Callable[..., Any],
        path: str,
        of: str,
        *,
        is_first: bool,
        has_body: bool,
    ) -> None:
        self.name, self.default, self._of, self._is_first = parameter.name, parameter.default, of, is_first
        self._has_body, self._handler = has_body, handler
        self._is_rest = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        self._is_typed = parameter.annotation is not parameter.empty
        begins = handler.__init__ if inspect.isclass(handler) else inspect.unwrap(handler)
        self._globals = getattr(begins, "__globals__", {})
        kind = self._annotated(parameter)
        marks = [self.default, *getattr(kind, "__metadata__", ())]
        self._mark = next((mark for mark in marks if type(mark).__module__.partition(".")[0] == "fastapi"), None)
        if self._mark is not None and self._mark is self.default:
            self.default = getattr(self._mark, "default", ...)
            kind = kind if self._is_typed else str
        kind = type(get_args(kind)[0]) if get_origin(kind) is Literal else kind
        if self.default is ... or type(self.default).__name__ == "PydanticUndefinedType":
            self.default = parameter.empty
        kind = getattr(kind, "__origin__", kind) if hasattr(kind, "__metadata__") else kind  # Annotated[int, Query()]
        kinds = [one for one in get_args(kind) if one is not type(None)]
        is_choice = bool(kinds) and not inspect.isclass(get_origin(kind))
        self._kind = kinds[0] if is_choice or get_origin(kind) is UnionType else kind
        bases = [self._kind, get_origin(self._kind), *getattr(self._kind, "__mro__", ())]
        self._names = [str(getattr(one, "__name__", one)).partition("[")[0] for one in bases]
        self._path = path
        self._is_in_path = any(part in (f"{{{self.name}}}", f"{{{self.name}:path}}") for part in path.split("/"))
        is_depends = hasattr(self._mark, "dependency") or self._is_left_over()
        self._needs: Any = (getattr(self._mark, "dependency", None) or self._kind) if is_depends else None
        self._is_named = parameter.kind is parameter.KEYWORD_ONLY

    def _annotated(self, parameter: inspect.Parameter) -> Any:
        """Return the kind that a parameter has by its annotation, or else by its default."""
        if self._is_typed:
            return self._evaluated(parameter.annotation)
        return str if self.default in (None, parameter.empty) else type(self.default)

    @property
    def is_called_so(self) -> bool:
        """Whether its author means the one argument by it, under a name of their own."""
        return not self._is_in_path and (self.name in _OWN or (self._is_typed and self._is_whole))

    @property
    def is_body(self) -> bool:
        """Whether FastAPI makes it of the body."""
        if self._needs is not None or any(known in self._names for known in _INSTEAD):
            return False
        is_given = self._is_rest or self._is_in_path or self._place() or self._is_whole or not self._is_typed
        return not is_given and (self._is_model or any(known in self._names for known in _IN_BODY))

    def value(self, has_body_alone: bool) -> str:
        """Return where a handler finds it, "" if it is the one argument itself."""
        if self._is_rest or (self._is_whole and not self._is_in_path):
            return ""
        if self._of == "ws" and self.name == "path" and not self._is_first:  # as older `websockets` gave it
            return "ws.request.path"
        if self._needs is not None:
            return self._call_of_dependency()
        if instead := next((_INSTEAD[known] for known in self._names if known in _INSTEAD), ""):
            return instead
        if self.is_body or type(self._mark).__name__ == "Body":
            return self._of_body(has_body_alone and self.is_body)
        if self._mark is None and not (self._is_in_path or self._is_typed) and self._is_own_or_kept():
            return ""
        is_clear = inspect.isclass(self._kind) or self._is_known or "list" in self._names
        return self._converted() if is_clear else ""

    def _is_own_or_kept(self) -> bool:
        """Whether a parameter without a type is the one argument, or keeps a value, as in `def page(request, n=n)`.

        A default that its author wrote as a number or text is no such value. Python makes one constant of all defaults
        of a function if each is written so; it stands in the code of the function around it.
        """
        if self._is_first or self.default is inspect.Parameter.empty:
            return self.default is inspect.Parameter.empty or self.name in _OWN
        defaults = getattr(inspect.unwrap(self._handler), "__defaults__", None)
        callers = [frame.f_code.co_consts for frame, _ in traceback.walk_stack(sys._getframe(1))]
        return not (defaults and any(one is defaults for constants in callers for one in constants))

    def _of_body(self, is_alone: bool) -> str:
        """Return the expression that makes it of the body, or of the first message."""
        json = f"{self._of}.json()" if self._of == "request" else f"json.loads(await {self._of}.recv())"
        there = f"{self._of}.body" if is_alone else f"{self.name!r} in {json}"
        json += "" if is_alone else f"[{self.name!r}]"
        of = next(iter(get_args(self._kind)), None)
        is_made = self._is_model or get_args(self._kind)
        if is_made and (converted := converted_by_msgspec(self._kind, json, self._globals)):
            made = converted
        elif self._is_model:
            made = f"{self._named()}(**{json})"
        elif "list" in self._names and self._is_made_of_members(of):
            made = f"[{self._named(of)}(**each) for each in {json}]"
        else:
            made = f"set({json})" if "set" in self._names else json
        has_none = self.default is inspect.Parameter.empty or self._of == "ws" or self._written() == "…"
        return made if has_none else f"{made} if {there} else {self._written()}"

    def line(self, value: str) -> str:
        """Return the line of the handler that makes its `value`."""
        is_value = self._needs is not None or not any(known in self._names for known in _INSTEAD)
        return f"{self.name} = {value}" if is_value and not value.startswith(("with ", "async with ")) else value

    def _call_of_dependency(self) -> str:
        """Return the call of what FastAPI would call, with what it would give it."""
        needs, call = self._needs, self._named(self._needs)
        if type(needs).__name__ == "OAuth2PasswordBearer":
            within = "ws.request" if self._of == "ws" else self._of
            return f"{within}.headers.get('authorization', '').removeprefix('Bearer ')"
        if inspect.isgeneratorfunction(needs) or inspect.isasyncgenfunction(needs):
            is_async = "async " if inspect.isasyncgenfunction(needs) else ""
            call = f"{is_async}with contextlib.{is_async.strip()}contextmanager({call})"
        wait = "await " if inspect.iscoroutinefunction(needs) else ""
        try:
            parameters = list(inspect.signature(needs).parameters.values())
        except (TypeError, ValueError):
            parameters = []
        given = []
        for parameter in parameters:
            is_first = len(parameters) == 1
            one = Parameter(parameter, needs, self._path, self._of, is_first=is_first, has_body=self._has_body)
            if not one._is_rest:
                value = one.value(has_body_alone=True) or one._whole()
                given.append(f"{one.name}={value}" if one._is_named else value)
        made = f"{wait}{call}({', '.join(given)})"
        return f"{made} as {self.name}: …" if call.startswith(("with ", "async with ")) else made

    def _whole(self) -> str:
        """Return the request itself, or the text that FastAPI would give to a parameter without a type."""
        is_request = self._is_typed or self._is_first or self.name in _OWN
        return self._of if is_request else self._converted()

    def _converted(self) -> str:
        """Return the expression that FastAPI would make the value by."""
        place = "path_params" if self._is_in_path else self._place() or "query"
        within = f"{self._of}{'.request' if self._of == 'ws' and place in ('headers', 'cookies') else ''}.{place}"
        key = getattr(self._mark, "alias", None) or (self.name.replace("_", "-") if place == "headers" else self.name)
        has_none = self.default is inspect.Parameter.empty or self._is_in_path
        item = f"{within}[{key!r}]{'.body' if place == 'files' and 'bytes' in self._names else ''}"
        otherwise = "" if has_none else f" if {key!r} in {within} else {self._written()}"
        if "list" in self._names and place in ("query", "form", "headers"):
            of = next((one.__name__ for one in get_args(self._kind) if one in (int, float)), "")
            item = f"[{of}(each) for each in {within}.getlist({key!r})]" if of else f"{within}.getlist({key!r})"
            return f"{item} or {self._written()}" if isinstance(self.default, list) and self.default else item
        if "bool" in self._names:
            if isinstance(self.default, bool):
                item, otherwise = f"{within}.get({key!r}, {str(self.default).lower()!r})", ""
            return f"{item}.lower() in {_TRUE}{otherwise}"
        if (convert := self._converter()) and place != "files":
            if not has_none and isinstance(self.default, int | float) and convert in ("int", "float"):
                return f"{convert}({within}.get({key!r}, {self.default!r}))"
            return f"{convert}({item}){')' * convert.count('(')}{otherwise}"
        more = "" if self.default is None else f", {self._written()}"
        return f"{item}{otherwise}" if has_none or ".body" in item else f"{within}.get({key!r}{more})"

    def _converter(self) -> str:
        """Return what converts a text, "" for a text itself."""
        kind = self._kind
        if inspect.isclass(kind) and issubclass(kind, Enum):
            return f"{self._named()}(int" if all(isinstance(one.value, int) for one in kind) else self._named()
        if "str" in self._names or (not inspect.isclass(kind) and not self._is_known):
            return ""
        if known := next((known for known in ("int", "float") if known in self._names), ""):
            return known
        return f"{self._named()}.fromisoformat" if hasattr(kind, "fromisoformat") else self._named()

    def _place(self) -> str:
        """Return where FastAPI was asked to look, "" for nowhere."""
        return next((_PLACES[known] for known in (type(self._mark).__name__, *self._names) if known in _PLACES), "")

    @property
    def _is_known(self) -> bool:
        """Whether a kind is known by its name alone."""
        return any(known in self._names for known in ("str", "int", "float", "bool", "UploadFile"))

    @property
    def _is_whole(self) -> bool:
        """Whether it is the request or the connection itself; what no one knows may be."""
        if not self._is_typed or self._mark is not None:
            return False
        if self._kind is object or getattr(self._kind, "_is_protocol", False):
            return True
        is_class = inspect.isclass(self._kind) or inspect.isclass(get_origin(self._kind))
        known = is_class or self._is_known or any(name in (*_IN_BODY, *_INSTEAD) for name in self._names)
        return not known or any(_WHOLE.search(name) for name in self._names)

    @property
    def _is_model(self) -> bool:
        return self._is_made_of_members(self._kind)

    def _is_made_of_members(self, kind: Any) -> bool:
        """Whether it is a class that FastAPI makes of the body: one with fields, or the caller's own."""
        if not inspect.isclass(kind) or issubclass(kind, Enum):
            return False
        return kind.__module__ == self._globals.get("__name__") or has_fields(kind)

    def _is_left_over(self) -> bool:
        """Whether it is a class that no body makes, so that its `= Depends()` was taken away before."""
        is_given = self._mark is not None or self._is_in_path or self._place() or self._is_whole
        return self._is_typed and not is_given and self._is_model and not (has_fields(self._kind) and self._has_body)

    def _named(self, kind: Any = None) -> str:
        """Return a kind, by default its own, or a function as the handler's module names it."""
        kind = self._kind if kind is None else kind
        here = next((name for name, value in list(self._globals.items()) if value is kind), "")
        name = str(getattr(kind, "__qualname__", kind)).rpartition("<locals>.")[2]
        is_own = getattr(kind, "__module__", "builtins") in ("builtins", self._globals.get("__name__"))
        return here or (name if is_own else f"{kind.__module__}.{name}")

    def _written(self) -> str:
        """Return the default as it is written."""
        if isinstance(self.default, Enum):
            return f"{self._named()}.{self.default.name}"
        text = repr(self.default)
        return "…" if text.startswith("<") or len(text) > 60 else text

    def _evaluated(self, annotation: Any) -> Any:
        """Return what an annotation that is a text stands for, or the text where that is not known."""
        if not isinstance(annotation, str):
            return annotation
        try:
            return eval(annotation, dict(self._globals), dict(caller().f_locals))
        except Exception:  # a name that only a type checker imports
            return annotation
