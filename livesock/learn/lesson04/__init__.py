"""Lesson 04: frames, bit by bit. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.learn.lesson04.encoding import ENCODE_FRAME
from livesock.learn.lesson04.masking import MASK
from livesock.learn.lesson04.parsing import PARSE_FRAMES
from livesock.learn.lesson04.questions import QUESTIONS

__all__ = ["LESSON"]

LESSON = Lesson("04", "frames, bit by bit", exercises=(MASK, ENCODE_FRAME, PARSE_FRAMES), predictions=QUESTIONS)
