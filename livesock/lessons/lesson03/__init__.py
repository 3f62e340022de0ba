"""Lesson 03: the handshake. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson03.accept_key import ACCEPT_KEY
from livesock.lessons.lesson03.check_request import CHECK_REQUEST
from livesock.lessons.lesson03.predictions import QUESTIONS
from livesock.lessons.lesson03.verify_response import VERIFY_RESPONSE

LESSON = Lesson(
    "03",
    "the handshake",
    exercises=(ACCEPT_KEY, CHECK_REQUEST, VERIFY_RESPONSE),
    predictions=QUESTIONS,
    guesses=(
        "handshake.version",
        "handshake.short",
        "handshake.list",
        "handshake.page",
        "handshake.post",
        "opening.trips",
    ),
)
