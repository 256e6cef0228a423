"""What each flow sees of a setting: the configured value, a fallback, a literal, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from botlint.checks.flows.flows import Stretch, find_stretches, read_parameters
from botlint.checks.flows.literals import Shadow, find_shadows
from botlint.checks.settings.constants import Unknown, fold, last_assignment
from botlint.checks.settings.file_settings import Written, file_settings
from botlint.checks.settings.literals import value_deep
from botlint.checks.settings.setting_names import NOWHERE, Reading, setting_names
from botlint.checks.settings.settings_read import is_optional
from botlint.configs.types import UNKNOWN
from botlint.flow.names import FunctionRef
from botlint.model import Place, Rule
from botlint.project import Project
from botlint.settings.flows import Flows, Quantity


class View(msgspec.Struct, frozen=True):
    """One value that a flow sees.

    ``kind``: ``configured`` (the settings give it), ``fallback`` (nothing does, and this is taken),
    ``literal`` (written where the other flow has the setting), ``undefined`` (nothing gives it, and
    there is no fallback). ``value`` is ``None`` where ``is_known`` is false. ``place`` is where the
    value is written, ``reads`` are the places at which the flow takes it.
    """

    setting: str
    kind: str
    value: Any
    is_known: bool
    place: Place
    reads: tuple[Place, ...] = ()
    measure: float | None = None
    unit: str = ""

    @property
    def identity(self) -> object:
        """Equal for values that are one: by their measure, else by value, else by place."""
        if self.measure is not None:
            return round(self.measure, 9)
        return (type(self.value) is bool, repr(_plain(self.value))) if self.is_known else self.place


class Cell(msgspec.Struct, frozen=True):
    """What one flow sees of one quantity; nothing, without a view."""

    flow: str
    views: tuple[View, ...] = ()


class Row(msgspec.Struct, frozen=True):
    """One quantity with a cell for each flow. ``is_alike``: all flows see the same."""

    quantity: str
    names: tuple[str, ...]
    cells: tuple[Cell, ...]
    is_alike: bool


def find_rows(project: Project, flows: Flows) -> tuple[Row, ...]:
    """The matrix: a row for each setting and quantity that is to be compared."""
    stretches = find_stretches(project, flows)
    if len(stretches) < 2:
        return ()
    key = ("parity", msgspec.json.encode(flows))
    return project.answer(key, lambda: tuple(_find_rows(project, flows, stretches)))


def _quantities_of(flows: Flows) -> Iterator[Quantity]:
    """All that is compared: settings with one name for all flows, then the others."""
    for name in flows.parity.settings:
        yield Quantity(name, dict.fromkeys(flows.flows, (name,)))
    yield from flows.parity.quantities


def names_compared(rules: Iterable[Rule]) -> frozenset[str]:
    """The settings that rules about flows compare."""
    return frozenset().union(
        *(names_of(read_parameters(one.parameters)) for one in rules if one.check == "parity")
    )


def names_of(flows: Flows) -> frozenset[str]:
    """The names of all settings that flows are compared by."""
    quantities = _quantities_of(flows)
    return frozenset(name for one in quantities for given in one.names.values() for name in given)


def _find_rows(project: Project, flows: Flows, stretches: tuple[Stretch, ...]) -> Iterator[Row]:
    spellings = setting_names(project).spellings(names_of(flows))
    readings = {one.name: _readings(project, one, spellings) for one in stretches}
    shadows: dict[tuple[str, str], list[Shadow]] = {}
    for shadow in find_shadows(project, flows):
        shadows.setdefault((shadow.flow, shadow.named.key), []).append(shadow)
    for quantity in _quantities_of(flows):
        cells = []
        for stretch in stretches:
            views: list[View] = []
            for name in quantity.names.get(stretch.name, ()):
                unit = quantity.units.get(name, "")
                views += _views(project, name, unit, readings[stretch.name].get(name, []))
                found = shadows.get((stretch.name, name), [])
                views += (_literal(shadow, name, unit) for shadow in found)
            cells.append(Cell(stretch.name, tuple(views)))
        names = dict.fromkeys(name for given in quantity.names.values() for name in given)
        seen = {frozenset(view.identity for view in cell.views) for cell in cells}
        yield Row(quantity.quantity, tuple(names), tuple(cells), len(seen) == 1)


def _readings(
    project: Project, stretch: Stretch, spellings: frozenset[str]
) -> dict[str, list[Reading]]:
    names = setting_names(project)
    found: dict[str, list[Reading]] = {}
    for ref in sorted(stretch.all):
        for reading in names.read_in(ref, spellings):
            found.setdefault(reading.named.key, []).append(reading)
    # What a flow's own functions read says more than what it shares.
    for known in found.values():
        known.sort(key=lambda one: (one.function not in stretch.own, one.place))
    return found


def _views(project: Project, name: str, unit: str, readings: list[Reading]) -> Iterator[View]:
    names = setting_names(project)
    given: dict[tuple[int, object], list[Reading]] = {}
    values: dict[tuple[int, object], Any] = {}
    for reading in readings:
        written = _written(project, reading)
        if names.is_defined(reading.named):
            key: tuple[int, object] = (reading.named.module, "configured")
        elif written is not None:
            key = (NOWHERE, ("written", written.place))
            values[key] = written
        else:
            value = _fallback(project, reading)
            key = (NOWHERE, ("fallback", repr(value)))
            values[key] = value
        given.setdefault(key, []).append(reading)
    for key, found in sorted(given.items(), key=lambda pair: pair[1][0].place):
        places = tuple(dict.fromkeys(one.place for one in found))
        value = values.get(key)
        if key[0] != NOWHERE:
            yield _configured(project, name, unit, key[0], places)
        elif isinstance(value, Written):
            yield _of_file(name, unit, value, places)
        else:
            yield _unconfigured(name, unit, values[key], places)


_ABSENT = object()


def _fallback(project: Project, reading: Reading) -> Any:
    fallback = reading.named.fallback
    if fallback is None or is_optional(fallback):
        return _ABSENT
    try:
        return fold(project.function(FunctionRef(reading.function.source, 0)), fallback)
    except Unknown:
        return Unknown


def _written(project: Project, reading: Reading) -> Written | None:
    """What a file or the environment gives a setting that no module defines."""
    named, files = reading.named, file_settings(project)
    if named.origin == "environment":
        return files.variable(named.key)
    return files.find(named.key, reading.function.source) if named.module == NOWHERE else None


def _of_file(name: str, unit: str, written: Written, reads: tuple[Place, ...]) -> View:
    if written.value is UNKNOWN:
        return View(name, "configured", None, is_known=False, place=written.place, reads=reads)
    return _view(name, "configured", unit, written.value, written.place, reads)


def _configured(
    project: Project, name: str, unit: str, module: int, reads: tuple[Place, ...]
) -> View:
    ref = FunctionRef(module, 0)
    function = project.function(ref)
    node = last_assignment(function, name)
    place = project.place(ref, node.span) if node is not None else reads[0]
    try:
        value = value_deep(function, name)
    except Unknown:
        return View(name, "configured", None, is_known=False, place=place, reads=reads)
    return _view(name, "configured", unit, value, place, reads)


def _unconfigured(name: str, unit: str, value: Any, reads: tuple[Place, ...]) -> View:
    if value is _ABSENT:
        return View(name, "undefined", None, is_known=False, place=reads[0], reads=reads)
    if value is Unknown:
        return View(name, "fallback", None, is_known=False, place=reads[0], reads=reads)
    return _view(name, "fallback", unit, value, reads[0], reads)


def _literal(shadow: Shadow, name: str, unit: str) -> View:
    return _view(name, "literal", unit, shadow.value, shadow.place, (shadow.place,))


def _view(
    name: str, kind: str, unit: str, value: Any, place: Place, reads: tuple[Place, ...]
) -> View:
    return View(
        setting=name,
        kind=kind,
        value=value,
        is_known=True,
        place=place,
        reads=reads,
        measure=measure(value, unit),
        unit=unit,
    )


def measure(value: Any, unit: str) -> float | None:
    """A value in seconds, or in percent up; ``None`` for what has no unit or is no number."""
    if not unit or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if unit == "factor":
        return (value - 1.0) * 100.0
    return value * MEASURES[unit]


MEASURES = {
    "milliseconds": 0.001,
    "seconds": 1.0,
    "minutes": 60.0,
    "hours": 3600.0,
    "bps": 0.01,
    "percent": 1.0,
    "fraction": 100.0,
    "percent-down": -1.0,
    "fraction-down": -100.0,
}


def _plain(value: Any) -> Any:
    """A value in which equal numbers look alike."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value
