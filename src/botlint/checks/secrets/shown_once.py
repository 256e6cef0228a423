"""Credentials that a script makes anew and prints for the person who runs it, once: that is what
it is for."""

from __future__ import annotations

import re

from botlint.checks.reached import is_by_hand
from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import values_given
from botlint.checks.showing import ALL
from botlint.facts.types import Attribute, Expression, Function, Item, Name, Result
from botlint.flow.ways import points_from
from botlint.project import CallRef, Project

_MAKING = frozenset(
    {"create", "derive", "generate", "gen", "make", "mint", "issue", "register", "renew", "rotate"}
)
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*")


def levels_for_maker(project: Project, site: CallRef, record: Expression | None) -> int:
    """The levels of severity to take off where a call prints a credential out of ``record``."""
    is_printed = project.call(site).func == Name("print")
    if not is_printed or record is None or not is_by_hand(project, site.function):
        return 0
    function = project.function(site.function)
    return ALL if _is_made(function, record) else 0


def record_of(function: Function, values: tuple[Expression, ...], name: str) -> Name | None:
    """The local name of the record of which the credential ``name`` is told as a member: ``creds``
    of ``creds["secret"]``; ``None`` if it is told for itself."""
    for value in values:
        for part in walk(value, function.calls):
            if isinstance(part, Item | Attribute) and isinstance(part.value, Name):
                key = part.name if isinstance(part, Attribute) else _text(part.key)
                if key == name and "." not in part.value.path:
                    return part.value
            if isinstance(part, Name) and part.path == name and part.path.count(".") == 1:
                root = part.path.partition(".")[0]
                return Name(root) if root not in ("self", "cls") else None
    return None


def _text(key: Expression) -> object:
    return getattr(key, "value", None)


def _is_made(function: Function, record: Expression) -> bool:
    """Whether what a name holds was made by a call named for making something new."""

    def behind(value: Expression) -> tuple[Expression, ...]:
        if isinstance(value, Name) and "." not in value.path:
            return tuple(values_given(function, value))
        if isinstance(value, Result) and value.call < len(function.calls):
            return function.calls[value.call].args
        return ()

    return any(
        isinstance(value, Result)
        and value.call < len(function.calls)
        and _is_making(last_segment(function.calls[value.call].func))
        for value in points_from((record,), behind)
    )


def _is_making(called: str) -> bool:
    return not _MAKING.isdisjoint(word.lower() for word in _WORD.findall(called))
