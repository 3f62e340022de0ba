"""`python -m livesock` is the command `livesock`."""

import sys

from livesock.cli import main

if __name__ == "__main__":
    sys.exit(main())
