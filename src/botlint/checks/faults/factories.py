"""Decorators that have to be called first, and aren't: ``@synchronized`` for ``@synchronized()``.

What stands there instead of the function is then the inner decorator. It takes the first argument
of each call for the function to wrap; the body of the function never runs.
"""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.reads import last_segment
from botlint.facts.types import Attribute, Function, Kind, Name
from botlint.flow.program import FunctionRef
from botlint.flow.values import Func
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import CallRef, Project


def find_bare_factories(project: Project) -> Iterable[Hit]:
    """One hit for each function that such a decorator has replaced, at its first call."""
    for ref in project.program.functions():
        decorators = project.function(ref).decorators
        if len(decorators) != 1 or not isinstance(decorators[0], Name | Attribute):
            continue
        factory = _factory(project, ref)
        if factory is not None:
            yield _hit(project, ref, factory, last_segment(decorators[0]))


def _factory(project: Project, ref: FunctionRef) -> FunctionRef | None:
    """The function that the one decorator means, if it only makes decorators."""
    parent = project.program.parent(ref)
    if parent is None:
        return None
    values = project.program.values_of(parent, project.function(ref).decorators[0])
    if len(values) != 1 or not isinstance(values[0], Func):
        return None
    return values[0].ref if _makes_decorators(project, values[0].ref) else None


def _makes_decorators(project: Project, ref: FunctionRef) -> bool:
    """Whether a function returns a decorator, and does nothing with a function itself."""
    function = project.function(ref)
    given = {node.value for node in function.nodes if node.kind is Kind.RETURN}
    inner = [
        one for one in project.program.nested(ref) if Name(project.function(one).name) in given
    ]
    if len(given) != 1 or len(inner) != 1 or function.is_async:
        return False
    decorator = project.function(inner[0])
    if len(decorator.parameters) != 1 or decorator.parameters[0].kind not in _PLAIN:
        return False
    return _wraps(project, inner[0], decorator.parameters[0].name) and not _takes_function(
        project, ref, function
    )


_PLAIN = ("positional", "normal")
_ASKING = frozenset({"callable", "isinstance", "wraps", "update_wrapper"})


def _wraps(project: Project, ref: FunctionRef, wrapped: str) -> bool:
    """Whether a function returns one of its own that calls what it gets."""
    return any(
        call.func == Name(wrapped)
        for one in project.program.nested(ref)
        for call in project.function(one).calls
    )


def _takes_function(project: Project, ref: FunctionRef, function: Function) -> bool:
    """Whether the factory may be handed a function itself: it calls or asks its first parameter."""
    if not function.parameters:
        return False
    first = Name(function.parameters[0].name)
    waiting = [ref]
    while waiting:
        one = waiting.pop()
        for call in project.function(one).calls:
            is_asked = last_segment(call.func) in (
                "callable",
                "isinstance",
                "wraps",
                "update_wrapper",
            )
            if call.func == first or (is_asked and first in call.args):
                return True
        waiting += project.program.nested(one)
    return any(node.kind is Kind.TEST for node in function.nodes)


def _hit(project: Project, ref: FunctionRef, factory: FunctionRef, written: str) -> Hit:
    function = project.function(ref)
    head = Span(function.span.line, function.span.column, function.span.line, function.span.column)
    shown = project.program.display(ref)
    what = f"`{shown}` never runs: `@{written}` without parentheses puts the decorator in its place"
    sites = [site for site in project.program.callers(ref) if site.via == "call"]
    first = project.call_place(CallRef(sites[0].function, sites[0].call)) if sites else None
    place = first or Place(project.program.path(ref), head)
    user = project.program.display(sites[0].function) if sites else shown
    steps = [
        Step(
            project.place(factory, project.function(factory).span),
            f"`{written}` makes a decorator, and has to be called for it",
        ),
        Step(Place(project.program.path(ref), head), f"here it stands without parentheses: {what}"),
    ]
    if first is not None:
        text = "this call gets a wrapper around its own first argument, or `TypeError`"
        steps.append(Step(first, text))
    return Hit(
        place=place,
        saw={"what": what, "where": written, "name": shown, "function": user},
        confidence=Confidence.HIGH,
        trace=tuple(steps),
        related=tuple(
            Step(project.call_place(CallRef(site.function, site.call)), "here too")
            for site in sites[1:]
        ),
        cause=f"{place.path}:{place.span.line}",
        symbol=user,
    )
