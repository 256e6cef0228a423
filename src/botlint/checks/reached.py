"""Does anything that runs ever come to a function?

A function is reached if some chain of callers begins at an entry point: a ``__main__`` block, a
thread, a task, a hook, the body of a module. One that nothing in the program calls begins no chain,
whatever it calls itself.
"""

from __future__ import annotations

from botlint.flow.program import FunctionRef
from botlint.project import Project


def is_reached(project: Project, ref: FunctionRef) -> bool:
    """Whether a chain of callers leads from something that runs to the function."""
    return not any_caller(project, ref)[1]


def any_caller(
    project: Project, ref: FunctionRef
) -> tuple[frozenset[FunctionRef], tuple[FunctionRef, ...]]:
    """All functions that lead to ``ref``, and, if nothing runs them, those that nothing calls."""
    entries = project.program.entries()
    seen: set[FunctionRef] = set()
    uncalled: set[FunctionRef] = set()
    waiting = [ref]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        entry = entries.get(function)
        if (entry is not None and entry.kind != "uncalled") or _is_module(project, function):
            return frozenset(seen), ()
        sites = project.program.callers(function)
        if not sites:
            uncalled.add(function)
        waiting += [site.function for site in sites]
    return frozenset(seen), tuple(sorted(uncalled or {ref}))


def _is_module(project: Project, ref: FunctionRef) -> bool:
    return project.function(ref).parent < 0
