"""What is meant by a name that is put together: ``import_module(f"broker.{name}.api")``,
``getattr(self, "do_" + word)``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from botlint.facts.types import Constant, Expression, Function, Item, Name, Operation, Result
from botlint.flow.classes import Classes
from botlint.flow.index import Index
from botlint.flow.names import ClassRef, FunctionRef, split_member

MOST_MODULES = 200
MOST_METHODS = 100
_DEEPEST = 5
_ANY = "*"
_FIELD = re.compile(r"\{[^{}]*\}|%[sdr]")


def name_pattern(index: Index, ref: FunctionRef, value: Expression, depth: int = 0) -> str:
    """What a text that is put together looks like, with ``*`` for what isn't known."""
    if depth > _DEEPEST:
        return _ANY
    if type(value) is Constant:
        return value.value if isinstance(value.value, str) else _ANY
    if type(value) is Operation:
        if value.kind in ("fstring", "+"):
            return "".join(name_pattern(index, ref, part, depth + 1) for part in value.args)
        if value.kind == "%" and value.args:
            return _FIELD.sub(_ANY, name_pattern(index, ref, value.args[0], depth + 1))
        return _ANY
    if type(value) is Name and "." not in value.path:
        bindings = index.scope(ref).names.get(value.path, ())
        if len(bindings) == 1 and bindings[0].kind == "value" and bindings[0].value is not None:
            return name_pattern(index, ref, bindings[0].value, depth + 1)
        return _ANY
    if type(value) is Result:
        owner, name = split_member(index.call(ref, value.call).func)
        if name == "format" and owner is not None:
            return _FIELD.sub(_ANY, name_pattern(index, ref, owner, depth + 1))
    return _ANY


def names_written(index: Index, ref: FunctionRef, value: Expression, depth: int = 0) -> set[str]:
    """The texts that a name can be which is chosen among literals: by a condition, or out of a
    table that is written out, by its key where that is known; none if it can be anything else."""
    if type(value) is Constant:
        return {value.value} if isinstance(value.value, str) else set()
    parts: list[Expression] = []
    if type(value) is Operation and value.kind == "if":
        parts = list(value.args[1:])
    elif type(value) is Name and "." not in value.path:
        parts = _bound(index, ref, value.path)
    elif type(value) is Item and type(value.value) is Name:
        tables = _bound(index, ref, value.value.path)
        if len(tables) == 1 and type(tables[0]) is Operation and tables[0].kind == "dict":
            parts = _entries(index, ref, tables[0], value.key, depth)
    found = [names_written(index, ref, one, depth + 1) for one in parts if depth < _DEEPEST]
    return set().union(*found) if found and all(found) else set()


def _entries(
    index: Index, ref: FunctionRef, table: Operation, key: Expression, depth: int
) -> list[Expression]:
    """The values of a table that stand at a key, if that is known, else all."""
    if type(key) is Constant:
        wanted = {key.value}
    else:
        wanted = {*names_written(index, ref, key, depth + 1)} if depth < _DEEPEST else set()
    return [
        value
        for at, value in zip(table.args[::2], table.args[1::2], strict=True)
        if not wanted or type(at) is not Constant or at.value in wanted
    ]


def _bound(index: Index, ref: FunctionRef, name: str) -> list[Expression]:
    """What a name is bound to in a function, else in its module; nothing if something can't be
    told."""
    for scope in (ref, FunctionRef(ref.source, 0)):
        bindings = index.scope(scope).names.get(name, ())
        values = [one.value for one in bindings if one.kind == "value" and one.value is not None]
        if bindings:
            return values if len(values) == len(bindings) else []
    return []


def calls_of_fetched(function: Function) -> Iterator[int]:
    """The calls of what ``getattr`` gave, at once or under a name of the function."""
    given = {Result(n) for n, one in enumerate(function.calls) if one.func == Name("getattr")}
    named = {node.target for node in function.nodes if node.value in given}
    for number, call in enumerate(function.calls):
        if call.func in given or call.func in named:
            yield number


def modules_like(index: Index, pattern: str) -> tuple[str, ...]:
    """The modules of the program with such a name; none if the pattern says next to nothing."""
    if not pattern.strip("*.") or pattern.startswith("."):
        return ()
    written = re.escape(re.sub(r"\*+", _ANY, pattern)).replace(r"\*", r"[^.]+")
    wanted = re.compile(rf"(?:.*\.)?{written}")
    found = [raw for raw in sorted(index.modules.by_raw) if wanted.fullmatch(raw)]
    return tuple(found) if len(found) <= MOST_MODULES else ()


def methods_like(index: Index, classes: Classes, cls: ClassRef, pattern: str) -> tuple[str, ...]:
    """The methods with such a name that an object of a class may have; none if the pattern says
    next to nothing."""
    if not pattern.strip("*_"):
        return ()
    wanted = re.compile(re.escape(re.sub(r"\*+", _ANY, pattern)).replace(r"\*", r"\w*"))
    lineage = (*classes.ancestry(cls), *classes.subclasses(cls))
    found = {name for one in lineage for name in index.methods(one)}
    like = sorted(name for name in found if wanted.fullmatch(name))
    return tuple(like) if len(like) <= MOST_METHODS else ()
