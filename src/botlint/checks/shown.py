"""Code that only shows how things are: a table on the screen, a page, the counts of a summary."""

from __future__ import annotations

from botlint.checks.bearing import acts_on_orders
from botlint.checks.roots import targets_in
from botlint.facts.types import Kind
from botlint.flow.names import FunctionRef
from botlint.flow.ways import points_from
from botlint.project import Project

_SHOWING = frozenset(
    {"table", "dashboard", "display", "render", "ui", "gui", "tui", "show", "print", "html"}
    | {"page", "panel", "widget", "plot", "chart", "summary", "statistics", "stats", "prompt"}
)


def is_showing(project: Project, ref: FunctionRef) -> bool:
    """Whether a function is there to show something, by its name or its file's, and acts on no
    order: a button on a page does."""
    vocabulary = project.vocabulary
    file = project.program.path(ref).rpartition("/")[2].removesuffix(".py")
    words = vocabulary.words(project.function(ref).name) | vocabulary.words(file)
    return not _SHOWING.isdisjoint(words) and not acts_on_orders(project, ref)


def is_only_shown(project: Project, ref: FunctionRef) -> bool:
    """Whether what a function gives comes to code only that shows it, and the function changes
    nothing that isn't its own."""
    if changes_members(project, ref) or acts_on_orders(project, ref):
        return False
    shown: list[FunctionRef] = []

    def above(one: FunctionRef) -> tuple[FunctionRef, ...]:
        if is_showing(project, one):
            shown.append(one)
            return ()
        return tuple(site.function for site in project.program.callers(one))

    entries = project.program.entries()
    ends = [
        one
        for one in points_from((ref,), above)
        if one not in shown and (one in entries or project.function(one).parent < 0)
    ]
    return bool(shown) and not ends


def changes_members(project: Project, ref: FunctionRef) -> bool:
    """Whether a function sets members of its object, or names of its module."""
    function = project.function(ref)
    return bool(function.outer) or any(
        node.kind in (Kind.ASSIGN, Kind.AUGMENT, Kind.DELETE)
        and any(one.startswith("self.") for one in targets_in(node.target))
        for node in function.nodes
    )
