"""Of several alternatives, the one that was meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TELLING = ("const", "enum")


def pick_branch(error: ValidationError) -> tuple[str, list[ValidationError]]:
    """The branch of a failed ``oneOf`` or ``anyOf`` that the value comes closest to: what it is
    called, and the errors in it.

    A branch is not meant if a value that tells the branches apart is another one, or if the type of
    the whole is; of the others, the one with the fewest errors is.
    """
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    wanted: Any = error.validator_value
    alternatives = list(wanted)
    number = min(branches, key=lambda one: (_strangeness(branches[one]), len(branches[one]), one))
    return _name(alternatives[number], error.instance), branches[number]


def _strangeness(errors: Iterable[ValidationError]) -> int:
    found = 0
    for error in errors:
        if error.validator == "type" and not error.path:
            found = max(found, 3)
        elif error.validator in _TELLING and len(error.path) == 1:
            found = max(found, 2)
        elif error.validator == "additionalProperties":
            found = max(found, 1)
    return found


def _name(branch: Any, value: Any) -> str:
    """``mode: real``: by the value that tells it apart, else by its title."""
    if not isinstance(branch, dict):
        return ""
    for key, inner in branch.get("properties", {}).items():
        if isinstance(inner, dict) and "const" in inner and isinstance(value, dict):
            return f"{key} {inner['const']}" if value.get(key) == inner["const"] else key
    return str(branch.get("title", ""))
