"""Lesson 02: HTTP by hand. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson02.build_get import BUILD_GET
from livesock.lessons.lesson02.parse_head import PARSE_HEAD
from livesock.lessons.lesson02.parse_sse import PARSE_SSE
from livesock.lessons.lesson02.polling_delay import POLLING_DELAY
from livesock.lessons.lesson02.predictions import QUESTIONS

LESSON = Lesson(
    "02",
    "HTTP by hand",
    exercises=(BUILD_GET, PARSE_HEAD, PARSE_SSE, POLLING_DELAY),
    predictions=QUESTIONS,
    guesses=("race.start", "race.one", "race.far", "request.end", "request.host", "request.twice", "request.close"),
)
