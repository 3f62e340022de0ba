"""Lesson 13: Socket.IO on the wire. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.learn.lesson13.address import EIO_URL
from livesock.learn.lesson13.decoding import SIO_DECODE
from livesock.learn.lesson13.encoding import SIO_ENCODE
from livesock.learn.lesson13.journey import REQUESTS_FOR
from livesock.learn.lesson13.questions import QUESTIONS

__all__ = ["LESSON"]

LESSON = Lesson(
    "13", "Socket.IO on the wire", exercises=(EIO_URL, SIO_ENCODE, SIO_DECODE, REQUESTS_FOR), predictions=QUESTIONS
)
