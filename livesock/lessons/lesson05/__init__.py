"""Lesson 05: frames are not messages. The class `Assembler`, and the wrong ones that come to mind."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson05.assembler import ASSEMBLER
from livesock.lessons.lesson05.predictions import QUESTIONS

LESSON = Lesson(
    "05",
    "frames are not messages",
    exercises=(ASSEMBLER,),
    predictions=QUESTIONS,
    guesses=(
        *("borders.heard", "borders.pong", "borders.orphan", "borders.large"),
        *("deflate.ticks", "deflate.same", "deflate.noise"),
    ),
)
