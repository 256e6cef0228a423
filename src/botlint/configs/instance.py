"""A tree of settings as one value that a schema can be held against, and back to its places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from botlint.configs.types import UNKNOWN, Path, Setting, Tree
from botlint.model import Place, Span

_TEXTUAL = ("env", "ini")
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Open(dict[str, Any]):
    """A mapping that may have more keys than are seen."""


class Instance(NamedTuple):
    """The value of one document (or of a part of it), and the setting at each path in it."""

    tree: Tree
    base: Path
    value: Any
    settings: Mapping[Path, Setting]
    document: int = 0

    def place(self, path: Path) -> Place:
        """Where the value at ``path`` stands; the file's beginning for what doesn't."""
        setting = self.settings.get(path)
        return Place(self.tree.path, setting.span) if setting else self.place_of_key(path)

    def place_of_key(self, path: Path) -> Place:
        """Where the name of the value at ``path``, or of what holds it, stands."""
        for end in range(len(path), -1, -1):
            setting = self.settings.get(path[:end])
            if setting is not None:
                return Place(self.tree.path, setting.key_span)
        return Place(self.tree.path, Span(1, 1, 1, 1))

    def unknown(self) -> Iterator[Setting]:
        """The settings whose values are only known when the bot runs."""
        inner = {path[:-1] for path in self.settings if path}
        for path, one in self.settings.items():
            if one.value is UNKNOWN and path not in inner:
                yield one


def make_instances(tree: Tree, at: Iterable[str], names: frozenset[str] | None) -> list[Instance]:
    """The value of each document of ``tree``, or of the first of the parts ``at`` that it defines.

    ``names`` are all that the source is known to define, ``None`` where it may define any.
    """
    documents = sorted({one.document for one in tree.settings}) or [0]
    return [
        instance
        for document in documents
        if (instance := _make(tree, document, tuple(at), names)) is not None
    ]


def _make(
    tree: Tree, document: int, at: tuple[str, ...], names: frozenset[str] | None
) -> Instance | None:
    settings = _last_ones(one for one in tree.settings if one.document == document)
    base: Path = ()
    if at:
        bases = [tuple(part.split(".")) for part in at]
        found = [one for one in bases if any(path[: len(one)] == one for path in settings)]
        if not found:
            return None
        base = found[0]
    inner = {path[len(base) :]: one for path, one in settings.items() if path[: len(base)] == base}
    value = _build((), inner, _children(inner))
    if not at and isinstance(value, dict):
        value = _complete(value, names)
    return Instance(tree, base, value, inner, document)


def _complete(value: dict[str, Any], names: frozenset[str] | None) -> dict[str, Any]:
    """With the names that are defined in a way the tree doesn't show."""
    if names is None:
        return Open(value)
    return {**dict.fromkeys(sorted(names - value.keys()), UNKNOWN), **value}


def _last_ones(settings: Iterable[Setting]) -> dict[Path, Setting]:
    """The settings that hold; one that is only sometimes set to something else is unknown."""
    found: dict[Path, Setting] = {}
    for one in settings:
        earlier = found.get(one.path)
        if earlier is not None and one.is_conditional and earlier.value != one.value:
            one = msgspec.structs.replace(one, value=UNKNOWN)
        found[one.path] = one
    return found


def _children(settings: Mapping[Path, Setting]) -> dict[Path, list[str | int]]:
    found: dict[Path, dict[str | int, None]] = {}
    for path in settings:
        for end in range(len(path)):
            found.setdefault(path[:end], {})[path[end]] = None
    return {path: list(parts) for path, parts in found.items()}


def _build(
    at: Path, settings: Mapping[Path, Setting], children: Mapping[Path, list[str | int]]
) -> Any:
    parts = children.get(at)
    setting = settings.get(at)
    if not parts:
        return setting.value if setting is not None else {}
    if all(isinstance(part, int) for part in parts):
        return [_build((*at, part), settings, children) for part in parts]
    built = {str(part): _build((*at, part), settings, children) for part in parts}
    if setting is not None and (setting.value is UNKNOWN or _lacks(setting.value, built)):
        return Open(built)
    return built


def _lacks(value: Any, built: Mapping[str, Any]) -> bool:
    return isinstance(value, dict) and len(value) > len(built)


def read_texts(instance: Instance, schema: Mapping[str, Any]) -> Instance:
    """An instance of a form that knows only texts, with its values read as ``schema`` wants them;
    in a ``.env``, a name is that of the setting in any case, and others are none of its business.
    """
    if instance.tree.form not in _TEXTUAL or not isinstance(instance.value, dict):
        return instance
    properties: Mapping[str, Any] = schema.get("properties", {})
    if instance.tree.form == "ini":
        value = {
            key: _read_members(one, properties.get(key, {}).get("properties", {}))
            for key, one in instance.value.items()
        }
        return instance._replace(value=value)
    own = {name.casefold(): name for name in properties}
    settings: dict[Path, Setting] = {
        (own[str(path[0]).casefold()],): one
        for path, one in instance.settings.items()
        if path and str(path[0]).casefold() in own
    }
    texts = {str(path[0]): one.value for path, one in settings.items()}
    return instance._replace(value=Open(_read_members(texts, properties)), settings=settings)


def _read_members(value: Any, properties: Mapping[str, Any]) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _read_text(one, properties.get(key, {})) for key, one in value.items()}


def _read_text(text: Any, schema: Any) -> Any:
    wanted = schema.get("type", ()) if isinstance(schema, dict) else ()
    types = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    if not isinstance(text, str) or not types or "string" in types:
        return text
    if "boolean" in types and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for kind, read in (("integer", int), ("number", float)):
        if kind in types or (kind == "integer" and "number" in types):
            try:
                return read(text)
            except ValueError:
                continue
    return text.split(",") if "array" in types else text
