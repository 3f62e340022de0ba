"""The module itself: the list of its views, and calls with arguments that a view does not have."""

from __future__ import annotations

from typing import Any

import pytest

from livesock import display


def test_as_the_last_value_of_a_cell_the_module_lists_its_views() -> None:
    first, *lines = repr(display).splitlines()

    assert "display.wire(server)" in first
    assert [line.split()[0] for line in lines] == list(display.__all__)
    assert all(len(line.split()) > 4 for line in lines)
    assert not any("<" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "arguments", "options", "sentence"),
    [
        ("race", (0.05,), {}, r"too many positional arguments: write display\.race\(\*, events=20, gap=0\.15"),
        ("wire", (), {}, r"missing a required argument: 'target': write display\.wire\(target\)"),
        ("browser", (None,), {"size": 3}, r"unexpected keyword argument 'size': write display\.browser\(target"),
    ],
)
def test_arguments_that_a_view_does_not_have_get_a_sentence(
    name: str, arguments: tuple[Any, ...], options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TypeError, match=sentence):
        getattr(display, name)(*arguments, **options)
