"""Guards and protections that can never work, whatever happens around them.

Each kind is a question about what the code names: is the method there, the import, the attribute,
the key; do the arguments fit; can the condition hold. A kind answers only where the program leaves
no other reading; anything it can't follow is unknown, and unknown is no hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from botlint.checks.behind import Told, told, told_in_front
from botlint.checks.faults.absent import find_absent_members
from botlint.checks.faults.always import find_always_true
from botlint.checks.faults.answers import find_unanswered
from botlint.checks.faults.contradictions import find_false_conditions
from botlint.checks.faults.enum_texts import find_compared_members
from botlint.checks.faults.factories import find_bare_factories
from botlint.checks.faults.handed_misfits import find_handed_misfits
from botlint.checks.faults.imported import find_missing_imports
from botlint.checks.faults.impossible import find_impossible
from botlint.checks.faults.later_arms import find_dead_arms
from botlint.checks.faults.members import find_missing_attributes, find_undefined_methods
from botlint.checks.faults.misfits import find_argument_misfits
from botlint.checks.faults.missing_modules import find_missing_modules
from botlint.checks.faults.never_raised import find_never_raised
from botlint.checks.faults.refusals import find_unrefusing
from botlint.checks.faults.swapped import find_swapped
from botlint.checks.faults.switched_off import find_switched_off
from botlint.checks.faults.unbound import find_unbound
from botlint.checks.faults.undefined import find_undefined
from botlint.checks.faults.unhanded import find_unhanded
from botlint.checks.faults.unloadable import packages_around
from botlint.checks.faults.unmoved import find_unmoved
from botlint.checks.faults.unpacked import find_unpack_misfits
from botlint.checks.faults.unreachable import find_unreachable
from botlint.checks.faults.unused import find_unused
from botlint.checks.faults.unwritten import find_unwritten_keys
from botlint.checks.one_cause import told_once
from botlint.checks.standing import NEVER, dead_part, never_loaded, with_standing
from botlint.model import Hit, Step
from botlint.project import Project

KINDS: Mapping[str, Callable[[Project], Iterable[Hit]]] = {
    "undefined-method": find_undefined_methods,
    "argument-misfit": find_argument_misfits,
    "missing-import": find_missing_imports,
    "missing-module": find_missing_modules,
    "missing-attribute": find_missing_attributes,
    "false-condition": find_false_conditions,
    "impossible": find_impossible,
    "always-true": find_always_true,
    "undefined-name": find_undefined,
    "unbound-name": find_unbound,
    "unreachable": find_unreachable,
    "unused": find_unused,
    "unwritten-key": find_unwritten_keys,
    "bare-factory": find_bare_factories,
    "never-refuses": find_unrefusing,
    "switched-off": find_switched_off,
    "dead-arm": find_dead_arms,
    "enumeration-compared": find_compared_members,
    "answer-compared": find_unanswered,
    "arguments-swapped": find_swapped,
    "handed-misfit": find_handed_misfits,
    "absent-member": find_absent_members,
    "never-raised": find_never_raised,
    "unmoved": find_unmoved,
    "never-handed": find_unhanded,
    "unpack-misfit": find_unpack_misfits,
}

_LAST = 10**9
_IMPORTS = frozenset({"missing-import", "missing-module"})
_LOADING = _IMPORTS | {"undefined-name"}
"""Kinds of what a module can't be imported with."""

_FAILING = frozenset(
    {"undefined-method", "argument-misfit", "missing-import", "missing-module"}
    | {"undefined-name", "absent-member"}
)
"""Kinds of what raises whenever it is run."""

_ENDS_IN = {
    **dict.fromkeys(("argument-misfit", "handed-misfit", "bare-factory"), "TypeError"),
    **dict.fromkeys(("undefined-method", "absent-member"), "AttributeError"),
    **dict.fromkeys(("missing-import",), "ImportError"),
    **dict.fromkeys(("missing-module",), "ModuleNotFoundError"),
    **dict.fromkeys(("undefined-name",), "NameError"),
    **dict.fromkeys(("unpack-misfit",), "ValueError"),
    **dict.fromkeys(("unbound-name",), "UnboundLocalError"),
    **dict.fromkeys(("arguments-swapped",), "Exception"),
    **dict.fromkeys(("false-condition", "dead-arm", "missing-attribute"), NEVER),
}
"""What is raised where a fault of a kind is run, if anything; the exchange's own error is any."""


def check_inert(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """The hits of each kind that ``parameters`` asks for; all by default."""
    kinds = parameters.get("kinds", KINDS)
    found = {kind: sorted(KINDS[kind](project), key=lambda hit: hit.place) for kind in kinds}
    failing = [hit for kind in kinds if kind in _LOADING for hit in found[kind]]
    unloaded = never_loaded(project, failing)
    standing = {
        kind: with_standing(
            project,
            (one for one in found[kind] if one.place.span.line <= _end_of(unloaded, one)),
            _ENDS_IN.get(kind, ""),
        )
        for kind in kinds
    }
    failing = [hit for kind in kinds if kind in _FAILING for hit in standing[kind]]
    behind = told_in_front(project, (hit for kind in kinds for hit in standing[kind]), failing)
    hits: list[Hit] = []
    for kind in kinds:
        left = _without(behind, standing[kind])
        if kind in _IMPORTS:
            left = _once_a_package(project, unloaded, left)
        hits += told_once(project, kind, left)
    return _once_a_part(project, sorted(hits, key=lambda hit: (hit.place, hit.saw["what"])))


def _without(behind: Mapping[Told, list[Hit]], hits: list[Hit]) -> list[Hit]:
    """``hits`` without what stands behind another one, which is related to that."""
    hidden = {told(hit) for others in behind.values() for hit in others}
    return [
        msgspec.structs.replace(hit, related=(*hit.related, *_of(behind.get(told(hit), []))))
        for hit in hits
        if told(hit) not in hidden
    ]


def _of(hits: list[Hit]) -> Iterator[Step]:
    return (Step(hit.place, hit.saw["what"]) for hit in hits)


def _end_of(unloaded: Mapping[str, int], hit: Hit) -> int:
    return unloaded.get(hit.place.path, _LAST)


def _once_a_package(project: Project, unloaded: Mapping[str, int], hits: list[Hit]) -> list[Hit]:
    """One hit for each package that can't be imported, with what fails in its modules: nobody comes
    to that before the package is mended. It weighs as much as the one that weighs most."""
    first = {
        project.numbers[hit.place.path]: hit
        for hit in hits
        if unloaded.get(hit.place.path) == hit.place.span.line
    }
    within: dict[int, list[Hit]] = {}
    for hit in hits:
        around = packages_around(project, project.numbers[hit.place.path])
        within.setdefault(next((one for one in around if one in first), -1), []).append(hit)
    alone = within.pop(-1, [])
    for package, others in within.items():
        own = first[package]
        worst = min((own, *others), key=lambda hit: hit.mitigation)
        whole = msgspec.structs.replace(
            own,
            mitigation=worst.mitigation,
            saw={**own.saw, "standing": worst.saw["standing"]},
            related=(*own.related, *_of(others)),
        )
        alone = [whole if one is own else one for one in alone]
    return alone


def _once_a_part(project: Project, hits: list[Hit]) -> list[Hit]:
    """One hit for each part that nothing runs: who brings it to life has to go through it all."""
    same: dict[tuple[str, ...], list[Hit]] = {}
    for hit in hits:
        path, cls = dead_part(project, hit)
        key = (path, cls) if path else (hit.place.path, str(hit.place.span), hit.saw["what"])
        same.setdefault(key, []).append(hit)
    return [
        msgspec.structs.replace(first, related=(*first.related, *_of(others)))
        for first, *others in same.values()
    ]
