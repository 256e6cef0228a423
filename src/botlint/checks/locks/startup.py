"""What runs once, at the start of the program, before any thread or task is made."""

from __future__ import annotations

from botlint.checks.reads import last_segment
from botlint.facts.types import Kind
from botlint.flow.program import CallSite, FunctionRef
from botlint.flow.ways import nodes_before, nodes_of_call
from botlint.project import Project

_STARTING = frozenset(
    {"Thread", "Timer", "start_new_thread", "Process", "ThreadPoolExecutor", "create_task"}
    | {
        "ensure_future",
        "add_job",
        "gather",
        "run_in_executor",
        "to_thread",
        "start_background_task",
    }
)


def is_at_startup(project: Project, start: FunctionRef, chain: tuple[CallSite, ...]) -> bool:
    """Whether a chain from ``__main__`` runs once, before any thread or task is made."""
    entry = project.program.entries().get(start)
    if entry is None or entry.kind not in ("main", "project script"):
        return False
    for site in chain:
        function = project.function(site.function)
        at = nodes_of_call(function, site.call)
        if any(function.nodes[number].loop >= 0 for number in at):
            return False
        if nodes_before(function, at) & _thread_making(project, site.function):
            return False
    return True


def _thread_making(project: Project, ref: FunctionRef) -> frozenset[int]:
    """The nodes of a function that start a thread or a task, or call what does."""
    function = project.function(ref)
    starters = project.answer(("starters",), lambda: _starters(project))
    return frozenset(
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.CALL
        and (
            last_segment(function.calls[node.call].func) in _STARTING
            or any(one in starters for one in project.program.callees(ref, node.call))
        )
    )


def _starters(project: Project) -> frozenset[FunctionRef]:
    """The functions that start a thread or a task before they return."""
    makers = {
        ref for segment in sorted(_STARTING) for ref, _ in project.program.calls_named(segment)
    }
    return project.program.reaches(frozenset(makers))
