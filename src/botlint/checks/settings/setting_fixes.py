"""The edits that mend what is wrong with settings in code; each may change what is traded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botlint.checks.flows.literals import Shadow
from botlint.checks.flows.views import MEASURES, View
from botlint.checks.owners import modules_of
from botlint.facts.types import Constant
from botlint.model import Edit, Fix, Place, Safety, Span
from botlint.project import Project


def align_fallback(place: Place, value: Any) -> Fix:
    """Give the call at ``place`` the fallback ``value``."""
    edits = (Edit("align-fallback", place, {"value": value}),)
    return Fix(f"Make the fallback {value!r}", Safety.UNSAFE, edits)


def align_parameter(place: Place, value: Any) -> Fix:
    """Give the parameter whose default stands at ``place`` the default ``value``."""
    edits = (Edit("set-value", place, {"value": value}),)
    return Fix(f"Make the default {value!r}", Safety.UNSAFE, edits)


def align_field(place: Place, value: Any) -> Fix:
    """Give the field that is assigned at ``place`` the default ``value``."""
    edits = (Edit("set-default", place, {"value": value}),)
    return Fix(f"Make the default {value!r}", Safety.UNSAFE, edits)


def rename_reads(places: Iterable[Place], key: str, near: str) -> Fix:
    """Read the setting ``near`` where ``key`` is read."""
    edits = tuple(Edit("rename-read", one, {"key": key, "name": near}) for one in places)
    return Fix(f"Read `{near}`", Safety.UNSAFE, edits)


def define_setting(path: str, key: str, value: Constant | None) -> Fix | None:
    """Define ``key`` in the module ``path`` with the value that is taken where it isn't."""
    if value is None:
        return None
    place = Place(path, Span(1, 1, 1, 1))
    edits = (Edit("add-setting", place, {"path": [key], "value": value.value}),)
    return Fix(f"Define `{key} = {value.value!r}` in {path}", Safety.UNSAFE, edits)


def delete_later(place: Place, line: int) -> Fix:
    """Take the assignment at ``place`` out, so that the one at ``line`` counts again."""
    edits = (Edit("delete-assignment", place),)
    return Fix(f"Delete this assignment, so that line {line} counts", Safety.UNSAFE, edits)


def read_setting(project: Project, shadow: Shadow) -> Fix | None:
    """Read the setting where the literal stands, by a name that the file has for it."""
    named = _name_of(project, shadow.function.source, shadow.named.module, shadow.named.key)
    if named is None:
        return None
    name, module = named
    parameters = {"value": shadow.value, "word": shadow.word, "name": name, "module": module}
    edits = (Edit("read-setting", shadow.place, parameters),)
    return Fix(f"Read `{name}`", Safety.UNSAFE, edits)


def _name_of(project: Project, source: int, module: int, key: str) -> tuple[str, str] | None:
    """How a source writes a setting, and what it has to import for that."""
    if module < 0:
        return None
    modules = modules_of(project)
    raw = modules.raw(module)
    imports = project.program.sources[source].imports
    for statement in imports:
        target = None if statement.function else modules.target(source, statement)
        if target is None:
            continue
        if statement.name:
            if target == raw and statement.name == key:
                return statement.local, ""
            if f"{target}.{statement.name}" == raw:
                return f"{statement.local}.{key}", ""
        elif target == raw:
            is_whole = statement.local == statement.module.partition(".")[0]
            return f"{statement.module if is_whole else statement.local}.{key}", ""
    name = project.program.module_name(module)
    return None if "." in name else (f"{name}.{key}", name)


def give_value(view: View, other: View) -> Fix | None:
    """Give the setting of one view the value that another has.

    Nothing is done to what no source defines (that is to be defined first), nor for the sake of
    such a fallback.
    """
    value = _measured(view, other)
    if value is None or view.kind != "configured" or other.kind == "fallback":
        return None
    title = f"Set `{view.setting}` to {value!r}"
    name = "set-default" if view.place.path.endswith(".py") else "set-value"
    return Fix(title, Safety.UNSAFE, (Edit(name, view.place, {"value": value}),))


def _measured(view: View, other: View) -> Any:
    """The value of ``other`` in the unit of ``view``; ``None`` where that can't be told."""
    if not (view.is_known and other.is_known):
        return None
    if view.measure is None or other.measure is None:
        is_plain = view.measure is None and other.measure is None
        return other.value if is_plain and not isinstance(other.value, dict) else None
    if view.unit == "factor":
        return round(1.0 + other.measure / 100.0, 9)
    value = round(other.measure / MEASURES[view.unit], 9)
    return int(value) if isinstance(view.value, int) and value.is_integer() else value
