"""Settings for the tests of the pure layer."""

import pytest
from hypothesis import settings

settings.register_profile("wire", deadline=None, max_examples=100)
settings.load_profile("wire")


@pytest.fixture(autouse=True)
def nothing_is_left_over() -> None:
    """Replace the check after every test: nothing here can open a socket or start a thread.

    The check at the end of the run still holds, and it takes as long once as all of these tests together.
    """
