"""Faults that are told once: of one function with one cause, of one file, of many copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import msgspec

from botlint.model import Hit, Place, Step
from botlint.project import Project

_MANY = 5
_OF_ONE_CAUSE = frozenset(
    {"undefined-method", "argument-misfit", "missing-import", "missing-attribute", "undefined-name"}
    | {"unbound-name", "missing-module", "always-true"}
)
"""Kinds whose fault lies in what is named, so that it is one fault wherever it is named."""

_ALIKE: Mapping[str, tuple[str, ...]] = {
    "undefined-name": ("of",),
    "argument-misfit": ("misfit",),
    "absent-member": ("owner", "member"),
    "unused": ("what",),
    "arguments-swapped": ("name",),
    "unwritten-key": ("chain",),
}
"""What faults of a kind see alike that have one cause in one function: several names that nothing
binds, several calls that leave out one thing, several names of one record, several calls of one
coroutine, several arms of one ``or``."""


def told_once(project: Project, kind: str, hits: list[Hit]) -> list[Hit]:
    """One hit for each cause among the ``hits`` of a kind, at the first of its places that weighs
    most; the others are related to it."""
    for field in _ALIKE.get(kind, ()):
        hits = _merged(hits, partial(_in_function, project, field))
    return _gathered(hits) if kind in _OF_ONE_CAUSE else hits


def _in_function(project: Project, field: str, hit: Hit) -> object:
    seen = hit.saw.get(field)
    return hit.place if seen is None else (project.function_at(hit.place), seen)


def _gathered(hits: list[Hit]) -> list[Hit]:
    """One hit for each fault of a file, at the first of its places that weighs most; and one for a
    fault that is copied into many files. The others are related to it."""
    found = _merged(hits, lambda hit: (hit.place.path, _fault(hit)))
    counts = Counter(map(_fault, found))
    copied = [hit for hit in found if counts[_fault(hit)] >= _MANY]
    return [hit for hit in found if hit not in copied] + _merged(copied, _fault)


def _fault(hit: Hit) -> str:
    """What is wrong, by which the same fault is known elsewhere."""
    return hit.saw.get("fault", hit.saw["what"])


def _merged(hits: list[Hit], key: Callable[[Hit], object]) -> list[Hit]:
    same: dict[object, list[Hit]] = {}
    for hit in hits:
        same.setdefault(key(hit), []).append(hit)
    return [
        msgspec.structs.replace(
            first, related=tuple(dict.fromkeys((*first.related, *_here_too(first, others))))
        )
        for first, *others in (sorted(one, key=_weight) for one in same.values())
    ]


def _here_too(first: Hit, others: list[Hit]) -> Iterator[Step]:
    for hit in others:
        if _fault(hit) != _fault(first):
            yield Step(hit.place, hit.saw["what"])
        elif hit.place != first.place:
            yield Step(hit.place, "here too")
        yield from hit.related


def _weight(hit: Hit) -> tuple[int, Place]:
    return hit.mitigation, hit.place
