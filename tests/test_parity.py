"""Parity: what each flow sees, as a document that keeps to its schema, and as tables for people."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from botlint.cli import run_command_line
from botlint.resources import schemas_directory

SETTINGS = """
[flows.legacy]
files = ["legacy.py"]
[flows.fsm]
entries = ["fsm.enter", "fsm.is_over"]

[parity]
settings = ["MAX_SPREAD_BPS", "STEPS"]

[[parity.quantities]]
quantity = "how long a position is held"
names = { legacy = ["TTL_MIN"], fsm = ["MAX_HOLD_SECONDS"] }
units = { TTL_MIN = "minutes", MAX_HOLD_SECONDS = "seconds" }
"""
FILES = {
    "botlint.toml": SETTINGS,
    "config.py": "MAX_SPREAD_BPS = 50\nTTL_MIN = 120\nSTEPS = [10, 30]\n",
    "checks.py": "def passes(symbol, price):\n    return price > 0\n",
    "legacy.py": """
import config
from checks import passes


def enter(exchange, symbol, amount, price, spread_bps):
    if spread_bps > config.MAX_SPREAD_BPS or not passes(symbol, price):
        return None
    return exchange.create_order(symbol, "limit", "buy", amount, price)


def is_over(age):
    return age > config.TTL_MIN and config.STEPS
""",
    "fsm.py": """
import config


def enter(exchange, symbol, amount, price, spread_bps):
    if spread_bps > 20:
        return None
    return exchange.create_order(symbol, "limit", "buy", amount, price)


def is_over(age):
    return age > getattr(config, "MAX_HOLD_SECONDS", 3600)
""",
    "main.py": """
import fsm
import legacy

for flow in (fsm, legacy):
    fsm.enter(None, "X", 1, 1, 1)
    legacy.enter(None, "X", 1, 1, 1)
    print(fsm.is_over(1), legacy.is_over(1))
""",
}


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def _show(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert run_command_line(["parity", *options]) == 1
    return capsys.readouterr().out


def test_the_document_keeps_to_its_schema(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(_show(capsys, "--output-format", "json"))
    schema = json.loads((schemas_directory() / "parity.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**document, "flows": ["one"]})


def test_every_cell_says_what_the_flow_sees_and_where(
    bot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(_show(capsys, "--output-format", "json"))
    seen = {
        (row["quantity"], cell["flow"]): [
            (view["kind"], view["value"], view["place"]["path"], view["place"]["line"])
            for view in cell["views"]
        ]
        for row in document["settings"]
        for cell in row["cells"]
    }
    held = "how long a position is held"
    assert seen == {
        ("MAX_SPREAD_BPS", "legacy"): [("configured", 50, "config.py", 1)],
        ("MAX_SPREAD_BPS", "fsm"): [("literal", 20, "fsm.py", 6)],
        ("STEPS", "legacy"): [("configured", [10, 30], "config.py", 3)],
        ("STEPS", "fsm"): [],
        (held, "legacy"): [("configured", 120, "config.py", 2)],
        (held, "fsm"): [("fallback", 3600, "fsm.py", 12)],
    }
    guards = {row["guard"]: [cell["number"] for cell in row["cells"]] for row in document["guards"]}
    assert guards == {"checks.passes": [1, 0]}


def test_people_see_a_table_with_what_differs_in_colour(
    bot: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    plain = _show(capsys, "--color", "never")
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    assert lines[0] == "setting legacy fsm"
    assert "MAX_SPREAD_BPS 50 MAX_SPREAD_BPS = literal 20" in lines
    assert "STEPS [10, 30] nothing" in lines
    assert "how long a position is held 120 MAX_HOLD_SECONDS = fallback 3600" in lines
    assert lines[-1] == "3 of 3 settings and 1 of 1 guards differ between legacy and fsm"
    assert "\x1b[31mnothing" in _show(capsys, "--color", "always")


def test_a_pull_request_gets_a_table(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = _show(capsys, "--output-format", "markdown").splitlines()
    assert lines[:2] == ["| setting | legacy | fsm |", "| --- | --- | --- |"]
    assert lines[2].startswith("| **MAX\\_SPREAD\\_BPS** | 50<br>config.py:1<br>")


def test_flows_that_agree_are_green(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bot / "botlint.toml").write_text(SETTINGS.split("[parity]")[0])
    (bot / "fsm.py").write_text(FILES["legacy.py"])
    assert run_command_line(["parity"]) == 0
    assert "0 of 0 settings and 0 of 1 guards differ" in capsys.readouterr().out


def test_nothing_to_compare_is_no_green(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["parity", "--isolated"]) == 2
    assert "no flows are known" in capsys.readouterr().err
    (bot / "botlint.toml").write_text(
        '[flows.one]\nfiles = ["legacy.py"]\n[flows.two]\nfiles = ["none.py"]\n'
    )
    assert run_command_line(["parity"]) == 2
    assert "no two flows were found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[flows.one]\nfile = ['a.py']\n", "botlint.toml:1:"),
        ("[flows]\none = {}\n", "a flow needs files or entries"),
        ("[[parity.quantities]]\nquantity = 'x'\nnames = {}\nunits = {A = 'miles'}\n", "no unit"),
        (
            "[flows.a]\nfiles=['a.py']\n[[parity.quantities]]\nquantity='x'\nnames={b=['X']}\n",
            "there is no flow `b`",
        ),
    ],
)
def test_a_wrong_setting_says_where(
    bot: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (bot / "botlint.toml").write_text(text)
    assert run_command_line(["parity"]) == 2
    assert told in capsys.readouterr().err
