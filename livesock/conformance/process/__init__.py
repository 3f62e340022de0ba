"""A learner's server in a process of its own: started, watched, counted and ended."""
