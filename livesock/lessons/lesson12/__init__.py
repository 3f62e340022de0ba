"""Lesson 12: did it arrive? Each exercise is a module of its own."""

from livesock.learn.exercise import Lesson
from livesock.lessons.lesson12.call import CALL
from livesock.lessons.lesson12.inbox import INBOX
from livesock.lessons.lesson12.log import LOG
from livesock.lessons.lesson12.outgoing import OUTGOING
from livesock.lessons.lesson12.predictions import QUESTIONS

LESSON = Lesson("12", "did it arrive?", exercises=(CALL, INBOX, LOG, OUTGOING), predictions=QUESTIONS)
