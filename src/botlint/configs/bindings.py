"""Which files a schema speaks of: what a profile says under ``[[settings]]``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from botlint.model import Rule

PARAMETER = "settings"
"""The parameter by which rules about settings are told the bindings of the profile."""


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``schema`` (``schemas/<name>.schema.json``) holds for the part ``at`` of each of ``files``.

    ``files`` are globs; ``at`` are dotted names of which each file has the first that it defines
    (a class, a dict), empty for the whole file. ``env``: the variables of the environment that a
    ``.env`` or a compose file sets are such settings, by their names in any case. ``optional``: no
    such file need exist.
    """

    schema: str
    files: tuple[str, ...]
    at: tuple[str, ...] = ()
    env: bool = False
    optional: bool = False


def bindings_of(parameters: Mapping[str, Any]) -> tuple[Binding, ...]:
    """The bindings that the parameters of a rule hold."""
    return msgspec.convert(parameters.get(PARAMETER, ()), tuple[Binding, ...])


def files_of(rules: Iterable[Rule]) -> frozenset[str]:
    """The globs of all files that the bindings of any rule name."""
    return frozenset(_globs(rules))


def _globs(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        if rule.check == "config":
            for binding in bindings_of(rule.parameters):
                yield from binding.files
