"""``botlint`` and ``python -m botlint``; the version is told before anything is loaded."""

from __future__ import annotations

import sys

from botlint import __version__


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"botlint {__version__}")
        sys.exit(0)
    from botlint.cli import run_command_line

    sys.exit(run_command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
