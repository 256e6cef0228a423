"""A run ends that is over, whatever the program does with what ends it."""

from __future__ import annotations

from tests.oracle.program import Program
from tests.oracle.subjects import explore_for

CATCHING = """\
import feed


def step():
    while True:
        try:
            feed.work_1()
        except BaseException:
            continue
        break
"""


def test_a_loop_that_catches_everything_ends_with_its_run() -> None:
    seen = explore_for("escapes", Program({"main.py": CATCHING}, "bool", is_async=False))
    assert seen.strange == ""
    assert seen.runs > 1
