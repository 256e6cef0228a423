"""Values that code uses as the path of a file: what is named for a credential there is where it
lies, and no credential itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from botlint.checks.reads import last_segment
from botlint.checks.roots import receiver_of
from botlint.facts.types import Call, Expression, Function, Item, Kind, Name
from botlint.flow.names import FunctionRef
from botlint.project import Project

_OF_PATHS = frozenset(
    {"exists", "isfile", "isdir", "expanduser", "expandvars", "abspath", "realpath", "basename"}
    | {"dirname", "getsize", "getmtime", "stat", "access", "chmod", "remove", "unlink"}
)
_OPENING = frozenset({"open", "Path", "PurePath"})
_KEYWORDS = ("path", "_path", "filename", "_file", "_filename")

Used = Mapping[Expression, tuple[int, ...]]
"""From each value used as a path to the nodes at which it is."""


def paths_of(project: Project, ref: FunctionRef) -> Used:
    """The values that a function uses as paths; members of objects, ``args.key``, also where
    another function of the same source uses them so, at no node."""
    shared = project.answer(("members used as paths", ref.source), lambda: _members(project, ref))
    return {**dict.fromkeys(shared, ()), **_used(project.function(ref))}


def _members(project: Project, ref: FunctionRef) -> frozenset[Expression]:
    functions = project.program.sources[ref.source].functions
    used = (value for function in functions for value in _used(function))
    return frozenset(one for one in used if isinstance(one, Name) and "." in one.path)


def _used(function: Function) -> Used:
    found: defaultdict[Expression, list[int]] = defaultdict(list)
    for number, node in enumerate(function.nodes):
        if node.kind is Kind.CALL:
            for value in _given_as_path(function.calls[node.call]):
                found[value].append(number)
    return {value: tuple(numbers) for value, numbers in found.items()}


def _given_as_path(call: Call) -> Iterator[Expression]:
    called = last_segment(call.func)
    is_of_system = isinstance(call.func, Name) and call.func.path.startswith(("os.", "path."))
    is_opening = called in _OPENING and (receiver_of(call) is None or called != "open")
    if (is_opening or (called in _OF_PATHS and is_of_system)) and call.args:
        yield from (one for one in call.args[:1] if isinstance(one, Name | Item))
    for keyword, value in call.keywords:
        if keyword is not None and keyword.lower().endswith(_KEYWORDS):
            yield from (one for one in (value,) if isinstance(one, Name | Item))
