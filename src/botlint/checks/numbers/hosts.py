"""Whom code sends to: the hosts that stand in the texts of its class, else of its file.

What an exchange asks for has nothing to do with what another one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from botlint.checks.reads import walk
from botlint.checks.roots import arguments_of
from botlint.facts.types import Constant, Expression, Function, Name
from botlint.flow.names import FunctionRef
from botlint.project import Project

_HOST = re.compile(r"(?:https?|wss?)://([A-Za-z0-9.-]+)")
_NAMED = 2
"""The last labels of a host that say whose it is."""


def is_elsewhere(project: Project, one: FunctionRef, other: FunctionRef) -> bool:
    """Whether two functions are known to send to different hosts, in classes or files apart."""
    hosts, others = _hosts(project, one), _hosts(project, other)
    return bool(hosts) and bool(others) and hosts.isdisjoint(others)


def _hosts(project: Project, ref: FunctionRef) -> frozenset[str]:
    found = frozenset(_of_class(project, ref))
    return found or frozenset(_of_file(project, ref))


def _of_class(project: Project, ref: FunctionRef) -> Iterator[str]:
    owner = project.program.owner(ref)
    if owner is None:
        return
    cls = project.program.cls(owner)
    facts = project.program.sources[owner.source]
    for number in cls.methods:
        yield from _in_function(facts.functions[number])
    for node in facts.functions[cls.parent].nodes:
        if type(node.target) is Name and node.target.path.startswith(f"{cls.qualname}."):
            yield from _in_values([node.value])


def _of_file(project: Project, ref: FunctionRef) -> Iterator[str]:
    for function in project.program.sources[ref.source].functions:
        yield from _in_function(function)


def _in_function(function: Function) -> Iterator[str]:
    values = [node.value for node in function.nodes]
    values += [one.default for one in function.parameters]
    values += [value for call in function.calls for value in arguments_of(call)]
    return _in_values(values)


def _in_values(values: list[Expression | None]) -> Iterator[str]:
    for value in values:
        for part in walk(value, ()):
            if type(part) is Constant and isinstance(part.value, str):
                for host in _HOST.findall(part.value):
                    yield ".".join(host.lower().rstrip(".").split(".")[-_NAMED:])
