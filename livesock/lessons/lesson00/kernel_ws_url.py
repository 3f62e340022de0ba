"""00.kernel_ws_url: from the address of a Jupyter server to that of one kernel's WebSocket (RFC 6455, 3; RFC 3986)."""

from __future__ import annotations

import random
import uuid
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, unquote_plus, urljoin, urlsplit

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case

__all__ = ["KERNEL_WS_URL", "kernel_ws_url"]

Server = dict[str, Any]


def kernel_ws_url(server: dict[str, Any], kernel_id: str, token: str) -> str:
    """Return the WebSocket address of the channels of a kernel.

    `server["url"]` is where the Jupyter server is reached, beginning with http or https.
    """
    scheme, _, place = server["url"].partition("://")
    scheme = {"http": "ws", "https": "wss"}[scheme]
    place = place.rstrip("/")
    return f"{scheme}://{place}/api/kernels/{kernel_id}/channels?token={quote(token, safe='')}"


def trial(solution: Solution, server: Server, kernel_id: str, token: str) -> Any:
    """Return the address with its query written in one way: a server reads %2b, %2B and an unneeded %7E alike."""
    answer = solution(server, kernel_id, token)
    return one_way(answer) if isinstance(answer, str) else answer


def one_way(address: str) -> str:
    if not all("!" <= character <= "~" for character in address):
        return address  # a blank would end the address in the request line
    address, mark, fragment = address.partition("#")  # nothing behind # is sent
    place, question, query = address.partition("?")
    pairs = ["=".join(quote_plus(unquote_plus(part)) for part in pair.split("=", 1)) for pair in query.split("&")]
    return place + question + "&".join(pairs) + mark + fragment


def built(
    server: Server,
    kernel_id: str,
    token: str,
    *,
    scheme: str = "",
    place: str = "",
    slash: str = "/",
    query: str | None = None,
) -> str:
    """Return the address with one part made in another way."""
    parts = urlsplit(server["url"])
    scheme = scheme or parts.scheme.replace("http", "ws")
    place = place or (parts.netloc + parts.path).rstrip("/")
    query = f"?token={quote(token, safe='')}" if query is None else query
    return f"{scheme}://{place}{slash}api/kernels/{kernel_id}/channels{query}"


def replaced_everywhere(server: Server, kernel_id: str, token: str) -> str:
    return kernel_ws_url(server, kernel_id, token).replace("http", "ws")


def stripped(server: Server, kernel_id: str, token: str) -> str:
    return built(server, kernel_id, token, place=server["url"].strip("https://"))  # noqa: B005 - the mistake itself


def joined(server: Server, kernel_id: str, token: str) -> str:
    parts = urlsplit(urljoin(server["url"], "api"))
    return built(server, kernel_id, token, place=parts.netloc + parts.path.removesuffix("/api"))


def at_localhost(server: Server, kernel_id: str, token: str) -> str:
    parts = urlsplit(server["url"])
    place = "localhost" + (f":{parts.port}" if parts.port else "") + parts.path.rstrip("/")
    return built(server, kernel_id, token, place=place)


def without_port(server: Server, kernel_id: str, token: str) -> str:
    parts = urlsplit(server["url"])
    return built(server, kernel_id, token, place=f"{parts.hostname}{parts.path.rstrip('/')}")


def by_hand(token: str) -> str:
    return token.replace("+", "%2B").replace("&", "%26")


def all_quoted(server: Server, kernel_id: str, token: str) -> str:
    return quote(built(server, kernel_id, token, query=f"?token={token}"))


HOSTS = (
    "127.0.0.1:8888",
    "localhost:8889",
    "hub.example.org",
    "hub.example.org:8443",
    "pub.example.net",
    "10.0.0.7:80",
)
BASES = ("/", "", "/user/ann/", "/user/ann", "/user/http/", "/a/b/c/", "/jupyter")
LETTERS = "abcxyz0189-_.~+&%#=/?"


def draw(rng: random.Random) -> tuple[Server, str, str]:
    url = f"{rng.choice(['http', 'https'])}://{rng.choice(HOSTS)}{rng.choice(BASES)}"
    token = "".join(rng.choices(LETTERS, k=rng.randrange(8, 24)))
    return {"url": url}, str(uuid.UUID(int=rng.getrandbits(128))), token


def token_comes_back(solution: Solution, server: Server, kernel_id: str, token: str) -> bool:
    return parse_qs(urlsplit(solution(server, kernel_id, token)).query)["token"] == [token]


KERNEL = "6f9a1c0e-2b7d-4c11-9f3e-5d2a7b8c9d0e"
LISTED = {
    "url": "http://hub:8890/user/ann/",
    "base_url": "/user/ann/",
    "hostname": "0.0.0.0",
    "port": 8888,
    "token": "another",
    "secure": False,
}
"""What Jupyter writes down about a server has more in it than the exercise needs, and not all of it helps."""

KERNEL_WS_URL = Exercise(
    "00.kernel_ws_url",
    kernel_ws_url,
    trial=trial,
    cases=(
        case(
            "a server on this machine",
            *({"url": "http://127.0.0.1:8888/"}, "k1", "abc"),
            gives="ws://127.0.0.1:8888/api/kernels/k1/channels?token=abc",
        ),
        case(
            "https, a base path without its slash, + and &",
            *({"url": "https://hub.example.org/user/ann"}, "k1", "a+b&c"),
            gives="wss://hub.example.org/user/ann/api/kernels/k1/channels?token=a%2Bb%26c",
        ),
        case(
            "a base path with its slash",
            *({"url": "http://hub.example.org:8000/user/ann/"}, KERNEL, "abc"),
            gives=f"ws://hub.example.org:8000/user/ann/api/kernels/{KERNEL}/channels?token=abc",
        ),
        case(
            "https on a port of its own",
            *({"url": "https://hub.example.org:8443/"}, KERNEL, "abc"),
            gives=f"wss://hub.example.org:8443/api/kernels/{KERNEL}/channels?token=abc",
        ),
        case(
            "http in the name of the host, and in the path",
            *({"url": "http://http.example.org/user/https/"}, "k1", "abc"),
            gives="ws://http.example.org/user/https/api/kernels/k1/channels?token=abc",
        ),
        case(
            "an IPv6 address",
            *({"url": "http://[::1]:8888/"}, "k1", "abc"),
            gives="ws://[::1]:8888/api/kernels/k1/channels?token=abc",
        ),
        case(
            "% and # in the token",
            *({"url": "http://127.0.0.1:8888"}, "k1", "50%2B#1"),
            gives="ws://127.0.0.1:8888/api/kernels/k1/channels?token=50%252B%231",
        ),
        case(
            "everything that Jupyter says about a server",
            *(LISTED, "k1", "abc"),
            gives="ws://hub:8890/user/ann/api/kernels/k1/channels?token=abc",
        ),
    ),
    random=draw,
    claim=Property("who reads the address finds the token as it was", draw, token_comes_back),
    mutants=(
        Mutant(
            "scheme_kept",
            lambda server, kernel_id, token: built(server, kernel_id, token, scheme=urlsplit(server["url"]).scheme),
            "Change the scheme: which one did you pass on? A WebSocket's address begins with ws or wss.",
        ),
        Mutant(
            "tls_lost",
            lambda server, kernel_id, token: built(server, kernel_id, token, scheme="ws"),
            "Make wss of https: with ws the encryption is lost, and the token travels in the clear.",
        ),
        Mutant(
            "always_wss",
            lambda server, kernel_id, token: built(server, kernel_id, token, scheme="wss"),
            "Make ws of http: a server without TLS would not understand the first byte of wss.",
        ),
        Mutant(
            "https_anywhere",
            lambda server, kernel_id, token: built(
                server, kernel_id, token, scheme="wss" if "https" in server["url"] else "ws"
            ),
            "Ask for https at the beginning only: a host or a path may hold these letters too.",
        ),
        Mutant(
            "replaced_everywhere",
            replaced_everywhere,
            "Change http at the beginning only: a host or a path may hold these letters too.",
        ),
        Mutant(
            "stripped",
            stripped,
            "Take the scheme off as one word: strip takes single letters off both ends, as long as they are in its "
            "list. Look at removeprefix or partition.",
        ),
        Mutant(
            "base_dropped",
            lambda server, kernel_id, token: built(server, kernel_id, token, place=urlsplit(server["url"]).netloc),
            "Keep the path of the URL: Binder serves below a path such as /user/ann/.",
        ),
        Mutant(
            "joined",
            joined,
            "Look at a URL without a slash at its end: urljoin takes the last part for a page, and puts yours in its "
            "place.",
        ),
        Mutant(
            "double_slash",
            lambda server, kernel_id, token: built(
                server, kernel_id, token, place=urlsplit(server["url"]).netloc + urlsplit(server["url"]).path
            ),
            "Write one slash before api: the URL may end in one already, and // is another path.",
        ),
        Mutant(
            "no_slash",
            lambda server, kernel_id, token: built(
                server, kernel_id, token, place=server["url"].partition("://")[2], slash=""
            ),
            "Put a slash before api when the URL does not end in one: it may or may not.",
        ),
        Mutant("at_localhost", at_localhost, "Keep the host: the server may run on another machine than localhost."),
        Mutant("without_port", without_port, "Keep the port: hostname leaves it out, netloc has it."),
        Mutant(
            "no_token",
            lambda server, kernel_id, token: built(server, kernel_id, token, query=""),
            "Add ?token=… at the end: without it the server answers 403.",
        ),
        Mutant(
            "token_raw",
            lambda server, kernel_id, token: built(server, kernel_id, token, query=f"?token={token}"),
            "Encode the token: in a query & begins the next value, # ends the address, and + stands for a blank.",
        ),
        Mutant(
            "by_hand",
            lambda server, kernel_id, token: built(server, kernel_id, token, query=f"?token={by_hand(token)}"),
            "Let urllib.parse.quote encode the token: + and & are not the only characters that mean something.",
        ),
        Mutant(
            "quoted_twice",
            lambda server, kernel_id, token: built(server, kernel_id, token, query=f"?token={quote(quote(token))}"),
            "Encode the token once: the second time it is the % of the first that is encoded.",
        ),
        Mutant(
            "all_quoted",
            all_quoted,
            "Encode the token alone, before you put it in: the : and ? of the address must stay what they are.",
        ),
        Mutant(
            "own_token",
            lambda server, kernel_id, token: kernel_ws_url(server, kernel_id, server.get("token", token)),
            "Use the token that is given: the one that stands in the server's own record may be another.",
        ),
        Mutant(
            "no_channels",
            lambda server, kernel_id, token: kernel_ws_url(server, kernel_id, token).replace("/channels", ""),
            "End the path in /channels: the path without it describes the kernel, over plain HTTP.",
        ),
    ),
    hints=(
        "Four parts: the scheme, the place (host, port and base path), the path of the kernel, the token. Which of "
        "them do you take as they are, and which do you change?",
        "RFC 6455, 3: http becomes ws, https becomes wss. Take the slashes off the end of the URL, then add "
        "/api/kernels/…/channels. quote(token, safe='') encodes every character that could mean something.",
        "A neighbour, a search: base = 'https://a.org/x/'; base.rstrip('/') + '/find?word=' + quote('1+1', safe='') "
        "gives 'https://a.org/x/find?word=1%2B1'. 'https://a.org/x/'.partition('://')[2] is 'a.org/x/'.",
    ),
    explanation="The address is all that a browser can say when it opens a WebSocket. A token in it may end up in a "
    "log, so programs that can send headers use Authorization, as we did above.",
    distractors={
        '    scheme = "wss"': "always_wss",
        '    return f"{scheme}://{place}/api/kernels/{kernel_id}/channels?token={token}"': "token_raw",
        "    place = urlsplit(place).netloc": "base_dropped",
    },
)
