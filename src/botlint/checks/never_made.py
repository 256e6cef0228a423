"""What a module begins with as ``None`` and nothing ever makes: who can't import it misses nothing.

``_writer = None`` and ``def init_writer(): global _writer; ...``, which nobody calls.
"""

from __future__ import annotations

from botlint.checks.reached import is_reached
from botlint.checks.roots import targets_in
from botlint.facts.types import Constant, Kind, Node
from botlint.flow.names import FunctionRef
from botlint.model import Span
from botlint.project import Project


def imports_nothing_made(project: Project, source: int, span: Span) -> bool:
    """Whether an import statement asks only for names of the program that are ``None`` for good."""
    names = [one.name for one in project.program.sources[source].imports if one.span == span]
    return bool(names) and all(is_never_made(project, name) for name in names)


def is_never_made(project: Project, name: str) -> bool:
    """Whether one module of the program binds a name, to ``None``, and what would bind it to
    anything else is called by nothing that runs."""
    bound = project.answer(("bindings by name",), lambda: _bindings(project)).get(name, [])
    begun = [(ref, node) for ref, node in bound if ref.index == 0]
    made = [ref for ref, node in bound if node.value != Constant(None)]
    if len({ref.source for ref, _ in begun}) != 1 or not made:
        return False
    return not any(ref.index == 0 or is_reached(project, ref) for ref in made)


def _bindings(project: Project) -> dict[str, list[tuple[FunctionRef, Node]]]:
    """By its last segment, what binds a name in the body of a module, by ``global``, or as a member
    of whatever."""
    found: dict[str, list[tuple[FunctionRef, Node]]] = {}
    for ref in project.program.functions():
        function = project.function(ref)
        for node in function.nodes:
            if node.kind in (Kind.IMPORT, Kind.DEFINE):
                continue
            for one in targets_in(node.target):
                owner, _, name = one.rpartition(".")
                if owner or ref.index == 0 or name in function.outer:
                    found.setdefault(name, []).append((ref, node))
    return found
