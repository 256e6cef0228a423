"""Which names and texts stand in a function: who looks for a few of them asks here first."""

from __future__ import annotations

from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Item,
    Name,
    Operation,
)
from botlint.flow.names import FunctionRef
from botlint.project import Project


def mentioned_in(project: Project, ref: FunctionRef) -> frozenset[str]:
    """Each segment of a name, each text, key, keyword and parameter that stands anywhere in a
    function, worked out once."""
    return project.answer(("mentioned", ref), lambda: _find(project.function(ref)))


def _find(function: Function) -> frozenset[str]:
    found: set[str] = set()
    waiting: list[Expression | None] = []
    for parameter in function.parameters:
        found.add(parameter.name)
        waiting.append(parameter.default)
    for node in function.nodes:
        waiting += (node.value, node.target)
    for call in function.calls:
        waiting.append(call.func)
        waiting += call.args
        for keyword, value in call.keywords:
            found.add(keyword or "")
            waiting.append(value)
    for part in waiting:  # It grows meanwhile.
        if type(part) is Name:
            found.update(part.path.split("."))
        elif type(part) is Constant:
            if type(part.value) is str:
                found.add(part.value)
        elif type(part) is Operation:
            waiting += part.args
        elif type(part) is Item:
            waiting += (part.value, part.key)
        elif type(part) is Attribute:
            found.add(part.name)
            waiting.append(part.value)
    return frozenset(found)
