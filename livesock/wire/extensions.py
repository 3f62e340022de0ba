"""Sec-WebSocket-Extensions: what the client offers and the server agrees to (RFC 6455, 9; RFC 7692, 7).

client     permessage-deflate; client_max_window_bits, permessage-deflate
server     permessage-deflate; server_no_context_takeover          agrees to one offer, or to none
"""

from __future__ import annotations

import re

from livesock.errors import PacketError
from livesock.wire.deflate import DeflateParameters
from livesock.wire.http import RequestHead, ResponseHead
from livesock.wire.quote import quote

__all__ = ["negotiated", "parse_extensions"]

Extension = tuple[str, dict[str, str | None]]
"""A name and its parameters; a parameter without a value is None."""

_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_TOKEN = re.compile(_NAME)
_PARAMETER = re.compile(rf'({_NAME})(?:=(?:({_NAME})|"({_NAME})"))?')


def parse_extensions(value: str) -> list[Extension]:
    """Return the extensions in the value of a Sec-WebSocket-Extensions header, in order; `[]` for an empty one.

    RFC 6455, 9.1.

    >>> parse_extensions("permessage-deflate; client_max_window_bits, x")
    [('permessage-deflate', {'client_max_window_bits': None}), ('x', {})]

    Raises:
        PacketError: If the value does not follow the grammar or a parameter stands twice.
    """
    return [_extension(item) for item in value.split(",") if value.strip(" \t")]


def _extension(item: str) -> Extension:
    name, *parts = [part.strip(" \t") for part in item.split(";")]
    if _TOKEN.fullmatch(name) is None:
        raise _not_agreed(f"an extension begins with its name, and here stands {quote(item, 30)}", "RFC 6455, 9.1")
    parameters: dict[str, str | None] = {}
    for part in parts:
        found = _PARAMETER.fullmatch(part)
        if found is None:
            raise _not_agreed(f"a parameter is name or name=value, and here stands {quote(part, 30)}", "RFC 6455, 9.1")
        key, plain, quoted = found.groups()
        if key in parameters:
            raise _not_agreed(f"the parameter {key} stands twice", "RFC 7692, 7.1")
        parameters[key] = plain if quoted is None else quoted
    return name, parameters


def _not_agreed(rule: str, section: str) -> PacketError:
    return PacketError(rule, section=section)


def negotiated(request: RequestHead | None, response: ResponseHead) -> DeflateParameters | None:
    """Return what both ends agreed on for permessage-deflate, or None when messages stay uncompressed.

    RFC 7692, 5.1 and 7.1. Without the request, the response is taken as it is.

    Raises:
        PacketError: If the response agrees to something that the request did not offer.
    """
    agreed = parse_extensions(response.get("Sec-WebSocket-Extensions") or "")
    offers = None if request is None else parse_extensions(request.get("Sec-WebSocket-Extensions") or "")
    for name, _ in agreed:
        if name != "permessage-deflate":
            raise _not_agreed(f"livesock knows no extension {quote(name, 30)}", "RFC 6455, 9.1")
        if offers is not None and name not in [offer for offer, _ in offers]:
            raise _not_agreed(f"the extension {name} was not offered", "RFC 6455, 4.1")
    if len(agreed) > 1:
        raise _not_agreed("permessage-deflate may be agreed on only once", "RFC 7692, 5")
    if not agreed:
        return None
    parameters = agreed[0][1]
    answer = _parameters(parameters)
    candidates = [offer for name, offer in offers or [] if name == "permessage-deflate"]
    if offers is not None and not any(_answers(parameters, answer, offer) for offer in candidates):
        raise _not_agreed("the parameters of permessage-deflate do not fit any offer", "RFC 7692, 7.1")
    return answer


_FLAGS = ("server_no_context_takeover", "client_no_context_takeover")
_BITS = ("server_max_window_bits", "client_max_window_bits")


def _parameters(parameters: dict[str, str | None]) -> DeflateParameters:
    """Check the parameters of a response (RFC 7692, 7.1)."""
    for name, value in parameters.items():
        if name in _FLAGS and value is not None:
            raise _not_agreed(f"{name} has no value, and here it has {quote(value, 20)}", "RFC 7692, 7.1.1")
        if name in _BITS and re.fullmatch("[89]|1[0-5]", value or "") is None:
            raise _not_agreed(f"{name} is 8 to 15, and here it is {quote(value or '', 20)}", "RFC 7692, 7.1.2")
        if name not in _FLAGS + _BITS:
            raise _not_agreed(f"permessage-deflate has no parameter {quote(name, 30)}", "RFC 7692, 7.1")
    return DeflateParameters(
        server_no_context_takeover="server_no_context_takeover" in parameters,
        client_no_context_takeover="client_no_context_takeover" in parameters,
        server_max_window_bits=int(parameters.get("server_max_window_bits") or 15),
        client_max_window_bits=int(parameters.get("client_max_window_bits") or 15),
    )


def _answers(parameters: dict[str, str | None], answer: DeflateParameters, offer: dict[str, str | None]) -> bool:
    """Return whether the server's parameters answer this offer of the client's (RFC 7692, 7.1.1 and 7.1.2)."""
    if "server_no_context_takeover" in offer and not answer.server_no_context_takeover:
        return False
    if "client_max_window_bits" in parameters and "client_max_window_bits" not in offer:
        return False
    if "server_max_window_bits" not in offer:
        return True
    return "server_max_window_bits" in parameters and answer.server_max_window_bits <= _window(
        offer["server_max_window_bits"]
    )


def _window(value: str | None) -> int:
    return int(value) if value is not None and re.fullmatch("[89]|1[0-5]", value) else 0
