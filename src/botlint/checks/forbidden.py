"""What must not occur: calls, unfinished code, and a second source of what must have one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botlint.checks.hits import hit_in
from botlint.checks.numbers.bounded import find_unbounded
from botlint.checks.numbers.repeated import find_repeated
from botlint.checks.reached import is_reached, is_run_once
from botlint.checks.running.log_files import find_growing
from botlint.checks.running.unfinished import find_unfinished
from botlint.facts.types import Expression, Lambda, Name
from botlint.flow.values import Func
from botlint.model import Hit, Step
from botlint.patterns import PatternSet, parse_pattern
from botlint.project import CallRef, Project

_SINKS = frozenset({"sink", "stream"})


def check_forbidden(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report: ``call`` (calls that play the role ``role``, but for those that get a
    name that is ``allowed``; with those that open a file of that role unseen: ``rotating``,
    ``table``), ``unfinished``, ``repeated`` or ``unbounded``
    (calls of ``role`` that get a number ``value`` which nothing bounds); only of code that runs."""
    report = _REPORTS[parameters["report"]]
    return sorted(report(project, parameters), key=lambda hit: hit.place)


def _find_calls(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    allowed = PatternSet([parse_pattern(text) for text in parameters.get("allowed", ())])
    growing = find_growing(project, parameters)
    yield from (_hit(project, ref) for ref in growing if _is_in_bot(project, ref))
    for ref in project.calls_playing(parameters["role"]):
        call = project.call(ref)
        given = [*call.args[:1], *(value for name, value in call.keywords if name in _SINKS)]
        if any(_is_function(project, ref, value) for value in given):
            continue
        paths = [value.path for value in (*call.args, *given) if isinstance(value, Name)]
        if any(allowed.deciding_pattern((path,)) for path in paths):
            continue
        if _is_in_bot(project, ref):
            yield _hit(project, ref)


def _is_function(project: Project, ref: CallRef, value: Expression) -> bool:
    """Whether what a call gets is a function of the program, which does with it as it likes."""
    if isinstance(value, Lambda):
        return True
    found = project.program.values_of(ref.function, value) if isinstance(value, Name) else ()
    return bool(found) and all(isinstance(one, Func) for one in found)


def _is_in_bot(project: Project, ref: CallRef) -> bool:
    """Whether a call belongs to what runs for long: not to a script that nothing imports."""
    program = project.program
    if not program.is_imported(ref.function.source) and not _has_loop(project, ref.function.source):
        return False
    return is_reached(project, ref.function) and not is_run_once(project, ref.function)


def _has_loop(project: Project, source: int) -> bool:
    return any(function.loops for function in project.program.sources[source].functions)


def _hit(project: Project, ref: CallRef) -> Hit:
    place = project.call_place(ref)
    name = project.program.display(ref.function)
    written = project.written(ref)
    return hit_in(
        project,
        ref.function,
        place,
        {"call": written},
        (Step(place, f"`{name}` calls `{written}`"),),
    )


_REPORTS: dict[str, Callable[[Project, Mapping[str, Any]], Iterator[Hit]]] = {
    "call": _find_calls,
    "unbounded": find_unbounded,
    "repeated": find_repeated,
    "unfinished": find_unfinished,
}
