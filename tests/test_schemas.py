"""The schemas of settings that ship: each is what it says it is, and is used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from botlint.configs.expressions import ExpressionFault, holds, names_in
from botlint.configs.schemas import known_names, load_schema
from botlint.profiles import load_profile
from botlint.resources import rules_directory, schemas_directory
from botlint.settings import Settings

META = json.loads((schemas_directory() / "settings.metaschema.json").read_text("utf-8"))
PROFILES = sorted(path.stem for path in (rules_directory() / "profiles").glob("*.toml"))


def bindings() -> Iterator[tuple[str, str]]:
    for name in PROFILES:
        profile = load_profile(Settings(root=Path(), profile=name))
        assert profile is not None
        for binding in profile.settings:
            yield name, binding["schema"]


SCHEMAS = sorted({schema for _, schema in bindings()})


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from subschemas(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from subschemas(inner)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_satisfies_the_metaschema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(META)
    jsonschema.Draft202012Validator(META).validate(load_schema(name))


@pytest.mark.parametrize(
    "wrong",
    [
        {"x-severity": "fatal"},
        {"properties": {"a": {"x-sevrity": "high"}}},
        {"x-stages": {"production": {}}},
        {"x-stages": {"live": {"minimum": "much"}}},
        {"x-safe": {"maximum": "little"}},
        {"x-validations": [{"rule": "a < b"}]},
    ],
)
def test_the_metaschema_refuses_what_is_no_keyword(wrong: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(META).is_valid(wrong)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_refers_to_nothing_outside_itself(name: str) -> None:
    references = [one["$ref"] for one in subschemas(load_schema(name)) if "$ref" in one]
    assert all(str(one).startswith("#/") for one in references)


@pytest.mark.parametrize("name", SCHEMAS)
def test_constraints_speak_of_settings_that_the_schema_knows(name: str) -> None:
    for one in subschemas(load_schema(name)):
        for entry in one.get("x-validations", ()) if isinstance(one, dict) else ():
            names = names_in(entry["rule"])
            assert names
            assert {part for each in names for part in each.split(".")} <= known_names(
                load_schema(name)
            )


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_required_says_why(name: str) -> None:
    schema = load_schema(name)
    for key in schema.get("required", ()):
        property_ = schema["properties"][key]
        assert "x-reason" in property_ or "description" in property_, key


def test_every_profile_that_binds_a_schema_binds_one_that_exists() -> None:
    bound = [load_schema(schema) for _, schema in bindings()]
    assert len(bound) > 3
    assert all(bound)


def test_the_registry_that_validation_uses_holds_nothing_and_fetches_nothing() -> None:
    registry: Registry[Any] = Registry()
    assert list(registry) == []
    assert Resource.from_contents(META).id() == META["$id"]


@pytest.mark.parametrize(
    ("rule", "settings", "outcome"),
    [
        ("a * b <= c", {"a": 3, "b": 15.0, "c": 75}, True),
        ("a * b <= c", {"a": 5, "b": 25.0, "c": 75}, False),
        ("a * b <= c", {"a": 5, "b": 25.0}, None),
        ("not (live and paper)", {"live": True, "paper": True}, False),
        ("not live or checked", {"live": True}, None),
        ("not live or checked", {"live": False}, True),
        ("len(pairs) <= 1", {"pairs": ["A/B", "C/D"]}, False),
        ("a in many", {"a": "x", "many": ["x", "y"]}, True),
        ("a not in many", {"a": "x", "many": ["x", "y"]}, False),
        ("1 < a < 3", {"a": 3}, False),
        ("risk.daily <= risk.total", {"risk": {"daily": 2, "total": 1}}, False),
        ("a / b < 1", {"a": 1, "b": 0}, None),
        ("a < b", {"a": "1", "b": 2}, None),
        ("-a < 0", {"a": 1}, True),
        ("a + b == 3", {"a": True, "b": 2}, None),
    ],
)
def test_an_expression_holds_fails_or_is_unknown(
    rule: str, settings: dict[str, Any], outcome: object
) -> None:
    assert holds(rule, settings) is outcome


NO_EXPRESSIONS = """
a <
open('x')
a.b()
[a]
a if b else c
lambda: 1
a := 1
a[0]
a ** b
len(a, b)
__import__('os')
(1, 2)
f'{a}'
b'x'
x @ y
"""


@pytest.mark.parametrize("text", ["", *NO_EXPRESSIONS.strip().split("\n")])
def test_nothing_else_is_an_expression(text: str) -> None:
    with pytest.raises(ExpressionFault):
        holds(text, {})
