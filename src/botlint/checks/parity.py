"""Parity: what one part of the program takes a setting to be, and what another does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from botlint.checks.constants import Unknown, Value, fold, last_assignment, value_of
from botlint.checks.flow_parity import (
    find_different,
    find_literals,
    find_unguarded,
    find_unread,
)
from botlint.checks.flows import read_parameters
from botlint.checks.setting_defaults import find_defaults
from botlint.checks.setting_fixes import align_fallback, align_field, align_parameter
from botlint.checks.settings_read import Read, find_reads, is_optional
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import Project
from botlint.settings.flows import Flows


def check_parity(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report: ``fallback``, or, of the ``flows`` that a profile names, ``literal``,
    ``different``, ``unguarded`` or ``unread``."""
    name = parameters["report"]
    if name == "fallback":
        return sorted((*_find_fallbacks(project), *_find_defaults(project)), key=_place)
    flows = read_parameters(parameters)
    if len(flows.flows) < 2:
        return ()
    return sorted(_REPORTS[name](project, flows), key=_place)


def _place(hit: Hit) -> tuple[Place, str]:
    return hit.place, hit.cause


def _find_fallbacks(project: Project) -> Iterator[Hit]:
    """Each fallback that is another value than the one which the settings give."""
    for read in find_reads(project):
        if read.fallback is None or is_optional(read.fallback):
            continue
        module = project.function(FunctionRef(read.module, 0))
        around = project.function(FunctionRef(read.function.source, 0))
        try:
            configured = value_of(module, read.key)
            fallback = fold(around, read.fallback)
        except Unknown:
            continue
        if not _is_alike(configured, fallback):
            yield _hit(project, read, configured, fallback)


def _find_defaults(project: Project) -> Iterator[Hit]:
    """Each default of a parameter or field that is another value than the setting of its name."""
    for one in find_defaults(project):
        read = Read(one.module, one.key, one.place, one.function, None)
        hit = _hit(project, read, one.configured, one.value)
        align = align_parameter if one.is_parameter else align_field
        fix = align(one.place, one.configured)
        yield msgspec.structs.replace(hit, confidence=Confidence.MEDIUM, fix=fix)


def _is_alike(one: Value, other: Value) -> bool:
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return one == other


def _hit(project: Project, read: Read, configured: Value, fallback: Value) -> Hit:
    module = FunctionRef(read.module, 0)
    node = last_assignment(project.function(module), read.key)
    assert node is not None  # value_of has found it
    defined = project.place(module, node.span)
    name = project.program.display(read.function)
    return Hit(
        place=read.place,
        saw={
            "key": read.key,
            "fallback": repr(fallback),
            "configured": repr(configured),
            "source": f"{defined.path}:{defined.span.line}",
            "function": name,
        },
        confidence=Confidence.HIGH,
        trace=(
            Step(defined, f"`{read.key}` is {configured!r} here"),
            Step(read.place, f"`{name}` would go on with {fallback!r} if it weren't there"),
        ),
        cause=f"{read.place.path}:{read.place.span.line}:{read.key}",
        symbol=name,
        fix=align_fallback(read.place, configured),
    )


_REPORTS: Mapping[str, Callable[[Project, Flows], Iterator[Hit]]] = {
    "different": find_different,
    "literal": find_literals,
    "unguarded": find_unguarded,
    "unread": find_unread,
}
