"""What is kept about the handlers of events: which there are, who is shown that they run, in which order they begin."""
