"""Lesson 03: the handshake. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.learn.lesson03.accept import ACCEPT_KEY
from livesock.learn.lesson03.questions import QUESTIONS
from livesock.learn.lesson03.request import CHECK_REQUEST
from livesock.learn.lesson03.response import VERIFY_RESPONSE

__all__ = ["LESSON"]

LESSON = Lesson("03", "the handshake", exercises=(ACCEPT_KEY, CHECK_REQUEST, VERIFY_RESPONSE), predictions=QUESTIONS)
