"""Settings: what ``[tool.botlint]`` and the command line say, as one frozen struct.

The closest of ``.botlint.toml``, ``botlint.toml`` and ``[tool.botlint]`` in ``pyproject.toml``
counts, walking up from the first path and no further than the root of the Git repository; files
are not merged, and the command line beats them. An unknown key or a value of the wrong type is a
:class:`SettingsFault` with its place: a setting that is silently left out is a false green.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from botlint import __version__
from botlint.model import Confidence, Severity, Span
from botlint.settings.days import find_today
from botlint.settings.documents import START, Document, SettingsFault, find_document, suggest
from botlint.settings.flows import KEYS as FLOWS
from botlint.settings.flows import Flows, read_flows
from botlint.settings.required import TABLES, Needs, read_needs

__all__ = [
    "FileIgnore",
    "IgnoreEntry",
    "Overrides",
    "Settings",
    "SettingsFault",
    "find_git_root",
    "load_settings",
    "suggest",
]

_LISTS = ("select", "ignore", "extend-select", "exclude", "extend-exclude", "rules")
_WORDS = ("profile", "stage", "min-severity", "min-confidence", "fail-level", "required-version")
_TABLES = ("roles", "per-file-ignores")
KEYS = frozenset((*_LISTS, *_WORDS, *_TABLES, *TABLES, *FLOWS))
STAGES = ("smoke", "paper", "live")
_IGNORE_KEYS = ("rule", "path", "reason", "until")


class FileIgnore(msgspec.Struct, frozen=True):
    """One entry of ``[tool.botlint.per-file-ignores]``: a glob and the codes it silences."""

    glob: str
    codes: tuple[str, ...]
    span: Span = START


class IgnoreEntry(msgspec.Struct, frozen=True):
    """One ``[[tool.botlint.ignore]]``: for files that can't hold a comment."""

    rule: str
    path: str
    reason: str
    until: str = ""
    span: Span = START


class Overrides(msgspec.Struct, frozen=True):
    """What the command line says; ``None`` and empty mean that it says nothing."""

    config: Path | None = None
    isolated: bool = False
    cache: Path | None = None
    profile: str | None = None
    stage: str | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    fail_level: Severity | None = None
    exit_zero: bool = False
    jobs: int = 0
    today: date | None = None
    force_exclude: bool = False
    stdin: tuple[str, bytes] | None = None


class Settings(msgspec.Struct, frozen=True):
    """All settings of one run. ``origin`` is the file they came from, ``None`` without one.

    ``jobs`` is 0 where botlint may choose. ``exclude`` is ``None`` where the default list counts.
    ``stdin`` is the name and the bytes of the source that came on standard input. ``cache`` is the
    directory for what is kept from run to run, ``None`` for nothing.
    """

    root: Path
    origin: Path | None = None
    profile: str | None = None
    stage: str | None = None
    roles: Mapping[str, tuple[str, ...]] = {}
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[FileIgnore, ...] = ()
    ignores: tuple[IgnoreEntry, ...] = ()
    needs: Needs = Needs()
    flows: Flows = Flows()
    rules: tuple[Path, ...] = ()
    min_severity: Severity = Severity.LOW
    min_confidence: Confidence = Confidence.MEDIUM
    fail_level: Severity = Severity.LOW
    exit_zero: bool = False
    jobs: int = 0
    today: date = date.min
    force_exclude: bool = False
    stdin: tuple[str, bytes] | None = None
    cache: Path | None = None


def load_settings(start: Path, overrides: Overrides) -> Settings:
    """The settings for a run whose first path is ``start``."""
    start = start.absolute()
    document = None if overrides.isolated else find_document(start, overrides.config)
    top = find_git_root(start)
    if document is None:
        root = top or _fallback_root(start)
        document = Document(root / "botlint.toml", "", "", {})
        return _apply(Settings(root=root), document, overrides)
    # A settings file given by hand may lie anywhere; it says nothing about where the program is.
    root = (top or _fallback_root(start)) if overrides.config else document.path.parent
    return _apply(Settings(root=root, origin=document.path), document, overrides)


def find_git_root(start: Path) -> Path | None:
    """The closest directory at or above ``start`` that holds ``.git``."""
    return next((at for at in (start, *start.parents) if (at / ".git").exists()), None)


def _fallback_root(start: Path) -> Path:
    here = Path.cwd()
    if start.is_relative_to(here):
        return here
    return start if start.is_dir() else start.parent


def _apply(settings: Settings, document: Document, overrides: Overrides) -> Settings:
    table = document.table
    for key in table:
        if key not in KEYS:
            raise document.fault(f"unknown setting `{key}`{suggest(key, KEYS)}", key)
    _check_version(document)
    codes, entries = _split_ignore(document)
    exclude = _strings(document, "exclude") if "exclude" in table else None
    own_rules = tuple(document.path.parent / name for name in _strings(document, "rules"))
    said = overrides
    return msgspec.structs.replace(
        settings,
        profile=_word(document, "profile") if said.profile is None else said.profile,
        stage=said.stage or _choice(document, "stage", STAGES),
        roles=_read_roles(document),
        select=_strings(document, "select") if said.select is None else said.select,
        ignore=codes + said.ignore,
        extend_select=_strings(document, "extend-select") + said.extend_select,
        exclude=exclude if said.exclude is None else said.exclude,
        extend_exclude=_strings(document, "extend-exclude") + said.extend_exclude,
        per_file_ignores=_read_file_ignores(document),
        ignores=entries,
        needs=read_needs(document),
        flows=read_flows(document),
        rules=own_rules + said.rules,
        min_severity=said.min_severity or _severity(document, "min-severity"),
        min_confidence=said.min_confidence or _confidence(document, "min-confidence"),
        fail_level=said.fail_level or _severity(document, "fail-level"),
        exit_zero=said.exit_zero,
        cache=said.cache,
        jobs=said.jobs,
        today=said.today or find_today(os.environ),
        force_exclude=said.force_exclude,
        stdin=said.stdin,
    )


def _word(document: Document, key: str) -> str | None:
    value = document.table.get(key)
    if value is not None and not isinstance(value, str):
        raise document.fault(f"`{key}` must be a string", key)
    return value


def _choice(document: Document, key: str, allowed: tuple[str, ...]) -> str | None:
    value = _word(document, key)
    if value is not None and value not in allowed:
        wanted = ", ".join(allowed)
        hint = suggest(value, allowed)
        raise document.fault(f"`{key}` must be one of {wanted}, not `{value}`{hint}", key)
    return value


def _severity(document: Document, key: str) -> Severity:
    name = _choice(document, key, tuple(level.name.lower() for level in Severity))
    return Severity[name.upper()] if name else Severity.LOW


def _confidence(document: Document, key: str) -> Confidence:
    name = _choice(document, key, tuple(level.name.lower() for level in Confidence))
    return Confidence[name.upper()] if name else Confidence.MEDIUM


def _strings(document: Document, key: str) -> tuple[str, ...]:
    return _check_strings(document, document.table.get(key, []), key)


def _check_strings(document: Document, value: object, *parts: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise document.fault(f"`{'.'.join(parts)}` must be a list of strings", *parts)
    return tuple(value)


def _table(document: Document, key: str) -> dict[str, Any]:
    value = document.table.get(key, {})
    if not isinstance(value, dict):
        raise document.fault(f"`{key}` must be a table", key)
    return value


def _read_roles(document: Document) -> Mapping[str, tuple[str, ...]]:
    table = _table(document, "roles")
    return {role: _check_strings(document, value, "roles", role) for role, value in table.items()}


def _read_file_ignores(document: Document) -> tuple[FileIgnore, ...]:
    key = "per-file-ignores"
    return tuple(
        FileIgnore(glob, _check_strings(document, value, key, glob), document.locate(key, glob))
        for glob, value in _table(document, key).items()
    )


def _split_ignore(document: Document) -> tuple[tuple[str, ...], tuple[IgnoreEntry, ...]]:
    """``ignore`` holds codes, which switch rules off, and tables, which silence one place."""
    value = document.table.get("ignore", [])
    if not isinstance(value, list) or not all(isinstance(item, str | dict) for item in value):
        raise document.fault("`ignore` must be a list of codes or of tables", "ignore")
    entries = tuple(item for item in value if isinstance(item, dict))
    return (
        tuple(item for item in value if isinstance(item, str)),
        tuple(_read_entry(document, entry, number) for number, entry in enumerate(entries)),
    )


def _read_entry(document: Document, entry: dict[str, Any], number: int) -> IgnoreEntry:
    span = document.locate("ignore", str(number))
    where = document.path.as_posix()
    for key in entry:
        if key not in _IGNORE_KEYS:
            hint = suggest(key, _IGNORE_KEYS)
            raise SettingsFault(where, f"unknown key `{key}` of `ignore`{hint}", span)
    # TOML has dates of its own, and people write them without quotes.
    words = {key: str(value) if type(value) is date else value for key, value in entry.items()}
    for key in _IGNORE_KEYS[:3]:
        if not isinstance(words.get(key), str) or not words[key].strip():
            raise SettingsFault(where, f"an `ignore` needs its `{key}`, a string", span)
    until = words.get("until", "")
    if not isinstance(until, str):
        raise SettingsFault(where, "`until` of an `ignore` must be a day", span)
    return IgnoreEntry(words["rule"], words["path"], words["reason"].strip(), until, span)


def _check_version(document: Document) -> None:
    wanted = _word(document, "required-version")
    if wanted is None:
        return
    for part in wanted.split(","):
        clause = re.fullmatch(r"\s*(>=|<=|==|!=|>|<)?\s*(\d+(?:\.\d+)*)\s*", part)
        if clause is None:
            raise document.fault(f"`{wanted}` is no version requirement", "required-version")
        ours, theirs = _release(__version__), _release(clause[2])
        order = (ours > theirs) - (ours < theirs)
        allowed = {">=": (0, 1), "<=": (-1, 0), "!=": (-1, 1), ">": (1,), "<": (-1,)}
        if order not in allowed.get(clause[1] or "==", (0,)):
            message = f"needs botlint {wanted}, this is {__version__}"
            raise document.fault(message, "required-version")


def _release(version: str) -> tuple[int, ...]:
    numbers = [int(number) for number in re.findall(r"\d+", version)[:4]]
    return tuple(numbers + [0] * (4 - len(numbers)))
