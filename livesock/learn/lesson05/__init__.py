"""Lesson 05: frames are not messages. The class `Assembler`, and the wrong ones that come to mind."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.learn.lesson05.assembling import ASSEMBLER
from livesock.learn.lesson05.questions import QUESTIONS

__all__ = ["LESSON"]

LESSON = Lesson("05", "frames are not messages", exercises=(ASSEMBLER,), predictions=QUESTIONS)
