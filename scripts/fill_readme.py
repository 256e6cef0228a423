"""Put what the first command of README.md prints now into README.md; a test compares the two."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SHOWN = re.compile(r"(?<=<!-- output of the first command -->\n```text\n).*?(?=^```)", re.S | re.M)


def main() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "botlint", "check", "examples/unguarded_bot"],
        cwd=TOP,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode != 1:
        sys.exit(f"the example has findings, so exit 1 was expected, not {run.returncode}")
    readme = TOP / "README.md"
    text, count = SHOWN.subn(lambda _: run.stdout, readme.read_text("utf-8"))
    if count != 1:
        sys.exit("README.md has no place for the output")
    readme.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
