"""Lesson 01: a stream, not a letterbox. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson01.pack import PACK
from livesock.lessons.lesson01.predictions import QUESTIONS
from livesock.lessons.lesson01.read_exactly import READ_EXACTLY
from livesock.lessons.lesson01.unpack_all import UNPACK_ALL

__all__ = ["LESSON"]

LESSON = Lesson("01", "a stream, not a letterbox", exercises=(READ_EXACTLY, PACK, UNPACK_ALL), predictions=QUESTIONS)
