"""Parity: what one part of the program takes a setting to be, and what another does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from botlint.checks.flows.flow_parity import (
    find_different,
    find_literals,
    find_unguarded,
    find_unread,
)
from botlint.checks.flows.flows import read_parameters
from botlint.checks.flows.setting_defaults import find_defaults
from botlint.checks.settings.constants import Unknown, Value, fold, last_assignment, value_of
from botlint.checks.settings.keyed_reads import find_keyed_reads
from botlint.checks.settings.setting_fixes import align_fallback, align_field, align_parameter
from botlint.checks.settings.settings_read import Read, find_reads, is_optional
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import Project
from botlint.settings.flows import Flows


def check_parity(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report: ``fallback``, or, of the ``flows`` that a profile names, ``literal``,
    ``different``, ``unguarded`` or ``unread``."""
    name = parameters["report"]
    if name == "fallback":
        found = (*_find_fallbacks(project), *_find_defaults(project), *_find_keyed(project))
        return sorted(found, key=_place)
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


def _find_keyed(project: Project) -> Iterator[Hit]:
    """Each fallback for a key of a configuration file that has another value."""
    for read in find_keyed_reads(project):
        setting, fallback = read.setting, read.fallback
        if setting is None or fallback is None or is_optional(fallback):
            continue
        try:
            value = fold(project.function(FunctionRef(read.function.source, 0)), fallback)
        except Unknown:
            continue
        configured = setting.value
        is_plain = isinstance(configured, bool | int | float | str)
        if is_plain and not _is_alike(configured, value):
            defined = Place(setting.source, setting.span)
            at = (read.dotted, read.place, read.function)
            yield _differing(project, *at, defined, configured, value)


def _is_alike(one: Value, other: Value) -> bool:
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return one == other


def _hit(project: Project, read: Read, configured: Value, fallback: Value) -> Hit:
    module = FunctionRef(read.module, 0)
    node = last_assignment(project.function(module), read.key)
    assert node is not None  # value_of has found it
    defined = project.place(module, node.span)
    at = (read.key, read.place, read.function)
    return _differing(project, *at, defined, configured, fallback)


def _differing(
    project: Project,
    key: str,
    place: Place,
    function: FunctionRef,
    defined: Place,
    configured: Value,
    fallback: Value,
) -> Hit:
    name = project.program.display(function)
    return Hit(
        place=place,
        saw={
            "key": key,
            "fallback": repr(fallback),
            "configured": repr(configured),
            "source": f"{defined.path}:{defined.span.line}",
            "function": name,
        },
        confidence=Confidence.HIGH,
        trace=(
            Step(defined, f"`{key}` is {configured!r} here"),
            Step(place, f"`{name}` would go on with {fallback!r} if it weren't there"),
        ),
        cause=f"{place.path}:{place.span.line}:{key}",
        symbol=name,
        fix=align_fallback(place, configured),
    )


_REPORTS: Mapping[str, Callable[[Project, Flows], Iterator[Hit]]] = {
    "different": find_different,
    "literal": find_literals,
    "unguarded": find_unguarded,
    "unread": find_unread,
}
