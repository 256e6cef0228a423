"""What botlint says of programs made at random is what they do when they are executed."""

from __future__ import annotations

import pytest
from tests.oracle.judging import Judge
from tests.oracle.subjects import SUBJECTS

EACH = dict.fromkeys(SUBJECTS, 100) | {"guards": 240}
PARTS = dict.fromkeys(SUBJECTS, 2) | {"guards": 8}


@pytest.mark.parametrize(
    ("name", "part"), [(name, part) for name in sorted(SUBJECTS) for part in range(PARTS[name])]
)
def test_a_check_reports_what_runs_show_and_nothing_else(name: str, part: int) -> None:
    judge = Judge(name)
    wrong: list[str] = []
    alarms = judged = 0
    for seed in range(part, EACH[name], PARTS[name]):
        program = judge.subject.write(seed)
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
