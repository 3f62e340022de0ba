"""00.kernel_ws_url: from the address of a Jupyter server to that of one kernel's WebSocket (RFC 6455, 3; RFC 3986)."""

import random
import uuid
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, unquote_plus, urljoin, urlsplit

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise

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


HUBS = ["127.0.0.1:8888", "localhost:8889", "hub.example.org", "hub.example.org:8443", "pub.example.net", "10.0.0.7:80"]
BASES = ("/", "", "/user/ann/", "/user/ann", "/user/http/", "/a/b/c/", "/jupyter")
LETTERS = "abcxyz0189-_.~+&%#=/? é漢"


def draw(rng: random.Random) -> tuple[Server, str, str]:
    url = f"{rng.choice(['http', 'https'])}://{rng.choice(HUBS)}{rng.choice(BASES)}"
    token = "".join(rng.choices(LETTERS, k=rng.randrange(8, 24)))
    return {"url": url}, str(uuid.UUID(int=rng.getrandbits(128))), token


def token_comes_back(solution: Solution, server: Server, kernel_id: str, token: str) -> bool:
    return parse_qs(urlsplit(solution(server, kernel_id, token)).query)["token"] == [token]


KERNEL = "6f9a1c0e-2b7d-4c11-9f3e-5d2a7b8c9d0e"
LISTED = dict(
    url="http://hub:8890/user/ann/", base_url="/user/ann/", hostname="0.0.0.0", port=8888, token="another", secure=False
)
"""What Jupyter writes down about a server has more in it than the exercise needs, and not all of it helps."""


def at(name: str, url: str, place: str, kernel_id: str = "k1", token: str = "abc", sent: str = "abc") -> Case:
    gives = f"{place}/api/kernels/{kernel_id}/channels?token={sent}"
    return case(name, {"url": url}, kernel_id, token, gives=gives)


KERNEL_WS_URL = exercise(
    "00.kernel_ws_url",
    kernel_ws_url,
    r"""
hint: Four parts: the scheme, the place (host, port and base path), the path of the kernel, the token. Which of them do
    you take as they are, and which do you change?
hint: RFC 6455, 3: http becomes ws, https becomes wss. Take the slashes off the end of the URL, then add
    /api/kernels/…/channels. quote(token, safe='') encodes every character that could mean something.
hint: A neighbour, a search: base = 'https://a.org/x/'; base.rstrip('/') + '/find?word=' + quote('1+1', safe='') gives
    'https://a.org/x/find?word=1%2B1'. 'https://a.org/x/'.partition('://')[2] is 'a.org/x/'.
explanation: The address is all that a browser can say when it opens a WebSocket. A token in it may end up in a log, so
    programs that can send headers use Authorization, as we did above.

scheme_kept: Change the scheme: which one did you pass on? A WebSocket's address begins with ws or wss.
    scheme = {"http": "ws", "https": "wss"}[scheme] → pass
tls_lost: Make wss of https: with ws the encryption is lost, and the token travels in the clear.
    {"http": "ws", "https": "wss"}[scheme] → "ws"
always_wss: Make ws of http: a server without TLS would not understand the first byte of wss.
  * {"http": "ws", "https": "wss"}[scheme] → "wss"
https_anywhere: Ask for https at the beginning only: a host or a path may hold these letters too.
    {"http": "ws", "https": "wss"}[scheme] → "wss" if "https" in server["url"] else "ws"
replaced_everywhere: Change http at the beginning only: a host or a path may hold these letters too.
    safe='')}" → safe='')}".replace("http", "ws")
stripped: Take the scheme off as one word: strip takes single letters off both ends. See removeprefix or partition.
    place.rstrip("/") → server["url"].strip("https://")
base_dropped: Keep the path of the URL: Binder serves below a path such as /user/ann/.
  ? place.rstrip("/") → urlsplit(place).netloc
    place.rstrip("/") → urlsplit(server["url"]).netloc
joined: Look at a URL without a slash at its end: urljoin replaces its last part by yours, as if it were a page.
    place.rstrip("/") → urljoin(server["url"], "api").partition("://")[2].removesuffix("/api")
double_slash: Write one slash before api: the URL may end in one already, and // is another path.
    place.rstrip("/") → place
no_slash: Put a slash before api when the URL does not end in one: it may or may not.
    place.rstrip("/") → place
    {place}/api → {place}api
at_localhost: Keep the host: the server may run on another machine than localhost.
    place = place.rstrip("/") → parts = urlsplit(server["url"])
    | place = "localhost" + (f":{parts.port}" if parts.port else "") + parts.path.rstrip("/")
without_port: Keep the port: hostname leaves it out, netloc has it.
    place = place.rstrip("/") → parts = urlsplit(server["url"]); place = f"{parts.hostname}{parts.path.rstrip('/')}"
no_token: Add ?token=… at the end: without it the server answers 403.
    ?token={quote(token, safe='')} →
token_raw: Encode the token: in a query & begins the next value, # ends the address, and + stands for a blank.
  * quote(token, safe='') → token
by_hand: Let urllib.parse.quote encode the token: + and & are not the only characters that mean something.
    quote(token, safe='') → token.replace('+', '%2B').replace('&', '%26')
latin_1: Encode the token's bytes in UTF-8: é is %C3%A9, two bytes, and a server reads %E9 alone as a broken character.
    quote(token, safe='') → quote(token, safe='', encoding='latin-1', errors='replace')
quoted_twice: Encode the token once: the second time it is the % of the first that is encoded.
    quote(token, safe='') → quote(quote(token))
all_quoted: Encode the token alone, before you put it in: the : and ? of the address must stay what they are.
    return f" → return quote(f"
    {quote(token, safe='')}" → {token}")
own_token: Use the token that is given: the one that stands in the server's own record may be another.
    quote(token, safe='') → quote(server.get('token', token), safe='')
no_channels: End the path in /channels: the path without it describes the kernel, over plain HTTP.
    /channels →
""",
    trial=trial,
    cases=(
        at("a server on this machine", "http://127.0.0.1:8888/", "ws://127.0.0.1:8888"),
        at(
            *("https, a base path without its slash, + and &", "https://hub.example.org/user/ann"),
            *("wss://hub.example.org/user/ann", "k1", "a+b&c", "a%2Bb%26c"),
        ),
        at(
            *("a base path with its slash", "http://hub.example.org:8000/user/ann/"),
            *("ws://hub.example.org:8000/user/ann", KERNEL),
        ),
        at("https on a port of its own", "https://hub.example.org:8443/", "wss://hub.example.org:8443", KERNEL),
        at(
            *("http in the name of the host, and in the path", "http://http.example.org/user/https/"),
            "ws://http.example.org/user/https",
        ),
        at("an IPv6 address", "http://[::1]:8888/", "ws://[::1]:8888"),
        at("% and # in the token", "http://127.0.0.1:8888", "ws://127.0.0.1:8888", "k1", "50%2B#1", "50%252B%231"),
        at("a blank, é and a line feed in the token", "http://h", "ws://h", "k1", "a é\n", "a+%C3%A9%0A"),
        case(
            *("everything that Jupyter says about a server", LISTED, "k1", "abc"),
            gives="ws://hub:8890/user/ann/api/kernels/k1/channels?token=abc",
        ),
    ),
    random=draw,
    claim=Property("who reads the address finds the token as it was", draw, token_comes_back),
    written={"urljoin": urljoin},
)
