"""Lesson 07: when WebSocket wins. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.learn.lesson07.choosing import CHOOSE
from livesock.learn.lesson07.even import BREAK_EVEN
from livesock.learn.lesson07.questions import QUESTIONS
from livesock.learn.lesson07.size import WS_BYTES

__all__ = ["LESSON"]

LESSON = Lesson("07", "when WebSocket wins", exercises=(WS_BYTES, BREAK_EVEN, CHOOSE), predictions=QUESTIONS)
