"""Many functions judged, and what was found of each that has gone otherwise than its graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.drawing import draw
from tests.oracle.graphs.bodies import write_function
from tests.oracle.graphs.judge import disagreements
from tests.oracle.graphs.tracing import StrangeFunction
from tests.oracle.program import Program
from tests.oracle.shrink import shrink


def judge(number: int, first: int) -> Iterator[str]:
    """Judge the functions of ``number`` seeds from ``first`` on; lines to print."""
    counts = Counter[str]()
    for seed in range(first, first + number):
        source = write_function(seed)
        counts["programs"] += 1
        if number == 1:
            yield source
        try:
            found = disagreements(source, seed)
        except StrangeFunction as fault:
            counts["strange"] += 1
            yield f"seed {seed}: strange: {fault}"
            continue
        counts["disagreements"] += len(found)
        if found:
            yield f"seed {seed}\n{show(source)}"
    yield ", ".join(f"{count} {what}" for what, count in counts.items())


def show(source: str) -> str:
    """The smallest source that goes otherwise than its graph, its graph, and what happened."""
    smallest = shrink(Program({"main.py": source}, "bool", is_async=False), _is_wrong)
    text = smallest.files["main.py"]
    lines = [text]
    for one in disagreements(text):
        lines += [str(one.what), draw(one.function)]
    return "\n".join(lines)


def _is_wrong(program: Program) -> bool:
    try:
        return bool(disagreements(program.files["main.py"]))
    except (StrangeFunction, SyntaxError):
        return False
