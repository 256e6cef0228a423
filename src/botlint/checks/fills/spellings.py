"""How the statuses of orders are spelled: by the libraries in use, and by the program itself."""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.roots import words_of
from botlint.facts.types import Constant, Expression, Function, Item, Name, Operation
from botlint.flow.names import ClassRef, FunctionRef
from botlint.project import Project
from botlint.vocabulary import Statuses

RESTING = frozenset(
    {"new", "pendingnew", "accepted", "submitted", "presubmitted", "pendingsubmit", "received"}
    | {"placed", "pending", "untriggered", "live", "working", "resting", "traderetcodeplaced"}
)
"""Statuses of orders of which nothing is filled yet: a test that lets these through with those that
are filled doesn't ask for fills."""


class Spellings(NamedTuple):
    """The statuses that an order can have here, in normal form; ``library`` is for people."""

    full: frozenset[str]
    partial: frozenset[str]
    library: str


def spelled(text: str) -> str:
    """The normal form of a status: ``PARTIALLY_FILLED`` and ``PartiallyFilled`` are one."""
    return text.casefold().replace("_", "").replace("-", "").replace(" ", "")


def spellings_in(project: Project, source: int) -> Spellings:
    """How the statuses are spelled by the libraries that a source, or the program, imports."""
    return project.answer(("spellings", source), lambda: _find_spellings(project, source))


def _find_spellings(project: Project, source: int) -> Spellings:
    known = [one for one in project.vocabulary.statuses if _may_part(project, source, one)]
    full = frozenset(spelled(text) for one in known for text in one.full)
    everywhere = project.answer(("libraries",), lambda: _libraries(project))
    names = _imported(project, source) or everywhere
    used = [one for one in known if one.library and not names.isdisjoint(one.modules)]
    if not used:
        partial = frozenset(spelled(text) for one in known for text in one.partial)
        return Spellings(full, partial, "")
    partial = frozenset(spelled(text) for one in used for text in one.partial)
    return Spellings(full, partial, " and ".join(one.library for one in used))


def _may_part(project: Project, source: int, statuses: Statuses) -> bool:
    """Whether a file speaks of what lets orders be filled in part, if that has to be said."""
    if not statuses.only_with:
        return True
    functions = range(len(project.program.sources[source].functions))
    words = (word for one in functions for word in words_of(project, FunctionRef(source, one)))
    return not {word.rpartition(".")[2] for word in words}.isdisjoint(statuses.only_with)


def _sources(project: Project) -> range:
    return range(len(project.program.sources))


def _libraries(project: Project) -> frozenset[str]:
    return frozenset().union(*(_imported(project, index) for index in _sources(project)))


def _imported(project: Project, source: int) -> frozenset[str]:
    known = {module for one in project.vocabulary.statuses for module in one.modules}
    imports = project.program.sources[source].imports
    tops = {one.module.partition(".")[0] for one in imports if not one.level}
    own = {
        one.module.partition(".")[0]
        for one in imports
        if not one.level and _is_own(project, one.module.partition(".")[0])
    }
    return frozenset((tops - own) & known)


def _is_own(project: Project, package: str) -> bool:
    return package in project.answer(("own packages",), lambda: _own_packages(project))


def _own_packages(project: Project) -> frozenset[str]:
    names = (project.program.module_name(index) for index in _sources(project))
    return frozenset(name.partition(".")[0] for name in names)


def produced_statuses(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The statuses for a part that a function, or what it calls, writes into its records."""
    own = project.answer(("written-statuses",), lambda: _find_produced(project))
    if not own:
        return frozenset()
    reached = project.program.reachable((ref,))
    return frozenset(text for one, texts in own.items() if one in reached for text in texts)


def is_own_status(project: Project, ref: FunctionRef, names: frozenset[str]) -> bool:
    """Whether one of ``names`` is an object of a class of the program that is only ever made with a
    literal status, none of them for a part: what the program itself says of an order it has booked,
    and not what a library answered."""
    for name in sorted(names):
        cls = project.program.type_of(ref, Name(name))
        if not isinstance(cls, ClassRef):
            continue
        given = [
            value
            for maker, number in project.program.calls_named(project.program.cls(cls).name)
            for key, value in project.function(maker).calls[number].keywords
            if key == "status"
        ]
        texts = [spelled(text) for value in given for text in _texts(value)]
        is_literal = len(texts) == len(given) > 0
        if is_literal and not any(text.startswith("part") for text in texts):
            return True
    return False


def _find_produced(project: Project) -> dict[FunctionRef, frozenset[str]]:
    found = {}
    for ref in project.program.functions():
        texts = [spelled(text) for text in _statuses_written(project.function(ref))]
        parts = frozenset(text for text in texts if text.startswith("part"))
        if parts:
            found[ref] = parts
    return found


def _statuses_written(function: Function) -> list[str]:
    found: list[str] = []
    for node in function.nodes:
        if type(node.target) is Item and node.target.key == Constant("status"):
            found += _texts(node.value)
        if node.value is not None:
            found += _keyed(node.value)
    for call in function.calls:
        for value in call.args:
            found += _keyed(value)
        last = call.func.path.rpartition(".")[2] if type(call.func) is Name else ""
        for name, value in call.keywords:
            if name == "status" and last[:1].isupper():
                found += _texts(value)
    return found


def _keyed(value: Expression) -> list[str]:
    if type(value) is not Operation or value.kind != "dict":
        return []
    pairs = zip(value.args[::2], value.args[1::2], strict=True)
    return [text for key, one in pairs if key == Constant("status") for text in _texts(one)]


def _texts(value: Expression | None) -> list[str]:
    if isinstance(value, Constant) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, Operation) and value.kind in ("if", "or"):
        return [text for part in value.args for text in _texts(part)]
    return []


def constant_value(
    project: Project, ref: FunctionRef, path: str
) -> tuple[Expression, FunctionRef] | None:
    """The value of a constant of a module, or of a class of it, with the module's body."""
    functions: tuple[Function, ...] = project.program.sources[ref.source].functions
    last = path.rpartition(".")[2]
    if not functions or not last.isupper():
        return None
    found = [node for node in functions[0].nodes if node.target in (Name(path), Name(last))]
    if len(found) == 1 and found[0].value is not None:
        return found[0].value, FunctionRef(ref.source, 0)
    variable = project.program.variable(ref, Name(path)) if not found else None
    bindings = project.program.bindings(variable) if variable is not None else ()
    if len(bindings) != 1 or bindings[0][1].kind != "value" or bindings[0][1].value is None:
        return None
    return bindings[0][1].value, bindings[0][0]
