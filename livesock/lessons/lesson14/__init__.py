"""Lesson 14: two of everything. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson14.pick import PICK
from livesock.lessons.lesson14.predictions import QUESTIONS
from livesock.lessons.lesson14.presence import PRESENCE
from livesock.lessons.lesson14.relay import RELAY

LESSON = Lesson("14", "two of everything", exercises=(RELAY, PICK, PRESENCE), predictions=QUESTIONS)
