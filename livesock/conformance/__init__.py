"""The judge for anybody's WebSocket server."""

from __future__ import annotations

from livesock.conformance.case import Case, Stage, Verdict
from livesock.conformance.stages import STAGES

__all__ = ["STAGES", "Case", "Stage", "Verdict"]
