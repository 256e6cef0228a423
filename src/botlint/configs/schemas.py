"""The schemas of settings that botlint ships, by name. Nothing is ever fetched."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from botlint.resources import schemas_directory

Schema = Mapping[str, Any]

_INWARDS = frozenset({"additionalProperties", "items", "patternProperties", "properties"})


class SchemaFault(ValueError):
    """There is no such schema, or it is none."""


@functools.cache
def load_schema(name: str) -> Schema:
    """The schema ``schemas/<name>.schema.json``; raises :class:`SchemaFault`."""
    path = schemas_directory() / f"{name}.schema.json"
    try:
        schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SchemaFault(f"there is no schema {name!r}") from error
    return schema


def known_names(schema: Schema) -> frozenset[str]:
    """All keys that a schema speaks of, at whatever depth."""
    return frozenset(_names(schema))


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for one in schema:
            yield from _names(one)
    elif isinstance(schema, dict):
        for key, inner in schema.items():
            if key == "properties" and isinstance(inner, dict):
                yield from inner
                yield from _names(list(inner.values()))
            elif key not in ("const", "enum", "default", "examples"):
                yield from _names(inner)


def follow(schema: Schema, path: tuple[Any, ...]) -> list[tuple[int, Schema]]:
    """The subschemas on the way along a schema path, with what they refer to (of which the path of
    an error says nothing), and how deep in the settings the value of each stands."""
    return _follow(schema, schema, path, 0) or [(0, schema)]


def _follow(
    root: Schema, at: Any, path: tuple[Any, ...], depth: int
) -> list[tuple[int, Schema]] | None:
    here: list[tuple[int, Schema]] = [(depth, at)] if isinstance(at, dict) else []
    if not path:
        return here
    try:
        rest = _follow(root, at[path[0]], path[1:], depth + (path[0] in _INWARDS))
    except (KeyError, IndexError, TypeError):
        rest = None
    if rest is None and isinstance(at, dict) and "$ref" in at:
        rest = _follow(root, _resolve(root, at["$ref"]), path, depth)
    return None if rest is None else here + rest


def _resolve(root: Schema, reference: str) -> Any:
    at: Any = root
    for part in reference.removeprefix("#/").split("/"):
        at = at[part] if isinstance(at, dict) and part in at else {}
    return at
