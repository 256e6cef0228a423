"""Returned tuples that are unpacked into more names, or fewer, than they have elements.

``cost, fee, filled = self.limit(order)`` where one way out of ``limit`` returns a pair. A way that
the caller chooses, by a flag that it hands over or that its object has, says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.clauses import clause_around, clauses_from, kinds_of
from botlint.checks.faults.misfits import keeps_signature
from botlint.checks.hits import fault, step
from botlint.checks.reads import last_segment
from botlint.checks.roots import assigned_in, targets_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.ways import arms_of, live_nodes
from botlint.model import Hit, Span
from botlint.project import CallRef, Project

DEEPEST = 3
"""Functions that return what another one returns are looked through this often."""

_READY = frozenset({"ValueError", "TypeError"})
_ASKING = frozenset({"len", "isinstance", "type"})
_CHOOSING = frozenset({"eq", "ne", "is", "isnot", "in", "notin"})


class Given(NamedTuple):
    """A way out of a function, and how many elements are returned there: -1 if that is unknown,
    none where a truth value is returned."""

    ref: FunctionRef
    span: Span
    size: int
    is_chosen: bool

    @property
    def shown(self) -> str:
        """What is returned, in words."""
        return f"a tuple of {self.size}" if self.size else "a truth value"


def find_unpack_misfits(project: Project) -> Iterable[Hit]:
    """One hit for each unpacking of what a function of the program returns that must fail on some
    way out of it."""
    for ref in project.program.functions():
        told: set[Span] = set()
        for number, node in enumerate(project.function(ref).nodes):
            if node.kind is Kind.ASSIGN and node.span not in told and _is_plain(node.target):
                hit = _misfit(project, ref, number)
                if hit is not None:
                    told.add(node.span)
                    yield hit


def _is_plain(target: Expression | None) -> bool:
    return type(target) is Operation and target.kind in ("tuple", "list") and len(target.args) > 1


def _misfit(project: Project, ref: FunctionRef, number: int) -> Hit | None:
    node = project.function(ref).nodes[number]
    call = _call_unpacked(project, ref, node)
    if call is None or _is_ready(project.function(ref), call):
        return None
    given = _returned(project, CallRef(ref, call), 0)
    wanted: tuple[Expression, ...] = node.target.args  # type: ignore[union-attr]  # _is_plain
    misfits = [one for one in given if one.size >= 0 and not _fits(wanted, one.size)]
    if len(misfits) < len(given):
        misfits = [one for one in misfits if not one.is_chosen]
    if not misfits:
        return None
    written = project.written(CallRef(ref, call))
    is_open = any(map(_is_starred, wanted))
    names = f"{len(wanted) - 1} names or more" if is_open else f"{len(wanted)} names"
    what = f"`{written}` can return {misfits[0].shown}, which is unpacked into {names}"
    name, there = (project.program.display(one) for one in (ref, misfits[0].ref))
    steps = [
        step(
            project, one.ref, one.span, f"`{project.program.display(one.ref)}` returns {one.shown}"
        )
        for one in misfits
    ]
    text = f"`{name}` unpacks what it gets into {names}, and this raises"
    steps.append(step(project, ref, node.span, text))
    return fault(project, ref, node.span, what, tuple(steps), name=there)


def _fits(wanted: tuple[Expression, ...], size: int) -> bool:
    return size >= len(wanted) - 1 > 0 if any(map(_is_starred, wanted)) else size == len(wanted)


def _is_starred(value: Expression) -> bool:
    return type(value) is Operation and value.kind == "star"


def _call_unpacked(project: Project, ref: FunctionRef, node: Node) -> int | None:
    """The call whose answer is unpacked, by way of a name that nothing asks for its length."""
    if type(node.value) is Result:
        return node.value.call
    if type(node.value) is not Name:
        return None
    function = project.function(ref)
    bound = _bindings(project, ref, node.value.path)
    if len(bound) != 1 or type(bound[0]) is not Result:
        return None
    is_asked = any(
        last_segment(call.func) in _ASKING and node.value in call.args for call in function.calls
    )
    return None if is_asked else bound[0].call


def _bindings(project: Project, ref: FunctionRef, name: str) -> list[Expression]:
    """All that a local name is bound to; nothing where something else than assignments binds it."""
    function = project.function(ref)
    if "." in name or any(one.name == name for one in function.parameters):
        return []
    binding = [node for node in function.nodes if name in targets_in(node.target)]
    if any(one.kind is not Kind.ASSIGN or one.target != Name(name) for one in binding):
        return []
    return assigned_in(project, ref).get(name, [])


def _is_ready(function: Function, call: int) -> bool:
    """Whether a clause stands ready for what unpacking raises, or the call stands in such a one."""
    nodes = [node for node in function.nodes if node.kind is Kind.CALL and node.call == call]
    clauses = [clause for node in nodes for clause in clauses_from(function, node.exc)]
    clauses += [clause for node in nodes if (clause := clause_around(function, node)) is not None]
    return any(
        not _READY.isdisjoint(map(last_segment, kinds_of(clause.value))) for clause in clauses
    )


def _returned(project: Project, site: CallRef, depth: int) -> tuple[Given, ...]:
    """The ways out of the one function that a call runs, of which that is known."""
    program = project.program
    if depth > DEEPEST or program.resolution(site.function, site.call).kind != "exact":
        return ()
    callees = program.callees(site.function, site.call)
    if len(callees) != 1 or not _answers_itself(project, site, callees[0]):
        return ()
    return tuple(_ways_out(project, callees[0], depth))


def _answers_itself(project: Project, site: CallRef, callee: FunctionRef) -> bool:
    """Whether a call gives what the function returns, and no coroutine, generator, or what a
    decorator makes of it."""
    function, call = project.function(callee), project.call(site)
    if function.is_generator or function.is_async != call.is_awaited:
        return False
    return function.name == last_segment(call.func) and keeps_signature(project, callee)


def _ways_out(project: Project, ref: FunctionRef, depth: int) -> Iterator[Given]:
    function = project.function(ref)
    live = live_nodes(function)
    for number, node in enumerate(function.nodes):
        if node.kind is Kind.RETURN and number in live and node.value is not None:
            is_chosen = _is_chosen(function, number)
            found = [
                Given(ref, node.span, size, is_chosen) for size in _sizes(project, ref, node.value)
            ]
            if type(node.value) is Result:
                below = _returned(project, CallRef(ref, node.value.call), depth + 1)
                found = [one._replace(is_chosen=one.is_chosen or is_chosen) for one in below]
            yield from found or [Given(ref, node.span, -1, is_chosen)]


def _sizes(project: Project, ref: FunctionRef, value: Expression, depth: int = 0) -> Iterator[int]:
    """How many elements a value can have, as far as it is written out."""
    if type(value) is Name and depth < DEEPEST:
        bound = _bindings(project, ref, value.path)
        if len(bound) == 1:
            yield from _sizes(project, ref, bound[0], depth + 1)
    elif type(value) is Constant and type(value.value) is bool:
        yield 0
    elif type(value) is Operation and value.kind == "if":
        if not _is_choice(project.function(ref), value.args[0]):
            for part in value.args[1:]:
                yield from _sizes(project, ref, part, depth + 1)
    elif (
        type(value) is Operation
        and value.kind == "tuple"
        and value.args
        and not any(map(_is_starred, value.args))
    ):
        yield len(value.args)


def _is_chosen(function: Function, end: int) -> bool:
    """Whether the caller knows that it comes to a node: by what it handed over, or by how the
    object was made."""
    return any(
        node.kind is Kind.TEST
        and _is_choice(function, node.value)
        and _decides(function, number, end)
        for number, node in enumerate(function.nodes)
    )


def _decides(function: Function, test: int, end: int) -> bool:
    return sum(end in arm for arm in arms_of(function, test)) == 1


def _is_choice(function: Function, value: Expression | None) -> bool:
    """Whether a test asks for a flag, or for one of some words, that the caller can know."""
    if type(value) is Operation:
        if value.kind == "not" or value.kind in ("and", "or"):
            return any(_is_choice(function, one) for one in value.args)
        if value.kind not in _CHOOSING:
            return False
        return _is_known_above(function, value.args[0]) and type(value.args[1]) is not Result
    return _is_known_above(function, value)


def _is_known_above(function: Function, value: Expression | None) -> bool:
    if type(value) is not Name:
        return False
    first = value.path.partition(".")[0]
    return any(one.name == first for one in function.parameters)
