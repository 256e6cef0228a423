"""Where the program's code names a word: as a name, an attribute, a key, a text or a keyword."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.mentions import mentioned_in
from botlint.checks.reads import walk
from botlint.facts.types import Attribute, Constant, Expression, Facts, Function, Name
from botlint.flow.names import FunctionRef
from botlint.model import Place
from botlint.project import Project


def where_named(project: Project, words: frozenset[str]) -> dict[str, set[FunctionRef]]:
    """The functions (a module counts as one) in which each of ``words`` is named; importing a name
    without using it does not count."""
    found: dict[str, set[FunctionRef]] = {}
    for source, facts in enumerate(project.program.sources):
        for number, word in _words(project, source, facts, words):
            if word in words:
                found.setdefault(word, set()).add(FunctionRef(source, number))
    return found


def places_named(project: Project, words: frozenset[str]) -> dict[str, tuple[Place, ...]]:
    """Where each of ``words`` is named, each line once, by path and line."""
    found: dict[str, set[Place]] = {}
    for number, facts in enumerate(project.program.sources):
        for index, function in enumerate(facts.functions):
            ref = FunctionRef(number, index)
            if words.isdisjoint(mentioned_in(project, ref)):
                continue
            for node in function.nodes:
                given = [node.value]
                if node.call >= 0:
                    call = function.calls[node.call]
                    given += (call.func, *call.args, *(value for _, value in call.keywords))
                for value in given:
                    for word in _words_of(value) if value is not None else ():
                        if word in words:
                            found.setdefault(word, set()).add(project.place(ref, node.span))
    return {word: _one_a_line(places) for word, places in found.items()}


def _one_a_line(places: set[Place]) -> tuple[Place, ...]:
    first = {(one.path, one.span.line): one for one in sorted(places, reverse=True)}
    return tuple(sorted(first.values()))


def _words(
    project: Project, source: int, facts: Facts, words: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """What is named in a source, with the function; of a function's body only if it may be one of
    ``words``."""
    for use in facts.keys:
        yield use.function, use.key
    for cls in facts.classes:
        for name, _ in cls.attributes:
            yield cls.parent, name
    for number, function in enumerate(facts.functions):
        for parameter in function.parameters:
            yield number, parameter.name
            for word in _words_of(parameter.default) if parameter.default is not None else ():
                yield number, word
        if words.isdisjoint(mentioned_in(project, FunctionRef(source, number))):
            continue
        for value in _values(function):
            for word in _words_of(value):
                yield number, word


def _values(function: Function) -> Iterator[Expression]:
    for node in function.nodes:
        for value in (node.value, node.target):
            if value is not None:
                yield value
    for call in function.calls:
        yield call.func
        yield from call.args
        for name, value in call.keywords:
            if name:
                yield Constant(name)
            yield value


def _words_of(value: Expression) -> Iterator[str]:
    for part in walk(value, ()):
        if type(part) is Name:
            yield from part.path.split(".")
        elif type(part) is Constant and isinstance(part.value, str):
            yield part.value
        elif type(part) is Attribute:
            yield part.name
