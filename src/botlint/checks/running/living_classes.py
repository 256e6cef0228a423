"""The classes that something that runs makes.

A class lives when living code names it: calls it, keeps it, hands it on, or derives a class from it
that lives. Code lives if it stands in the body of a module that lives, is called from living code,
also by a name that can't be told more of, or is begun from outside and belongs to no class that
doesn't live.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.kin import has_plain_bases
from botlint.checks.reads import last_segment, parts_of
from botlint.checks.roots import arguments_of
from botlint.checks.running.living_modules import is_named_to_load, living_modules
from botlint.facts.types import Expression, Kind, Name
from botlint.flow.names import ClassRef, FunctionRef
from botlint.flow.values import Cls
from botlint.project import Project

_STARTED = frozenset({"Thread", "Process", "Timer"})
_MADE_OUTSIDE = frozenset({"hook", "project script"})
_PLAIN_DECORATORS = frozenset({"dataclass", "total_ordering", "final", "runtime_checkable"})


def is_dead_class(project: Project, cls: ClassRef) -> bool:
    """Whether nothing that runs makes objects of a class, and nothing outside can."""
    return _is_judged(project, cls) and cls not in _living(project)


def is_dead(project: Project, ref: FunctionRef) -> bool:
    """Whether nothing that runs loads the module of a function, or makes the class that it belongs
    to."""
    owner = _judged_owner(project, ref)
    if ref.source not in living_modules(project):
        return True
    return owner is not None and is_dead_class(project, owner)


def _living(project: Project) -> frozenset[ClassRef]:
    return project.answer(("living classes",), lambda: _find_living(project))


def _find_living(project: Project) -> frozenset[ClassRef]:
    program = project.program
    modules = living_modules(project)
    found: set[ClassRef] = set()
    begun: dict[ClassRef | None, list[FunctionRef]] = {}
    for ref, entry in program.entries().items():
        if ref.source in modules and entry.kind != "uncalled":
            begun.setdefault(_judged_owner(project, ref), []).append(ref)
    waiting = [FunctionRef(source, 0) for source in modules if program.sources[source].functions]
    waiting += begun.get(None, ())
    seen: set[FunctionRef] = set()
    while waiting:
        ref = waiting.pop()
        if ref in seen:
            continue
        seen.add(ref)
        waiting += program.nested(ref)
        for number, call in enumerate(program.function(ref).calls):
            edges = program.edges(ref, number)
            waiting += (one for one, _ in edges)
            if not edges:
                waiting += program.functions_named(last_segment(call.func))
        for cls in _named_in(project, ref):
            for one in program.ancestry(cls):
                if one not in found:
                    found.add(one)
                    waiting += begun.get(one, ())
    return frozenset(found)


def _judged_owner(project: Project, ref: FunctionRef) -> ClassRef | None:
    """The class that must be made before a function can run, if that can be told."""
    at: FunctionRef | None = ref
    while at is not None:
        owner = project.program.owner(at)
        if owner is not None:
            return owner if _is_judged(project, owner) else None
        at = project.program.parent(at)
    return None


def _is_judged(project: Project, cls: ClassRef) -> bool:
    """Whether objects of a class are made by the program itself or not at all."""
    program = project.program
    if program.entries().is_loaded(cls) or is_named_to_load(project, cls.source):
        return False
    decorators = map(last_segment, program.cls(cls).decorators)
    if any(one not in _PLAIN_DECORATORS for one in decorators):
        return False
    if not has_plain_bases(program, cls) and _STARTED.isdisjoint(program.foreign_bases(cls)):
        return False
    entries = program.entries()
    methods = program.class_members(cls).values()
    return not any(ref in entries and entries[ref].kind in _MADE_OUTSIDE for ref in methods)


def _named_in(project: Project, ref: FunctionRef) -> Iterator[ClassRef]:
    """The classes that a function names in a value or a call, all of a name where none is known."""
    names = project.answer(("classes by name",), lambda: _by_name(project))
    for path in _paths_in(project, ref):
        parts = path.split(".")
        for count in range(1, len(parts) + 1):
            if parts[count - 1] not in names:
                continue
            values = project.program.values_of(ref, Name(".".join(parts[:count])))
            known = [one.ref for one in values if isinstance(one, Cls)]
            yield from known or names[parts[count - 1]]


def _by_name(project: Project) -> dict[str, list[ClassRef]]:
    found: dict[str, list[ClassRef]] = {}
    for cls in project.program.classes():
        found.setdefault(project.program.cls(cls).name, []).append(cls)
    for facts in project.program.sources:
        for one in facts.imports:
            if one.name in found and one.local != one.name:
                found.setdefault(one.local, []).extend(found[one.name])
    return found


def _paths_in(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The dotted names in the values and calls of a function, but for those of clauses."""
    function = project.function(ref)
    waiting: list[Expression] = [
        node.value for node in function.nodes if node.value and node.kind is not Kind.EXCEPT
    ]
    waiting += (one.default for one in function.parameters if one.default is not None)
    waiting += function.decorators
    for call in function.calls:
        waiting += (call.func, *arguments_of(call))
    found: set[str] = set()
    while waiting:
        part = waiting.pop()
        if type(part) is Name:
            found.add(part.path)
        else:
            waiting += parts_of(part)
    return frozenset(found)
