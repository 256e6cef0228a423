"""What a call is given, by name: keywords, entries of dicts, and what requests are built with."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.members import constant_of
from botlint.checks.reads import has_spread
from botlint.checks.roots import arguments_of, assigned_in
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project
from botlint.roles import Role

DEEPEST = 3

Entry = tuple[str, Expression]


def entries_in(project: Project, ref: CallRef) -> Iterator[Entry]:
    """What a call is given, by name where it has one (else ``""``), with what is in it."""
    call = project.call(ref)
    given = [("", value) for value in call.args]
    given += [(name or "", value) for name, value in call.keywords]
    for name, value in given:
        yield name, value
        yield from _entries(project, ref.function, (name, value), 0)


def said_in(project: Project, ref: CallRef) -> frozenset[str]:
    """The names, keys and literal texts that a call is given; texts with ``_`` between words."""
    found: set[str] = set()
    for name, value in entries_in(project, ref):
        found.add(name)
        if isinstance(value, Name):
            found.add(value.path)
        elif isinstance(value, Attribute):
            found.add(value.name)
        elif isinstance(value, Item):
            found.add(text_of(value.key))
        elif isinstance(value, Result):
            inner = project.function(ref.function).calls[value.call]
            found |= {one.path for one in arguments_of(inner) if isinstance(one, Name)}
        else:
            found.add(text_of(value))
    return frozenset(found - {""})


def named_by_callee(project: Project, ref: CallRef, role: Role) -> dict[Expression, str]:
    """What a call gives, by place or by name, to the parameters of what it runs that play a role,
    each with the name that it has there."""
    program = project.program
    return {
        value: parameter.name
        for callee in program.callees(ref.function, ref.call)
        for parameter in project.function(callee).parameters
        if role.plays_name(parameter.name)
        and (value := program.argument_of(*ref, callee, parameter.name)) is not None
    }


def handed_or_default(
    project: Project, site: CallRef, callee: FunctionRef, parameter: str
) -> Expression | None:
    """What a call gives to a parameter of a function that it runs, or what stands there by default;
    ``None`` if it gives nothing and there is none, or can't be told."""

    def find() -> Expression | None:
        value = project.program.argument_of(site.function, site.call, callee, parameter)
        if value is not None or has_spread(project.call(site)):
            return value
        return default_of(project.function(callee), parameter)

    return project.answer(("handed or default", site, callee, parameter), find)


def handed_constant(
    project: Project, site: CallRef, callee: FunctionRef, parameter: str
) -> Constant | None:
    """The same, if that is a literal or a member of an enumeration."""
    value = handed_or_default(project, site, callee, parameter)
    handed = constant_of(project, site.function, value)
    return handed or constant_of(project, callee, value)


def default_of(function: Function, parameter: str) -> Expression | None:
    """The default of a parameter; ``None`` if it has none."""
    return next((one.default for one in function.parameters if one.name == parameter), None)


def text_of(value: Expression) -> str:
    """A literal text as a name, or the last part of a constant of an enumeration; else ``""``."""
    if type(value) is Constant and isinstance(value.value, str):
        return value.value.replace("-", "_").replace(" ", "_")
    if type(value) is Name and value.path.rpartition(".")[2].isupper():
        return value.path.rpartition(".")[2]
    return ""


def _entries(project: Project, ref: FunctionRef, given: Entry, depth: int) -> Iterator[Entry]:
    for name, part in _parts(project, ref, given[1]) if depth <= DEEPEST else ():
        entry = (given[0] if name is None else name, part)
        yield entry
        yield from _entries(project, ref, entry, depth + 1)


def _parts(
    project: Project, ref: FunctionRef, value: Expression
) -> Iterator[tuple[str | None, Expression]]:
    """What a value is made of; without a name where it only stands for another value."""
    if type(value) is Name and "." not in value.path:
        yield from ((None, one) for one in assigned_in(project, ref).get(value.path, ()))
        yield from _set_in(project, ref, value)
    elif type(value) is Result:
        call = project.function(ref).calls[value.call]
        yield from ((name or "", one) for name, one in call.keywords)
        yield from ((None, one) for one in call.args)
    elif type(value) is Operation and value.kind == "dict":
        for key, one in zip(value.args[::2], value.args[1::2], strict=True):
            yield (str(key.value) if type(key) is Constant else ""), one
    elif type(value) is Operation and value.kind in ("list", "tuple"):
        yield from ((None, one) for one in value.args)


def _set_in(project: Project, ref: FunctionRef, record: Name) -> tuple[Entry, ...]:
    """``params["stopPrice"] = stop``."""
    question = ("keys set", ref)
    return project.answer(question, lambda: _find_set(project.function(ref))).get(record, ())


def _find_set(function: Function) -> dict[Expression, tuple[Entry, ...]]:
    """What a function puts under literal keys, by the record."""
    found: dict[Expression, tuple[Entry, ...]] = {}
    for node in function.nodes:
        target, value = node.target, node.value
        if node.kind is not Kind.ASSIGN or type(target) is not Item or value is None:
            continue
        if type(target.value) is Name and type(target.key) is Constant:
            known = found.get(target.value, ())
            found[target.value] = (*known, (str(target.key.value), value))
    return found
