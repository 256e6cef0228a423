"""``botlint`` and ``python -m botlint``; the version is told before anything is loaded."""

from __future__ import annotations

import gc
import sys

from botlint import __version__


def _tell_version() -> bool:
    """Whether it could be told; where not, the command line says why."""
    try:
        print(f"botlint {__version__}", flush=True)
    except OSError:
        return False
    return True


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]) and _tell_version():
        sys.exit(0)
    try:
        from botlint.cli import run_command_line

        code = run_command_line(sys.argv[1:])
    except KeyboardInterrupt:  # while all of that is loaded, which takes a while
        print("botlint: interrupted", file=sys.stderr)
        sys.exit(130)
    gc.freeze()  # What was worked out goes with the process; looking through it first takes long.
    sys.exit(code)


if __name__ == "__main__":
    main()
