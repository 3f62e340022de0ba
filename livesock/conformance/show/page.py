"""A report as a page."""

from __future__ import annotations

import html

from livesock.conformance.results import Findings

__all__ = ["in_a_cell", "to_html"]


def to_html(report: Findings) -> str:
    """Return a page of its own."""
    return f"<!doctype html><title>{html.escape(report.target)}</title><pre>{html.escape(str(report))}</pre>"


def in_a_cell(report: Findings) -> str:
    """Return what a notebook shows."""
    return f"<pre>{html.escape(str(report))}</pre>"
