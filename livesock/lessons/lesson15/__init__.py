"""Lesson 15: your own WebSocket server. The stages are those of `livesock.conformance`."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson15.staged import changes
from livesock.lessons.lesson15.start import begin

__all__ = ["LESSON", "begin"]

LESSON = Lesson(
    "15",
    "your own WebSocket server",
    stages=(
        "bind",
        "head",
        "accept",
        "refuse",
        "text",
        "lengths",
        "stream",
        "clients",
        "ping",
        "fragments",
        "close",
        "violations",
    ),
    solutions=changes,
)
