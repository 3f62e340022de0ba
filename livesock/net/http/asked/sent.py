"""What came with a request, by name: `Headers`, `Sent`, `Query`, `Form`, `Cookies`.

Each is a dict of one value for each name: the last one that came, as in Starlette; `getlist` has all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from livesock.net.loop.habits import Keyed

__all__ = [
    "Cookies",
    "Files",
    "Form",
    "Headers",
    "Members",
    "Missing",
    "Query",
    "Sent",
    "cookies_of",
    "set_cookie_line",
]

_SECRET = (
    r"(?i)cookie|auth|token|xsrf|csrf|secret|password|passwd|passphrase|pwd|^pass$|api-?key|(?:^|[-_])key$|jwt|session|ticket"
    r"|signature|^sig$|hmac|^otp$|credential|assertion|^sid$|^pid$|^code$|sec-websocket-protocol"
)
"""Names whose values may open a door. Behind a Jupyter server the cookie is the one that opens the notebooks."""


_LISTS = ("multi_items", "getall", "get_all", "getAll", "lists", "poplist", "setlist")
_ITSELF = ("to_dict", "dict", "as_dict")


class Sent(Keyed):
    """Headers or parameters as they were sent. A handler finds every value; `repr` shows no secret.

    >>> headers = Sent({"host": "example.org", "cookie": "session=12345"})
    >>> headers
    {'host': 'example.org', 'cookie': '…'}
    >>> headers["cookie"]
    'session=12345'
    >>> Sent([("m", "a"), ("m", "b")]).getlist("m")
    ['a', 'b']
    """

    __slots__ = ("_pairs",)

    _pairs: list[tuple[str, Any]]
    _name, _one = "query", "query parameter"

    def __init__(self, given: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        given = given._pairs if isinstance(given, Sent) else given
        pairs = list(given.items() if isinstance(given, Mapping) else given)
        super().__init__(pairs)
        object.__setattr__(self, "_pairs", pairs)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._pairs,)

    def getlist(self, name: str) -> list[Any]:
        """Return all values of `name`, in the order in which they came; an empty list if none did."""
        return [value for key, value in self._pairs if key == name]

    def get(self, name: str, default: Any = None, **options: Any) -> Any:
        """Return the value of `name`, or `default`; of several, the last."""
        if options:
            kind = getattr(options.get("type"), "__name__", "int")
            write = f"{kind}({self._name}.get({name!r}, {default!r}))"
            if default is None:
                write = f"{kind}({self._name}[{name!r}]) if {name!r} in {self._name} else None"
            raise TypeError(f"get() takes a name and a default, and converts nothing: write {write}")
        return super().get(name, default)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name in _LISTS:
                text = f'write {self._name}.getlist("name"), a list of all values of one name'
            elif name in _ITSELF:
                text = f"it is a dict itself: write {self._name}"
            else:
                return super().__getattr__(name)
            raise AttributeError(f"no {name!r}: {text}", name=name)

    def __missing__(self, name: str) -> Any:
        raise Missing(name, self._one)

    def __repr__(self) -> str:
        return repr({name: "…" if re.search(_SECRET, name) else value for name, value in self.items()})


class Headers(Sent):
    """Headers by name in lower case; asked for a name, it ignores case (RFC 9110, 5.1).

    Several lines of one name are one value, joined by a comma (RFC 9110, 5.3), and cookies by a semicolon.

    >>> Headers({"x-token": "abc"})["X-Token"]
    'abc'
    """

    __slots__ = ()

    _name, _one = "headers", "header"

    def __init__(self, given: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(given)
        if len(self) < len(self._pairs):
            self.update({name: ("; " if name == "cookie" else ", ").join(self.getlist(name)) for name in self})

    def getlist(self, name: str) -> list[Any]:
        """Return the values of all lines of a header, in the order in which they came."""
        return super().getlist(name.lower())

    def _key(self, name: str) -> str:
        return name.replace("_", "-")

    def __missing__(self, name: str) -> Any:
        if name == (lower := name.lower()):
            raise Missing(name, self._one)
        return self[lower]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name.lower() if isinstance(name, str) else name)

    def get(self, name: str, default: Any = None, **options: Any) -> Any:
        """Return the value of the header `name`, or `default`."""
        return super().get(name.lower(), default, **options)


class Missing(KeyError):
    """The request brings no value of this name."""

    def __str__(self) -> str:
        name, kind = self.args
        return f"the request brings no {kind} {name!r:.60}"


class Members(Keyed):
    """An object of a JSON body: a dict whose missing members are the fault of the peer that sent it."""

    __slots__ = ()

    _name = "data"

    def __missing__(self, name: str) -> Any:
        raise Missing(name, "member")


class Query(Sent):
    """The parameters of a page's address."""

    __slots__ = ()

    _name = "request.query"


class Form(Sent):
    """The fields of a form."""

    __slots__ = ()

    _name, _one = "request.form", "form field"


class Files(Sent):
    """The files of a form, each an `Upload`."""

    __slots__ = ()

    _name, _one = "request.files", "file"


class Cookies(Sent):
    """The cookies that a browser sent; of two with one name the first, whose path is the longer one (RFC 6265, 5.4).

    `repr` shows no value.
    """

    __slots__ = ()

    _name, _one = "request.cookies", "cookie"

    def __init__(self, given: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(given)
        self.update(reversed(self._pairs))

    def __repr__(self) -> str:
        return repr(dict.fromkeys(self, "…"))


def cookies_of(header: str | None, kind: type[Cookies] = Cookies) -> Cookies:
    """Return the cookies in the value of a `Cookie` header; a part that is not one is left out (RFC 6265, 5.4).

    >>> cookies_of("a=1; broken; b=2; b=3").getlist("b")
    ['2', '3']
    """
    if not header:
        return kind()
    from http.cookies import SimpleCookie  # only a handler that asks needs it

    decode = SimpleCookie().value_decode  # its `load` would take nothing at all after the first part that is not one
    parts = (part.strip().partition("=") for part in header.split(";"))
    return kind((name.strip(), decode(value.strip())[0]) for name, between, value in parts if between and name)


def set_cookie_line(name: str, value: str, options: Mapping[str, str | int | None]) -> str:
    """Return the value of a `Set-Cookie` header; an option that is None or False is left out.

    >>> set_cookie_line("name", "Ann Lee", {"max-age": 60, "path": "/", "httponly": True, "secure": False})
    'name="Ann Lee"; HttpOnly; Max-Age=60; Path=/'

    Raises:
        ValueError: If the name cannot be that of a cookie.
    """
    from http.cookies import CookieError, SimpleCookie

    if not isinstance(value, str):
        raise TypeError(f"the value of a cookie is a str, not {value!r:.60}: write str(…) around it")
    if not value.isascii():
        raise ValueError("a cookie is ASCII: write urllib.parse.quote(value), and urllib.parse.unquote(…) to read it")
    cookie: SimpleCookie = SimpleCookie()
    try:
        cookie[name] = value
        cookie[name].update({key: str(it) for key, it in options.items() if it is not None and it is not False})
    except CookieError as exc:
        raise ValueError(str(exc)) from None
    line = cookie[name].OutputString()
    if not line.isprintable():
        raise ValueError(f"a header is one line, not {line!r:.80}")
    return line
