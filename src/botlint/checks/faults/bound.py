"""Names that functions, and the bodies of classes in them, bind."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from botlint.checks.kin import bound_names
from botlint.facts.types import Facts, Function, Kind, Name
from botlint.flow.names import FunctionRef
from botlint.project import Project

BUILT_IN_NAMES = frozenset(dir(builtins)) | frozenset(
    {"__file__", "__path__", "__class__", "__builtins__", "__annotations__", "WindowsError", "_"}
    | {"__module__", "__qualname__", "__version__", "get_ipython", "display", "unicode"}
    | {"reveal_type"}
)
"""The names that each module has without binding them."""


def bound_around(project: Project, ref: FunctionRef) -> frozenset[str]:
    """All names that a function or one around it binds."""
    found: set[str] = set()
    facts = project.program.sources[ref.source]
    at = ref
    while at.index > 0:
        function = project.function(at)
        found.update(bound_in(facts, at.index, function))
        if function.owner >= 0:
            found.update(name for name, _ in facts.classes[function.owner].attributes)
        at = FunctionRef(ref.source, function.parent)
    return frozenset(found)


def bound_in_classes(project: Project, ref: FunctionRef, line: int) -> frozenset[str]:
    """The names that the bodies of the classes in a function bind around a line of them: a body
    looks in itself first."""
    facts, function = project.program.sources[ref.source], project.function(ref)
    around = [
        cls
        for cls in facts.classes
        if cls.parent == ref.index and cls.span.line <= line <= cls.span.end_line
    ]
    bodies = tuple(f"{cls.qualname}." for cls in around)
    methods = (facts.functions[number].name for cls in around for number in cls.methods)
    paths = (path for node in function.nodes for path in bound_names(node.target))
    bound = (path.rpartition(".")[2] for path in paths if path.startswith(bodies))
    return frozenset((*methods, *bound))


def bound_in(facts: Facts, number: int, function: Function) -> Iterator[str]:
    """The names that a function of a source binds, also by importing."""
    yield from _bound_by_statements(function)
    yield from (one.local for one in facts.imports if one.function == number)


def bound_by(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The names that the statements of a function bind, but for imports."""
    return project.answer(
        ("bound by statements", ref),
        lambda: frozenset(_bound_by_statements(project.function(ref))),
    )


def _bound_by_statements(function: Function) -> Iterator[str]:
    yield from (one.name for one in function.parameters)
    yield from function.outer
    classes = {node.target for node in function.nodes if node.kind is Kind.DEFINE}
    for node in function.nodes:
        if node.kind is not Kind.IMPORT:
            for path in bound_names(node.target):
                head, _, rest = path.partition(".")
                yield head
                # In the body of a class its own names are plain ones.
                if rest and Name(head) in classes:
                    yield rest
