"""Requests that a program sends to itself: a route of its own answers, and what places the order
stands behind that.

Three things must speak for it, as a stand-in for an exchange may serve the same path: the path ends
as a route of the program does, the host is this machine where nothing else is set, and the program
places orders by other calls, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Call, Constant, Expression, Facts, Name, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_PLACES = "place-order"
_ADDING = frozenset(
    {"add_url_rule", "add_namespace", "add_resource", "add_api_route", "add_route", "Route"}
)
_HOST = re.compile(r"(https?|wss?)://")
_HERE = re.compile(r"\w+://(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:\d*)?(/|$)")


def is_to_itself(project: Project, ref: CallRef) -> bool:
    """Whether a call sends a request to a route of the program that it stands in."""
    routes = project.answer(("own routes",), lambda: frozenset(_find_routes(project)))
    if not routes or not project.calls_playing(_PLACES):
        return False
    texts = [
        text
        for value in arguments_of(project.call(ref))
        for text in _texts(project, ref.function, value)
    ]
    hosts = [text for text in texts if _HOST.match(text)]
    is_here = bool(hosts) and all(map(_HERE.match, hosts))
    return is_here and any(_last_part(text) in routes for text in texts if "/" in text)


def _find_routes(project: Project) -> Iterator[str]:
    """The last parts of the paths that the program answers."""
    for facts in project.program.sources:
        for call in _routing_calls(facts):
            for value in arguments_of(call):
                path = value.value if type(value) is Constant else None
                if isinstance(path, str) and path.startswith("/") and (part := _last_part(path)):
                    yield part


def _routing_calls(facts: Facts) -> Iterator[Call]:
    """The calls that decorate something, and those that hand a path to a framework by name."""
    for function in facts.functions:
        yield from _decorating(facts, function.parent, function.decorators)
        yield from (call for call in function.calls if last_segment(call.func) in _ADDING)
    for cls in facts.classes:
        yield from _decorating(facts, cls.parent, cls.decorators)


def _decorating(facts: Facts, parent: int, decorators: tuple[Expression, ...]) -> Iterator[Call]:
    for value in decorators:
        if type(value) is Result and parent >= 0:
            yield facts.functions[parent].calls[value.call]


def _texts(project: Project, ref: FunctionRef, value: Expression) -> Iterator[str]:
    """The literal texts that a value is made of, by one binding of each name in it."""
    calls = project.function(ref).calls
    for part in walk(value, calls):
        if type(part) is Constant and isinstance(part.value, str):
            yield part.value
        if type(part) is not Name:
            continue
        variable = project.program.variable(ref, part)
        for where, binding in project.program.bindings(variable) if variable is not None else ():
            for given in walk(binding.value, project.function(where).calls):
                if type(given) is Constant and isinstance(given.value, str):
                    yield given.value


def _last_part(path: str) -> str:
    """The last part of a path that is no parameter of it."""
    parts = [part for part in path.partition("?")[0].split("/") if part and part[0] not in "<{:"]
    return parts[-1].lower() if parts else ""
