"""Small programs of several files, written as one text."""

from __future__ import annotations

from textwrap import dedent

from botlint.facts.extract import extract_facts
from botlint.flow.program import ClassRef, FunctionRef, Program, link_program


def link(text: str, scripts: tuple[str, ...] = ()) -> Program:
    """Link the files of ``text``: each begins with a line ``=== path``."""
    facts = []
    for part in text.split("=== ")[1:]:
        path, _, body = part.partition("\n")
        facts.append(extract_facts(path.strip(), dedent(body).strip().encode()))
        assert not facts[-1].error, facts[-1].error
    return link_program(tuple(facts), scripts)


def function(program: Program, name: str) -> FunctionRef:
    """The function whose qualified name is ``name``."""
    found = [ref for ref in program.functions() if program.qualified(ref) == name]
    assert len(found) == 1, (name, [program.qualified(ref) for ref in program.functions()])
    return found[0]


def cls(program: Program, name: str) -> ClassRef:
    """The class whose qualified name is ``name``."""
    return next(ref for ref in program.classes() if program.qualified_class(ref) == name)


def runs(program: Program, name: str, written: str) -> list[str]:
    """What the calls written ``written`` in the function ``name`` run."""
    ref = function(program, name)
    numbers = [
        number
        for number in range(len(program.function(ref).calls))
        if program.names(ref, number)[0] == written
    ]
    assert numbers, [program.names(ref, n) for n in range(len(program.function(ref).calls))]
    found = [program.qualified(one) for number in numbers for one in program.callees(ref, number)]
    return list(dict.fromkeys(found))


def callers(program: Program, name: str) -> list[tuple[str, str]]:
    """Who calls the function ``name``, each with the way."""
    sites = program.callers(function(program, name))
    return [(program.qualified(site.function), site.via) for site in sites]


def names(program: Program, name: str, last: str) -> tuple[str, ...]:
    """The names of the first call in ``name`` whose written name ends in ``last``."""
    ref = function(program, name)
    for number in range(len(program.function(ref).calls)):
        found = program.names(ref, number)
        if found[0].rpartition(".")[2] == last:
            return found
    raise AssertionError(last)
