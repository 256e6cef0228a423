"""Put into README.md what its first command prints, and the table of rules; tests compare both."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SHOWN = re.compile(r"(?<=<!-- output of the first command -->\n```text\n).*?(?=^```)", re.S | re.M)
TABLE = re.compile(
    r"(?<=\| code \| name \| wrong when \|\n\|---\|---\|---\|\n).*?(?=^\| BOT001)", re.S | re.M
)
FAMILIES = ("ORD", "POS", "EXC", "TRC", "WIR", "CFG", "PAR", "SEC")


def main() -> None:
    readme = TOP / "README.md"
    text = readme.read_text("utf-8")
    text = replace(SHOWN, run_example(), text)
    text = replace(TABLE, list_rules(), text)
    readme.write_text(text, "utf-8")


def replace(place: re.Pattern[str], content: str, text: str) -> str:
    text, count = place.subn(lambda _: content, text)
    if count != 1:
        sys.exit("README.md has no place for the output or for the table of rules")
    return text


def run_example() -> str:
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
    return run.stdout


def list_rules() -> str:
    rules = [
        tomllib.loads(path.read_text("utf-8"))
        for path in (TOP / "rules").rglob("[A-Z][A-Z][A-Z][0-9]*.toml")
    ]
    listed = [rule for rule in rules if rule["code"][:3] in FAMILIES]
    listed.sort(key=lambda rule: (FAMILIES.index(rule["code"][:3]), rule["code"]))
    return "".join(f"| {rule['code']} | {rule['name']} | {rule['summary']} |\n" for rule in listed)


if __name__ == "__main__":
    main()
