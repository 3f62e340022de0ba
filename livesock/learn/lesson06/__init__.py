"""Lesson 06: saying goodbye. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.learn.lesson06.closing import CLOSER
from livesock.learn.lesson06.codes import SENDABLE
from livesock.learn.lesson06.parsing import PARSE_CLOSE
from livesock.learn.lesson06.questions import QUESTIONS
from livesock.learn.lesson06.writing import CLOSE_PAYLOAD

__all__ = ["LESSON"]

LESSON = Lesson("06", "saying goodbye", exercises=(SENDABLE, CLOSE_PAYLOAD, PARSE_CLOSE, CLOSER), predictions=QUESTIONS)
