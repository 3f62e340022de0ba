"""`livesock dev links`: the README's links and Binder badge, written from the one address in pyproject.toml."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from livesock.cli.dev.clone import generated, project, root
from livesock.errors import LivesockError

__all__ = ["binder_url", "insert", "links", "run"]

BEGIN = "<!-- Between these two marks: written by  uv run livesock dev links  from [project.urls] -->"
END = "<!-- End of the links -->"

HOSTS = {"github.com": "gh", "gitlab.com": "gl"}
"""Code hosts that Binder knows, and its name for them; it takes any other by its whole address."""

BADGE = "https://mybinder.org/badge_logo.svg"


def run(*, check: bool) -> int:
    """Write the links into README.md, or with `check` tell whether they are current."""
    path = root() / "README.md"
    repository = project()["project"].get("urls", {}).get("Repository", "")
    # On Binder straight into lesson 00: a reader who clicks a badge wants to see something, not a table of contents.
    lesson = min(path.name for path in (root() / "notebooks").glob("00_*.ipynb"))
    text = insert(path.read_text("utf-8"), links(repository, lesson))
    return generated(path, text, check=check, command="uv run livesock dev links")


def links(repository: str, lesson: str) -> str:
    """Return the Markdown: a badge that opens `lesson` on Binder, and where the code is; "" without an address."""
    if not repository:
        return ""
    badge = f"[![Open the lessons on Binder, without installing anything]({BADGE})]({binder_url(repository, lesson)})"
    return f"{badge}\n\n[Code]({repository}) · [Issues]({repository}/issues)"


def binder_url(repository: str, lesson: str) -> str:
    """Return the address at which Binder builds `repository` and opens `lesson`."""
    parts = urlsplit(repository)
    host = HOSTS.get(parts.netloc)
    place = f"{host}{parts.path.rstrip('/')}" if host else f"git/{quote(repository, safe='')}"
    return f"https://mybinder.org/v2/{place}/HEAD?urlpath={quote(f'lab/tree/notebooks/{lesson}', safe='')}"


def insert(readme: str, text: str) -> str:
    """Return `readme` with `text` between the two marks.

    Raises:
        LivesockError: If the marks are not there exactly once.
    """
    between = re.compile(re.escape(BEGIN) + r"\n.*?" + re.escape(END), re.DOTALL)
    if len(between.findall(readme)) != 1:
        raise LivesockError(f"README.md needs these two lines once, around the links:\n{BEGIN}\n{END}")
    return between.sub(lambda _: "\n".join(filter(None, [BEGIN, text, END])), readme)
