"""Lesson 16: the examiner. Cards over all lessons, ten broken servers, and the article graded."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson16.cards import CARDS
from livesock.lessons.lesson16.claims import CLAIMS

LESSON = Lesson(
    "16",
    "the examiner",
    predictions=CARDS,
    guesses=tuple(
        f"broken.{name}" for name in ("pong", "mask", "long", "key", "cut", "plain", "part", "late", "code", "offer")
    ),
    claims=CLAIMS,
)
