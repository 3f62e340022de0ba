"""The verdict: runs what a learner wrote, safely, and finds the wrong idea behind a wrong answer."""
