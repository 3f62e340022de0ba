"""`Bench`: the server under test with everything that keeps one case from spoiling the next.

One process serves many cases. After a silence it may be stuck, so the next case gets a fresh one; and a case that met a
silence in a process that had served others is tried again in a fresh one, so that each verdict is the case's own.
"""

from __future__ import annotations

import math
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace

from livesock.conformance.case import CaseVerdict, WireCase
from livesock.conformance.process.program import Program, ServerFailed
from livesock.conformance.results import Result
from livesock.conformance.talk import CaseOutcome, talk

__all__ = ["Address", "Bench", "Server"]


@dataclass(slots=True)
class Address:
    """A server that runs already, somewhere; the judge opens connections to it and does no more."""

    host: str
    port: int
    path: str = "/"
    served: int = 0
    patience: float = 1.0

    is_running = True
    printed = 0

    def start(self) -> None:
        """Look whether a server is there, before the first case.

        Raises:
            ServerFailed: If there is none.
        """
        if self.served:
            return
        try:
            socket.create_connection((self.host, self.port), timeout=self.patience).close()
        except OSError as exc:
            raise ServerFailed(f"No connection: {exc}.") from exc

    def stop(self) -> str:
        """Do nothing: it belongs to its author."""
        return ""

    def wrong(self) -> str:
        """Return nothing: its process cannot be looked at."""
        return ""

    def output(self) -> str:
        """Return nothing: its output cannot be read."""
        return ""

    def error(self) -> str:
        """Return nothing: its output cannot be read."""
        return ""

    def counts(self) -> Mapping[str, int]:
        """Return nothing: its process cannot be looked at."""
        return {}

    def ask_to_stop(self) -> None:
        """Do nothing: it belongs to its author."""

    def exit_status(self, seconds: float) -> int | None:
        """Return None: its process cannot be looked at."""
        return None


ENDING = 0.1
"""Seconds between the end of a process's connections and its own: the system closes them first."""

Server = Program | Address


class Bench:
    """Judges cases against one server; use it in a `with` statement. Not thread-safe."""

    def __init__(self, server: Server, *, patience: float, tls: ssl.SSLContext | None = None) -> None:
        if not 0 < patience < math.inf:
            raise ValueError(f"patience is more than 0 seconds, and not {patience:g}")
        self.server = server
        self.patience = patience
        self.tls = tls
        self.notes: list[str] = []
        self.lost = 0.0
        """Seconds that failures took, the new processes after them counted; who judges adds them up."""
        self.output = ""
        self._is_suspect = False
        self._refusal = ""
        self._was_up = False
        self._has_started = False
        self._one_each = False
        self.reported = False
        """Whether a case has already said that the server does not start."""

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server."""
        self.output = self.server.output() or self.output
        left = self.server.stop()
        if left:
            self.notes.append(left)
        self._was_up = False

    def judge(self, case: WireCase) -> Result:
        """Return how `case` ends; never raises on whatever the server does."""
        outcome = self._outcome(case)
        return Result(
            case.id,
            case.title,
            case.section,
            case.stage,
            outcome.verdict,
            outcome.sentence,
            case.lesson,
            tuple(outcome.transcript),
            outcome.seconds,
            trace=outcome.trace,
        )

    def survivor(self, result: Result) -> Result:
        """Return `result`, or a failure if the server has ended since: one client must not end it."""
        if not self._was_up or self._is_suspect or result.stage == 18 or not (wrong := self.server.wrong()):
            return result
        self._is_suspect = True
        said = result.sentence if result.verdict is CaseVerdict.FAIL else "A server goes on with the next client."
        return replace(result, verdict=CaseVerdict.FAIL, sentence=f"{wrong} {said}")

    def up(self) -> None:
        """See to it that a server runs that is not stuck.

        Raises:
            ServerFailed: If it does not start.
        """
        if self._refusal:
            raise ServerFailed(self._refusal)
        is_used_up = self._one_each and self.server.served > 0
        if self._was_up and (self._is_suspect or is_used_up or self.server.wrong()):
            self.close()
        if not self._was_up:
            try:
                self._start()
            except ServerFailed as exc:
                self._refusal = str(exc)
                self.close()
                raise
            self._was_up, self._is_suspect, self._has_started = True, False, True

    def _start(self) -> None:
        """Start the server; one that has started before gets a second try, for the machine may be busy."""
        try:
            self.server.start()
        except ServerFailed:
            self.server.stop()
            if not self._has_started:
                raise
            self.server.start()

    def suspect(self) -> None:
        """Let the next case get a fresh process."""
        self._is_suspect = True

    @property
    def refusal(self) -> str:
        """Why the server does not start, once that is known."""
        return self._refusal

    def _outcome(self, case: WireCase) -> CaseOutcome:
        try:
            self.up()
            outcome = self._talk(case)
            if outcome.is_silent and self.server.served > 1 and isinstance(self.server, Program):
                self.up()
                again = self._talk(case)
                again.seconds += outcome.seconds
                if not again.is_silent:
                    self.notes.append(
                        f"Before case {case.id} the server was stuck; in a new process it answered. "
                        "From there on each case has a process of its own."
                    )
                    self._one_each = True
                outcome = again
        except ServerFailed as exc:
            self.reported = True
            return CaseOutcome(CaseVerdict.FAIL, str(exc))
        return outcome

    def _wrong(self, outcome: CaseOutcome) -> str:
        """Return what is wrong with the process; one whose connections end may be about to end itself."""
        if outcome.has_ended:
            self.server.exit_status(ENDING)
        return self.server.wrong()

    def _talk(self, case: WireCase) -> CaseOutcome:
        before = self.server.printed
        outcome = talk(case, self.server, patience=self.patience, tls=self.tls)
        self.server.served += 1
        if outcome.is_silent:
            self._is_suspect = True
        if case.stage == 18:
            self._is_suspect = True  # it was asked to stop
        elif outcome.verdict is CaseVerdict.FAIL and (wrong := self._wrong(outcome)):
            outcome.sentence = f"{wrong} {outcome.sentence}"
            self._is_suspect = True
        if outcome.verdict is CaseVerdict.FAIL and self.server.printed > before and (error := self.server.error()):
            outcome.transcript.append(f"printed {error}")
        return outcome
