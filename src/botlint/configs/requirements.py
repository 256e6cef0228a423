"""What a schema requires, in words that go on after "must"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPES = {
    "array": "a list",
    "boolean": "a truth value",
    "integer": "a whole number",
    "null": "empty",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}
_LIMITS = {
    "minimum": "be at least {}",
    "maximum": "be at most {}",
    "exclusiveMinimum": "be more than {}",
    "exclusiveMaximum": "be less than {}",
    "multipleOf": "be a multiple of {}",
    "minItems": "have at least {} elements",
    "maxItems": "have at most {} elements",
    "minLength": "have at least {} characters",
    "maxLength": "have at most {} characters",
    "minProperties": "have at least {} members",
    "maxProperties": "have at most {} members",
}


def describe(error: ValidationError, form: str) -> str:
    """What is required where ``error`` stands."""
    wanted: Any = error.validator_value
    keyword = str(error.validator)
    if keyword in _LIMITS:
        return describe_limit(keyword, wanted)
    if keyword == "type":
        types = [wanted] if isinstance(wanted, str) else list(wanted)
        return "be " + " or ".join(_TYPES.get(one, one) for one in types)
    if keyword == "const":
        return f"be {show_value(wanted, form)}"
    if keyword == "enum":
        return describe_choice(tuple(wanted), form)
    if keyword == "pattern":
        about = error.schema.get("description") if isinstance(error.schema, dict) else None
        return f"be {about}" if about else f"match {wanted}"
    if keyword == "x-validations":
        return str(wanted["rule"])
    if keyword == "uniqueItems":
        return "not repeat an element"
    if keyword == "contains":
        return "have an element that fits"
    if keyword == "required":
        return f"be set: {wanted[0]}"
    return f"fit `{keyword}`"


def describe_limit(keyword: str, wanted: Any) -> str:
    """What a limit of a schema, ``maximum``, requires."""
    if keyword == "minLength" and wanted == 1:
        return "not be empty"
    text = _LIMITS[keyword].format(wanted)
    return text.replace(" 1 elements", " one element").replace(" 1 members", " one member")


def describe_type(name: str) -> str:
    """What a type of a schema, ``integer``, requires."""
    return f"be {_TYPES[name]}"


def describe_choice(known: tuple[Any, ...], form: str) -> str:
    """That it must be one of the values ``known``."""
    return "be " + _one_of([show_value(one, form) for one in known])


def show_value(value: Any, form: str) -> str:
    """A value as it is written in a file of that form."""
    if form == "python":
        return repr(value)
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def _one_of(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + f" or {words[-1]}"
