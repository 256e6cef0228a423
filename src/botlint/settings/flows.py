"""Flows: the parts of a program that must agree, and the settings in which they must.

As a profile or ``[tool.botlint.flows]`` and ``[tool.botlint.parity]`` say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from botlint.settings.documents import Document

KEYS = ("flows", "parity")

UNITS = (
    "milliseconds", "seconds", "minutes", "hours", "bps", "percent", "fraction", "factor",
    "percent-down", "fraction-down",
)  # fmt: skip


class Flow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One flow: all functions in ``files`` (globs), and the functions ``entries`` (patterns). With
    either comes what it calls, as far as that stands in no file of another flow."""

    files: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.files or self.entries):
            raise ValueError("a flow needs files or entries")


class Quantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One quantity and the settings that stand for it: ``names`` by flow, ``units`` by setting
    where they differ (one of :data:`UNITS`)."""

    quantity: str
    names: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        unknown = sorted(set(self.units.values()) - set(UNITS))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no unit; the units are {', '.join(UNITS)}")


class Parity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is compared: ``settings`` by their name, and ``quantities`` that have several."""

    settings: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()


class Flows(msgspec.Struct, frozen=True):
    """All flows, the first of them the one that others are held against."""

    flows: Mapping[str, Flow] = {}
    parity: Parity = Parity()

    def joined(self, flows: Mapping[str, Flow], parity: Parity) -> Flows:
        """With what a project says beside this: its own flow of a name stands for that name."""
        return Flows(
            {**self.flows, **flows},
            Parity(
                tuple(dict.fromkeys((*self.parity.settings, *parity.settings))),
                (*self.parity.quantities, *parity.quantities),
            ),
        )


def read_flows(document: Document) -> Flows:
    """What a settings file says of flows. Raises :class:`SettingsFault` with the place."""
    flows = _convert(document, "flows", dict[str, Flow], {})
    parity = _convert(document, "parity", Parity, Parity())
    for quantity in parity.quantities:
        for name in quantity.names:
            if flows and name not in flows:
                raise document.fault(f"`parity`: there is no flow `{name}`", "parity")
    return Flows(flows, parity)


def _convert(document: Document, key: str, kind: Any, default: Any) -> Any:
    if key not in document.table:
        return default
    try:
        return msgspec.convert(document.table[key], kind)
    except msgspec.ValidationError as error:
        raise document.fault(f"`{key}`: {error}", key) from error
