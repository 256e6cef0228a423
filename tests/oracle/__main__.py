"""``python -m tests.oracle [CHECK] N [FIRST]``: judge N programs, and print what botlint got wrong.

CHECK is one of :data:`tests.oracle.subjects.SUBJECTS`, or ``graphs`` for the control-flow graphs
alone; without it, the guards are judged.
"""

from __future__ import annotations

import sys
from collections import Counter

from tests.oracle.graphs import report
from tests.oracle.judge import Judge
from tests.oracle.judging import SubjectJudge
from tests.oracle.program import Program
from tests.oracle.projects import write_program
from tests.oracle.runner import Runner
from tests.oracle.shrink import shrink


def main(number: int, first: int) -> None:
    """Judge the programs of the seeds from ``first`` on."""
    runner, judge, counts = Runner(), Judge(), Counter[str]()
    for seed in range(first, first + number):
        program = write_program(seed)
        outcome = runner.execute(program)
        counts["programs"] += 1
        counts["runs"] += outcome.runs
        counts["strange"] += bool(outcome.strange)
        counts["incomplete"] += not outcome.is_complete
        counts["orders"] += len(outcome.placed)
        counts["unguarded"] += len(outcome.unguarded)
        if outcome.strange:
            print(f"seed {seed}: strange: {outcome.strange}")
        for found in judge.disagreements(program, outcome):
            counts[found.kind] += 1
            print(f"seed {seed}: {found.kind} at {found.path}:{found.line}")
        if number == 1:
            show(program, runner, judge)
    runner.close()
    print(", ".join(f"{count} {what}" for what, count in counts.items()))


def show(program: Program, runner: Runner, judge: Judge) -> None:
    """Print the program, and the smallest for each kind of disagreement that it shows."""
    print(program.text())
    kinds = {one.kind for one in judge.disagreements(program, runner.execute(program))}
    for kind in sorted(kinds):
        smallest = shrink(program, lambda one: kind in judge.kinds(one, runner))  # noqa: B023
        print(f"--- {kind}\n{smallest.text()}")


def judge_subject(name: str, number: int, first: int) -> None:
    """Judge the programs of one subject."""
    judge, counts = SubjectJudge(name), Counter[str]()
    for seed in range(first, first + number):
        program = judge.subject.write(seed)
        seen = judge.runner.execute(program)
        counts["programs"] += 1
        if seen.strange:
            counts["strange"] += 1
            print(f"seed {seed}: strange: {seen.strange}")
            continue
        counts["runs"] += seen.runs
        counts["incomplete"] += not seen.is_complete
        counts["wrong"] += len(seen.wrong)
        counts["fine"] += len(seen.fine)
        found = judge.disagreements(program, seen)
        counts["true alarms"] += len(seen.wrong) - sum(one.kind == "miss" for one in found)
        for one in found:
            counts[one.kind] += 1
            print(f"seed {seed}: {one.kind} at {one.path}:{one.line}", flush=True)
        if number == 1:
            print(program.text())
        for kind in sorted({one.kind for one in found}) if number < 20 else ():
            smallest = shrink(program, lambda one: kind in judge.kinds(one))  # noqa: B023
            print(f"--- {kind}\n{smallest.text()}", flush=True)
    judge.runner.close()
    print(", ".join(f"{count} {what}" for what, count in counts.items()))


if __name__ == "__main__":
    words = sys.argv[1:]
    subject = "" if words[0].isdigit() else words.pop(0)
    number, first = int(words[0]), int(words[1]) if len(words) > 1 else 0
    if subject == "graphs":
        for line in report.judge(number, first):
            print(line, flush=True)
    elif subject:
        judge_subject(subject, number, first)
    else:
        main(number, first)
