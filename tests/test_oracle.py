"""What botlint says of programs made at random is what they do when they are executed."""

from __future__ import annotations

import pytest
from tests.oracle.judge import Judge
from tests.oracle.judging import SubjectJudge
from tests.oracle.projects import write_program
from tests.oracle.runner import Runner
from tests.oracle.subjects import SUBJECTS

NUMBER = 240
PARTS = 8
EACH = 100


@pytest.mark.parametrize("part", range(PARTS))
def test_botlint_says_of_a_program_what_it_does(part: int) -> None:
    runner, judge = Runner(), Judge()
    wrong: list[str] = []
    judged = 0
    for seed in range(part, NUMBER, PARTS):
        program = write_program(seed)
        outcome = runner.execute(program)
        judged += not outcome.strange
        wrong += [
            f"seed {seed}: {found.kind} at {found.path}:{found.line}"
            for found in judge.disagreements(program, outcome)
        ]
    runner.close()
    assert wrong == []
    assert judged > NUMBER // PARTS * 9 // 10


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_a_check_reports_what_runs_show_and_nothing_else(name: str, part: int) -> None:
    judge = SubjectJudge(name)
    wrong: list[str] = []
    alarms = 0
    for seed in range(part, EACH, 2):
        program = judge.subject.write(seed)
        seen = judge.runner.execute(program)
        if seen.strange:
            continue
        alarms += len(seen.wrong)
        wrong += [
            f"seed {seed}: {found.kind} at {found.path}:{found.line}"
            for found in judge.disagreements(program, seen)
        ]
    judge.runner.close()
    assert wrong == []
    assert alarms > EACH // 20
