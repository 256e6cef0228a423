"""Required parts: is each of them there, and does anything that runs ever come to it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import Orders
from botlint.checks.reached import never_begun
from botlint.checks.roots import receiver_of
from botlint.checks.sites import NO_FUNCTION, Site, find_sites
from botlint.checks.stubs import is_stub
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project
from botlint.settings.required import Part

MOST_CALLERS = 5
_ENTRIES = ("main", "project script", "script")
_WORDS = {
    "functions": "nothing of the program is called {names}",
    "calls": "nothing calls {names}",
    "keys": "no code writes the key {names}",
    "signals": "no code handles {names}",
    "services": "no compose file has a service {names}",
    "roles": "nothing plays the role {names}",
}


class _Unreached(NamedTuple):
    """A function that is needed and never runs, and what it was needed for."""

    ref: FunctionRef
    part: Part
    text: str


def find_missing(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each required part that does not exist, at the file that is named for it, else at the module
    that starts the program."""
    for part in _parts(parameters):
        if not part.optional and not find_sites(project, part):
            yield _missing_hit(project, part)


def find_unreached(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each required part that exists, and that nothing that runs ever comes to, at its ``def``."""
    told: set[FunctionRef] = set()
    own = _own_parts(parameters)
    for part in own + _parts(parameters):
        idle = [one for one in _unreached(project, part) if one.ref not in told]
        found = sorted(idle, key=lambda one: project.place(one.ref, project.function(one.ref).span))
        if not found or any(_may_be_called(project, one.ref) for one in found):
            continue
        told.update(one.ref for one in found)
        is_idle = all(never_begun(project, site.function) for site in _sites(project, part))
        if is_idle and part not in own:  # Nothing of the part runs: that is one fault.
            yield _unreached_hit(project, found[0], found[1:])
        else:
            yield from (_unreached_hit(project, one, ()) for one in found)


def _parts(parameters: Mapping[str, Any]) -> tuple[Part, ...]:
    """The parts that the profile and the settings require."""
    return msgspec.convert(parameters.get("requires", ()), tuple[Part, ...])


def _own_parts(parameters: Mapping[str, Any]) -> tuple[Part, ...]:
    """The rule's own ``functions``, each a part of its own that need not exist."""
    return tuple(
        Part(part=f"`{name}`", functions=(name,), optional=True)
        for name in parameters.get("functions", ())
    )


def _unreached(project: Project, part: Part) -> Iterator[_Unreached]:
    sites = _sites(project, part)
    running = [site for site in sites if not never_begun(project, site.function)]
    if part.kind == "functions":
        for ref in _idle_functions(project, part, {site.function for site in running}):
            name = project.program.display(ref)
            yield _Unreached(ref, part, f"nothing that runs ever calls `{name}`")
    elif sites and not running:
        first = min(sites, key=lambda site: site.place)
        name = project.program.display(first.function)
        text = f"{part.part} stands in `{name}`, which nothing that runs ever calls"
        yield _Unreached(first.function, part, text)


def _may_be_called(project: Project, ref: FunctionRef) -> bool:
    """Whether code that runs calls, on something that can't be told, a method of that name or of
    one that leads to it."""
    return any(_is_named_somewhere(project, one) for one in never_begun(project, ref))


def _is_named_somewhere(project: Project, ref: FunctionRef) -> bool:
    program = project.program
    if program.owner(ref) is None:
        return False
    return any(
        receiver_of(project.function(caller).calls[number]) is not None
        and not _is_known(project, caller, number)
        and not never_begun(project, caller)
        for caller, number in program.calls_named(project.function(ref).name)
    )


def _is_known(project: Project, ref: FunctionRef, number: int) -> bool:
    """Whether a call can be told to run a function with a body, and no mere declaration."""
    callees = project.program.callees(ref, number)
    return any(not is_stub(project.function(callee)) for callee in callees)


def _sites(project: Project, part: Part) -> list[Site]:
    """The sites of a part that stand in a function."""
    return [site for site in find_sites(project, part) if site.function != NO_FUNCTION]


def _idle_functions(
    project: Project, part: Part, running: set[FunctionRef]
) -> Iterator[FunctionRef]:
    """The functions that are needed and never run: all, if none of the part runs; else those of
    one name with one that does, in modules that are imported and no copies left behind."""
    for name in part.names:
        alone = msgspec.structs.replace(part, functions=(name,))
        found = [site.function for site in find_sites(project, alone)]
        if running and running.isdisjoint(found):
            continue
        for ref in found:
            if ref not in running and (not running or project.program.is_imported(ref.source)):
                yield ref


def _missing_hit(project: Project, part: Part) -> Hit:
    path = part.file or start_of(project)
    place = Place(path, Span(1, 1, 1, 1))
    names = " or ".join(f"`{name}`" for name in part.names)
    text = _WORDS[part.kind].format(names=names)
    return Hit(
        place=place,
        saw={"part": part.part, "what": text, "function": part.part},
        confidence=Confidence.HIGH,
        trace=(Step(place, f"{text}, in no file that was analysed"),),
        cause=f"required:{part.part}:{names}",
        symbol=part.part,
    )


def start_of(project: Project) -> str:
    """The path of the module that starts the program: that of orders, if some place orders."""
    program = project.program
    orders = project.answer(("orders",), lambda: Orders(project))
    found = []
    for source, facts in enumerate(program.sources):
        ref = FunctionRef(source, 0)
        entry = program.entries().get(ref) if facts.functions else None
        if entry is None or entry.kind not in _ENTRIES:
            continue
        depth = facts.path.count("/")
        rank = (not orders.is_leading(ref), _ENTRIES.index(entry.kind), depth)
        found.append((rank, facts.path))
    paths = [facts.path for facts in program.sources]
    return min(found)[1] if found else min(paths, default="")


def _unreached_hit(project: Project, one: _Unreached, others: Sequence[_Unreached]) -> Hit:
    program = project.program
    function = project.function(one.ref)
    name = program.display(one.ref)
    line, column = function.span.line, function.span.column
    place = project.place(one.ref, Span(line, column, line, column + 4))
    uncalled = [ref for ref in never_begun(project, one.ref) if ref != one.ref]
    trace = [Step(place, one.text)]
    trace += [
        Step(
            project.place(ref, project.function(ref).span),
            f"`{program.display(ref)}` leads to it, and nothing in the program calls that",
        )
        for ref in uncalled[:MOST_CALLERS]
    ]
    return hit_in(
        project,
        one.ref,
        place,
        {"what": f"`{name}`", "where": name, "name": name},
        tuple(trace),
        related=tuple(
            Step(project.place(other.ref, project.function(other.ref).span), other.text)
            for other in others
        ),
    )
