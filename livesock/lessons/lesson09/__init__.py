"""Lesson 09: is anybody there? Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson09.backoff import BACKOFF
from livesock.lessons.lesson09.heartbeat import HEARTBEAT
from livesock.lessons.lesson09.predictions import QUESTIONS
from livesock.lessons.lesson09.reconnector import RECONNECTOR

LESSON = Lesson(
    "09",
    "is anybody there?",
    exercises=(BACKOFF, HEARTBEAT, RECONNECTOR),
    predictions=QUESTIONS,
    guesses=("heartbeat.client", "heartbeat.server"),
)
