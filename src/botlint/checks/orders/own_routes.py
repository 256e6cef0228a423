"""Requests that a program sends to itself: a route of its own answers, and what places the order
stands behind that.

Three things must speak for it, as a stand-in for an exchange may serve the same path: the path is
that of a route of the program that takes more than a look, after nothing but what the program puts
before its routes; the host is this machine where nothing else is set; and the program places orders
by other calls, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Call, Constant, Expression, Facts, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_PLACES = "place-order"
_ADDING = frozenset(
    {"add_url_rule", "add_namespace", "add_resource", "add_api_route", "add_route", "Route"}
)
_PREFIXES = frozenset({"url_prefix", "prefix"})
_LOOKING = frozenset({"get", "head", "options"})
_HERE = re.compile(r"(\w+://)(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:\d*)?(?=/|$)")
_HOST = re.compile(r"(https?|wss?)://")


def is_to_itself(project: Project, ref: CallRef) -> bool:
    """Whether a call sends a request to a route of the program that it stands in."""
    routes = project.answer(("own routes",), lambda: _find_routes(project))
    if not routes or not project.calls_playing(_PLACES):
        return False
    texts = [
        text
        for value in arguments_of(project.call(ref))
        for text in _texts(project, ref.function, value)
    ]
    hosts = [text for text in texts if _HOST.match(text)]
    if not hosts or not all(map(_HERE.match, hosts)):
        return False
    bases = {_path(_HERE.sub("", host)) for host in hosts}
    ends = {_path(text) for text in texts if text.startswith("/")} | {""}
    asked = {base + end for base in bases for end in ends} - {""}
    return not routes.isdisjoint(asked)


def _find_routes(project: Project) -> frozenset[str]:
    """The paths that a program answers, behind all that it puts before some of them."""
    paths: set[str] = set()
    prefixes = {""}
    for facts in project.program.sources:
        for call in _routing_calls(facts):
            paths.update(_paths_in(arguments_of(call)))
        for function in facts.functions:
            for call in function.calls:
                given = [value for name, value in call.keywords if name in _PREFIXES]
                prefixes.update(_paths_in(tuple(given)))
    return frozenset(prefix + path for prefix in prefixes for path in paths)


def _paths_in(values: tuple[Expression, ...]) -> Iterator[str]:
    for value in values:
        text = value.value if type(value) is Constant else None
        if isinstance(text, str) and text.startswith("/") and _path(text):
            yield _path(text)


def _routing_calls(facts: Facts) -> Iterator[Call]:
    """The calls that put a function or a class behind a path, for more than a look at it."""
    for function in facts.functions:
        decorating = _decorating(facts, function.parent, function.decorators)
        yield from (call for call in decorating if _takes_more(call))
        yield from (call for call in function.calls if last_segment(call.func) in _ADDING)
    for cls in facts.classes:
        yield from _decorating(facts, cls.parent, cls.decorators)


def _decorating(facts: Facts, parent: int, decorators: tuple[Expression, ...]) -> Iterator[Call]:
    for value in decorators:
        if type(value) is Result and parent >= 0:
            yield facts.functions[parent].calls[value.call]


def _takes_more(call: Call) -> bool:
    """Whether a route of a function takes other requests than such as only look."""
    last = last_segment(call.func)
    if last != "route":
        return last not in _LOOKING
    methods = dict(call.keywords).get("methods")
    named = methods.args if type(methods) is Operation else ()
    texts = {str(one.value).lower() for one in named if type(one) is Constant}
    return not texts <= _LOOKING


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


def _path(text: str) -> str:
    """A path in one form: without what asks, parameters at its end, or a final slash."""
    parts = [part for part in text.partition("?")[0].split("/") if part and part[0] not in "<{:"]
    return "".join(f"/{part.lower()}" for part in parts)
