"""``python -m tests.oracle [graphs] N [FIRST]``: judge N programs, print what botlint got wrong."""

from __future__ import annotations

import sys
from collections import Counter

from tests.oracle.graphs import report
from tests.oracle.judge import Judge
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


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    first = numbers[1] if len(numbers) > 1 else 0
    if sys.argv[1] == "graphs":
        for line in report.judge(numbers[0], first):
            print(line, flush=True)
    else:
        main(numbers[0], first)
