"""README.md says what is true: its example's output, its table of rules, its configuration."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text("utf-8")


def read_block(marker: str) -> str:
    found = re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert found, f"README.md has no block below <!-- {marker} -->"
    return found[1]


def test_the_first_command_prints_what_is_shown() -> None:
    arguments = read_block("first command").rpartition("botlint ")[2].split()
    run = subprocess.run(
        [sys.executable, "-m", "botlint", *arguments],
        cwd=TOP,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.stdout == read_block("output of the first command")
    assert (run.returncode, run.stderr) == (1, "")


def test_the_table_has_every_rule_by_its_code_and_name() -> None:
    listed = re.findall(r"^\| ([A-Z]{3}\d{3}) \| ([\w-]+) \|", README, re.MULTILINE)
    shipped = []
    for path in (TOP / "rules").rglob("[A-Z]*[0-9].toml"):
        rule = tomllib.loads(path.read_text("utf-8"))
        if not rule["code"].startswith("BOT"):  # one line of the table stands for all of them
            shipped.append((rule["code"], rule["name"]))
    assert sorted(listed) == sorted(shipped)


def test_the_configuration_is_read_without_complaint(tmp_path: Path) -> None:
    from botlint.settings import Overrides, load_settings

    block = re.search(r"```toml\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert block
    (tmp_path / "pyproject.toml").write_text(block[1], "utf-8")
    settings = load_settings(tmp_path, Overrides())
    written = tomllib.loads(block[1])["tool"]["botlint"]
    assert settings.roles == {role: tuple(names) for role, names in written["roles"].items()}
