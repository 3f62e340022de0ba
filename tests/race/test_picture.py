"""The picture of a race."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from livesock.race.picture import Lane, lanes_svg

SVG = "{http://www.w3.org/2000/svg}"


def draw(*lanes: Lane, happened: tuple[float, ...] = (0.5, 1.0)) -> ElementTree.Element:
    return ElementTree.fromstring(lanes_svg(happened, lanes, description="in words"))


def test_each_event_has_a_line_and_a_bar_that_ends_where_its_dot_stands() -> None:
    root = draw(Lane("poll", (1.5, 2.0), "1000.0 ms", "70"))

    bars = [bar for bar in root.iter(f"{SVG}rect") if bar.get("rx") == "2"]
    ends = [float(str(bar.get("x"))) + float(str(bar.get("width"))) for bar in bars]
    dots = [float(str(dot.get("cx"))) for dot in root.iter(f"{SVG}circle")]
    lines = [float(str(line.get("x1"))) for line in root.iter(f"{SVG}line")]
    assert ends == pytest.approx(dots, abs=0.01)
    assert [float(str(bar.get("x"))) for bar in bars] == pytest.approx(lines)


def test_events_that_arrive_together_share_a_dot() -> None:
    root = draw(Lane("poll", (1.5, 1.5), "750.0 ms", "70"))

    assert len(list(root.iter(f"{SVG}circle"))) == 1


def test_names_are_text_never_markup() -> None:
    root = draw(Lane("<b>&", (0.6, 1.0), "1 ms", "2"))

    assert "<b>&" in [element.text for element in root.iter(f"{SVG}text")]
    assert root.findtext(f"{SVG}desc") == "in words"


def test_equal_numbers_give_equal_pictures() -> None:
    lane = Lane("SSE", (0.6, 1.1), "100.0 ms", "30")

    assert lanes_svg((0.5, 1.0), [lane], description="") == lanes_svg((0.5, 1.0), [lane], description="")


def test_a_lane_that_misses_an_event_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        draw(Lane("poll", (1.0,), "", ""))
