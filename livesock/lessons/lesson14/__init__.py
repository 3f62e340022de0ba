"""Lesson 14: namespaces, rooms, gateways. Each exercise is a module of its own."""

from __future__ import annotations

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson14.predictions import QUESTIONS
from livesock.lessons.lesson14.rooms import ROOMS
from livesock.lessons.lesson14.router import ROUTER

__all__ = ["LESSON"]

LESSON = Lesson("14", "namespaces, rooms, gateways", exercises=(ROOMS, ROUTER), predictions=QUESTIONS)
