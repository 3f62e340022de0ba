"""`Judgement`: everything that was found about one server, and the ways to show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from livesock.conformance.results import Findings
from livesock.conformance.show import export, page, text

__all__ = ["Judgement"]


@dataclass(frozen=True, slots=True)
class Judgement(Findings):
    """Everything that was found about one server; it shows itself in a cell."""

    def __str__(self) -> str:
        return text.to_text(self)

    def json(self) -> str:
        """Return everything but the bytes as JSON, for programs."""
        return export.to_json(self)

    def junit(self) -> str:
        """Return JUnit's XML: a suite for each stage and each judge."""
        return export.to_junit(self)

    def html(self) -> str:
        """Return a page of its own, with every case and its bytes."""
        return page.to_html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": page.in_a_cell(self)}
