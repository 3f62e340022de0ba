"""Lesson 01: a stream, not a letterbox. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.learn.lesson01.packing import PACK
from livesock.learn.lesson01.questions import QUESTIONS
from livesock.learn.lesson01.reading import READ_EXACTLY
from livesock.learn.lesson01.unpacking import UNPACK_ALL

__all__ = ["LESSON"]

LESSON = Lesson("01", "a stream, not a letterbox", exercises=(READ_EXACTLY, PACK, UNPACK_ALL), predictions=QUESTIONS)
