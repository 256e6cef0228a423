"""``botlint config show``: every setting with its place, and no credential."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from botlint.cli import run_command_line


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.py").write_text(
        "import os\n\nMAX_POSITIONS = 5\nTTL = int(os.getenv('TTL', '60'))\nMAX_POSITIONS = 7\n"
    )
    (tmp_path / "strategy.py").write_text("WINDOW = 20\n")
    (tmp_path / "risk.yaml").write_text("limits:\n  max_loss: 0.02\n  symbols: [BTC, ETH]\n")
    (tmp_path / ".env").write_text("API_KEY=abcdefgh0123456789\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'bot'\n")
    return tmp_path


def test_each_setting_stands_with_its_value_and_place(
    bot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["config", "show"]) == 0
    shown = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "MAX_POSITIONS = 5  (overridden at config.py:5)  config.py:3" in shown
    assert "MAX_POSITIONS = 7  (overrides config.py:3)  config.py:5" in shown
    assert "TTL = 60  (or $TTL)  config.py:4" in shown
    assert "limits.max_loss = 0.02  risk.yaml:2" in shown
    assert "limits.symbols[1] = 'ETH'  risk.yaml:3" in shown
    assert not any("WINDOW" in line or "project.name" in line for line in shown)


@pytest.mark.parametrize("output_format", ["text", "json", "markdown"])
def test_a_credential_is_never_printed(
    bot: Path, output_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (bot / "compose.yaml").write_text(
        "services:\n  bot:\n    environment:\n      - API_KEY=abcdefgh0123456789\n"
    )
    assert run_command_line(["config", "show", "--output-format", output_format]) == 0
    out = capsys.readouterr().out
    assert "API_KEY" in out
    assert "abcdefgh" not in out


def test_it_is_told_who_reads_a_setting_and_where_names_are_made(
    bot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bot / "config.py").write_text("MAX_OPEN = 5\nfor n in ('A', 'B'):\n    globals()[n] = 1\n")
    (bot / "main.py").write_text("import config\n\nprint(config.MAX_OPEN)\n")
    assert run_command_line(["config", "show"]) == 0
    out = capsys.readouterr().out
    assert "MAX_OPEN = 5  config.py:1  read main.py:3" in out
    assert "config.py:3:5: names are made here that the text does not show" in out
    assert run_command_line(["config", "show", "--output-format", "markdown"]) == 0
    assert "| `MAX_OPEN` | 5 | 1 |  | main.py:3 |" in capsys.readouterr().out


def test_as_json_the_same_is_told(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["config", "show", "--output-format", "json"]) == 0
    trees = {tree["path"]: tree["settings"] for tree in json.loads(capsys.readouterr().out)}
    assert sorted(trees) == [".env", "config.py", "risk.yaml"]
    assert [(one["name"], one["value"], one["line"]) for one in trees["config.py"]] == [
        ("MAX_POSITIONS", "5", 3),
        ("TTL", "60", 4),
        ("MAX_POSITIONS", "7", 5),
    ]


@pytest.mark.parametrize("path", ["nowhere", "empty"])
def test_nothing_to_show_is_no_success(
    path: str, bot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bot / "empty").mkdir()
    assert run_command_line(["config", "show", path]) == 2
    assert "no settings were found" in capsys.readouterr().err


def test_a_broken_file_is_a_problem_and_the_others_are_shown(
    bot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bot / "broken.json").write_text('{"a": 1,\n')
    assert run_command_line(["config", "show"]) == 2
    out, err = capsys.readouterr()
    assert "limits.max_loss = 0.02" in out
    assert "broken.json" in err
