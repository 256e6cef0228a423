"""Configuration files reach `check`: what is wrong with their writing is a finding at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.model import Report
from botlint.run import check
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
