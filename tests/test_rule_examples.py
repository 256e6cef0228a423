"""Every example of every rule, through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.model import Rule
from botlint.rules import Trial, load_rules
from botlint.settings import Settings
from botlint.trials import run_trial
from botlint.vocabulary import Vocabulary, load_vocabulary

RULES = load_rules()
CASES = [
    pytest.param(rule, example, id=f"{rule.code}-{example.kind}-{example.title}")
    for rule in RULES
    for example in rule.examples
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary(Settings(root=Path()))


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_gives_exactly_its_marked_findings(
    rule: Rule, example: Trial, vocabulary: Vocabulary
) -> None:
    outcome = run_trial(rule, example, RULES, vocabulary)
    assert not outcome.problems
    assert (
        [str(mark) for mark in outcome.missing],
        [str(mark) for mark in outcome.unexpected],
    ) == ([], []), "(expected and not found, found and not expected)"
