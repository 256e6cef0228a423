"""Protections that hang on what nothing ever hands over: ``if self._losses is not None``.

An attribute that a constructor gets by a parameter, ``None`` where nobody says otherwise, stays so
where no call that makes such an object hands anything over, and nothing sets it later. What then
never runs is told where it would have refused, in a guard or before an order, or got the bot out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from botlint.checks.faults.contradictions import GUARDS
from botlint.checks.faults.guarding import guards_of, guards_within
from botlint.checks.fields import constructor_parameters
from botlint.checks.guards.lenient import refusing_nodes, sign_of
from botlint.checks.guards.signs import Sign
from botlint.checks.hits import fault, step
from botlint.checks.kin import family_of
from botlint.checks.orders.orders import Orders
from botlint.checks.owners import owners_of
from botlint.checks.reads import has_spread, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation
from botlint.flow.names import CallSite, ClassRef, FunctionRef
from botlint.flow.ways import Onward, arms_taken, nodes_from
from botlint.model import Hit
from botlint.project import CallRef, Project

_NOTHING = Constant(None)
_MOST_SHOWN = 3
_CLOSING = ("close-order", "place-order", "cancel-order")


class _Missing(NamedTuple):
    """An attribute of a class that is always ``None``: its constructor, the parameter that would
    give it, and the calls that leave that out."""

    cls: ClassRef
    attribute: str
    constructor: FunctionRef
    parameter: str
    makers: tuple[CallSite, ...]


def find_unhanded(project: Project) -> Iterable[Hit]:
    """One hit for each attribute that is always ``None``, at the first test of a method whose
    refusals hang on it."""
    for cls in project.program.classes():
        for missing in _find_missing(project, cls):
            yield from _lost(project, missing)


def _find_missing(project: Project, cls: ClassRef) -> Iterator[_Missing]:
    constructor = project.program.class_members(cls).get("__init__")
    if constructor is None:
        return
    kept = dict(_kept(project.function(constructor)))
    if not kept or constructor_parameters(project, cls) is None:
        return
    makers = _makers(project, cls, constructor)
    for attribute, parameter in kept.items() if makers else ():
        given = (
            project.program.argument_of(one.function, one.call, constructor, parameter)
            for one in makers
        )
        if all(one in (None, _NOTHING) for one in given) and _is_set_once(project, cls, attribute):
            yield _Missing(cls, attribute, constructor, parameter, makers)


def _kept(function: Function) -> Iterator[tuple[str, str]]:
    """The attributes that a constructor binds to a parameter that may be left out, and that is
    ``None`` then."""
    optional = {one.name for one in function.parameters if one.default == _NOTHING}
    for node in function.nodes:
        if node.kind is not Kind.ASSIGN or type(node.target) is not Name:
            continue
        owner, _, attribute = node.target.path.rpartition(".")
        is_own = owner == "self" and node.value not in function.assigned
        if is_own and type(node.value) is Name and node.value.path in optional:
            yield attribute, node.value.path


def _makers(project: Project, cls: ClassRef, constructor: FunctionRef) -> tuple[CallSite, ...]:
    """All calls that make an object of a class; none if there may be others."""
    program = project.program
    sites = program.callers(constructor)
    for one in sites:
        if one.via != "call" or has_spread(project.call(CallRef(one.function, one.call))):
            return ()
    names = {program.cls(one).name for one in family_of(program, cls)}
    return () if names & _handed_on(project) else sites


def _handed_on(project: Project) -> frozenset[str]:
    """The last parts of all names that stand for a value, and are not just called."""

    def find() -> frozenset[str]:
        found: set[str] = set()
        for ref in project.program.functions():
            function = project.function(ref)
            values = [node.value for node in function.nodes if node.value is not None]
            values += [one for call in function.calls for one in arguments_of(call)]
            for value in values:
                named = (one.path for one in walk(value, ()) if type(one) is Name)
                found.update(path.rpartition(".")[2] for path in named)
        return frozenset(found)

    return project.answer(("names handed on",), find)


def _is_set_once(project: Project, cls: ClassRef, attribute: str) -> bool:
    """Whether only the constructor binds an attribute of the objects of a class, but for methods
    that nothing calls."""
    family = family_of(project.program, cls)
    own = 0
    for ref, node in owners_of(project).assigned(attribute):
        owner = project.program.owner(ref)
        is_own_object = node.target == Name(f"self.{attribute}") and owner is not None
        if not is_own_object:
            return False
        own += owner in family and not _is_uncalled(project, ref)
    return own == 1


def _is_uncalled(project: Project, ref: FunctionRef) -> bool:
    """Whether nothing calls a method, nor may come by it otherwise."""
    entry = project.program.entries().get(ref)
    is_plain = entry is not None and entry.kind == "uncalled"
    return is_plain and project.function(ref).name not in _handed_on(project)


def _lost(project: Project, missing: _Missing) -> Iterator[Hit]:
    found = []
    for ref in project.program.class_members(missing.cls).values():
        test = _test_before_lost(project, ref, missing)
        if test is not None:
            found.append((ref, test))
    if not found:
        return
    (ref, node), *others = sorted(found, key=lambda one: one[1].span)
    program = project.program
    name = program.cls(missing.cls).name
    what = f"`self.{missing.attribute}` is always `None`"
    makers = [
        step(
            project,
            one.function,
            project.call(CallRef(one.function, one.call)).span,
            f"this makes `{name}` without `{missing.parameter}`",
        )
        for one in missing.makers[:_MOST_SHOWN]
    ]
    constructor = project.function(missing.constructor)
    steps = (
        step(
            project,
            ref,
            node.span,
            f"what hangs on `self.{missing.attribute}` would refuse or close",
        ),
        step(
            project,
            missing.constructor,
            constructor.span,
            f"it comes from `{missing.parameter}`, which is `None` where nothing is handed over",
        ),
        *makers,
    )
    text = f"{what}, for nothing that makes `{name}` hands it over: what hangs on it never runs"
    hit = fault(project, ref, node.span, text, steps)
    related = tuple(step(project, one, test.span, "here too") for one, test in others)
    yield msgspec.structs.replace(hit, related=related)


def _test_before_lost(project: Project, ref: FunctionRef, missing: _Missing) -> Node | None:
    """The first test in a method on whose other arm something would refuse, if anything does."""
    function = project.function(ref)
    attribute = Name(f"self.{missing.attribute}")

    def truth(node: Node) -> bool | None:
        return _truth_of_nothing(node.value, attribute)

    tests = [one for one in function.nodes if one.kind is Kind.TEST and truth(one) is not None]
    if not tests:
        return None
    alive = frozenset(nodes_from(function, (function.entry,), _under(truth)))
    if not _is_protecting(project, ref, alive):
        return None
    return min(tests, key=lambda one: one.span)


def _under(truth: Callable[[Node], bool | None]) -> Onward:
    """Where it goes on after a node, also by an exception, where ``truth`` decides tests."""

    def onward(node: Node) -> tuple[int, ...]:
        said = truth(node) if node.kind is Kind.TEST else None
        return (*arms_taken(node, says=said), node.exc)

    return onward


def _is_protecting(project: Project, ref: FunctionRef, alive: frozenset[int]) -> bool:
    """Whether at a node that is not ``alive`` a guard would refuse, what is there to close would
    close, or what leads to an order would ask a guard, and leave."""
    function = project.function(ref)
    sign = sign_of(project, ref) if ref in guards_within(project) else None
    # What a guard's own method gives, if it is no truth, need not be an answer.
    is_told = sign is not None and (ref in guards_of(project) or sign is not Sign.OBJECT)
    if sign is not None and is_told and not refusing_nodes(project, ref, sign) <= alive:
        return True
    orders = project.answer(("orders",), lambda: Orders(project))
    lost = _calls(function, ref, frozenset(range(len(function.nodes))) - alive)
    if orders.closing.is_closing_function(ref):
        # What is left may close by another way.
        kept = _calls(function, ref, alive)
        return _has_role(project, lost, _CLOSING) and not _has_role(project, kept, _CLOSING)
    is_leaving = any(
        node.kind in (Kind.RAISE, Kind.RETURN) and number not in alive
        for number, node in enumerate(function.nodes)
    )
    return is_leaving and orders.is_leading(ref) and _has_role(project, lost, GUARDS)


def _calls(function: Function, ref: FunctionRef, nodes: frozenset[int]) -> list[CallRef]:
    own = (node for number, node in enumerate(function.nodes) if number in nodes)
    return [CallRef(ref, node.call) for node in own if node.kind is Kind.CALL]


def _has_role(project: Project, calls: list[CallRef], roles: tuple[str, ...]) -> bool:
    return any(project.plays(one, role) for one in calls for role in roles)


def _truth_of_nothing(value: Expression | None, attribute: Name) -> bool | None:
    """What a test says of an attribute that is ``None``; ``None`` if it asks for something else."""
    if value == attribute:
        return False
    if type(value) is not Operation or attribute not in value.args:
        return None
    if value.kind == "not":
        return True
    if _NOTHING in value.args:
        return {"is": True, "eq": True, "isnot": False, "ne": False}.get(value.kind)
    return None
