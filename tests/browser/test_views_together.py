"""All views of a page share one document: each looks as it looks alone, in both themes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.gallery import CELLS, SERVER, do_everything, place_of
from tests.browser.lab import Lab, Notebook, notebook

pytestmark = pytest.mark.browser

COMPARE = """\
(view, own) => {
    const sheets = [...document.querySelectorAll("style")].filter((s) => s.textContent.includes(".ls-"));
    const others = sheets.filter((sheet) => !sheet.textContent.includes(own));
    if (others.length !== sheets.length - 1) throw new Error(`${own} has ${sheets.length - others.length} sheets`);
    for (const fold of view.querySelectorAll("details")) fold.open = true; // what is folded is not laid out
    const twice = /inline-|block-|^-webkit/; // properties that say the same as others
    const names = [...getComputedStyle(view)].filter((name) => !twice.test(name));
    const read = ([element, part]) => {
        const style = getComputedStyle(element, part);
        if (part && style.content === "none") return ["none"];
        return names.map((name) => style.getPropertyValue(name));
    };
    const elements = [view, ...view.querySelectorAll("*")];
    const parts = elements.flatMap((element) => ["", "::before", "::after"].map((part) => [element, part]));
    const together = parts.map(read);
    for (const sheet of others) sheet.disabled = true;
    const alone = parts.map(read);
    for (const sheet of others) sheet.disabled = false;
    return parts.flatMap(([element, part], n) => {
        const changed = names.flatMap((name, i) =>
            alone[n][i] === together[n][i] ? [] : [`${name}: ${alone[n][i]} -> ${together[n][i]}`]);
        return changed.length ? [`${element.tagName}.${element.getAttribute("class")}${part} ${changed}`] : [];
    });
}"""
"""Compares every computed style of a view's elements, with the sheets of the other views and without them."""

LEAK = """\
(rule) => {
    const sheet = [...document.querySelectorAll("style")].find((s) => s.textContent.includes(".ls-view.ls-handshake"));
    sheet.textContent += rule;
}"""


def differences(page: Notebook, view: str) -> list[str]:
    own = ".ls-parsons {" if view == "parsons" else f".ls-view.ls-{view} {{"
    compare = f"(view) => ({COMPARE})(view, {own!r})"
    return list(place_of(page, view).evaluate(compare))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("dark", [False, True])
def test_each_view_looks_beside_all_others_as_it_looks_alone(chromium: Browser, lab: Lab, dark: bool) -> None:
    name = f"together-{'dark' if dark else 'light'}.ipynb"
    lab.write(name, SERVER, *CELLS.values())
    with notebook(chromium, lab, name, width=1280, dark=dark) as page:
        page.run_all()
        do_everything(page)

        found = {view: differences(page, view) for view in CELLS}
        assert not any(found.values()), "\n".join(f"{view}: {one}" for view in found for one in found[view][:5])

        page.page.evaluate(LEAK, ".ls-arrow { text-indent: 3px; }")  # a rule that forgets its view, as once here
        assert differences(page, "wire"), "the comparison sees a rule that leaks"
        assert not differences(page, "netsim")
