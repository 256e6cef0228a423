"""A tree of settings: what one configuration file says, each value with its place."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from botlint.model import Place, Span


class Unknown(enum.Enum):
    """The value of what is only known when the bot runs."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN

Path = tuple[str | int, ...]


class Setting(msgspec.Struct, frozen=True):
    """One value: a scalar, or a mapping or list whose parts are settings of their own.

    ``span`` is the value, ``key_span`` the name before it (the value's own where there is none).
    ``document`` counts the documents of a YAML file. ``environment`` names the variable that
    replaces the value, where code says so (``os.getenv("X", "1")``). ``overrides`` are the earlier
    places of the same path, ``overridden`` the later ones. ``is_conditional``: set in a branch, a
    handler or a loop.
    """

    path: Path
    value: Any
    span: Span
    key_span: Span
    source: str
    document: int = 0
    environment: str = ""
    is_conditional: bool = False
    overrides: tuple[Place, ...] = ()
    overridden: tuple[Place, ...] = ()

    @property
    def dotted(self) -> str:
        """``exchange.limits[0].max``."""
        text = ""
        for part in self.path:
            if isinstance(part, int):
                text += f"[{part}]"
            else:
                text += f".{part}" if text else part
        return text


class Fault(msgspec.Struct, frozen=True, order=True):
    """What is wrong with the writing itself.

    ``kind``: ``syntax`` (nothing was read), ``duplicate`` (a key twice in one mapping), ``trap``
    (a value that reads as something other than it looks), ``large`` (not read in full), ``open``
    (names are made here that the text does not show).
    """

    span: Span
    kind: str
    message: str


class Tree(msgspec.Struct, frozen=True):
    """All settings of one source, in its order. ``form`` is ``python yaml json toml env ini``;
    ``offered`` are the names that an example of variables has commented out, to be set at will."""

    path: str
    form: str
    settings: tuple[Setting, ...] = ()
    faults: tuple[Fault, ...] = ()
    offered: tuple[str, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether nothing could be read."""
        return any(fault.kind in ("syntax", "large") for fault in self.faults)

    @property
    def is_open(self) -> bool:
        """Whether it also has names that its text does not show."""
        return any(fault.kind == "open" for fault in self.faults)

    def find(self, *path: str | int) -> tuple[Setting, ...]:
        """The settings at ``path``, in source order; the last one holds."""
        return tuple(one for one in self.settings if one.path == path)
