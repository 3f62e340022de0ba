"""Settings for the tests of the trace."""

from hypothesis import settings

settings.register_profile("trace", deadline=None, max_examples=100)
settings.load_profile("trace")
