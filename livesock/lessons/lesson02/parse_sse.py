"""02.parse_sse: the events of a stream that have arrived, and what has not (HTML standard, 9.2.6)."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["PARSE_SSE", "parse_sse"]


def parse_sse(text: str) -> tuple[list[dict[str, str]], str]:
    """Return the complete events, each with its fields, and the incomplete rest."""
    *blocks, rest = text.split("\n\n")
    events = []
    for block in blocks:
        event: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data" and "data" in event:
                event["data"] += "\n" + value
            elif name in ("data", "id", "event"):
                event[name] = value
        if "data" in event:
            events.append(event)
    return events, rest


WORDS = ("a", "rain", " sun", "12:30", "b  ", "{}", "data: x", "")


def draw(rng: random.Random) -> tuple[str]:
    """Return some events, comments between them, and perhaps the beginning of one more."""
    parts = []
    for _ in range(rng.randrange(0, 5)):
        colon = rng.choice([":", ": "])
        lines = [f"data{colon}{rng.choice(WORDS)}" for _ in range(rng.choice([1, 1, 2, 3]))]
        lines += rng.sample([f"id: {rng.randrange(100)}", "event: news", ": hush", "retry: 3000"], rng.randrange(0, 3))
        rng.shuffle(lines)
        parts.append("\n".join(lines) + "\n\n")
    if rng.random() < 0.5:
        parts.append(rng.choice(["data: half", "data: a\ndata: b\n", "id: 7\n", "dat"]))
    return ("".join(parts),)


def draw_split(rng: random.Random) -> tuple[str, int]:
    (text,) = draw(rng)
    return text, rng.randrange(len(text) + 1)


def split_anywhere(solution: Solution, text: str, at: int) -> bool:
    """Whether two pieces, the rest of the first put before the second, give the events of the whole."""
    first, rest = solution(text[:at])
    second, _ = solution(rest + text[at:])
    return bool([*first, *second] == list(solution(text)[0]))


PARSE_SSE = exercise(
    "02.parse_sse",
    parse_sse,
    r"""
hint: Two levels: first cut the text into events at the empty lines, then each event into lines, and those at the colon.
    What comes after the last empty line?
hint: HTML standard, 9.2.6: an empty line is two line feeds in a row, 0a 0a. Name before the first colon, value after
    it, less one blank. A second data line is added after a line feed; without data there is no event.
hint: A neighbour: *paragraphs, rest = 'a\n\nb\n\nc'.split('\n\n') gives ['a', 'b'] and 'c'; with a text that ends in an
    empty line the rest is ''. ' x'.removeprefix(' ') is 'x', '  x' loses one blank of two.
explanation: A browser does this for every EventSource. Its real rule knows three line endings (LF, CR LF, CR), and
    remembers the last id for the next connection.

each_line: Wait for the empty line: it ends an event, a single data line does not.
    "\n\n" → "\n"
unfinished_too: Keep what is not complete yet: an event without its empty line goes into the rest.
    text.split → (text + "\n\n").split
    return events, rest → return events, ""
rest_lost: Return the rest: half an event is still yours, its other half comes with the next piece.
    return events, rest → return events, ""
nothing_taken: Return as rest only what is not complete: otherwise the same events come again.
    return events, rest → return events, text
first_only: Go on after the first event: several may arrive in one piece.
    *blocks, rest = text.split("\n\n") → first, end, rest = text.partition("\n\n")
    | blocks, rest = ([first], rest) if end else ([], text)
events_alone: Return two things: the events, and the rest that is not complete yet.
    return events, rest → return events
last_line: Keep every data line of an event: yours keeps the last.
    event["data"] += "\n" + value → event["data"] = value
ids_joined: Join lines of data alone: of two ids in one event the last one counts.
    name == "data" and "data" in event → name in event
    event["data"] += "\n" + value → event[name] += "\n" + value
first_id: Take the last id of an event: a later line replaces an earlier one.
    elif name in ("data", "id", "event"): → elif name in ("data", "id", "event") and name not in event:
glued: Join the data lines with a line feed: yours are glued together.
  * += "\n" + value → += value
joined_by_blank: Join the data lines with a line feed, not with a blank.
    += "\n" → += " "
line_feed_behind: Put a line feed between two data lines only: none follows the last.
    events.append(event) → events.append(event | {"data": event["data"] + "\n"})
stripped: Take one blank away, the first after the colon: others belong to the data.
  * value.removeprefix(" ") → value.strip()
left_stripped: Take one blank away and no more: a second one belongs to the data, lstrip takes them all.
    value.removeprefix(" ") → value.lstrip(" ")
always_one: Look whether the first character after the colon is a blank before you take it away.
    value.removeprefix(" ") → value[1:]
lists: Store text: the data lines are joined by a line feed, not kept in a list.
    events.append(event) → events.append(event | {"data": event["data"].split("\n")})
blank_kept: Take the one blank after the colon away.
    value.removeprefix(" ") → value
blank_demanded: Cut at the colon alone: the blank after it may be missing.
    line.partition(":") → line.partition(": ")
    value.removeprefix(" ") → value
first_blank: Take the blank away right after the colon only: one inside the data stays.
    value.removeprefix(" ") → value.replace(" ", "", 1)
splitlines: Cut the lines at the line feed only: splitlines also cuts at a form feed, and at U+2028.
    block.split("\n") → block.splitlines()
second_part: Cut a line at its first colon only: 12:30 has one of its own.
    name, _, value = line.partition(":") → name, value, *_ = (line + ":").split(":")
comment_kept: Leave comments out: a line that begins with a colon has no name, and is not a field.
    "event") → "event", "")
all_fields: Keep data, id and event only: others do not count.
    elif name in ("data", "id", "event") → else
data_alone: Keep id and event too: from which id would you go on after a break?
    ("data", "id", "event") → ("data",)
without_data: Return only events that have data: a comment, or an id alone, is not an event.
    if "data" in event: → if True:
empty_dropped: Keep an event whose data is empty: a data line was there.
  ? if "data" in event: → if event["data"]:
    if "data" in event: → if event.get("data"):
id_carried: Begin each event with no fields: an id belongs to the event in which it stands.
    events = [] → events, last = [], {}
    event: dict[str, str] = {} → event = dict(last)
    if "data" in event: → last = {"id": event["id"]} if "id" in event else {}
    | if "data" in event:
begins_with_data: Compare the whole name: database begins with data too.
    value = value.removeprefix(" ") → value = value.removeprefix(" ")
    | name = "data" if name.startswith("data") else name
""",
    cases=(
        case("one event", "data: a\n\n", gives=([{"data": "a"}], "")),
        case(
            "two lines, a comment, an id, and a rest",
            "data: a\ndata:  b\n\n: hush\n\nid: 7\ndata: c\n\ndata: d\n",
            gives=([{"data": "a\n b"}, {"id": "7", "data": "c"}], "data: d\n"),
        ),
        case("the same line of data twice", "data: b\ndata: a\ndata: b\n\n", gives=([{"data": "b\na\nb"}], "")),
        case("nothing yet", "", gives=([], "")),
        case("half a line", "da", gives=([], "da")),
        case("a whole line, no empty one", "data: a\n", gives=([], "data: a\n")),
        case("no blank after the colon", "data:a\n\n", gives=([{"data": "a"}], "")),
        case("a blank and a colon later", "data:a: b c\n\n", gives=([{"data": "a: b c"}], "")),
        case("a line separator in the data", "data: a\u2028b\x0cc\n\n", gives=([{"data": "a\u2028b\x0cc"}], "")),
        case("colons in the value", "data: 12:30:59\n\n", gives=([{"data": "12:30:59"}], "")),
        case("blanks at the end", "data: a  \n\n", gives=([{"data": "a  "}], "")),
        case("an empty data line", "data:\n\n", gives=([{"data": ""}], "")),
        case("an empty line of data in the middle", "data: a\ndata:\ndata: b\n\n", gives=([{"data": "a\n\nb"}], "")),
        case("a comment alone", ": are you there?\n\n", gives=([], "")),
        case("a comment inside an event", "data: a\n: data: b\n\n", gives=([{"data": "a"}], "")),
        case("an id without data", "id: 7\n\ndata: a\n\n", gives=([{"data": "a"}], "")),
        case("an event with a name", "event: price\ndata: 42\n\n", gives=([{"event": "price", "data": "42"}], "")),
        case("a field that does not count", "retry: 3000\ndata: a\n\n", gives=([{"data": "a"}], "")),
        case("a line without a colon", "hello\ndata: a\n\n", gives=([{"data": "a"}], "")),
        case("a name that begins like data", "database: x\ndata: a\n\n", gives=([{"data": "a"}], "")),
        case(
            "an id for the first event only",
            "id: 7\ndata: a\n\ndata: b\n\n",
            gives=([{"id": "7", "data": "a"}, {"data": "b"}], ""),
        ),
        case(
            "two ids and two names in one event",
            "id: 7\nevent: a\ndata: x\nid: 8\nevent: b\n\n",
            gives=([{"id": "8", "event": "b", "data": "x"}], ""),
        ),
        case("three line feeds in a row", "data: a\n\n\ndata: b\n\n", gives=([{"data": "a"}, {"data": "b"}], "")),
    ),
    random=draw,
    claim=Property("a stream cut in two at any place gives the same events", draw_split, split_anywhere),
)
