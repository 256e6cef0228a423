"""A setting that a module of constants assigns twice: the later one silently wins.

Both assignments must be made on every way through the module: one in a branch is a choice. What is
read in between was meant to change, and so was what the later one builds on.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from botlint.checks.roots import names_in
from botlint.checks.settings.setting_fixes import delete_later
from botlint.checks.settings.settings_read import settings_modules
from botlint.facts.types import Constant, Function, Kind, Name, Node
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, nodes_from, normally
from botlint.model import Confidence, Edit, Fix, Hit, Safety, Severity, Step
from botlint.project import Project

EXIT = 0


def find_overwritten(project: Project) -> Iterator[Hit]:
    """Each assignment that overwrites an earlier one of the same setting."""
    for source in sorted(settings_modules(project)):
        ref = FunctionRef(source, 0)
        function = project.function(ref)
        for name, numbers in _assigned(function).items():
            for first, second in pairwise(numbers):
                if _overwrites(function, name, first, second):
                    yield _hit(project, ref, name, function.nodes[first], function.nodes[second])


def _assigned(function: Function) -> dict[str, list[int]]:
    """The nodes that assign each plain name, in the order of the file."""
    found: dict[str, list[int]] = {}
    for number, node in enumerate(function.nodes):
        if node.kind is not Kind.ASSIGN or not isinstance(node.target, Name):
            continue
        if "." not in node.target.path and not node.target.path.startswith("_"):
            found.setdefault(node.target.path, []).append(number)
    return {
        name: sorted(numbers, key=lambda number: function.nodes[number].span)
        for name, numbers in found.items()
        if len(numbers) > 1
    }


def _overwrites(function: Function, name: str, first: int, second: int) -> bool:
    nodes = function.nodes
    if name in names_in(nodes[second].value, function.calls):
        return False
    if nodes[first].value == Constant(None):
        return False  # declared first, and filled in below
    if second not in nodes_from(function, (function.entry,), normally):
        return False
    is_before = second not in nodes_from(function, (function.entry,), normally, (first,))
    # A handler may go on without the second: what a `try` turns on is off where it fails.
    is_after = EXIT not in nodes_from(function, (nodes[first].next,), anyhow, (second,))
    return is_before and is_after and not _is_read_between(function, name, first, second)


def _is_read_between(function: Function, name: str, first: int, second: int) -> bool:
    for number in nodes_from(function, (function.nodes[first].next,), normally, (second,)):
        node = function.nodes[number]
        if name in names_in(node.value, function.calls):
            return True
        if node.kind is Kind.CALL:
            call = function.calls[node.call]
            if any(name in names_in(value, function.calls) for value in call.args):
                return True
    return False


def _hit(project: Project, ref: FunctionRef, name: str, first: Node, second: Node) -> Hit:
    earlier, later = project.place(ref, first.span), project.place(ref, second.span)
    is_equal = first.value == second.value
    return Hit(
        place=later,
        saw={"key": name, "line": str(first.span.line), "function": project.program.display(ref)},
        confidence=Confidence.HIGH,
        trace=(
            Step(earlier, f"`{name}` is assigned here"),
            Step(later, "it is assigned again, and this one wins"),
        ),
        cause=f"{later.path}:{later.span.line}",
        symbol=name,
        severity=Severity.LOW if is_equal else None,
        fix=Fix(
            "Delete this assignment, which changes nothing",
            Safety.UNSAFE,
            (Edit("delete-assignment", later),),
        )
        if is_equal
        else delete_later(later, first.span.line),
    )
