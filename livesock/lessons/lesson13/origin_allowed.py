"""13.origin_allowed: an origin is compared whole, for every part of it may be an attacker's."""

import random
import re
from urllib.parse import urlsplit

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["ORIGIN_ALLOWED", "origin_allowed"]


def origin_allowed(origin: str | None, allowed: set[str]) -> bool:
    """Return whether a page of this origin may enter; `allowed` holds origins in lower case."""
    return origin is not None and origin.lower() in allowed


APP, DEV, SHOP = "https://app.example", "http://localhost:3000", "https://shop.example:8443"
OURS = {APP, DEV}

HOSTS = ("app.example", "localhost", "shop.example", "app.example.evil.net", "notapp.example", "evil.net", "example")
PORTS = ("", "", ":3000", ":8443")


def page(rng: random.Random) -> str:
    return f"{rng.choice(['http', 'https'])}://{rng.choice(HOSTS)}{rng.choice(PORTS)}"


def draw(rng: random.Random) -> tuple[str | None, set[str]]:
    allowed = set(rng.sample([APP, DEV, SHOP, "http://app.example", "https://localhost"], rng.randrange(4)))
    origin = rng.choice([page(rng), page(rng), rng.choice([APP, DEV, SHOP]), rng.choice([None, "null", APP.upper()])])
    return origin, allowed


def draw_part(rng: random.Random) -> tuple[str, str]:
    return rng.choice([APP, DEV, SHOP]), rng.choice(["x", ".evil.net", "/", ":1", "@evil.net"])


def whole(solution: Solution, origin: str, more: str) -> bool:
    """Whether the origin itself may enter, and nothing that is longer or shorter."""
    return [solution(one, {origin}) for one in (origin, origin + more, origin[:-1])] == [True, False, False]


ORIGIN_ALLOWED = exercise(
    "13.origin_allowed",
    origin_allowed,
    r"""
hint: What of an origin can an attacker choose? Nearly all: the beginning of a name, its end, the scheme, the port.
hint: Scheme, host and port are compared as one text, in lower case (RFC 6454, 5): “https://app.example.evil.net”
    begins like yours, “https://notapp.example” ends like it. None: no Origin came. “null”: a page without one.
hint: A neighbour, who may borrow a book: name is not None and name.casefold() in {"ann", "ben"}. No startswith, no
    regular expression: equal, or not.
explanation: A list of whole origins has no gaps. Patterns have: each of the wrong ones above has let attackers into
    real servers. What comes without an Origin comes from a program, which could send any: let something else decide.

starts: Compare to the end: https://app.example.evil.net begins with yours, and is an attacker's.
  * origin.lower() in allowed → any(origin.lower().startswith(one) for one in allowed)
ends: Compare from the beginning: https://notapp.example ends like yours, and is another site.
    origin.lower() in allowed → any(origin.lower().endswith(one.split("://")[1]) for one in allowed)
subdomains: Allow no subdomains: who runs sub.app.example, and with which bugs? Name those that you want.
    origin.lower() in allowed → any(
    | origin.lower() == one or origin.lower().endswith("." + one.split("://")[1]) for one in allowed)
substring: Compare, do not search: https://evil.net/?https://app.example contains yours.
  * origin.lower() in allowed → any(one in origin.lower() for one in allowed)
part: Compare whole texts: “https://app” is a part of yours, and is not yours.
    origin.lower() in allowed → any(origin.lower() in one for one in allowed)
host_alone: Compare the scheme and the port, too: they belong to an origin.
    origin.lower() in allowed → origin.lower().split("/")[-1].split(":")[0] in {
    | one.split("/")[-1].split(":")[0] for one in allowed}
hostname: Compare the scheme and the port, too: urlsplit(…).hostname is a part of an origin.
    origin.lower() in allowed → urlsplit(origin.lower()).hostname in {urlsplit(one).hostname for one in allowed}
domain: Compare whole origins: notapp.example ends like yours, and so does each subdomain.
    origin.lower() in allowed → (urlsplit(origin.lower()).hostname or "").endswith(
    |     tuple(urlsplit(one).hostname for one in allowed))
any_scheme: Compare the scheme: a page that came by http may have been changed on its way.
  * origin.lower() in allowed → origin.lower().split("://")[-1] in {one.split("://")[1] for one in allowed}
any_port: Compare the port: behind another port of the same machine may be another's server.
    origin.lower() in allowed → re.sub(r":\d+$", "", origin.lower()) in {
    |     re.sub(r":\d+$", "", one) for one in allowed}
pattern: Do not use an origin as a pattern: its dots match any character, as in https://appxexample.
    origin.lower() in allowed → any(re.fullmatch(one, origin.lower()) for one in allowed)
pattern_open: Do not use match and a pattern: it compares the beginning only, and a dot is any character.
    origin.lower() in allowed → bool(any(re.match(one, origin.lower()) for one in allowed))
none_enters: Refuse None here: who sends no Origin? No page. Decide, do not default.
    origin is not None and → origin is None or
none_raises: Answer for None, too: a program sends no Origin, and .lower() fails.
    origin is not None and →
null_enters: Refuse “null”: each sandboxed page says it, also an attacker's.
    origin.lower() in allowed → origin.lower() in {*allowed, "null"}
case: Compare in lower case: schemes and hosts ignore it.
  * origin.lower() → origin
everyone: Look at allowed: yours lets every origin in.
    origin is not None and origin.lower() in allowed → True
everyone_named: Look at allowed: yours lets in every page that names one.
    origin is not None and origin.lower() in allowed → origin not in (None, "null", "")
no_one: Let the pages of allowed in: yours refuses all.
    origin is not None and origin.lower() in allowed → False
reverse: Return True for those in allowed: yours is the reverse.
    origin.lower() in allowed → origin.lower() not in allowed
empty_is_all: An empty set allows no page: “nothing configured” must not mean “everything allowed”.
    origin.lower() in allowed → (not allowed or origin.lower() in allowed)
own_list: Use the set that you are given: yours has names of its own in it.
    in allowed → in {"https://app.example", "http://localhost:3000"}
localhost_too: Name localhost if you want it: any program on the reader's machine may serve a page there.
    origin.lower() in allowed → (origin.lower() in allowed or "//localhost" in origin.lower())
loopback: Name 127.0.0.1 if you want it: any program on the reader's machine may serve a page there.
    origin.lower() in allowed → (origin.lower() in allowed or "//127.0.0.1" in origin.lower())
no_web: Allow no file and no extension that is not in the list: everyone can be made to open one.
    origin.lower() in allowed → (origin.lower() in allowed or "://" in origin and origin[:4].lower() != "http")
cut: Compare the whole text: yours cuts it at a sign and looks at the beginning alone.
    origin.lower() in allowed → re.split("[?#;]", origin.lower())[0] in allowed
listed: Take the text as one origin: a comma makes no list of it, and yours is content if one of several fits.
    origin.lower() in allowed → any(one.strip() in allowed for one in origin.lower().split(","))
first_only: Look at every origin in allowed, not only at one.
    in allowed → in sorted(allowed)[:1]
no_answer: Return True or False: for None yours returns None.
    origin is not None and origin.lower() in allowed → origin and origin.lower() in allowed
""",
    statement="Write origin_allowed: whether a page of this origin may enter.",
    cases=(
        case("the page itself", APP, OURS, gives=True),
        case("another page of the list", DEV, OURS, gives=True),
        case("one that is not in the list", "https://evil.net", OURS, gives=False),
        case("in another list", APP, {SHOP}, gives=False),
        case("a port in the list", SHOP, {SHOP}, gives=True),
        case("no Origin came", None, OURS, gives=False),
        case("a page without an origin of its own", "null", OURS, gives=False),
        case("an empty Origin", "", OURS, gives=False),
        case("upper case", "HTTPS://App.Example", OURS, gives=True),
        case("it begins with yours", "https://app.example.evil.net", OURS, gives=False),
        case("it ends like yours", "https://notapp.example", OURS, gives=False),
        case("a subdomain", "https://sub.app.example", OURS, gives=False),
        case("yours as a user's name", "https://app.example@evil.net", OURS, gives=False),
        case("yours inside", "https://evil.net/?https://app.example", OURS, gives=False),
        case("yours in the middle", "https://evil.net/https://app.example/", OURS, gives=False),
        case("a part of yours", "https://app", OURS, gives=False),
        case("http for https", "http://app.example", OURS, gives=False),
        case("another port", "http://localhost:3001", OURS, gives=False),
        case("a port more", "https://app.example:8443", OURS, gives=False),
        case("the port of https, for http", "http://localhost:443", {"http://localhost"}, gives=False),
        case("a port less", "http://localhost", OURS, gives=False),
        case("the host alone", "app.example", OURS, gives=False),
        case("a letter for the dot", "https://appxexample", OURS, gives=False),
        case("another program on this machine", "http://127.0.0.1:3000", OURS, gives=False),
        case("a file", "file://", OURS, gives=False),
        case("an extension of the browser", "chrome-extension://abcdef", OURS, gives=False),
        case("yours and a query", "https://app.example?x=1", OURS, gives=False),
        case("yours and another", "https://evil.net, https://app.example", OURS, gives=False),
        case("nothing is allowed", APP, set(), gives=False),
        case("nothing is allowed, and no Origin came", None, set(), gives=False),
    ),
    random=draw,
    times=40,
    claim=Property("an origin may enter, and nothing longer or shorter", draw_part, whole),
    written={"re": re, "urlsplit": urlsplit},
)
