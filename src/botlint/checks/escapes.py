"""Exceptions that carry decisions: do they reach the code that handles them on purpose?

An *abort* is an exception of the project that is made to stop a trade. From each ``raise`` it is
followed out of its function and up the callers. A clause catches it *on purpose* if it names its
class or a base of it below ``Exception``, or asks ``isinstance`` and acts on it; a broader clause,
a ``finally`` that returns, or a ``with`` that swallows stops it on the way. A clause that raises
again, or raises another exception, does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from botlint.checks.aborts.aborts import Aborts, Raise
from botlint.checks.aborts.ascents import Way, ways
from botlint.checks.hits import hit_in
from botlint.facts.types import Function, Kind, Result
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project

_ON_ITS_OWN = frozenset({"thread", "task", "schedule", "signal", "subscriber", "callback", "hook"})
_STARTS = frozenset({"create_task", "ensure_future", "run_coroutine_threadsafe", "start_soon"})


def check_escapes(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report, ``swallowed`` or ``kills-worker``, for exceptions of one role."""
    role = parameters["exceptions"]
    aborts = project.answer(("aborts", role), lambda: Aborts(project, role))
    return _swallowed(aborts) if parameters["report"] == "swallowed" else _killing(aborts)


def _swallowed(aborts: Aborts) -> Iterable[Hit]:
    """EXC001: stopped by a broader clause before the code that is meant for it; once a clause."""
    found: dict[Place, Hit] = {}
    for raised in aborts.raises:
        for path in ways(aborts, raised):
            _, clause = path[-1]
            if clause < 0 or not _is_robbed(aborts, raised, path):
                continue
            hit = _swallowed_hit(aborts, raised, path)
            known = found.get(hit.place)
            if known is None or len(hit.trace) < len(known.trace):
                found[hit.place] = hit
    return [found[place] for place in sorted(found)]


def _is_robbed(aborts: Aborts, raised: Raise, path: Way) -> bool:
    """Whether code that is meant for the abort doesn't get it: it exists, or the clause stands in
    the very function that raises."""
    return raised.cls in aborts.handled or len(path) == 1


def _swallowed_hit(aborts: Aborts, raised: Raise, path: Way) -> Hit:
    project = aborts.project
    function, clause = path[-1]
    node = project.function(function).nodes[clause]
    place = project.place(function, node.span)
    name = project.program.cls(raised.cls).name
    steps = [_raise_step(aborts, raised)]
    steps += [
        Step(
            project.place(ref, project.function(ref).span),
            f"it leaves `{project.program.display(ref)}`",
        )
        for ref, _ in path[:-1]
    ]
    steps.append(
        Step(place, f"{_STOPS.get(node.kind, 'this')} stops it here, and the code goes on")
    )
    return hit_in(
        project,
        function,
        place,
        {"exception": name, "clause": _STOPS.get(node.kind, "this")},
        tuple(steps),
        Confidence.HIGH if len(path) <= 2 else Confidence.MEDIUM,
    )


_STOPS = {
    Kind.EXCEPT: "this `except`",
    Kind.UNWIND: "this `with`",
    Kind.FINALLY: "a `finally` that leaves the function",
}


def _killing(aborts: Aborts) -> Iterable[Hit]:
    """EXC002: it leaves a thread, task, scheduled job or callback, which dies of it."""
    hits: list[Hit] = []
    for raised in aborts.raises:
        for path in ways(aborts, raised):
            function, clause = path[-1]
            start = _start_of(aborts.project, function) if clause < 0 else None
            if start is not None:
                hits.append(_killing_hit(aborts, raised, function, start))
                break
    return hits


def _start_of(project: Project, ref: FunctionRef) -> Step | None:
    """What starts a function on its own, so that nobody gets what it raises."""
    entry = project.program.entries().get(ref)
    if entry is not None and entry.kind in _ON_ITS_OWN:
        return Step(entry.place, entry.text)
    for site in project.program.callers(ref):
        call = CallRef(site.function, site.call)
        if site.via == "thread" or (site.via == "call" and _is_started(project, call, ref)):
            text = f"`{project.program.display(ref)}` is started here, on its own"
            return Step(project.call_place(call), text)
    return None


def _is_started(project: Project, call: CallRef, callee: FunctionRef) -> bool:
    """Whether a coroutine is made into a task that nobody awaits where it is started."""
    function = project.function(call.function)
    if not project.function(callee).is_async or function.calls[call.call].is_awaited:
        return False
    for number, one in enumerate(function.calls):
        if Result(call.call) not in one.args or one.is_awaited:
            continue
        if project.written(CallRef(call.function, number)).rpartition(".")[2] in _STARTS:
            return not _is_awaited_later(function, number)
    return False


def _is_awaited_later(function: Function, number: int) -> bool:
    names = {node.target for node in function.nodes if node.value == Result(number)}
    return any(node.kind is Kind.AWAIT and node.value in names for node in function.nodes)


def _killing_hit(aborts: Aborts, raised: Raise, worker: FunctionRef, start: Step) -> Hit:
    project = aborts.project
    step = _raise_step(aborts, raised)
    shown = project.program.display(worker)
    place = project.place(worker, project.function(worker).span)
    return hit_in(
        project,
        raised.function,
        step.place,
        {"exception": project.program.cls(raised.cls).name, "clause": "", "entry": start.text},
        (start, step, Step(place, f"nothing up to `{shown}` catches it, and it ends")),
        Confidence.HIGH if worker == raised.function else Confidence.MEDIUM,
    )


def _raise_step(aborts: Aborts, raised: Raise) -> Step:
    project = aborts.project
    node = project.function(raised.function).nodes[raised.node]
    name = project.program.cls(raised.cls).name
    return Step(project.place(raised.function, node.span), f"`{name}` is raised")
