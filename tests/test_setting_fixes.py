"""Findings about settings and parity are mended, and nothing else is touched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botlint.configs.read import read_tree
from botlint.discover import discover
from botlint.fixes import EDITS, Drafts, Mended, mend
from botlint.fixes.draft import Draft
from botlint.looking import look
from botlint.model import Edit, Place, Rule, Safety, Span
from botlint.rules import load_rules
from botlint.settings import Settings
from botlint.trials import Trial

QUICK = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NEWLINES = st.sampled_from(["\n", "\r\n"])
MARK = re.compile(r"  # expect:.*")
RULES = [rule for rule in load_rules() if rule.code.startswith(("CFG", "PAR"))]
MENDED = ("CFG001", "CFG004", "CFG005", "CFG007", "PAR001", "PAR002", "PAR003")
BAD = [
    (rule, one)
    for rule in RULES
    if rule.code in MENDED
    for one in rule.examples
    if isinstance(one, Trial) and one.kind == "bad"
]


def mend_all(
    root: Path, rule: Rule, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Mended:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.setattr("botlint.looking.select_rules", lambda *_: (rule,))
    told = Settings(root=root, jobs=1)
    discovery = discover((str(root),), told)
    return mend(discovery, lambda one: look(one, told), Drafts(root), frozenset(Safety))


@pytest.mark.parametrize(
    ("rule", "example"), BAD, ids=[f"{rule.code}: {one.title}" for rule, one in BAD]
)
def test_what_can_be_mended_is_gone_after_it_and_comments_stay(
    rule: Rule, example: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = msgspec.structs.replace(rule, parameters={**rule.parameters, **example.parameters})
    files = {name: MARK.sub("", text) for name, text in example.files.items()}
    mended = mend_all(tmp_path, own, files, monkeypatch)
    assert [one.message for one in mended.report.problems if "was not fixed" in one.message] == []
    assert [one for one in mended.report.findings if one.fix is not None] == []
    for changed in mended.files:
        before, after = changed.before.decode().splitlines(), changed.after.decode().splitlines()
        same = [line for line in after if line in before]
        assert len(before) - len(same) <= len(mended.report.fixed) + 1


def edit(text: str, name: str, span: Span, /, **parameters: Any) -> str:
    draft = Draft("config.py", text.encode())
    return draft.apply(
        EDITS[name](draft, Edit(name, Place("config.py", span), parameters))
    ).decode()


TEXT = '''"""Settings."""
import os
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

RATIO = 0.5  # the ratio
TTL = int(os.getenv("TTL", "120"))   # seconds


@dataclass
class Limits:
    daily: int = 7  # a day
    weekly: int = field(default=30, metadata={"unit": "usd"})
    names: list[str] = field(default_factory=list)


class Risk(BaseModel):
    leverage: int = Field(5, ge=1)  # times
    other: int = Field(
        default=6,  # the default
        le=9,
    )
'''
WRITTEN = {
    "RATIO": "0.5",
    "TTL": '"120"',
    "daily": "7",
    "weekly": "30",
    "leverage": "5",
    "other": "6",
}


@QUICK
@given(name=st.sampled_from(sorted(WRITTEN)), value=st.integers(), newline=NEWLINES)
def test_a_default_that_is_set_stands_in_place_of_the_old_one(
    name: str, value: int, newline: str
) -> None:
    text = TEXT.replace("\n", newline)
    (setting,) = [
        one for one in read_tree("config.py", text.encode()).settings if one.path[-1] == name
    ]
    after = edit(text, "set-default", setting.key_span, value=value)
    written = f'"{value}"' if name == "TTL" else str(value)
    line = next(
        one for one in text.split(newline) if one.strip().startswith((f"{name} =", f"{name}:"))
    )
    start = text.index(WRITTEN[name], text.index(line) + len(name))
    assert after == text[:start] + written + text[start + len(WRITTEN[name]) :]


CODE = """import config

LIMITS = {"spread": 20, "slip": 12}  # 20 and 12


def check(spread, order):
    if spread > 20 and order.ok:  # at most 20
        return order.send(60, spread=20, slip=-3)
    return getattr(config, "TTL", 60) or config.TTL
"""


@pytest.mark.parametrize(
    ("line", "value", "word", "before", "after"),
    [
        (7, 20, "spread", "spread > 20 and", "spread > config.X and"),
        (8, 20, "spread", "spread=20", "spread=config.X"),
        (8, -3, "slip", "slip=-3", "slip=config.X"),
        (8, 60, "", "send(60,", "send(config.X,"),
        (3, 12, "slip", '"slip": 12', '"slip": config.X'),
    ],
)
def test_a_literal_becomes_the_setting_and_nothing_else_does(
    line: int, value: int, word: str, before: str, after: str
) -> None:
    span = Span(line, 1, line, 80)
    made = edit(CODE, "read-setting", span, value=value, word=word, name="config.X")
    assert made == CODE.replace(before, after)


def test_a_read_says_the_name_that_was_meant() -> None:
    span = Span(9, 1, 9, 80)
    made = edit(CODE, "rename-read", span, key="TTL", name="TRADE_TTL")
    wanted = 'getattr(config, "TRADE_TTL", 60) or config.TRADE_TTL'
    assert made == CODE.replace('getattr(config, "TTL", 60) or config.TTL', wanted)
