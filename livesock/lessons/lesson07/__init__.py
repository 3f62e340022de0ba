"""Lesson 07: when WebSocket wins. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson07.break_even import BREAK_EVEN
from livesock.lessons.lesson07.choose import CHOOSE
from livesock.lessons.lesson07.predictions import QUESTIONS
from livesock.lessons.lesson07.ws_bytes import WS_BYTES

LESSON = Lesson("07", "when WebSocket wins", exercises=(WS_BYTES, BREAK_EVEN, CHOOSE), predictions=QUESTIONS)
