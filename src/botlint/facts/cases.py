"""``case`` patterns as tests over the subject and the names they bind."""

from __future__ import annotations

import ast

from botlint.facts.events import Event
from botlint.facts.expressions import Reader
from botlint.facts.types import Attribute, Constant, Expression, Item, Name, Operation

Binding = tuple[str, Expression]
"""A captured name with what it is bound to."""


def read_pattern(
    reader: Reader,
    pattern: ast.pattern,
    subject: Expression,
    events: list[Event],
    bindings: list[Binding],
) -> Expression | None:
    """The test that ``pattern`` makes of ``subject``; ``None`` where it matches anything.

    Captured names are appended to ``bindings``, what evaluating the pattern does to ``events``.
    """
    if isinstance(pattern, ast.MatchValue):
        return Operation("eq", (subject, reader.value(pattern.value, events)))
    if isinstance(pattern, ast.MatchSingleton):
        return Operation("is", (subject, Constant(pattern.value)))
    if isinstance(pattern, ast.MatchAs):
        inner = None
        if pattern.pattern is not None:
            inner = read_pattern(reader, pattern.pattern, subject, events, bindings)
        if pattern.name is not None:
            bindings.append((pattern.name, subject))
        return inner
    if isinstance(pattern, ast.MatchOr):
        tests = [read_pattern(reader, p, subject, events, bindings) for p in pattern.patterns]
        known = [test for test in tests if test is not None]
        return Operation("or", tuple(known)) if len(known) == len(tests) else None
    tests = [_shape(reader, pattern, subject, events)]
    for part, value in _parts(pattern, subject):
        tests.append(read_pattern(reader, part, value, events, bindings))
    if isinstance(pattern, ast.MatchMapping) and pattern.rest is not None:
        bindings.append((pattern.rest, subject))
    known = [test for test in tests if test is not None]
    return known[0] if len(known) == 1 else Operation("and", tuple(known))


def _shape(
    reader: Reader, pattern: ast.pattern, subject: Expression, events: list[Event]
) -> Expression:
    if isinstance(pattern, ast.MatchClass):
        return Operation("isinstance", (subject, reader.value(pattern.cls, events)))
    return Operation("matches", (subject,))


def _parts(pattern: ast.pattern, subject: Expression) -> list[tuple[ast.pattern, Expression]]:
    if isinstance(pattern, ast.MatchClass):
        keywords = zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)
        named = [(part, _member(subject, name)) for name, part in keywords]
        return [*((part, Operation("element", (subject,))) for part in pattern.patterns), *named]
    if isinstance(pattern, ast.MatchMapping):
        pairs = zip(pattern.keys, pattern.patterns, strict=True)
        return [
            (part, Item(subject, Constant(key.value)))
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
            else (part, Operation("element", (subject,)))
            for key, part in pairs
        ]
    if isinstance(pattern, ast.MatchSequence):
        return [
            (part, Item(subject, Constant(index))) for index, part in enumerate(pattern.patterns)
        ]
    if isinstance(pattern, ast.MatchStar) and pattern.name is not None:
        return []
    return []


def _member(subject: Expression, name: str) -> Expression:
    if isinstance(subject, Name):
        return Name(f"{subject.path}.{name}")
    return Attribute(subject, name)
