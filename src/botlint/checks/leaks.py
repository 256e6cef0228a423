"""Credentials that reach a log, a print, a notification or an exception.

A value is a credential by its name (a variable, a member, a key, a variable of the environment).
It is followed through f-strings, joins and conversions, local variables and the parameters of
functions of the program. Everything else masks it: a slice, a length, a hash, a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.naming import Naming, naming_of
from botlint.checks.reads import last_segment
from botlint.checks.slots import name_of
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project

_JOINING = frozenset({"fstring", "+", "%", "tuple", "list", "set", "or", "star", "await"})
_ERRORS = ("Error", "Exception", "Abort", "Failure", "Fault", "Exit", "Warning")
_DEEPEST = 5


class Tainted(NamedTuple):
    """A parameter of a function that gets a credential, and the call that hands it over."""

    function: FunctionRef
    parameter: str
    step: Step
    name: str


def find_leaks(project: Project) -> Iterator[Hit]:
    """One hit for each call or exception that is given a credential."""
    naming = naming_of(project)
    for site in _outlets(project):
        found = _credential_in(project, naming, site, frozenset())
        if found and _is_outlet(project, site):
            yield _hit(project, site, found, ())
    for tainted in _handed_over(project, naming):
        function = project.function(tainted.function)
        for number in range(len(function.calls)):
            site = CallRef(tainted.function, number)
            found = _credential_in(project, naming, site, frozenset({tainted.parameter}))
            if found == tainted.parameter and _is_outlet(project, site):
                yield _hit(project, site, tainted.name, (tainted.step,))


def _outlets(project: Project) -> Iterator[CallRef]:
    """Calls that may tell somebody something, by their names."""
    may_log = project.vocabulary.roles["log"].may_play
    for segment in sorted(project.program.segments()):
        if may_log(segment) or segment.endswith(_ERRORS):
            for ref, number in project.program.calls_named(segment):
                yield CallRef(ref, number)


def _is_outlet(project: Project, site: CallRef) -> bool:
    if last_segment(project.call(site).func).endswith(_ERRORS):
        return _is_raised(project, site)
    return project.plays(site, "log")


def _is_raised(project: Project, site: CallRef) -> bool:
    return any(
        node.kind is Kind.RAISE and node.value == Result(site.call)
        for node in project.function(site.function).nodes
    )


def _credential_in(project: Project, naming: Naming, site: CallRef, tainted: frozenset[str]) -> str:
    """The name of the credential that a call is given, ``""`` if none."""
    call = project.call(site)
    reading = _Reading(project, naming, site.function, tainted)
    for value in (*call.args, *(value for _, value in call.keywords)):
        found = reading.credential(value, 0)
        if found:
            return found
    return ""


class _Reading:
    """What the expressions of one function give away."""

    def __init__(
        self, project: Project, naming: Naming, ref: FunctionRef, tainted: frozenset[str]
    ) -> None:
        self._function = project.function(ref)
        self._naming = naming
        self._tainted = tainted

    def credential(self, value: Expression, depth: int) -> str:
        """The name of the credential that stands readable in ``value``, ``""`` if none."""
        if depth > _DEEPEST:
            return ""
        if isinstance(value, Name):
            return self._of_name(value.path, depth)
        if isinstance(value, Item):
            key = value.key.value if isinstance(value.key, Constant) else None
            if isinstance(key, str):
                return key if self._naming.is_credential(key) else ""
            return self.credential(value.value, depth + 1) if isinstance(key, int) else ""
        if isinstance(value, Attribute):
            return value.name if self._naming.is_credential(value.name) else ""
        if isinstance(value, Result):
            return self._of_call(value, depth)
        if isinstance(value, Operation):
            return self._first(_shown_parts(value), depth + 1)
        return ""

    def _first(self, values: tuple[Expression, ...], depth: int) -> str:
        return next((found for one in values if (found := self.credential(one, depth))), "")

    def _of_name(self, path: str, depth: int) -> str:
        if path in self._tainted:
            return path
        last = path.rpartition(".")[2]
        bound = [
            node
            for node in self._function.nodes
            if node.kind in (Kind.ASSIGN, Kind.ITERATE) and node.target == Name(path)
        ]
        if self._naming.is_credential(last):
            return "" if bound and all(map(self._is_harmless, bound)) else path
        if self._naming.plays(last, "public-name"):
            return ""
        values = tuple(
            node.value for node in bound if node.kind is Kind.ASSIGN and node.value is not None
        )
        return self._first(values, depth + 1) if "." not in path else ""

    def _is_harmless(self, node: Node) -> bool:
        """Names of credentials, and what is left of one when it was masked."""
        if node.kind is Kind.ITERATE or isinstance(node.value, Constant | Operation):
            is_made = isinstance(node.value, Operation) and node.value.kind in ("or", "if")
            return not is_made
        if isinstance(node.value, Item):
            return isinstance(node.value.key, Operation)
        if isinstance(node.value, Result) and node.value.call < len(self._function.calls):
            return self._naming.masks(last_segment(self._function.calls[node.value.call].func))
        return False

    def _of_call(self, value: Result, depth: int) -> str:
        if value.call >= len(self._function.calls):
            return ""
        call = self._function.calls[value.call]
        called = last_segment(call.func)
        first = call.args[0] if call.args else None
        if isinstance(first, Constant) and isinstance(first.value, str):
            is_read = called in ("getenv", "get", "pop", "config", "env", "get_secret", "getpass")
            if is_read and self._naming.is_credential(first.value):
                return first.value
        if not self._naming.reveals(called):
            return ""
        receiver: tuple[Expression, ...] = ()
        if isinstance(call.func, Attribute):
            receiver = (call.func.value,)
        elif isinstance(call.func, Name) and "." in call.func.path:
            receiver = (Name(call.func.path.rpartition(".")[0]),)
        given = (*receiver, *call.args, *(given for _, given in call.keywords))
        return self._first(given, depth + 1)


def _shown_parts(value: Operation) -> tuple[Expression, ...]:
    """The parts of an operation that stand readable in its result."""
    if value.kind == "if":
        return value.args[1:]
    if value.kind == "and":
        return value.args[-1:]
    if value.kind == "dict":
        return value.args[1::2]
    return value.args if value.kind in _JOINING else ()


def _handed_over(project: Project, naming: Naming) -> Iterator[Tainted]:
    """The parameters, named otherwise, of functions of the program that are given credentials."""
    seen: set[tuple[FunctionRef, str]] = set()
    program = project.program
    for ref in program.functions():
        for number, call in enumerate(project.function(ref).calls):
            values = (*call.args, *(value for _, value in call.keywords))
            if not any(
                isinstance(value, Name | Item) and naming.is_credential(name_of(value))
                for value in values
            ):
                continue
            for callee in program.callees(ref, number)[:2]:
                for parameter in project.function(callee).parameters:
                    value = program.argument_of(ref, number, callee, parameter.name)
                    if value is None or naming.is_credential(parameter.name):
                        continue
                    reading = _Reading(project, naming, ref, frozenset())
                    name = reading.credential(value, 0)
                    if name and (callee, parameter.name) not in seen:
                        seen.add((callee, parameter.name))
                        text = f"`{program.display(ref)}` hands it `{name}` as `{parameter.name}`"
                        step = Step(project.place(ref, call.span), text)
                        yield Tainted(callee, parameter.name, step, name)


def _hit(project: Project, site: CallRef, name: str, before: tuple[Step, ...]) -> Hit:
    place: Place = project.call_place(site)
    symbol = project.program.display(site.function)
    written = project.written(site)
    told = f"`{symbol}` gives `{name}` to `{written}`, readable"
    return Hit(
        place=place,
        saw={"what": f"`{name}`", "name": name, "where": written, "shown": ""},
        confidence=Confidence.HIGH if not before else Confidence.MEDIUM,
        trace=(*before, Step(place, told)),
        cause=f"{place.path}:{place.span.line}:leak",
        symbol=symbol,
    )
