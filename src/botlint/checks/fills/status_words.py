"""The words of the name that a status goes by, through spelling, defaults and conversions."""

from __future__ import annotations

from botlint.checks.reads import is_class_name
from botlint.facts.types import Attribute, Constant, Expression, Item, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

DEEPEST = 6
SPELLING = frozenset({"upper", "lower", "strip", "casefold", "str", "get", "getattr", "bool"})


def words_of(
    project: Project, ref: FunctionRef, value: Expression | None, depth: int = 0
) -> frozenset[str]:
    """The words of what ``value`` is called in a function."""
    words = project.vocabulary.words
    if depth > DEEPEST:
        return frozenset()
    if isinstance(value, Name):
        last = value.path.rpartition(".")
        if last[2] in ("value", "name"):
            return words(last[0]) if last[0] else frozenset()
        return words(value.path)
    if isinstance(value, Attribute):
        if value.name in ("value", "name"):
            return words_of(project, ref, value.value, depth + 1)
        return words(value.name)
    if isinstance(value, Item):
        key = value.key
        return words(str(key.value)) if isinstance(key, Constant) else frozenset()
    if isinstance(value, Operation) and value.kind in ("or", "await", "if"):
        parts = (words_of(project, ref, part, depth + 1) for part in value.args)
        return frozenset().union(*parts)
    if isinstance(value, Result):
        return _words_of_call(project, ref, value, depth)
    return frozenset()


def _words_of_call(project: Project, ref: FunctionRef, value: Result, depth: int) -> frozenset[str]:
    words = project.vocabulary.words
    call = project.function(ref).calls[value.call]
    base, _, last = project.written(CallRef(ref, value.call)).rpartition(".")
    if last in ("get", "getattr", "pop"):
        texts = [one.value for one in call.args[:2] if isinstance(one, Constant)]
        named = [words(str(text)) for text in texts]
        return frozenset().union(*named) if named else frozenset()
    if last in SPELLING:
        inner = call.args[0] if call.args and not base else None
        if inner is None and isinstance(call.func, Attribute):
            inner = call.func.value
        if inner is None and base:
            inner = Name(base)
        return words_of(project, ref, inner, depth + 1)
    if is_class_name(last) and len(call.args) == 1:
        return words(last) | words_of(project, ref, call.args[0], depth + 1)
    return words(last)
