"""Several kinds of view on one page: each keeps its own style sheet."""

from __future__ import annotations

import livesock as ls
from livesock.display.view import View


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
