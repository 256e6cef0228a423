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

from botlint.checks.aborts.aborts import Aborts, Raise, aborts_of
from botlint.checks.aborts.ascents import Way, ways
from botlint.checks.aborts.deferred import raising_nodes
from botlint.checks.hits import hit_in
from botlint.checks.reads import is_used
from botlint.facts.types import Kind, Result
from botlint.flow.entries import Entry
from botlint.flow.program import CallSite, FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project

_ON_ITS_OWN = frozenset({"thread", "task", "schedule", "signal", "subscriber", "callback", "hook"})
_STARTS = frozenset({"create_task", "ensure_future", "run_coroutine_threadsafe", "start_soon"})
_SUBMITS = frozenset({"submit", "apply_async", "run_in_executor", "defer_to_thread"})
_THREADS = frozenset({"Thread", "Timer", "Process", "QThread"})


def check_escapes(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report, ``swallowed`` or ``kills-worker``, for exceptions of one role."""
    role = parameters["exceptions"]
    aborts = aborts_of(project, role)
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
    Kind.CALL: "this `gather`, whose results nobody looks at,",
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
    if entry is not None and _is_on_its_own(project, ref, entry):
        return Step(entry.place, entry.text)
    for site in project.program.callers(ref):
        if site.via == "thread" or _is_dropped(project, site, ref):
            text = f"`{project.program.display(ref)}` is started here, on its own"
            return Step(project.call_place(CallRef(site.function, site.call)), text)
    return None


def _is_on_its_own(project: Project, ref: FunctionRef, entry: Entry) -> bool:
    if entry.kind == "override":
        owner = project.program.owner(ref)
        bases = project.program.foreign_bases(owner) if owner is not None else ()
        is_thread = any(base.rpartition(".")[2] in _THREADS for base in bases)
        return is_thread and project.function(ref).name == "run"
    if entry.kind != "task":
        return entry.kind in _ON_ITS_OWN
    sites = [site for site in project.program.callers(ref) if site.via == "call"]
    return not sites or not all(_is_raised_at(project, site, ref) for site in sites)


def _is_dropped(project: Project, site: CallSite, callee: FunctionRef) -> bool:
    """Whether nobody gets what becomes of a call: of a coroutine that is made into a task, and of
    a job that a pool is given."""
    function = project.function(site.function)
    if site.via == "call" and project.function(callee).is_async:
        given = [n for n, one in enumerate(function.calls) if Result(site.call) in one.args]
        is_started = any(_written(project, site, number) in _STARTS for number in given)
        return is_started and not _is_raised_at(project, site, callee)
    is_job = site.via == "task" and _written(project, site, site.call) in _SUBMITS
    return is_job and not function.calls[site.call].is_awaited and not is_used(function, site.call)


def _is_raised_at(project: Project, site: CallSite, callee: FunctionRef) -> bool:
    """Whether who calls a function there gets what it raises, at once or later."""
    caller = project.function(site.function)
    return bool(raising_nodes(project.function(callee), caller, site.call))


def _written(project: Project, site: CallSite, call: int) -> str:
    return project.written(CallRef(site.function, call)).rpartition(".")[2]


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
