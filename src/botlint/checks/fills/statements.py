"""Statements by which a database gets a position, a trade or a fill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import values_given
from botlint.facts.types import Constant, Name
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_RUNNING = ("execute", "executemany")
_WRITING = re.compile(
    r"\s*(?:(?:insert|replace)(?:\s+or\s+\w+)?\s+into|update)\s+[\"`\[]?(?:\w+\.)?"
    r"(?:\w+_)?(?:positions?|holdings?|trades?|fills?|executions?|lots?|inventory|ledger)\b",
    re.IGNORECASE,
)


def writes_position(project: Project, one: CallRef) -> bool:
    """Whether a call runs a statement that puts something into a table of what is held or was
    traded."""
    function = project.function(one.function)
    call = function.calls[one.call]
    if last_segment(call.func) not in _RUNNING or not call.args:
        return False
    given = call.args[0]
    texts = values_given(function, given) if isinstance(given, Name) else [given]
    return any(
        isinstance(part, Constant) and isinstance(part.value, str) and _WRITING.match(part.value)
        for text in texts
        for part in walk(text, ())
    )


def writing_functions(project: Project) -> Iterator[FunctionRef]:
    """The functions that run such statements."""
    for name in _RUNNING:
        for ref, number in project.program.calls_named(name):
            if writes_position(project, CallRef(ref, number)):
                yield ref
