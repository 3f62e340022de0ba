"""How verdicts, hints, questions and progress are shown: the words, the page, what can be pressed."""
