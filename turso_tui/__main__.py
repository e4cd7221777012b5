"""``python -m turso_tui``."""

import sys

from turso_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
