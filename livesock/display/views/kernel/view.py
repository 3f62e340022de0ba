"""`kernel(ws)`: what is said on a WebSocket to a Jupyter kernel when a cell runs, as a ladder that grows.

the page: code ──► the kernel's side: execute_request on `ws` ──► another kernel ──► its messages ──► arrows, one by one
"""

from __future__ import annotations

from typing import ClassVar

from livesock.client import Connection
from livesock.display.parts.ladder import LEAST, Crossing, LifelineState, ladder_of
from livesock.display.targets import wrong_target
from livesock.display.view import Message, View
from livesock.display.views.kernel.picture import kernel_svg
from livesock.display.views.kernel.question import KernelMessage, KernelQuestion
from livesock.trace.show.columns import cut, printable

__all__ = ["KernelView", "kernel"]

CODES = {
    "6*7": "6*7",
    "slow": "import time\nfor n in range(3):\n    time.sleep(0.7)\n    print(n, flush=True)",
    "nothing": "x = 1",
    "wrong": "1 / 0",
}
"""Code to begin with, by the key of its preset."""

NAMES = {
    "6*7": "6*7",
    "slow": "what if it prints three times?",
    "nothing": "what if nothing is shown?",
    "wrong": "what if it fails?",
}

LONGEST = 500
"""Characters of code that a page may send."""

ARROWS = 24
"""Messages that are drawn, the first ones."""

LONGEST_RUN = 60.0


class KernelView(View):
    """The ladder of one question."""

    page: ClassVar[str] = "kernel"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "ladder")

    def __init__(self, ws: Connection) -> None:
        self._ws = ws
        self._code = CODES["6*7"]
        self._question: KernelQuestion | None = None
        self._seen: tuple[int, bool] = (0, False)
        super().__init__()

    def ask(self, code: str) -> KernelView:
        """Run `code` in the kernel, wait until it is done, and return the view: what the page's button does."""
        self._code = code
        self._question = KernelQuestion(self._ws, code)
        self._question.done.wait(LONGEST_RUN)
        return self

    @property
    def answers(self) -> list[str]:
        """What the kernel has said to the last question, in order."""
        return [message.name for message in self._question.messages if message.end] if self._question else []

    # -- what the page gets

    def snapshot(self) -> Message:
        question = self._question
        return {
            "codes": [{"key": key, "text": words} for key, words in NAMES.items()],
            "chosen": next((key for key, code in CODES.items() if code == self._code), ""),
            "code": self._code,
            "running": question is not None and not question.done.is_set(),
            "sentence": self._sentence(),
            "ladder": ladder_from(question.messages) if question and question.messages else None,
            "least": LEAST,
        }

    def news(self) -> Message | None:
        if self._question is None:
            return None
        look = len(self._question.messages), self._question.done.is_set()
        if look == self._seen:
            return None
        self._seen = look
        return self.snapshot()

    def _sentence(self) -> str:
        question = self._question
        if question is None:
            return "One message will ask. How many will answer?"
        if question.problem:
            return f"No answer: {question.problem}. Run the cells above again."
        came, size = len(self.answers), sum(message.size for message in question.messages)
        if not question.done.is_set():
            return f"One message asked, {came} have answered so far …"
        return f"One message asked, {came} answered: {size:,} bytes in all."

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, value = message.get("kind"), message.get("value")
        if self._question is not None and not self._question.done.is_set():
            raise ValueError("the kernel is still busy with the last question")
        if kind == "preset" and isinstance(value, str) and value in CODES:
            self._code, self._question = CODES[value], None
        elif kind == "run" and isinstance(value, str) and 0 < len(value) <= LONGEST:
            self._code = value
            self._question = KernelQuestion(self._ws, value)
        else:
            raise ValueError(f"a page of kernel() sends a preset, or code of 1 to {LONGEST} characters")
        self._seen = (0, False)
        self.send("news", news=self.snapshot())

    # -- without a browser

    def picture(self) -> str:
        return kernel_svg(self.snapshot(), self.words())

    def words(self) -> str:
        """Return what crossed, as it came, and why no more came; idle and reply, which come by different ways, last."""
        if self._question is None:
            return f"{self._sentence()}\n    run {self._code}"
        answers = sorted(self.answers, key=lambda name: name if name.startswith(("idle", "reply")) else "")
        problem = [self._sentence()] if self._question.problem else []
        return "\n".join([f"→ run {self._question.code}", *(f"← {printable(name)}" for name in answers), *problem])


def ladder_from(messages: list[KernelMessage]) -> Message:
    """Return the messages as a ladder; they are recorded at our end only, so an arrow takes no time."""
    shown = messages[:ARROWS]
    crossings = [
        Crossing(
            one.end,
            one.at,
            one.at,
            cut(printable(one.name), 24),
            "data",
            f"{one.size:,} bytes: {cut(printable(one.text), 160)}",
        )
        for one in shown
    ]
    states = []
    for one in shown:
        if one.end == 1 and one.name in ("busy", "idle"):
            states.append(LifelineState(1, one.at, one.name))
    ladder = ladder_of(crossings, [], states)
    for span in ladder["spans"]:
        span["state"] = "waits" if span["end"] == 0 else span["state"].replace("open", "idle")
    ladder["times"] = [
        {"end": 0, "y": arrow["y"][1], "text": f"{one.at * 1000:,.0f} ms"}
        for arrow, one in zip(ladder["arrows"], shown, strict=True)
        if one.end
    ]
    return ladder


def kernel(ws: Connection) -> KernelView:
    """Return a view that runs code in a Jupyter kernel, over `ws`, and shows each message that answers it.

    `ws` is what `ls.connect()` returned for the address of a kernel's channels. The kernel must not be the one that
    runs this cell: it is busy.

    Raises:
        TypeError: If `ws` is not such a connection.
    """
    if not isinstance(ws, Connection):
        raise wrong_target("kernel", "a WebSocket connection to a kernel", ws, "pass what ls.connect() returned")
    return KernelView(ws)
