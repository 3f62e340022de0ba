"""Lesson 13: who may enter. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson13.authenticate import AUTHENTICATE
from livesock.lessons.lesson13.origin_allowed import ORIGIN_ALLOWED
from livesock.lessons.lesson13.predictions import QUESTIONS
from livesock.lessons.lesson13.tickets import TICKETS
from livesock.lessons.lesson13.tokenbucket import TOKEN_BUCKET

EXERCISES = (ORIGIN_ALLOWED, TICKETS, AUTHENTICATE, TOKEN_BUCKET)

LESSON = Lesson("13", "origins, tokens, limits", exercises=EXERCISES, predictions=QUESTIONS)
