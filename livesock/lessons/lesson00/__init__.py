"""Lesson 00: this page is already on a WebSocket. Its exercise and its questions are modules of their own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson00.kernel_ws_url import KERNEL_WS_URL
from livesock.lessons.lesson00.predictions import QUESTIONS

LESSON = Lesson("00", "this page is already on a WebSocket", exercises=(KERNEL_WS_URL,), predictions=QUESTIONS)
