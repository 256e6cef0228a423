"""``python -m tests.oracle [CHECK] N [FIRST]``: judge N programs, and print what botlint got wrong.

CHECK is one of :data:`tests.oracle.subjects.SUBJECTS`, or ``graphs`` for the control-flow graphs
alone; without it, the guards are judged.
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import partial

from tests.oracle.graphs import report
from tests.oracle.judging import Judge
from tests.oracle.shrink import shrink


def judge_subject(name: str, number: int, first: int) -> None:
    """Judge the programs of the seeds from ``first`` on."""
    judge, counts = Judge(name), Counter[str]()
    for seed in range(first, first + number):
        program = judge.subject.program(seed)
        seen = judge.runner.execute(program)
        counts["programs"] += 1
        if number == 1:
            print(program.text())
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
        for one in (*found, *judge.doubtful(program, seen)):
            counts[one.kind] += 1
            print(f"seed {seed}: {one.kind} at {one.path}:{one.line}", flush=True)
        for kind in sorted({one.kind for one in found}) if number < 20 else ():
            smallest = shrink(program, partial(judge.shows, kind))
            print(f"--- {kind}\n{smallest.text()}", flush=True)
    judge.runner.close()
    print(", ".join(f"{count} {what}" for what, count in counts.items()))


if __name__ == "__main__":
    words = sys.argv[1:]
    subject = "guards" if words[0].isdigit() else words.pop(0)
    number, first = int(words[0]), int(words[1]) if len(words) > 1 else 0
    if subject == "graphs":
        for line in report.judge(number, first):
            print(line, flush=True)
    else:
        judge_subject(subject, number, first)
