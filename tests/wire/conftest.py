"""Settings of hypothesis for the tests of the pure layer."""

from hypothesis import settings

settings.register_profile("wire", deadline=None, max_examples=100)
settings.load_profile("wire")
