"""Settings that name a key which another file has to define: an account and its capital profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botlint.configs.bindings import Binding
from botlint.configs.breaches import Breach
from botlint.configs.instance import Instance, Open
from botlint.configs.schemas import load_schema

KEYWORD = "x-key-of"


class Held(NamedTuple):
    """One instance held against one schema."""

    binding: Binding
    instance: Instance
    breaches: list[Breach]


def find_undefined_keys(held: Held, schemas: Mapping[str, list[Instance]]) -> Iterator[Breach]:
    """A breach for each value that should be a key of the files under another schema, and is none.

    ``schemas`` are the instances by the schema that they were held against. Nothing is said where
    there is no such file, or one whose keys aren't all seen.
    """
    schema = load_schema(held.binding.schema)
    broken = {one.path for one in held.breaches}
    for name, (other, told) in sorted(_references(schema).items()):
        instances = schemas.get(other, [])
        values = [one.value for one in instances]
        if not values or any(not isinstance(one, dict) or isinstance(one, Open) for one in values):
            continue
        keys = sorted({str(key) for value in values for key in value})
        where = " and ".join(sorted({one.tree.path for one in instances}))
        for path, setting in held.instance.settings.items():
            is_named = path[-1:] == (name,) and isinstance(setting.value, str)
            if is_named and setting.value not in keys and path not in broken:
                required = f"be one that {where} defines: {', '.join(keys)}"
                yield Breach("invalid", path, setting.value, required, told)


def _references(schema: Any) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The properties whose values are keys under another schema."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    waiting = [schema]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting += at
        elif isinstance(at, dict):
            waiting += at.values()
            for name, inner in at.get("properties", {}).items():
                if isinstance(inner, dict) and KEYWORD in inner:
                    severity = inner.get("x-severity", "critical")
                    told = {"severity": severity, "item": inner.get("x-item", "")}
                    found[name] = inner[KEYWORD], told
    return found
