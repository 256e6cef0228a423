"""What a web framework runs before a route: its dependencies, and the models that it fills.

``@app.post("/order", dependencies=[Depends(preflight)])`` and a parameter ``= Depends(preflight)``
run the guard before the route, and a parameter whose class is a schema with limits gets only what
is within them: where one of these raises, the route isn't run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from botlint.checks.guards.decorating import is_given, named_around
from botlint.checks.guards.guards import Guards
from botlint.checks.guards.made_within import makings_of
from botlint.checks.guards.object_roots import comes_from
from botlint.checks.guards.question import Guard
from botlint.checks.guards.schemas import is_order_schema
from botlint.checks.roots import assigned_in, receiver_of
from botlint.facts.types import Expression, Kind, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.flow.values import Func
from botlint.project import CallRef, Project

GuardOf = Callable[[FunctionRef], Guard | None]
_INJECTING = frozenset({"Depends", "Security"})
_DEPENDING = re.compile(r"\b(?:Depends|Security)\(([\w.]+)")


def let_pass(
    project: Project, guards: Guards, ref: FunctionRef, roots: frozenset[str] | None
) -> Iterator[CallRef]:
    """What stands around a function and lets its order with the values ``roots`` pass only on a
    yes, without being a wrapper that can be followed."""
    yield from named_around(project, guards.roles, ref, roots)
    yield from _run_before(project, guards.roles, guards.summary, ref, roots)


def _run_before(
    project: Project,
    roles: tuple[str, ...],
    guard_of: GuardOf,
    ref: FunctionRef,
    roots: frozenset[str] | None,
) -> Iterator[CallRef]:
    """The calls by which a framework is told to run a guard of one of ``roles`` before a function,
    whose order has the values ``roots``."""
    around = project.program.parent(ref)
    if around is None or not project.function(ref).decorators or not is_given(project, ref, roots):
        return
    named = [(CallRef(around, number), path) for number, path in _depended(project, around, ref)]
    for one, path in (*named, *_annotated(project, around, ref)):
        if _is_guarding(project, roles, guard_of, around, path):
            yield one
    if "preflight" in roles:
        yield from _filled(project, around, ref, roots)


def _annotated(
    project: Project, around: FunctionRef, ref: FunctionRef
) -> Iterator[tuple[CallRef, str]]:
    """What the annotations of a route's parameters depend on, with the route's decorators."""
    function = project.function(ref)
    for parameter in function.parameters:
        for path in _DEPENDING.findall(parameter.annotation):
            for decorator in function.decorators:
                if isinstance(decorator, Result):
                    yield CallRef(around, decorator.call), path


def _depended(project: Project, around: FunctionRef, ref: FunctionRef) -> Iterator[tuple[int, str]]:
    """The calls of ``Depends`` that a route is declared with, by itself or by its router; and what
    is handed to them."""
    function = project.function(ref)
    calls = project.function(around).calls
    for decorator in function.decorators:
        if isinstance(decorator, Result):
            call = calls[decorator.call]
            yield from _listed(project, around, dict(call.keywords).get("dependencies"))
            router = receiver_of(call)
            made = assigned_in(project, around).get(router.path, []) if type(router) is Name else []
            for value in made:
                if isinstance(value, Result):
                    given = dict(calls[value.call].keywords).get("dependencies")
                    yield from _listed(project, around, given)
    for parameter in function.parameters:
        if isinstance(parameter.default, Result):
            yield from _injecting(project, around, parameter.default)


def _listed(
    project: Project, ref: FunctionRef, value: Expression | None
) -> Iterator[tuple[int, str]]:
    if isinstance(value, Operation) and value.kind in ("list", "tuple"):
        for part in value.args:
            if isinstance(part, Result):
                yield from _injecting(project, ref, part)


def _injecting(project: Project, ref: FunctionRef, value: Result) -> Iterator[tuple[int, str]]:
    one = CallRef(ref, value.call)
    if project.written(one).rpartition(".")[2] not in _INJECTING:
        return
    yield from ((value.call, part.path) for part in project.call(one).args if type(part) is Name)


def _is_guarding(
    project: Project, roles: tuple[str, ...], guard_of: GuardOf, around: FunctionRef, path: str
) -> bool:
    """Whether what a route depends on is a guard that raises where it refuses."""
    values = project.program.values_of(around, Name(path))
    run = [value.ref for value in values if isinstance(value, Func)]
    if not run:
        return any(project.vocabulary.roles[role].plays_call((path,)) for role in roles)
    return all(_is_raising(project, roles, guard_of, one) for one in run)


def _is_raising(
    project: Project, roles: tuple[str, ...], guard_of: GuardOf, ref: FunctionRef
) -> bool:
    if any(project.function_plays(ref, role) for role in roles):
        return any(node.kind is Kind.RAISE for node in project.function(ref).nodes)
    guard = guard_of(ref)
    return guard is not None and guard.is_raising and guard.lost is None


def _filled(
    project: Project, around: FunctionRef, ref: FunctionRef, roots: frozenset[str] | None
) -> Iterator[CallRef]:
    """The decorator of a route that gets an order by a schema that limits its values."""
    function = project.function(ref)
    closure = makings_of(project, ref).origins.closure(roots or frozenset())
    for parameter in function.parameters:
        cls = project.program.class_named(ref, parameter.annotation.strip("\"'"))
        if cls is None or not is_order_schema(project, cls):
            continue
        for decorator in function.decorators:
            if isinstance(decorator, Result) and comes_from(parameter.name, closure):
                yield CallRef(around, decorator.call)
