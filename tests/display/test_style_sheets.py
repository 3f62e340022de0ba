"""All views of a page share one document: each kind keeps a sheet of its own, and no rule reaches beyond its view."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

import livesock as ls
from livesock.display.view import View

DISPLAY = Path(str(resources.files("livesock.display")))

SHEETS = {path: f".ls-view.ls-{path.parent.name}" for path in DISPLAY.glob("views/*/page.css")}
SHEETS |= {path: f".ls-{path.stem}" for path in DISPLAY.glob("parts/*.css")}
SHEETS |= {DISPLAY / "shared.css": ".ls-view", DISPLAY.parent / "learn" / "show" / "blocks.css": ".ls-parsons"}
SHEETS |= {DISPLAY.parent / "learn" / "show" / "cards.css": ".ls-cards"}
"""A sheet, and the selector that each of its rules begins with."""

THEME = re.compile(r'body\[data-jp-theme-light="(true|false)"\] ')
"""What may stand before a scope: where JupyterLab says which theme it wears."""


def rules(sheet: str) -> list[tuple[str, str]]:
    """Return the outermost rules of a sheet: what stands before each brace, and what is in it."""
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    found, start, depth = [], 0, 0
    for at, character in enumerate(sheet):
        if character == "{":
            depth += 1
            if depth == 1:
                prelude, body = sheet[start:at].strip(), at + 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                found.append((prelude, sheet[body:at]))
                start = at + 1
    assert depth == 0 and not sheet[start:].strip(), "the braces match"
    return found


def beyond(sheet: str, scope: str) -> list[str]:
    """Return the selectors of a sheet that reach beyond its scope."""
    found = []
    for prelude, body in rules(sheet):
        if prelude.startswith("@"):
            found += beyond(body, scope)
        else:
            selectors = [THEME.sub("", selector.strip()) for selector in prelude.split(",")]
            found += [one for one in selectors if not re.match(re.escape(scope) + r"(?![\w-])", one)]
    return found


@pytest.mark.parametrize("path", sorted(SHEETS), ids=lambda path: "/".join(path.parts[-2:]))
def test_every_rule_begins_with_the_scope_of_its_sheet(path: Path) -> None:
    assert rules(path.read_text("utf-8")), "a sheet has rules"
    assert beyond(path.read_text("utf-8"), SHEETS[path]) == []


def test_every_sheet_of_the_package_is_checked() -> None:
    of_views = {path for folder in ("display", "learn") for path in (DISPLAY.parent / folder).rglob("*.css")}
    assert of_views == set(SHEETS)


@pytest.mark.parametrize(
    "rule",
    [
        ".ls-arrow { color: red; }",
        ".ls-view .ls-arrow { color: red; }",
        ".ls-view.ls-wires { color: red; }",
        ".ls-view.ls-wire, .ls-arrow { color: red; }",
        "@media print { .ls-arrow { color: red; } }",
        "@container (max-width: 600px) { .ls-view.ls-wire { color: red; } p { margin: 0; } }",
    ],
)
def test_a_rule_that_leaks_is_found(rule: str) -> None:
    assert len(beyond(rule, ".ls-view.ls-wire")) == 1


def test_shared_rules_are_weaker_than_those_of_any_part_or_page() -> None:
    """Sheets of other views follow a view's own and bring the shared one along: coming last must not decide."""
    inside = rules((DISPLAY / "shared.css").read_text("utf-8"))[0][1]
    nested = [prelude.rsplit(";", 1)[-1].strip() for prelude, _ in rules(inside)]
    assert [one for one in nested if not one.startswith((":where(", "@media", "&:is(.ls-stale"))] == []


def sheet(view: View) -> tuple[str, str]:
    """Return the name under which anywidget keeps the style sheet of a view, and the sheet."""
    state = view._widget.get_state()
    return state["_anywidget_id"], state["_css"]


def test_each_kind_of_view_keeps_its_style_sheet_under_a_name_of_its_own():
    with ls.serve("sheets") as server, ls.netsim(server, name="sheets") as far:
        views = [ls.display.wire(server), ls.display.browser(server), ls.display.netsim(far), ls.display.wire(far)]

        sheets = [sheet(view) for view in views]

        for view in views:
            view.close()
    assert len({name for name, _ in sheets}) == 3 == len(set(sheets))
