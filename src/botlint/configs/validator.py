"""JSON Schema 2020-12 as ``jsonschema`` has it, over settings of which some are unknown.

What is unknown breaks nothing. Beside the standard keywords there are those of
``schemas/settings.metaschema.json``: ``x-stages``, ``x-safe`` and ``x-validations`` are checked
here, the others only say more about what was found.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botlint.configs.expressions import holds
from botlint.configs.instance import Open
from botlint.configs.schemas import Schema
from botlint.configs.types import UNKNOWN

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

STAGES = ("smoke", "paper", "live")
_WHOLE = ("const", "enum", "uniqueItems", "contains", "dependentSchemas", "not", "oneOf", "anyOf")
_Step = Callable[..., "Iterator[ValidationError] | None"]


def find_errors(schema: Schema, value: Any, stage: str) -> list[ValidationError]:
    """What breaks ``schema`` in ``value``, in an order of its own; ``stage`` may be empty."""
    from referencing import Registry

    validator = _make_class(stage)(dict(schema), registry=Registry())
    return list(validator.iter_errors(value))


@functools.cache
def _make_class(stage: str) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    standard: Mapping[str, Any] = Draft202012Validator.VALIDATORS
    own: dict[str, Any] = {key: _wary(key, step) for key, step in standard.items()}
    own |= {
        "required": _required,
        "additionalProperties": _wary("", _make_additional(standard["additionalProperties"])),
        "if": _make_if(standard["if"]),
        "x-safe": _safe,
        "x-stages": functools.partial(_stages, stage),
        "x-validations": functools.partial(_validations, stage),
    }
    make: Any = extend
    return make(Draft202012Validator, own)


def _wary(key: str, step: _Step) -> _Step:
    """A keyword that says nothing about what is unknown."""

    def check(validator: Any, wanted: Any, value: Any, schema: Any) -> Any:
        if value is UNKNOWN or (key in _WHOLE and _has_unknown(value)):
            return ()
        if key.startswith(("min", "dependent")) and isinstance(value, Open):
            return ()
        return step(validator, wanted, value, schema) or ()

    return check


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(value, Open) or any(_has_unknown(one) for one in value.values())
    if isinstance(value, list):
        return any(_has_unknown(one) for one in value)
    return value is UNKNOWN


def _required(validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """One error for each key that is missing, where all keys are seen."""
    from jsonschema.exceptions import ValidationError

    if not isinstance(value, dict) or isinstance(value, Open):
        return
    for name in wanted:
        if name not in value:
            yield ValidationError(f"{name!r} is missing", validator_value=[name])


def _make_additional(step: _Step) -> _Step:
    def check(
        validator: Any, wanted: Any, value: Any, schema: Any
    ) -> Iterator[ValidationError] | None:
        if wanted is not False:
            return step(validator, wanted, value, schema)
        return _additional(value, schema)

    return check


def _additional(value: Any, schema: Any) -> Iterator[ValidationError]:
    """One error for each key that a closed schema doesn't know, at the key."""
    import re

    from jsonschema.exceptions import ValidationError

    patterns = [re.compile(one) for one in schema.get("patternProperties", {})]
    for key in value if isinstance(value, dict) else ():
        if key not in schema.get("properties", {}) and not any(one.search(key) for one in patterns):
            yield ValidationError(f"{key!r} is unknown", path=[key], instance=key)


def _make_if(step: _Step) -> _Step:
    def check(validator: Any, wanted: Any, value: Any, schema: Any) -> Any:
        asked = wanted.get("properties", {}) if isinstance(wanted, dict) else {}
        if value is UNKNOWN or (
            isinstance(value, dict) and any(value.get(key) is UNKNOWN for key in asked)
        ):
            return ()
        return step(validator, wanted, value, schema) or ()

    return check


def _safe(validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """``x-safe``: a schema for what is not only allowed but advised."""
    yield from validator.descend(value, wanted)


def _stages(
    stage: str, validator: Any, wanted: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    """``x-stages``: what also holds in one stage; an error knows which stages it would suit."""
    if stage not in wanted or value is UNKNOWN:
        return
    suiting = [
        other
        for other in STAGES
        if other != stage
        and (other not in wanted or validator.evolve(schema=wanted[other]).is_valid(value))
    ]
    for error in validator.descend(value, wanted[stage], schema_path=stage):
        error.suiting = suiting
        yield error


def _validations(
    stage: str, validator: Any, wanted: Any, value: Any, schema: Any
) -> Iterator[ValidationError]:
    """``x-validations``: expressions over several settings of one mapping."""
    from jsonschema.exceptions import ValidationError

    if not isinstance(value, dict):
        return
    for number, entry in enumerate(wanted):
        if stage in entry.get("stages", (stage,)) and holds(entry["rule"], value) is False:
            yield ValidationError(entry["rule"], validator_value=entry, schema_path=[number])
