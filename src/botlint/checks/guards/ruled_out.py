"""Functions that do several things, one of them for each caller: what a literal argument rules out.

``request("balance")`` never comes to the order that ``request`` places where its parameter is
``"order"``: who calls it so is no caller of that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from botlint.checks.closures import names_set_within
from botlint.checks.given import handed_constant
from botlint.checks.members import Member, members_asked
from botlint.checks.roots import arguments_of, names_in, targets_in
from botlint.facts.types import Call, Constant, Expression, Kind, Name, Node, Operation, Result
from botlint.flow.program import CallSite, FunctionRef
from botlint.flow.ways import anyhow, arms_taken, nodes_from, nodes_of_call
from botlint.project import CallRef, Project

_SHAPING: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
}

Known = Mapping[str, Constant]
"""What parameters hold, for as long as the function runs."""


def asking_for(
    project: Project, below: CallRef, callers: tuple[CallSite, ...]
) -> tuple[CallSite, ...]:
    """Of the callers of the function that ``below`` stands in those that may come to it, unless
    none does: then nothing says which of them is meant to."""
    asking = tuple(one for one in callers if not _never_comes_to(project, one, below))
    return asking or callers


def _never_comes_to(project: Project, site: CallSite, below: CallRef) -> bool:
    """Whether a caller, by the literals that it hands over, rules out that the function which it
    runs comes to its call ``below``."""
    if site.via != "call":
        return False
    ref = CallRef(site.function, site.call)
    known = tuple(_known(project, ref, below.function))
    if not known:
        return False
    question = ("ruled out", below, repr(known))
    held = {**members_asked(project, below.function), **dict(known)}
    return project.answer(question, lambda: _is_ruled_out(project, below, held))


def _known(project: Project, site: CallRef, callee: FunctionRef) -> Iterator[tuple[str, Constant]]:
    """What the parameters by which ``callee`` chooses are given at ``site``, sorted by name."""
    for name in sorted(project.answer(("choosing", callee), lambda: _choosing(project, callee))):
        value = handed_constant(project, site, callee, name)
        if value is not None:
            yield name, value


def _choosing(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The parameters that a function tests and binds nowhere anew."""
    function = project.function(ref)
    tested = {
        name
        for node in function.nodes
        if node.kind is Kind.TEST and node.value is not None
        for name in names_in(node.value, function.calls)
    }
    bound = {name for node in function.nodes for name in targets_in(node.target)}
    bound |= names_set_within(project, ref)
    own = {one.name for one in function.parameters if one.kind in _SINGLE}
    return frozenset(own & {name.partition(".")[0] for name in tested} - bound)


_SINGLE = frozenset({"positional", "normal", "keyword"})


def _is_ruled_out(project: Project, below: CallRef, known: Known) -> bool:
    function = project.function(below.function)

    def onward(node: Node) -> tuple[int, ...]:
        if node.kind is not Kind.TEST:
            return anyhow(node)
        return (*arms_taken(node, says=_truth(node.value, known, function.calls)), node.exc)

    ends = nodes_of_call(function, below.call)
    return bool(ends) and ends.isdisjoint(nodes_from(function, (function.entry,), onward))


def _truth(value: Expression | None, known: Known, calls: tuple[Call, ...]) -> bool | None:
    """The truth of a test, as far as what parameters hold tells it."""
    if type(value) is Operation:
        if value.kind == "not":
            inner = _truth(value.args[0], known, calls)
            return None if inner is None else not inner
        if value.kind in ("and", "or"):
            parts = [_truth(one, known, calls) for one in value.args]
            decisive = value.kind == "or"
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        return _compared(value, known, calls) if len(value.args) == 2 else None
    held = _held(value, known, calls)
    return None if held is None or isinstance(held.value, Member) else bool(held.value)


def _compared(value: Operation, known: Known, calls: tuple[Call, ...]) -> bool | None:
    first, second = (_held(one, known, calls) for one in value.args)
    if first is None:
        return None
    if value.kind in ("in", "notin"):
        among = value.args[1]
        if type(among) is not Operation or among.kind not in ("tuple", "list", "set"):
            return None
        others = [_held(one, known, calls) for one in among.args]
        if first in others:
            return value.kind == "in"
        return None if None in others else value.kind == "notin"
    if second is None or not _is_alike(first, second):
        return None
    if value.kind in ("eq", "is"):
        return first == second
    return first != second if value.kind in ("ne", "isnot") else None


def _is_alike(first: Constant, second: Constant) -> bool:
    """Whether two literals that are written otherwise are different: of one type, or a ``None``."""
    return type(first.value) is type(second.value) or None in (first.value, second.value)


def _held(value: Expression | None, known: Known, calls: tuple[Call, ...]) -> Constant | None:
    """The literal that a value is, also in other letters: ``method.lower()``."""
    if type(value) is Constant:
        return value
    if type(value) is Name:
        return known.get(value.path)
    if type(value) is not Result or arguments_of(calls[value.call]):
        return None
    func = calls[value.call].func
    owner, _, shaping = func.path.rpartition(".") if type(func) is Name else ("", "", "")
    inner = known.get(owner)
    if inner is None or shaping not in _SHAPING or not isinstance(inner.value, str):
        return None
    return Constant(_SHAPING[shaping](inner.value))
