"""Calls that get a number which nothing bounds: traced back to where it comes from.

A number is bounded by what it is (a literal, a constant), by a clamp (``min(asked, limit)``), by a
comparison of it that some code makes on its way, or by a check that is given it. It is free where
it comes from outside: out of a message or a record, the environment, an answer, what a framework
hands in. Where neither can be told it is unknown, and unknown is no finding. A function of the
program that clamps what it is given before it hands it on bounds it for its callers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.guards.symbols import names_market
from botlint.checks.numbers.numbers import Numbers, Source
from botlint.checks.orders.requests import find_requests
from botlint.checks.reached import is_reached
from botlint.checks.reads import has_spread, last_segment, walk
from botlint.checks.roots import arguments_of, keyed_entries, names_in, origins_of, values_given
from botlint.facts.types import Constant, Expression, Name, Operation, Result
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

DEEPEST = 3
_REQUEST = "http-request"


def find_unbounded(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """A hit for each call of the role ``role`` that gets a free number, named by ``value``."""
    role, named = parameters["role"], parameters["value"]
    numbers = Numbers(project, named)
    asked = dict.fromkeys((*project.calls_playing(role), *find_requests(project, role)))
    for ref in asked:
        if _is_inside(project, ref.function, role) or not is_reached(project, ref.function):
            continue
        for value in _numbers_given(project, ref, numbers):
            source = numbers.trace(ref.function, value).source
            if source is not None and not _is_bounded_within(project, ref, role, numbers, 0):
                yield _hit(project, ref, source)
                break


def _is_inside(project: Project, ref: FunctionRef, role: str) -> bool:
    """Whether a call stands in a function that plays the role itself, or in one that such a
    function calls: the callers give the number, and theirs is the call."""
    around = [ref, *(site.function for site in project.program.callers(ref))]
    return any(project.function_plays(one, role) for one in around)


def _is_bounded_within(
    project: Project, ref: CallRef, role: str, numbers: Numbers, depth: int
) -> bool:
    """Whether what the program runs by a call bounds the number before it hands it on."""
    callees = project.program.callees(ref.function, ref.call)
    if not callees or depth > DEEPEST:
        return False
    return all(_bounds(project, callee, role, numbers, depth) for callee in callees)


def _bounds(project: Project, callee: FunctionRef, role: str, numbers: Numbers, depth: int) -> bool:
    function = project.function(callee)
    given = {one.name for one in function.parameters if numbers.plays(Name(one.name))}
    if given and all(numbers.trace(callee, Name(one)).is_bounded for one in given):
        return True
    calls = (CallRef(callee, number) for number in range(len(function.calls)))
    inner = [one for one in calls if _is_sending(project, one, role)]
    handed = [(one, value) for one in inner for value in _handed(project, one, given)]
    return bool(handed) and all(
        numbers.trace(callee, value).is_bounded
        or _is_bounded_within(project, one, role, numbers, depth + 1)
        for one, value in handed
    )


def _handed(project: Project, ref: CallRef, given: set[str]) -> Iterator[Expression]:
    """What a call is handed of the values that its function is given: alone, or in a dict."""
    calls = project.function(ref.function).calls
    origins = origins_of(project, ref.function)
    for value in arguments_of(project.call(ref)):
        is_dict = isinstance(value, Operation) and value.kind == "dict"
        parts = value.args[1::2] if isinstance(value, Operation) and is_dict else (value,)
        for part in parts:
            if not given.isdisjoint(origins.closure(names_in(part, calls))):
                yield part


def _is_sending(project: Project, ref: CallRef, role: str) -> bool:
    """Whether a call may set the number: by its name, by a request, or by what it runs."""
    if project.plays(ref, role) or project.plays(ref, _REQUEST):
        return True
    return bool(project.program.callees(ref.function, ref.call))


def _numbers_given(project: Project, ref: CallRef, numbers: Numbers) -> Iterator[Expression]:
    """What a call is given under the name of the number: by keyword, in its place, in a dict."""
    call = project.call(ref)
    for name, value in call.keywords:
        if name and numbers.plays(Name(name)):
            yield value
    places = _places(project, ref, numbers)
    for place, value in enumerate(call.args):
        if place in places or _is_made_of(project, ref.function, value, numbers):
            yield value
    for value in arguments_of(call):
        for record in (value, *values_given(project.function(ref.function), value)):
            named = keyed_entries(record)
            yield from (part for name, part in named if numbers.plays(Name(name)))


def _is_made_of(project: Project, ref: FunctionRef, value: Expression, numbers: Numbers) -> bool:
    """Whether a name of the number stands in a value: ``int(row["lev"])``, ``read_leverage()``."""
    calls = project.function(ref).calls
    for part in walk(value, calls):
        asked = Name(last_segment(calls[part.call].func)) if isinstance(part, Result) else part
        if numbers.plays(asked):
            return True
    return False


def _places(project: Project, ref: CallRef, numbers: Numbers) -> frozenset[int]:
    """The places at which the called function of the program takes the number; of a client's, the
    first where no argument is named for it, and none for a market."""
    for callee in project.program.callees(ref.function, ref.call)[:1]:
        declared = project.function(callee).parameters
        bound = declared[1:] if declared and declared[0].name in ("self", "cls") else declared
        return frozenset(n for n, one in enumerate(bound) if numbers.plays(Name(one.name)))
    call = project.call(ref)
    calls = project.function(ref.function).calls
    parts = [part for value in arguments_of(call) for part in walk(value, calls)]
    texts = [one.value for one in parts if isinstance(one, Constant) and isinstance(one.value, str)]
    is_told = any(_is_made_of(project, ref.function, one, numbers) for one in call.args)
    is_told = is_told or any(numbers.plays(Name(one)) for one in texts)
    free = [n for n, one in enumerate(call.args) if not names_market(one)]
    is_plain = not call.keywords and not has_spread(call)
    return frozenset(free) if is_plain and not is_told and len(free) == 1 else frozenset()


def _hit(project: Project, ref: CallRef, source: Source) -> Hit:
    place = project.call_place(ref)
    written = project.written(ref)
    name = project.program.display(ref.function)
    return Hit(
        place=place,
        saw={"call": written, "value": source.written, "what": source.what, "function": name},
        confidence=Confidence.HIGH if source.is_sure else Confidence.MEDIUM,
        trace=(*source.steps, Step(place, f"`{written}` gets it as it is")),
        cause=f"{place.path}:{place.span.line}:{place.span.column}",
        symbol=name,
    )
