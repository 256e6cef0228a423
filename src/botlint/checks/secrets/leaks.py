"""Credentials that reach a log, a print, a notification or an exception.

A value is a credential by its name (a variable, a member, a key, a variable of the environment).
It is followed through f-strings, joins and conversions, local variables and the parameters of
functions of the program. Everything else masks it: a slice, a length, a hash, a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, receiver_of
from botlint.checks.secrets.masking import make_masked
from botlint.checks.secrets.naming import Naming, naming_of
from botlint.checks.secrets.paths import paths_of
from botlint.checks.secrets.readable import Reading
from botlint.checks.secrets.shown_once import levels_for_maker, record_of
from botlint.checks.secrets.slots import name_of
from botlint.facts.types import Item, Kind, Name, Result
from botlint.flow.forwarding import settled
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project

_SIGNALS = frozenset({"pyqtSignal", "Signal"})
_ERRORS = ("Error", "Exception", "Abort", "Failure", "Fault", "Exit", "Warning")


class Tainted(NamedTuple):
    """A parameter of a function that gets a credential, and the calls that hand it over."""

    function: FunctionRef
    parameter: str
    steps: tuple[Step, ...]
    name: str


def find_leaks(project: Project) -> Iterator[Hit]:
    """One hit for each call or exception that is given a credential."""
    naming = naming_of(project)
    told: list[tuple[CallRef, str]] = []
    for site in _outlets(project):
        found = _credential_in(project, naming, site, frozenset())
        if found and _is_outlet(project, site) and not _is_asked_for(project, naming, site):
            told.append((site, found))
    yield from _of_one_record(project, told)
    for tainted in _handed_on(project, naming, [*_handed_over(project, naming)]):
        function = project.function(tainted.function)
        for number in range(len(function.calls)):
            site = CallRef(tainted.function, number)
            found = _credential_in(project, naming, site, frozenset({tainted.parameter}))
            if found == tainted.parameter and _is_outlet(project, site):
                yield _hit(project, site, tainted.name, tainted.steps)


def _of_one_record(project: Project, told: list[tuple[CallRef, str]]) -> Iterator[Hit]:
    """One hit for calls in a row that tell members of one record, each with its credential."""
    before: tuple[CallRef, Name | None] | None = None
    row: list[Hit] = []
    for site, name in sorted(told, key=lambda one: project.call_place(one[0])):
        values = tuple(arguments_of(project.call(site)))
        record = record_of(project.function(site.function), values, name)
        levels = levels_for_maker(project, site, record)
        hit = msgspec.structs.replace(_hit(project, site, name, ()), mitigation=levels)
        if row and not (record is not None and _is_next(project, before, (site, record))):
            yield _joined(row)
            row = []
        row.append(hit)
        before = (site, record)
    if row:
        yield _joined(row)


def _is_next(
    project: Project, before: tuple[CallRef, Name | None] | None, now: tuple[CallRef, Name | None]
) -> bool:
    """Whether a call stands right below another of the same function, about the same record."""
    if before is None or before[0].function != now[0].function or before[1] != now[1]:
        return False
    above, below = project.call(before[0]).span, project.call(now[0]).span
    return below.line - above.end_line <= 1


def _joined(row: list[Hit]) -> Hit:
    first, *others = row
    what = first.saw["what"]
    if others:
        what += f", with {len(others)} more of its record,"
    return msgspec.structs.replace(
        first,
        saw={**first.saw, "what": what},
        related=tuple(Step(one.place, f"`{one.saw['name']}` here") for one in others),
        mitigation=min(one.mitigation for one in row),
    )


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
    return project.plays(site, "log") and not _is_signal(project, site) and _tells(project, site)


def _is_signal(project: Project, site: CallRef) -> bool:
    """Whether ``self.entered.emit(value)`` hands a value to functions of the program, by a signal
    of Qt."""
    call = project.call(site)
    receiver = receiver_of(call)
    if last_segment(call.func) != "emit" or not isinstance(receiver, Name):
        return False
    variable = project.program.variable(site.function, receiver)
    return any(
        isinstance(one.value, Result)
        and last_segment(project.function(at).calls[one.value.call].func) in _SIGNALS
        for at, one in (project.program.bindings(variable) if variable is not None else ())
    )


def _tells(project: Project, site: CallRef) -> bool:
    """Whether what is called tells somebody: code from elsewhere does as it is called, and of the
    program's own what hands one of its parameters on to such."""
    callees = project.program.callees(site.function, site.call)[:2]
    return not callees or any(
        project.answer(("tells", callee), lambda ref=callee: _hands_on(project, ref))  # type: ignore[misc]
        for callee in callees
    )


def _hands_on(project: Project, ref: FunctionRef) -> bool:
    ref = settled(project.program, ref)
    function = project.function(ref)
    naming = naming_of(project)
    names = frozenset(parameter.name for parameter in function.parameters) - {"self", "cls"}
    return any(
        project.plays(site, "log") and _credential_in(project, naming, site, names) in names
        for site in (CallRef(ref, number) for number in range(len(function.calls)))
    )


def _is_asked_for(project: Project, naming: Naming, site: CallRef) -> bool:
    """Whether what is called is of the program and has a parameter for a credential: what it does
    with it is looked at there."""
    return any(
        naming.is_credential(parameter.name)
        for callee in project.program.callees(site.function, site.call)[:2]
        for parameter in project.function(callee).parameters
    )


def _is_unexpected(naming: Naming, parameter: str) -> bool:
    """Whether a parameter's name doesn't tell that it holds a credential, nor that it is none."""
    return not (naming.is_credential(parameter) or naming.plays(parameter, "public-name"))


def _is_raised(project: Project, site: CallRef) -> bool:
    return any(
        node.kind is Kind.RAISE and node.value == Result(site.call)
        for node in project.function(site.function).nodes
    )


def _credential_in(project: Project, naming: Naming, site: CallRef, tainted: frozenset[str]) -> str:
    """The name of the credential that a call is given, ``""`` if none."""
    call = project.call(site)
    reading = _reading_of(project, naming, site.function, tainted)
    at = reading.nodes_of(site.call)
    for value in arguments_of(call):
        found = reading.credential(value, at, 0)
        if found:
            return found
    return ""


def _reading_of(
    project: Project, naming: Naming, ref: FunctionRef, tainted: frozenset[str]
) -> Reading:
    """The values of a function read, for all that it tells."""
    return project.answer(
        ("reading", ref, tainted),
        lambda: Reading(
            project.function(ref),
            naming,
            tainted,
            make_masked(project, naming, ref),
            paths_of(project, ref),
        ),
    )


def _handed_over(project: Project, naming: Naming) -> Iterator[Tainted]:
    """The parameters, named otherwise, of functions of the program that are given credentials."""
    seen: set[tuple[FunctionRef, str]] = set()
    program = project.program
    for ref in program.functions():
        for number, call in enumerate(project.function(ref).calls):
            values = arguments_of(call)
            if not any(
                (type(value) is Name or type(value) is Item)
                and naming.is_credential(name_of(value))
                for value in values
            ):
                continue
            for callee in program.callees(ref, number)[:2]:
                for parameter in project.function(callee).parameters:
                    value = program.argument_of(ref, number, callee, parameter.name)
                    if value is None or not _is_unexpected(naming, parameter.name):
                        continue
                    if isinstance(value, Name) and program.string_values(ref, value.path):
                        continue  # a text that is written down, which is no credential
                    reading = _reading_of(project, naming, ref, frozenset())
                    name = reading.credential(value, reading.nodes_of(number), 0)
                    if name and (callee, parameter.name) not in seen:
                        seen.add((callee, parameter.name))
                        text = f"`{program.display(ref)}` hands it `{name}` as `{parameter.name}`"
                        step = Step(project.place(ref, call.span), text)
                        yield Tainted(callee, parameter.name, (step,), name)


def _handed_on(project: Project, naming: Naming, found: list[Tainted]) -> list[Tainted]:
    """``found`` with what the functions hand on of it to others, under a name that tells nothing
    either."""
    program = project.program
    seen = {(one.function, one.parameter) for one in found}
    for one in found:
        reading = _reading_of(project, naming, one.function, frozenset({one.parameter}))
        for number, call in enumerate(project.function(one.function).calls):
            for callee in program.callees(one.function, number)[:2] if arguments_of(call) else ():
                for parameter in project.function(callee).parameters:
                    value = program.argument_of(one.function, number, callee, parameter.name)
                    is_new = (callee, parameter.name) not in seen
                    if value is None or not is_new or not _is_unexpected(naming, parameter.name):
                        continue
                    if reading.credential(value, reading.nodes_of(number), 0) == one.parameter:
                        seen.add((callee, parameter.name))
                        place = project.place(one.function, call.span)
                        step = Step(place, f"this hands it on as `{parameter.name}`")
                        found.append(Tainted(callee, parameter.name, (*one.steps, step), one.name))
    return found


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
