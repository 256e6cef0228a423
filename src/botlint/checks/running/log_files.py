"""Log files that nothing limits though the code doesn't open them itself, or seems to limit them.

A handler that rotates by size never does while one of its numbers is 0, as it is by default. What a
table of handlers names is opened by the call that is given the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.reads import has_spread, parts_of
from botlint.facts.types import Call, Constant, Expression, Name, Operation
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_CLASS = "class"
_UNPACKED = Operation("**", ())
_OFF = (Constant(0), Constant(None))


def find_growing(project: Project, parameters: Mapping[str, Any]) -> Iterator[CallRef]:
    """The calls of the role ``rotating`` that don't limit what they open, and those of the role
    ``table`` whose table names something that opens one without a limit."""
    rotating = parameters.get("rotating")
    if rotating:
        for ref in project.calls_playing(rotating):
            if _is_unlimited(project.call(ref), parameters):
                yield ref
    table = parameters.get("table")
    for ref in project.calls_playing(table) if table else ():
        call = project.call(ref)
        if any(_names_growing(project, ref.function, one, parameters) for one in call.args[:1]):
            yield ref


def _is_unlimited(call: Call, parameters: Mapping[str, Any]) -> bool:
    if has_spread(call):
        return False
    given = dict(zip(parameters.get("signature", ()), call.args, strict=False))
    given.update({name: value for name, value in call.keywords if name})
    return _is_off(given, parameters)


def _is_off(given: Mapping[str, Expression], parameters: Mapping[str, Any]) -> bool:
    """Whether one of the numbers that limit a file is left out, or 0."""
    return any(given.get(name, Constant(0)) in _OFF for name in parameters.get("limits", ()))


def _names_growing(
    project: Project, ref: FunctionRef, value: Expression, parameters: Mapping[str, Any]
) -> bool:
    waiting = list(_displays(project, ref, value))
    while waiting:
        part = waiting.pop()
        waiting += parts_of(part)
        if isinstance(part, Operation) and part.kind == "dict" and _UNPACKED not in part.args:
            keys = (getattr(key, "value", None) for key in part.args[::2])
            entries = dict(zip(keys, part.args[1::2], strict=True))
            if _is_growing(project, entries, parameters):
                return True
    return False


def _is_growing(
    project: Project, entries: Mapping[Any, Expression], parameters: Mapping[str, Any]
) -> bool:
    made = entries.get(_CLASS)
    if not isinstance(made, Constant) or not isinstance(made.value, str):
        return False
    roles = project.vocabulary.roles
    if roles[parameters["role"]].plays_call(("", made.value)):
        return True
    rotating = parameters.get("rotating")
    if not rotating or not roles[rotating].plays_call(("", made.value)):
        return False
    return _is_off(entries, parameters)


def _displays(project: Project, ref: FunctionRef, value: Expression) -> Iterator[Expression]:
    """A table as it is written: there, or where its name is bound."""
    if not isinstance(value, Name):
        yield value
        return
    variable = project.program.variable(ref, value)
    bound = project.program.bindings(variable) if variable is not None else ()
    if len(bound) == 1 and bound[0][1].value is not None:
        yield bound[0][1].value
