"""What a bot must have and must do, as a profile or ``[tool.botlint]`` says it.

The lists of names in one table are the names that *one* part may go by: any of them will do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from botlint.settings.documents import Document

KINDS = ("functions", "calls", "keys", "signals", "services", "roles")

PATTERNS = ("functions", "calls", "reactions")
"""The fields that hold call patterns."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One required part, which exactly one of the lists names.

    ``functions`` are patterns of functions, methods or handlers that must be defined and run,
    ``calls`` of calls that must be made, ``roles`` roles that something must play, ``keys`` names
    that must be written to a record (``record.key``, or the key alone), ``signals`` what a handler
    is needed for, ``services`` services of a compose file. ``file`` is where the part belongs: with
    it, only what stands in a file of that name counts. What is ``optional`` need not exist; if it
    does, it must run.
    """

    part: str
    functions: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    file: str = ""
    optional: bool = False

    def __post_init__(self) -> None:
        if sum(bool(getattr(self, kind)) for kind in KINDS) != 1:
            raise ValueError(f"the part {self.part!r} needs one of {', '.join(KINDS)}")

    @property
    def kind(self) -> str:
        """Which of the lists names the part."""
        return next(kind for kind in KINDS if getattr(self, kind))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the part may go by."""
        found: tuple[str, ...] = getattr(self, self.kind)
        return found


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step that must be done before the first order: a call to any of ``calls``."""

    step: str
    calls: tuple[str, ...]


class Reaction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After a call to any of ``calls`` (with any of ``words`` among its arguments, if there are
    some), one of ``reactions`` must be called."""

    halt: str
    calls: tuple[str, ...]
    reactions: tuple[str, ...]
    words: tuple[str, ...] = ()


class Needs(msgspec.Struct, frozen=True):
    """All that is required of a bot."""

    requires: tuple[Part, ...] = ()
    startup: tuple[Step, ...] = ()
    reactions: tuple[Reaction, ...] = ()


TABLES: Mapping[str, type[msgspec.Struct]] = {
    "requires": Part,
    "startup": Step,
    "reactions": Reaction,
}


def read_needs(document: Document) -> Needs:
    """What the tables of a settings file require. Raises :class:`SettingsFault` with the place."""
    return Needs(**{key: _read_array(document, key) for key in TABLES})


def _read_array(document: Document, key: str) -> tuple[Any, ...]:
    tables = document.table.get(key, [])
    if not isinstance(tables, list):
        raise document.fault(f"`{key}` must be an array of tables", key)
    found = []
    for number, table in enumerate(tables):
        try:
            found.append(msgspec.convert(table, TABLES[key]))
        except msgspec.ValidationError as error:
            raise document.fault(f"`{key}`: {error}", key, str(number)) from error
    return tuple(found)
