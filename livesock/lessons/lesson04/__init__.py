"""Lesson 04: frames, bit by bit. Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson04.encode_frame import ENCODE_FRAME
from livesock.lessons.lesson04.mask import MASK
from livesock.lessons.lesson04.parse_frames import PARSE_FRAMES
from livesock.lessons.lesson04.predictions import QUESTIONS

LESSON = Lesson("04", "frames, bit by bit", exercises=(MASK, ENCODE_FRAME, PARSE_FRAMES), predictions=QUESTIONS)
