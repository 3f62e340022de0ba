"""02.parse_sse: the events of a stream that have arrived, and what has not (HTML standard, 9.2.6)."""

from __future__ import annotations

import random
from collections.abc import Callable

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case

__all__ = ["PARSE_SSE", "parse_sse"]

Events = list[dict[str, str]]


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


def cut(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.removeprefix(" ")


def read(
    text: str,
    *,
    field: Callable[[str], tuple[str, str]] = cut,
    join: Callable[[str, str], str] = lambda old, new: f"{old}\n{new}",
    known: tuple[str, ...] = ("data", "id", "event"),
    needs: str = "data",
    carried: bool = False,
) -> tuple[Events, str]:
    """Return the events, with another idea of a line, of several lines, or of what counts."""
    *blocks, rest = text.split("\n\n")
    events: Events = []
    last: dict[str, str] = {}
    for block in blocks:
        event = dict(last)
        for name, value in map(field, block.split("\n")):
            if name in known or not known:
                event[name] = join(event[name], value) if name == "data" and "data" in event else value
        if needs in event or not needs:
            events.append(event)
        if carried and "id" in event:
            last = {"id": event["id"]}
    return events, rest


def each_line(text: str) -> tuple[Events, str]:
    *lines, rest = text.split("\n")
    return [{"data": cut(line)[1]} for line in lines if cut(line)[0] == "data"], rest


def begins_with_data(line: str) -> tuple[str, str]:
    return ("data", cut(line)[1]) if line.startswith("data") else cut(line)


def second_part(line: str) -> tuple[str, str]:
    return line.split(":")[0], (line + ":").split(":")[1].removeprefix(" ")


def unfinished_too(text: str) -> tuple[Events, str]:
    return read(text + "\n\n")[0], ""


def with_result(change: Callable[[Events, str, str], object]) -> Solution:
    return lambda text: change(*read(text), text)


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


PARSE_SSE = Exercise(
    "02.parse_sse",
    parse_sse,
    cases=(
        case("one event", "data: a\n\n", gives=([{"data": "a"}], "")),
        case(
            "two lines, a comment, an id, and a rest",
            "data: a\ndata:  b\n\n: hush\n\nid: 7\ndata: c\n\ndata: d\n",
            gives=([{"data": "a\n b"}, {"id": "7", "data": "c"}], "data: d\n"),
        ),
        case("nothing yet", "", gives=([], "")),
        case("half a line", "da", gives=([], "da")),
        case("a whole line, no empty one", "data: a\n", gives=([], "data: a\n")),
        case("no blank behind the colon", "data:a\n\n", gives=([{"data": "a"}], "")),
        case("colons in the value", "data: 12:30:59\n\n", gives=([{"data": "12:30:59"}], "")),
        case("blanks at the end", "data: a  \n\n", gives=([{"data": "a  "}], "")),
        case("an empty data line", "data:\n\n", gives=([{"data": ""}], "")),
        case("an empty line of data in the middle", "data: a\ndata:\ndata: b\n\n", gives=([{"data": "a\n\nb"}], "")),
        case("a comment alone", ": are you there?\n\n", gives=([], "")),
        case("a comment inside of an event", "data: a\n: data: b\n\n", gives=([{"data": "a"}], "")),
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
        case("three line feeds in a row", "data: a\n\n\ndata: b\n\n", gives=([{"data": "a"}, {"data": "b"}], "")),
    ),
    random=draw,
    claim=Property("a stream cut in two at any place gives the same events", draw_split, split_anywhere),
    mutants=(
        Mutant("each_line", each_line, "Wait for the empty line: it ends an event, a single data line does not."),
        Mutant(
            "unfinished_too",
            unfinished_too,
            "Keep what is not complete yet: an event without its empty line goes into the rest.",
        ),
        Mutant(
            "rest_lost",
            with_result(lambda events, rest, text: (events, "")),
            "Return the rest: half an event is still yours, its other half comes with the next piece.",
        ),
        Mutant(
            "nothing_taken",
            with_result(lambda events, rest, text: (events, text)),
            "Return as rest only what is not complete: else the same events come again with the next piece.",
        ),
        Mutant(
            "first_only",
            with_result(
                lambda events, rest, text: (
                    (read(text.partition("\n\n")[0] + "\n\n")[0], text.partition("\n\n")[2])
                    if "\n\n" in text
                    else ([], text)
                )
            ),
            "Go on behind the first event: several may arrive in one piece.",
        ),
        Mutant(
            "events_alone",
            with_result(lambda events, rest, text: events),
            "Return two things: the events, and the rest that is not complete yet.",
        ),
        Mutant(
            "last_line",
            lambda text: read(text, join=lambda old, new: new),
            "Keep every data line of an event: yours keeps the last.",
        ),
        Mutant(
            "glued",
            lambda text: read(text, join=lambda old, new: old + new),
            "Join the data lines with a line feed: yours are glued together.",
        ),
        Mutant(
            "joined_by_blank",
            lambda text: read(text, join=lambda old, new: f"{old} {new}"),
            "Join the data lines with a line feed, not with a blank.",
        ),
        Mutant(
            "line_feed_behind",
            with_result(lambda events, rest, text: ([{**e, "data": e["data"] + "\n"} for e in events], rest)),
            "Put a line feed between two data lines only: none stands behind the last.",
        ),
        Mutant(
            "stripped",
            lambda text: read(text, field=lambda line: (cut(line)[0], cut(line)[1].strip())),
            "Take one blank away, the first behind the colon: others belong to the data.",
        ),
        Mutant(
            "left_stripped",
            lambda text: read(text, field=lambda line: (cut(line)[0], line.partition(":")[2].lstrip(" "))),
            "Take one blank away and no more: a second one belongs to the data, lstrip takes them all.",
        ),
        Mutant(
            "always_one",
            lambda text: read(text, field=lambda line: (cut(line)[0], line.partition(":")[2][1:])),
            "Look whether the first character behind the colon is a blank before you take it away.",
        ),
        Mutant(
            "lists",
            with_result(lambda events, rest, text: ([{**e, "data": e["data"].split("\n")} for e in events], rest)),
            "Store text: the data lines are joined by a line feed, not kept in a list.",
        ),
        Mutant(
            "blank_kept",
            lambda text: read(text, field=lambda line: (cut(line)[0], line.partition(":")[2])),
            "Take the one blank behind the colon away.",
        ),
        Mutant(
            "blank_demanded",
            lambda text: read(text, field=lambda line: (line.partition(": ")[0], line.partition(": ")[2])),
            "Cut at the colon alone: the blank behind it may be missing.",
        ),
        Mutant(
            "second_part",
            lambda text: read(text, field=second_part),
            "Cut a line at its first colon only: 12:30 has one of its own.",
        ),
        Mutant(
            "comment_kept",
            lambda text: read(text, known=("data", "id", "event", "")),
            "Leave comments out: a line that begins with a colon has no name, and is nobody's field.",
        ),
        Mutant("all_fields", lambda text: read(text, known=()), "Keep data, id and event only: others do not count."),
        Mutant(
            "data_alone",
            lambda text: read(text, known=("data",)),
            "Keep id and event too: from which id would you go on after a break?",
        ),
        Mutant(
            "without_data",
            lambda text: read(text, needs=""),
            "Return only events that have data: a comment, or an id alone, is none.",
        ),
        Mutant(
            "empty_dropped",
            with_result(lambda events, rest, text: ([e for e in events if e["data"]], rest)),
            "Keep an event whose data is empty: a data line was there.",
        ),
        Mutant(
            "id_carried",
            lambda text: read(text, carried=True),
            "Begin each event with no fields: an id belongs to the event in which it stands.",
        ),
        Mutant(
            "begins_with_data",
            lambda text: read(text, field=begins_with_data),
            "Compare the whole name: database begins with data too.",
        ),
    ),
    hints=(
        "Two levels: first cut the text into events at the empty lines, then each event into lines, and those at the "
        "colon. What is behind the last empty line?",
        "HTML standard, 9.2.6: an empty line is two line feeds in a row, 0a 0a. Name before the first colon, value "
        "behind it, less one blank. A second data line is added behind a line feed; without data there is no event.",
        "A neighbour: *paragraphs, rest = 'a\\n\\nb\\n\\nc'.split('\\n\\n') gives ['a', 'b'] and 'c'; with a text that "
        "ends in an empty line the rest is ''. ' x'.removeprefix(' ') is 'x', '  x' loses one blank of two.",
    ),
    explanation="A browser does this for every EventSource. Its real rule knows three line endings (LF, CR LF, CR), "
    "and remembers the last id for the next connection.",
    distractors={
        "            value = value.strip()": "stripped",
        '                event["data"] += value': "glued",
        '        if event["data"]:': "empty_dropped",
    },
)
