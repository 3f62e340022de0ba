"""Lesson 02: HTTP by hand. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.learn.lesson02.head import PARSE_HEAD
from livesock.learn.lesson02.polling import POLLING_DELAY
from livesock.learn.lesson02.questions import QUESTIONS
from livesock.learn.lesson02.request import BUILD_GET
from livesock.learn.lesson02.stream import PARSE_SSE

__all__ = ["LESSON"]

LESSON = Lesson(
    "02", "HTTP by hand", exercises=(BUILD_GET, PARSE_HEAD, PARSE_SSE, POLLING_DELAY), predictions=QUESTIONS
)
