"""What botlint says of programs made at random is what they do when they are executed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, note, settings
from tests.oracle.choices import Choices, drawn
from tests.oracle.judging import Judge
from tests.oracle.program import Program
from tests.oracle.subjects import SUBJECTS

EACH = dict.fromkeys(SUBJECTS, 100) | {"guards": 240}
PARTS = dict.fromkeys(SUBJECTS, 2) | {"guards": 8}
DRAWN = 12


@pytest.mark.parametrize(
    ("name", "part"), [(name, part) for name in sorted(SUBJECTS) for part in range(PARTS[name])]
)
def test_a_check_reports_what_runs_show_and_nothing_else(name: str, part: int) -> None:
    judge = Judge(name)
    wrong: list[str] = []
    alarms = judged = 0
    for seed in range(part, EACH[name], PARTS[name]):
        program = judge.subject.program(seed)
        seen = judge.runner.execute(program)
        if seen.strange:
            continue
        judged += 1
        alarms += len(seen.wrong)
        wrong += [
            f"seed {seed}: {found.kind} at {found.path}:{found.line}"
            for found in judge.disagreements(program, seen)
        ]
    judge.runner.close()
    assert wrong == []
    assert alarms > EACH[name] // PARTS[name] // 10
    assert judged > EACH[name] // PARTS[name] * 8 // 10


@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_hypothesis_finds_no_program_of_which_a_check_is_wrong(name: str) -> None:
    judge = Judge(name)
    checks = HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example

    @given(choices=drawn())
    @settings(max_examples=DRAWN, derandomize=True, deadline=None, suppress_health_check=checks)
    def agree(choices: Choices) -> None:
        program = judge.subject.write(choices)
        note(program.text())
        assert judge.disagreements(program, judge.runner.execute(program)) == ()

    agree()
    judge.runner.close()


def test_a_program_without_some_of_its_functions_keeps_its_lines() -> None:
    text = (
        "@once\ndef one():\n    def two():\n        go()\n    two()\n\n\ndef three():\n    go()\n"
    )
    program = Program({"main.py": text}, "bool", is_async=False)
    left = program.without({("main.py", 1, 5), ("main.py", 3, 4)})
    told = "@once\ndef one():\n    pass\n\n\n\n\ndef three():\n    go()\n"
    assert left.files == {"main.py": told}
