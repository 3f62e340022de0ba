"""Lesson 11: namespaces, rooms, gateways. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson11.predictions import QUESTIONS
from livesock.lessons.lesson11.rooms import ROOMS
from livesock.lessons.lesson11.router import ROUTER

LESSON = Lesson("11", "namespaces, rooms, gateways", exercises=(ROOMS, ROUTER), predictions=QUESTIONS)
