"""Values that a function gets itself from outside of the program."""

from __future__ import annotations

from botlint.checks.reads import walk
from botlint.checks.roots import SELF, chosen_from, origins_of, receiver_of, targets_in
from botlint.facts.imported import Import
from botlint.facts.types import Expression, Name, Result
from botlint.flow.program import FunctionRef
from botlint.project import Project


def is_made_within(project: Project, ref: FunctionRef, roots: frozenset[str]) -> bool:
    """Whether a function gets the values of ``roots`` from outside of the program, and by nothing
    that it was given, that it holds or that others bind."""
    function = project.function(ref)
    origins = origins_of(project, ref)
    closure = origins.closure(roots)
    given = {one.name for one in function.parameters} | SELF | set(function.outer)
    imports = project.program.sources[ref.source].imports
    foreign = {one.local for one in imports if project.program.module_named(one.module) is None}
    closure -= {_module_named(project, one) for one in imports}
    told = {name for name in closure if _is_answer(project, name) and _first(name) in foreign}
    own = {_first(name) for name in closure - foreign - told}
    if own & given or not own <= origins.bound:
        return False
    return not any(
        is_from_program(project, ref, part)
        for node in function.nodes
        if any(name in closure for name in targets_in(node.target))
        for part in walk(chosen_from(node.value), function.calls)
    )


def _module_named(project: Project, one: Import) -> str:
    """The name by which an import makes a module of the program known; ``""`` if it makes none."""
    whole = f"{one.module}.{one.name}" if one.name else one.module
    if project.program.module_named(whole) is None:
        return ""
    is_first = not one.name and one.module.startswith(f"{one.local}.")
    return one.module if is_first else one.local


def _is_answer(project: Project, name: str) -> bool:
    """Whether a name is a verdict that values are chosen by, and none of them: ``Verdict.OK``."""
    base, _, last = name.rpartition(".")
    return bool(base) and last.isupper() and project.vocabulary.polarity(last) != 0


def _first(name: str) -> str:
    return name.partition(".")[0]


def is_from_program(project: Project, ref: FunctionRef, part: Expression) -> bool:
    """Whether a part of a value is what a function of the program, or the object itself, gives."""
    if not isinstance(part, Result):
        return False
    receiver = receiver_of(project.function(ref).calls[part.call])
    is_own = isinstance(receiver, Name) and receiver.path.partition(".")[0] in SELF
    return is_own or bool(project.program.callees(ref, part.call))
