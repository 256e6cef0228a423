"""Decorators by whose name it is known that they answer for an order before it is placed.

``@validate_order`` above a route looks at the request itself, and answers with what is wrong
instead of calling the route: what the route takes from the same request has been looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.decorated import Wrapper, wrappers_of
from botlint.checks.guards.made_within import makings_of
from botlint.checks.guards.object_roots import comes_from
from botlint.checks.roots import names_in
from botlint.facts.types import EXIT
from botlint.flow.program import FunctionRef
from botlint.flow.ways import nodes_from, nodes_of_call, normally
from botlint.project import CallRef, Project


def is_given(project: Project, ref: FunctionRef, roots: frozenset[str] | None) -> bool:
    """Whether an order's values may come from what its function is given."""
    if not roots:
        return True
    closure = makings_of(project, ref).origins.closure(roots)
    own = [parameter.name for parameter in project.function(ref).parameters]
    return not own or any(comes_from(name, closure) for name in own)


def named_around(
    project: Project, roles: tuple[str, ...], ref: FunctionRef, roots: frozenset[str] | None
) -> Iterator[CallRef]:
    """The calls by which decorators that are named for one of ``roles`` run a function only on
    some ways, having seen what the values ``roots`` of its order come from."""
    if not project.function(ref).decorators:
        return
    for wrapper in wrappers_of(project, ref):
        is_named = any(project.function_plays(wrapper.decorator, role) for role in roles)
        if not is_named or not _has_way_past(project, wrapper):
            continue
        if is_given(project, ref, roots) or _is_shared(
            project, wrapper.ref, ref, roots or frozenset()
        ):
            yield CallRef(wrapper.ref, wrapper.calls[0])


def _has_way_past(project: Project, wrapper: Wrapper) -> bool:
    """Whether what wraps a function can come to its end without having called it."""
    function = project.function(wrapper.ref)
    called = [node for call in wrapper.calls for node in nodes_of_call(function, call)]
    return EXIT in nodes_from(function, (function.entry,), normally, called)


def _is_shared(
    project: Project, around: FunctionRef, ref: FunctionRef, roots: frozenset[str]
) -> bool:
    """Whether an order's values come from what both functions import: the request of a server."""
    calls = project.function(around).calls
    read = frozenset(name for call in calls for name in names_in(call.func, calls))
    closure = makings_of(project, ref).origins.closure(roots)
    shared = _imported(project, around.source) & _imported(project, ref.source)
    return any(comes_from(name, closure) and comes_from(name, read) for name, _, _ in shared)


def _imported(project: Project, source: int) -> frozenset[tuple[str, str, str]]:
    """What a source imports from outside of the program: under which name, from where, and what."""
    program = project.program
    return frozenset(
        (one.local, one.module, one.name)
        for one in program.sources[source].imports
        if not one.level and program.module_named(one.module) is None
    )
