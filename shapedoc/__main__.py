"""`python -m shapedoc` is the command `shapedoc`."""

import sys

from shapedoc.cli import main

if __name__ == "__main__":
    sys.exit(main())
