"""Clauses for an exception of the program that nothing in it ever raises.

The class is defined here, and no code makes one, hands it on or derives from it: it is named in
imports and clauses only. What is to react to it never does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from botlint.checks.clauses import kinds_of
from botlint.checks.hits import fault, step
from botlint.checks.kin import is_substitute
from botlint.checks.reads import last_segment, parts_of
from botlint.facts.types import Expression, Facts, Kind, Name, Node
from botlint.flow.names import ClassRef, FunctionRef
from botlint.model import Hit
from botlint.project import Project


def find_never_raised(project: Project) -> Iterable[Hit]:
    """One hit for each clause all of whose exceptions nothing raises."""
    program = project.program
    named = {
        program.cls(one).name: one
        for one in program.classes()
        if not program.calls_named(program.cls(one).name) and program.is_exception(one)
    }
    caught = _caught(project, frozenset(named)) if named else frozenset()
    if not caught:
        return
    used = _used_names(project, caught)
    for ref in program.functions():
        for node in project.function(ref).nodes:
            kinds = kinds_of(node.value) if node.kind is Kind.EXCEPT else ()
            if kinds and all(_is_idle(project, ref, kind, named, used) for kind in kinds):
                yield _hit(project, ref, node, kinds, named)


def _caught(project: Project, names: frozenset[str]) -> frozenset[str]:
    """Those of some names that a clause catches."""
    return frozenset(
        last_segment(kind)
        for ref in project.program.functions()
        for node in project.function(ref).nodes
        if node.kind is Kind.EXCEPT
        for kind in kinds_of(node.value)
        if last_segment(kind) in names
    )


def _is_idle(
    project: Project,
    ref: FunctionRef,
    kind: Expression,
    named: dict[str, ClassRef],
    used: Counter[str],
) -> bool:
    """Whether an exception is one of the program that nothing can raise."""
    program = project.program
    last = last_segment(kind)
    if not isinstance(kind, Name) or last not in named or used[last]:
        return False
    cls = program.class_named(ref, kind.path)
    if cls is None or cls != named[last] or program.subclasses(cls):
        return False
    if is_substitute(program, cls):
        return False
    return not _is_library(project, cls)


def _is_library(project: Project, cls: ClassRef) -> bool:
    """Whether the class derives from an exception that others raise."""
    known = {"Exception", "BaseException", "object", "RuntimeError", "ValueError"}
    return not project.program.foreign_bases(cls) <= known


def _used_names(project: Project, names: frozenset[str]) -> Counter[str]:
    """How often each name stands anywhere but in a clause or an import."""
    found: Counter[str] = Counter()
    for facts in project.program.sources:
        for name in _names_in(facts):
            last = name.rpartition(".")[2]
            if last in names:
                found[last] += 1
    return found


def _names_in(facts: Facts) -> Iterator[str]:
    for function in facts.functions:
        for call in function.calls:
            for value in (call.func, *call.args, *(one for _, one in call.keywords)):
                yield from _paths(value)
        for node in function.nodes:
            if node.kind not in (Kind.EXCEPT, Kind.DEFINE, Kind.IMPORT):
                yield from _paths(node.value)
                yield from _paths(node.target)
    for cls in facts.classes:
        for base in cls.bases:
            yield from _paths(base)


def _paths(value: Expression | None) -> Iterator[str]:
    if isinstance(value, Name):
        yield value.path
    elif value is not None:
        for part in parts_of(value):
            yield from _paths(part)


def _hit(
    project: Project,
    ref: FunctionRef,
    node: Node,
    kinds: tuple[Expression, ...],
    named: dict[str, ClassRef],
) -> Hit:
    names = ", ".join(f"`{last_segment(kind)}`" for kind in kinds)
    text = f"this clause never runs: nothing in the program raises {names}"
    steps = [step(project, ref, node.span, text)]
    for kind in kinds:
        cls = named[last_segment(kind)]
        span = project.program.cls(cls).span
        steps.append(step(project, FunctionRef(cls.source, 0), span, "it is defined here"))
    return fault(project, ref, node.span, text, tuple(steps))
