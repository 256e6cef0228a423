"""What botlint says of programs made at random is what they do when they are executed."""

from __future__ import annotations

import pytest
from tests.oracle.judge import Judge
from tests.oracle.projects import write_program
from tests.oracle.runner import Runner

NUMBER = 240
PARTS = 8


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
