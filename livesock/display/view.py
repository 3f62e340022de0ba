"""`View`: what all live views share. One thread looks at the target and sends; the browser draws.

    browser                                  the view's thread                    target
       │ hello (the page was opened) ──────►  │
       │ ◄────────── snapshot, number 1       │ snapshot() ───────── looks ───────►│
       │                                      │ every TICK: news() ─ looks ───────►│
       │ ◄────────── news, number 2           │
       │ a button was pressed ─────────────►  │ on_message() ─────── acts ────────►│
       │ ◄────────── beat, number 3           │   nothing new for BEAT seconds

Messages from the browser arrive on either of two threads, some only after the running cell (it depends on ipykernel),
so they are only put into a queue. The view's own thread takes them from there, asks the target what is new, and is the
only one that sends, so there is nothing to lock and no message overtakes another. A browser that misses a number sends
hello again. One that gets no message for a while tells the reader: the kernel was restarted, or the network is gone.
"""

from __future__ import annotations

import copy
import itertools
import logging
import queue
import threading
import time
from importlib import resources
from typing import Any, ClassVar

from livesock.display.notebook_cells import adopt
from livesock.errors import MissingExtra
from livesock.guesses import Guesses
from livesock.net.loop import registry
from livesock.outputs import Still, show
from livesock.trace.show.svg import to_html

__all__ = ["Message", "View"]

TICK = 0.1
"""Seconds between two looks at the target: ten pictures a second, whatever the rate of messages."""

BEAT = 2.0
"""Seconds without news after which the view sends the browser a sign of life."""

STILLS = 7
"""Older outputs with a view whose pictures are kept up to date, besides the newest."""

REDRAWN = 60.0
"""Seconds after which the picture in the notebook is drawn again while news do not end; otherwise after `BEAT`."""

BACKLOG = 1000
"""Messages from the browser that may wait. A reader sends fewer; of a page that floods the view the rest is dropped."""

Message = dict[str, Any]
"""What crosses between kernel and browser: JSON with a "kind"."""

_log = logging.getLogger("livesock.display")
_numbers = itertools.count(1)


class View:
    """A live picture of something. Thread-safe: `stop()` and `close()`; the rest runs on the view's own thread.

    A subclass names its `page` (the folder of its page.js and page.css in views/) and overrides what it needs of
    `snapshot`, `news`, `on_message`, `picture`, `words` and `finish`. Its `__init__` calls this one last: the thread
    starts at once.
    """

    page: ClassVar[str]
    parts: ClassVar[tuple[str, ...]] = ()
    """Modules of parts/ that the page uses besides shared.js: `"lanes"` for lanes.js and lanes.css."""

    def __init__(self, **options: Any) -> None:
        self._inbox: queue.Queue[Message | None] = queue.Queue(BACKLOG)
        self._sent = 0
        self.guesses = Guesses(self.page)
        self._widget = _widget(self.page, self.parts, options)
        self._widget.on_msg(self._hear)
        self.name = f"{self.page}-{next(_numbers)}"
        self._thread = threading.Thread(target=self._run, name=f"livesock view {self.name}", daemon=True)
        self._stopping = threading.Event()
        self._ended = ""
        self._stills: list[Still] = []
        self._stale_since = 0.0
        """When the first news came that the pictures in the notebook do not show; 0 if they show all."""
        self._final: Message | None = None
        """The last state before `finish()`: shown to a page that is opened after the view has ended."""
        registry.put("view", self.name, self)
        adopt(self)
        self._thread.start()

    # -- what a view overrides; all run on the view's thread, one at a time

    def snapshot(self) -> Message:
        """Return everything that a page needs to draw from nothing."""
        return {}

    def news(self) -> Message | None:
        """Return what changed since the last call, None if nothing did. Called every `TICK` seconds."""
        return None

    def on_message(self, message: Message) -> None:
        """Do what the reader asked for. Check the message, which may be any JSON; raise ValueError if it is wrong."""
        raise ValueError(f"the page of {self.page!r} sends no messages, but sent {message!r}")

    def picture(self) -> str:
        """Return an SVG document: what a saved notebook shows in place of the live view."""
        raise NotImplementedError

    def words(self) -> str:
        """Return the picture in words, for a terminal and for screen readers: no time, no address, no id."""
        raise NotImplementedError

    def finish(self) -> None:
        """Release what the view holds (connections, observers). Called once, last."""

    # -- life

    @property
    def port(self) -> int:
        """Always 0: a view listens on no port. The registry of running things asks for it."""
        return 0

    @property
    def is_live(self) -> bool:
        """Whether the view still follows its target."""
        return not self._ended

    @property
    def widget(self) -> Any:
        """The ipywidget, to be put into boxes and tabs."""
        return self._widget

    def send(self, kind: str, *, data: bytes | None = None, **content: Any) -> None:
        """Send one message, and `data` beside it, to every page that shows the view. On the view's thread only.

        A `kind` that only this view has calls the method of that name in the object that the page gave to `follow`.
        """
        self._sent += 1
        buffers = () if data is None else ([data],)
        self._widget.send({"kind": kind, "number": self._sent, **content}, *buffers)
        self._spoke = time.monotonic()

    def stop(self, timeout: float = 1.0, why: str = "everything was stopped") -> None:
        """Stop following the target and keep the last picture; a second call does nothing."""
        self._ended = self._ended or why
        self._stopping.set()
        self._put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)
        registry.forget("view", self.name, self)  # last: a cell that is interrupted here may be run again, and waits

    def close(self) -> None:
        """Stop, and take the view off the page and out of the kernel; a second call does nothing."""
        self.stop(why="it was closed")
        self._widget.close()

    def _run(self) -> None:
        self._spoke = time.monotonic()
        try:
            while not self._stopping.is_set():
                self._turn()
            self._guarded(self._last_look)
        finally:
            self._guarded(self._redraw)
            self._guarded(self._keep)
            self._guarded(self.finish)

    def _turn(self) -> None:
        """Handle messages from the browser for one tick, then look at the target."""
        deadline = time.monotonic() + TICK
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self._inbox.get(timeout=left)
            except queue.Empty:
                break
            if message is None:
                return
            self._guarded(self._answer, message)
        self._guarded(self._look)

    def _answer(self, message: Message) -> None:
        if message.get("kind") == "hello":
            self.send("snapshot", state=self._final or self.snapshot())
            return
        try:
            self.on_message(message)
        except ValueError as exc:
            self.send("complaint", text=str(exc))

    def _look(self) -> None:
        news = self.news()
        now = time.monotonic()
        if news is not None:
            self.send("news", news=news)
            self._stale_since = self._stale_since or now
        elif now - self._spoke > BEAT:
            self.send("beat")
            self._redraw()
        if self._stale_since and now - self._stale_since > REDRAWN:
            self._redraw()

    def _last_look(self) -> None:
        self._look()
        self.send("end", why=self._ended)

    def _keep(self) -> None:
        self._final = copy.deepcopy(self.snapshot())

    def _redraw(self) -> None:
        """Bring the pictures in the notebook up to date, if anything has happened."""
        if self._stale_since and self._stills:
            drawn = to_html(self.picture(), alt=self.words())
            for still in self._stills:
                still.update(drawn)
        self._stale_since = 0.0

    def _guarded(self, step: Any, *arguments: Any) -> None:
        """Show a failure of the view on its page and log it: it ends neither the view nor the cell."""
        try:
            step(*arguments)
        except Exception as exc:
            _log.exception("= view %s failed", self.name)
            try:
                self.send("complaint", text=f"the view failed: {type(exc).__name__}: {exc}")
            except Exception:
                _log.debug("= view %s cannot show it", self.name)

    # -- from the browser, on any thread

    def _hear(self, _widget: object, message: object, _buffers: object) -> None:
        if not isinstance(message, dict):
            return
        if self._thread.is_alive():
            self._put(message)
        elif message.get("kind") == "hello":  # the page was reloaded after the end: the view's thread no longer answers
            self._answer(message)
            self.send("end", why=self._ended)

    def _put(self, message: Message | None) -> None:
        try:
            self._inbox.put_nowait(message)
        except queue.Full:
            _log.warning("= view %s: the page sends more than the view can handle, a message was dropped", self.name)

    # -- in a saved notebook

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = getattr(self._widget, "_repr_mimebundle_", None)  # None once the widget is closed: the still is left
        bundle = bundle(**options) if bundle is not None else {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        data = {kind: value for kind, value in data.items() if kind != "text/plain"}
        words = self.words()
        return data | {"text/plain": words, "text/html": to_html(self.picture(), alt=words)}, metadata

    def _ipython_display_(self) -> None:
        self._stills = [*self._stills[-STILLS:], show(*self._repr_mimebundle_())]

    def __repr__(self) -> str:
        return f"<view {self.name}{'' if self.is_live else ', ended: ' + self._ended}>"


def _widget(page: str, parts: tuple[str, ...], options: Message) -> Any:
    try:
        import anywidget
        import traitlets
    except ImportError as exc:
        raise MissingExtra("a live view needs ipywidgets and anywidget", "ipywidgets", "anywidget") from exc

    # One module: what all pages share, the parts, then the page itself. The browser gets them as one text.
    scripts = ["shared.js", *(f"parts/{part}.js" for part in parts), f"views/{page}/page.js"]
    attributes = {
        "_esm": "\n".join(map(_read, scripts)),
        "_css": "\n".join(map(_read, _sheets(page, parts))),
        "options": traitlets.Dict().tag(sync=True),
    }
    # anywidget keeps one style sheet for each name of a class: with one name for all, the newest kind of view on a
    # page would take away the style of the others.
    return type(f"Page_{page}", (anywidget.AnyWidget,), attributes)(options=options)


def _sheets(page: str, parts: tuple[str, ...]) -> list[str]:
    """Return the paths of the style sheets of a page; a part that only computes places has no sheet."""
    sheets = (
        f"parts/{part}.css"
        for part in parts
        if resources.files("livesock.display").joinpath(f"parts/{part}.css").is_file()
    )
    return ["shared.css", *sheets, f"views/{page}/page.css"]


def _read(path: str) -> str:
    return resources.files("livesock.display").joinpath(path).read_text("utf-8")
