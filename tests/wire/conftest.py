"""What the tests of the pure layer do without."""

import pytest


@pytest.fixture(autouse=True)
def nothing_is_left_over() -> None:
    """Replace the check after every test: nothing here can open a socket or start a thread.

    The check at the end of the run still holds.
    """
