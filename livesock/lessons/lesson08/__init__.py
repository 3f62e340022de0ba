"""Lesson 08: many clients, one loop. The exercise and the members it is tried with are modules of their own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson08.hub import HUB
from livesock.lessons.lesson08.predictions import QUESTIONS

LESSON = Lesson(
    "08",
    "many clients, one loop",
    exercises=(HUB,),
    predictions=QUESTIONS,
    guesses=tuple(f"loop.{preset}" for preset in ("sleep", "wait", "compute", "thread", "plain")),
)
