"""Of several alternatives, the one that was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from botlint.configs.types import Path

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


class Branch(NamedTuple):
    """The alternative that was meant, what it is called, and what is wrong in it."""

    name: str
    errors: list[ValidationError]


class Choice(NamedTuple):
    """None is meant: the value at ``path``, which tells them apart, is none of ``known``."""

    path: Path
    value: Any
    known: tuple[Any, ...]


def pick_branch(error: ValidationError) -> Branch | Choice:
    """What a failed ``oneOf`` or ``anyOf`` comes closest to.

    Where a key has another fixed value in each alternative, its value says which is meant; else it
    is the alternative of the right type, and of these the one with the fewest errors.
    """
    wanted: Any = error.validator_value
    alternatives = [one if isinstance(one, dict) else {} for one in wanted]
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    value = error.instance if isinstance(error.instance, dict) else {}
    for key, meant in _telling(alternatives).items():
        if key not in value:
            continue
        for number, one in enumerate(meant):
            if value[key] == one and number in branches:
                return Branch(f"{key} {one}", branches[number])
        return Choice((*error.absolute_path, key), value[key], meant)
    number = min(branches, key=lambda one: (_is_strange(branches[one]), len(branches[one]), one))
    return Branch(str(alternatives[number].get("title", "")), branches[number])


def _telling(alternatives: list[dict[str, Any]]) -> Mapping[str, tuple[Any, ...]]:
    """The keys that have a fixed value of its own in each alternative."""
    found: dict[str, tuple[Any, ...]] = {}
    for key in alternatives[0].get("properties", {}) if alternatives else ():
        inner = [one.get("properties", {}).get(key, {}) for one in alternatives]
        fixed = tuple(one["const"] for one in inner if isinstance(one, dict) and "const" in one)
        if len(fixed) == len(alternatives) and len(set(map(repr, fixed))) == len(fixed):
            found[key] = fixed
    return found


def _is_strange(errors: Iterable[ValidationError]) -> bool:
    return any(error.validator == "type" and not error.path for error in errors)
