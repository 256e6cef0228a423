"""What counts errors against a limit, or stops something because of one."""

from __future__ import annotations

from botlint.checks.running.counted import is_compared
from botlint.facts.types import Constant, Function, Kind, Name, Node, Operation
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_KEEPING = frozenset({"append", "appendleft", "add", "incr", "inc", "increment", "update"})


def is_stopping(project: Project, ref: FunctionRef, node: Node, depth: int) -> bool:
    """Whether a node counts against a limit, sets a flag, raises, or calls what does."""
    if node.kind is Kind.RAISE:
        return True
    if node.kind is Kind.AUGMENT:
        return is_compared(project, ref, node)
    if node.kind is Kind.ASSIGN:
        return _sets_flag(project, ref, node) or (_is_sum(node) and is_compared(project, ref, node))
    if node.kind is not Kind.CALL:
        return False
    call = CallRef(ref, node.call)
    if project.plays(call, "breaker"):
        return True
    last = project.written(call).rpartition(".")[2]
    callees = project.program.callees(ref, node.call)
    if not callees:
        return last in _KEEPING
    if project.plays(call, "log") or depth == 0:
        return False
    return any(
        is_stopping(project, callee, one, depth - 1)
        for callee in callees
        for one in project.function(callee).nodes
    )


def _sets_flag(project: Project, ref: FunctionRef, node: Node) -> bool:
    """Whether a node sets what others ask: ``self.running = False``, a state, a global."""
    if not isinstance(node.target, Name):
        return False
    if not isinstance(node.value, Constant | Name) or node.value == Constant(None):
        return False
    is_shared = "." in node.target.path or node.target.path in project.function(ref).outer
    is_plain = isinstance(node.value, Constant) and not isinstance(node.value.value, bool)
    return (is_shared and not is_plain) or _stops_head(project.function(ref), node)


def _stops_head(function: Function, node: Node) -> bool:
    """Whether a local flag is what some test asks."""
    return any(one.kind is Kind.TEST and one.value == node.target for one in function.nodes)


def _is_sum(node: Node) -> bool:
    return (
        isinstance(node.value, Operation)
        and node.value.kind == "+"
        and node.target in node.value.args
    )
