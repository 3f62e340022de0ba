"""Lesson 06: saying goodbye. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson06.close_payload import CLOSE_PAYLOAD
from livesock.lessons.lesson06.closer import CLOSER
from livesock.lessons.lesson06.parse_close import PARSE_CLOSE
from livesock.lessons.lesson06.predictions import QUESTIONS
from livesock.lessons.lesson06.sendable import SENDABLE

LESSON = Lesson(
    "06",
    "saying goodbye",
    exercises=(SENDABLE, CLOSE_PAYLOAD, PARSE_CLOSE, CLOSER),
    predictions=QUESTIONS,
    guesses=tuple(f"goodbye.{ending}" for ending in ("close", "code", "returns", "raises", "abort", "cut", "both")),
)
