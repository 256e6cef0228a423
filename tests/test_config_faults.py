"""Configuration files reach `check`: what is wrong with their writing is a finding at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.model import Report, Safety
from botlint.run import check, check_and_mend
from botlint.settings import Overrides, load_settings

BOT = "print('a bot')\n"


def run(root: Path, files: dict[str, str | bytes], *paths: str) -> Report:
    for name, text in {"bot.py": BOT, **files}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    named = tuple(str(root / path) for path in paths) or (str(root),)
    return check(named, load_settings(root, Overrides(isolated=True)))


def places(report: Report) -> list[tuple[str, str, int, int]]:
    found = [one for one in report.findings if one.code in ("BOT001", "CFG001", "CFG005")]
    return [(one.code, one.place.path, one.place.span.line, one.place.span.column) for one in found]


@pytest.mark.parametrize(
    ("name", "text", "line", "column"),
    [
        ("config.yaml", "a: [1\nb: 2\n", 2, 2),
        ("config.yaml", "a: &x 1\n---\nb: 1\nc: *x\n", 4, 4),
        ("conf/accounts.yml", "accounts:\n  main: {profile: micro\n", 3, 1),
        ("config.json", '{"a": 1,\n "b": }\n', 2, 7),
        ("settings.toml", "a = 1\nb = \n", 2, 5),
        ("bot.ini", "a = 1\n", 1, 1),
        (".env", "A=1\nthis is nothing\n", 2, 1),
    ],
)
def test_a_config_that_cannot_be_parsed_is_a_finding_at_its_place(
    tmp_path: Path, name: str, text: str, line: int, column: int
) -> None:
    assert places(run(tmp_path, {name: text})) == [("BOT001", name, line, column)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".github/workflows/ci.yml", "on: [push\n"),  # hidden: a tool's
        ("tests/data/broken.json", "{"),  # tests have broken files on purpose
        ("charts/values.yaml", "name: {{ .Values.name }}\n"),  # a template
        ("trades.json", '{"a": 1}\n{"a": 2}\n'),  # a value on each line is a log
        ("state.json", ""),  # nothing was written yet
        ("data.json", "[" + "1," * 60_000),  # too long to be written by hand
    ],
)
def test_what_is_no_configuration_of_the_bot_is_left_alone(
    tmp_path: Path, name: str, text: str
) -> None:
    report = run(tmp_path, {name: text})
    assert places(report) == []
    assert report.problems == ()


def test_a_config_that_is_named_is_looked_at_alone(tmp_path: Path) -> None:
    report = run(tmp_path, {"tests/a.yaml": "a: [1\n"}, "tests/a.yaml")
    assert places(report) == [("BOT001", "tests/a.yaml", 2, 1)]
    assert report.problems == ()


def test_a_named_config_that_is_too_large_is_a_problem(tmp_path: Path) -> None:
    report = run(tmp_path, {"a.json": "[" + "1," * 600_000 + "1]"}, "a.json")
    assert [one.message for one in report.problems] == [
        "not analysed: larger than 1 MB (1200003 bytes)"
    ]


def test_an_env_file_that_git_ignores_sets_the_bot_and_is_no_secret_in_the_repository(
    tmp_path: Path,
) -> None:
    (tmp_path / ".git").mkdir()
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    files: dict[str, str | bytes] = {
        ".gitignore": ".env\n*.yaml\n",
        ".env": f"API_SECRET={key}\nEXCHANGE_HOST=x\n",
        "ignored.yaml": "a: [1\n",
        "bot.py": "import os\n\nprint(os.environ['EXCHANGE_HOST'], os.environ['EXCHANGE_HOSTS'])\n",
    }
    report = run(tmp_path, files)
    assert [(one.code, one.place.span.line) for one in report.findings] == [("CFG007", 3)]
    assert key not in str(report)


def test_variables_of_a_compose_file_are_held_against_the_schema_of_the_settings(
    tmp_path: Path,
) -> None:
    files: dict[str, str | bytes] = {
        "config/settings.py": "class Settings:\n    max_drawdown_pct: float = 0.1\n"
        "    max_position_size_pct: float = 0.1\n",
        "docker-compose.yml": "services:\n  bot:\n    environment:\n"
        "      - MAX_DRAWDOWN_PCT=0.45\n      - OTHER=1\n  ui:\n    environment:\n"
        '      MAX_POSITION_SIZE_PCT: "0.9"\n      MAX_DAILY_LOSS_PCT: ${LOSS}\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(str(text))
    settings = load_settings(
        tmp_path, Overrides(isolated=True, profile="llm-agents", select=("CFG",))
    )
    found = check((str(tmp_path),), settings).findings
    assert [
        (one.code, one.place.path, one.place.span.line, one.place.span.column) for one in found
    ] == [("CFG003", "docker-compose.yml", 4, 26), ("CFG003", "docker-compose.yml", 8, 30)]


def test_what_a_profile_binds_and_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(BOT)
    settings = load_settings(tmp_path, Overrides(isolated=True, profile="micro-scalper"))
    problems = [one.message for one in check((str(tmp_path),), settings).problems]
    wanted = (
        "no file fits config.json or config/config.json: the schema initial-live proved nothing"
    )
    assert wanted in problems


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "config.json",
            '{\n  "position_size_usdt": 5.0,\n  "trade_pairs": ["SHIB/USDT"],\n'
            '  "circuit_breaker": {"enabled": false, "max_daily_loss": 10},\n'
            '  "max_postions": 2\n}\n',
            '{\n  "position_size_usdt": 5.0,\n  "trade_pairs": ["SHIB/USDT"],\n'
            '  "circuit_breaker": {"enabled": true, "max_daily_loss": 10},\n'
            '  "max_positions": 2\n}\n',
        ),
    ],
)
def test_breaches_are_mended_and_nothing_else_is_touched(
    tmp_path: Path, name: str, before: str, after: str
) -> None:
    (tmp_path / name).write_text(before)
    (tmp_path / "bot.py").write_text(BOT)
    overrides = Overrides(isolated=True, profile="micro-scalper", select=("CFG001", "CFG004"))
    mended = check_and_mend((str(tmp_path),), load_settings(tmp_path, overrides), frozenset(Safety))
    assert [(one.path, one.after.decode()) for one in mended.files] == [(name, after)]
