"""Whatever a function does when it is executed is a path of its control-flow graph."""

from __future__ import annotations

import pytest
from tests.oracle.graphs.bodies import write_function
from tests.oracle.graphs.judge import disagreements

NUMBER = 320
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_a_function_takes_the_paths_of_its_graph(part: int) -> None:
    seeds = range(part, NUMBER, PARTS)
    assert [seed for seed in seeds if disagreements(write_function(seed), seed)] == []
