"""Lesson 01: a stream, not a letterbox. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson01.pack import PACK
from livesock.lessons.lesson01.predictions import QUESTIONS
from livesock.lessons.lesson01.read_exactly import READ_EXACTLY
from livesock.lessons.lesson01.unpack_all import UNPACK_ALL

LESSON = Lesson(
    "01",
    "a stream, not a letterbox",
    exercises=(READ_EXACTLY, PACK, UNPACK_ALL),
    predictions=QUESTIONS,
    guesses=("stream.cut", "stream.length", "silence.thinks", "silence.ends", "silence.resets", "silence.cut"),
)
