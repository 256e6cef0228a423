"""What settings break of a schema, each breach with what is required and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from botlint.configs.branches import Choice, pick_branch
from botlint.configs.expressions import names_in
from botlint.configs.instance import Instance, read_texts
from botlint.configs.misspelt import find_misspelt
from botlint.configs.requirements import describe, describe_choice
from botlint.configs.schemas import Schema, follow, known_names
from botlint.configs.types import Path
from botlint.configs.validator import find_errors

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TOLD = ("severity", "item", "reason", "fix", "aliases")


class Breach(NamedTuple):
    """One breach.

    ``kind``: ``invalid``, ``missing``, ``dangerous``, ``unknown``, ``contradiction`` or ``stage``.
    ``path`` is where; for what is missing, where it would be. ``required`` reads after "must ";
    ``told`` holds the own keywords of the schema there: severity, item, reason, fix, aliases.
    ``branch`` is the alternative that was meant; ``others`` are the settings of a contradiction;
    ``suiting`` the stages for which the value is right.
    """

    kind: str
    path: Path
    value: Any
    required: str
    told: Mapping[str, Any]
    branch: str = ""
    others: tuple[Path, ...] = ()
    suiting: tuple[str, ...] = ()
    is_of_type: bool = False


def find_breaches(instance: Instance, schema: Schema, stage: str) -> tuple[Instance, list[Breach]]:
    """All breaches of ``schema``, with the instance as it was read (the paths are those in it)."""
    read = read_texts(instance, schema)
    errors = find_errors(schema, read.value, stage)
    found = [one for error in errors for one in _read(error, schema, read, "", ())]
    found += _misspelt(read, schema)
    return read, sorted(_first_ones(found), key=lambda one: (str(one.path), one.kind, one.required))


def _misspelt(instance: Instance, schema: Schema) -> Iterator[Breach]:
    if instance.tree.form in ("python", "env"):  # they also hold names that are no settings
        return
    for path, near in find_misspelt(instance, known_names(schema)):
        yield Breach("unknown", path, path[-1], "", {"near": near})


def _first_ones(breaches: list[Breach]) -> Iterator[Breach]:
    """One breach of each kind for one value: of the wrong type, it is out of range as well."""
    seen: set[tuple[str, Path, str]] = set()
    for one in sorted(breaches, key=lambda one: not one.is_of_type):
        key = (one.kind, one.path, one.required if one.kind == "contradiction" else "")
        if key not in seen:
            seen.add(key)
            yield one


def _read(
    error: ValidationError, schema: Schema, instance: Instance, branch: str, suiting: Path
) -> Iterator[Breach]:
    suiting = tuple(getattr(error, "suiting", suiting))
    if error.validator in ("oneOf", "anyOf") and error.context:
        meant = pick_branch(error)
        if isinstance(meant, Choice):
            told = _told(schema, tuple(error.absolute_schema_path), error)
            required = describe_choice(meant.known, instance.tree.form)
            yield Breach("invalid", meant.path, meant.value, required, told, branch)
            return
        for one in meant.errors:
            yield from _read(one, schema, instance, meant.name or branch, suiting)
        return
    path = tuple(error.absolute_path)
    wanted: Any = error.validator_value
    told = _told(schema, tuple(error.absolute_schema_path), error)
    if error.validator == "required":
        path = (*path, wanted[0])
        told = told | _told_of_property(error, path[-1])
    others: tuple[Path, ...] = ()
    if error.validator == "x-validations":
        names = [(*path, *name.split(".")) for name in names_in(wanted["rule"])]
        told = {**told, **wanted}
        others = tuple(sorted(names, key=lambda one: instance.place_of_key(one)))
    yield Breach(
        kind=_kind(error, suiting),
        path=path,
        value=error.instance,
        required=describe(error, instance.tree.form),
        told=told,
        branch=branch,
        others=others,
        suiting=tuple(str(one) for one in suiting),
        is_of_type=error.validator == "type",
    )


def _kind(error: ValidationError, suiting: Path) -> str:
    if error.validator == "required":
        return "missing"
    if error.validator == "additionalProperties":
        return "unknown"
    if error.validator == "x-validations":
        return "contradiction"
    parts = tuple(error.absolute_schema_path)
    if "x-safe" in parts:
        return "dangerous"
    return "stage" if suiting and "x-stages" in parts else "invalid"


def _told(schema: Schema, path: tuple[Any, ...], error: ValidationError) -> dict[str, Any]:
    """The own keywords on the way to what was broken; the deepest counts, and of those that speak
    of one value only what stands at its own depth."""
    found: dict[str, Any] = {}
    is_missing = error.validator == "required"
    way = follow(schema, path)
    for depth, one in way:
        is_own = depth == way[-1][0] and not is_missing
        for word in _TOLD:
            if f"x-{word}" in one and (is_own or word in ("severity", "item", "reason")):
                found[word] = one[f"x-{word}"]
        if "const" in one and is_own:
            found.setdefault("fix", one["const"])
    if is_missing:
        found.pop("reason", None)
    return found


def _told_of_property(error: ValidationError, name: Any) -> dict[str, Any]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    own = schema.get("properties", {}).get(name, {})
    found = {word: own[f"x-{word}"] for word in _TOLD if f"x-{word}" in own}
    if "const" in own:
        found.setdefault("fix", own["const"])
    return found
