"""Lesson 10: Socket.IO on the wire. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson10.eio_url import EIO_URL
from livesock.lessons.lesson10.predictions import QUESTIONS
from livesock.lessons.lesson10.requests_for import REQUESTS_FOR
from livesock.lessons.lesson10.sio_decode import SIO_DECODE
from livesock.lessons.lesson10.sio_encode import SIO_ENCODE

LESSON = Lesson(
    "10", "Socket.IO on the wire", exercises=(EIO_URL, SIO_ENCODE, SIO_DECODE, REQUESTS_FOR), predictions=QUESTIONS
)
