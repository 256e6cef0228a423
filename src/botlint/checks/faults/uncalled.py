"""Questions that are named and not asked: a test of the function itself, which is always true.

A function is a question by its name, or by what it returns: truth values and nothing else. Who
calls it where it was found true has only looked whether it is there.
"""

from __future__ import annotations

from botlint.checks.faults.unwritten import GUARDS
from botlint.checks.owners import owners_of
from botlint.checks.reads import last_segment
from botlint.checks.roots import targets_in
from botlint.facts.types import (
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
)
from botlint.flow.names import FunctionRef
from botlint.flow.values import Func
from botlint.flow.ways import has_open_end, nodes_from, normally
from botlint.project import Project

_ASKING = ("is_", "has_", "can_", "should_", "may_", "allow", "check_", "validate_", "within_")
_PROPERTIES = frozenset({"property", "cached_property", "hybrid_property", "abstractproperty"})
_ORDERED = frozenset({"lt", "le", "gt", "ge"})
_TRUE_OR_FALSE = _ORDERED | {"eq", "ne", "in", "notin", "is", "isnot", "not", "isinstance"}


def not_asked(project: Project, ref: FunctionRef, node: Node) -> str:
    """Why a test asks for a function itself, and not for its answer, or compares the function with
    something; ``""`` if it doesn't."""
    value = node.value
    if type(value) is Name:
        found = _meant(project, ref, value)
        if found is None or not _is_question(project, value.path, found[0]):
            return ""
        if _is_called_behind(project.function(ref), node, value):
            return ""
        return f"`{value.path}` is asked for and not called, and {found[1]} is true"
    if type(value) is not Operation or len(value.args) != 2:
        return ""
    pairs = (value.args, value.args[::-1])
    for side, other in pairs if value.kind in _ORDERED | {"eq", "in"} else ():
        is_sure = value.kind in _ORDERED or type(other) is Constant or value.kind == "in"
        if not is_sure or type(side) is not Name or (value.kind == "in" and side == pairs[0][1]):
            continue
        found = _meant(project, ref, side)
        if found:
            return f"`{side.path}` is compared and not called, and {found[1]} is no value"
    return ""


def _is_question(project: Project, path: str, meant: FunctionRef) -> bool:
    """Whether a name is that of a question: of a guard, of one of its verdicts, or as written; or
    that of a function which says yes or no, whatever its name."""
    last, vocabulary = path.rpartition(".")[2], project.vocabulary
    if last.startswith(_ASKING) or (last != path and vocabulary.polarity(last)):
        return True
    if any(vocabulary.roles[role].plays_call((path,), None, None) for role in GUARDS):
        return True
    return _says_yes_or_no(project.function(meant))


def _says_yes_or_no(function: Function) -> bool:
    """Whether a function answers with truth values on all its ways out, and not always the same."""
    said = {node.value for node in function.nodes if node.kind is Kind.RETURN}
    if function.is_generator or not said or not all(map(_is_truth, said)):
        return False
    is_open = any(type(one) is Operation for one in said) or len(said) > 1
    return is_open and not has_open_end(function)


def _is_truth(value: Expression | None) -> bool:
    if type(value) is Constant:
        return isinstance(value.value, bool)
    if type(value) is not Operation:
        return False
    if value.kind in ("and", "or"):
        return all(map(_is_truth, value.args))
    return value.kind in _TRUE_OR_FALSE


def _is_called_behind(function: Function, node: Node, value: Name) -> bool:
    """Whether the function that a test finds to be there is called where it was found."""
    found = nodes_from(function, (node.next,), normally, (node.other,))
    return any(
        one.kind is Kind.CALL and function.calls[one.call].func == value
        for one in (function.nodes[number] for number in found)
    )


def _meant(project: Project, ref: FunctionRef, value: Name) -> tuple[FunctionRef, str] | None:
    """The function that a name means where it can mean nothing else, and what it is."""
    head, _, last = value.path.rpartition(".")
    if not project.program.functions_named(last):
        return None
    if not head:
        found = project.program.values_of(ref, value)
        is_bound = any(last in targets_in(one.target) for one in project.function(ref).nodes)
        if len(found) != 1 or is_bound or not isinstance(found[0], Func):
            return None
        return found[0].ref, "a function"
    owner = owners_of(project).of(ref, Name(head))
    method = project.program.find_method(owner, last) if owner is not None else None
    assigned = owners_of(project).assigned(last)
    if method is None or any(one.kind is not Kind.DEFINE for _, one in assigned):
        return None
    names = {last_segment(one) for one in project.function(method).decorators}
    if names & _PROPERTIES or any("property" in name for name in names):
        return None
    return method, "a method"
