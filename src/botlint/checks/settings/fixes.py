"""The edits that mend what settings break of a schema; each may change what is traded."""

from __future__ import annotations

from botlint.configs.breaches import Breach
from botlint.configs.instance import Instance
from botlint.configs.requirements import show_value
from botlint.model import Edit, Fix, Place, Safety, Span


def make_fix(instance: Instance, breach: Breach, near: list[str]) -> Fix | None:
    """How a breach is mended, where the schema says it."""
    if instance.document or breach.kind == "contradiction":
        return None
    if breach.kind == "unknown":
        return _rename(instance, breach, near[0]) if near else None
    if "fix" not in breach.told or not breach.path:
        return None
    value = breach.told["fix"]
    text = show_value(value, instance.tree.form)
    if breach.kind == "missing":
        return _add(instance, breach, f"Set `{breach.path[-1]}` to {text}")
    if breach.path not in instance.settings or isinstance(breach.value, dict | list):
        return None
    setting = instance.settings[breach.path]
    if setting.environment and isinstance(breach.value, str) != isinstance(value, str):
        return None  # what the environment gives is a text whatever the default is
    edit = Edit("set-value", instance.place(breach.path), {"value": value})
    return Fix(f"Set it to {text}", Safety.UNSAFE, (edit,))


def _rename(instance: Instance, breach: Breach, name: str) -> Fix:
    place = instance.place_of_key(breach.path)
    return Fix(f"Call it `{name}`", Safety.UNSAFE, (Edit("rename-key", place, {"name": name}),))


def _add(instance: Instance, breach: Breach, title: str) -> Fix | None:
    if instance.tree.form == "python" and (instance.base or len(breach.path) > 1):
        return None
    place = Place(instance.tree.path, Span(1, 1, 1, 1))
    path = [*instance.base, *breach.path]
    edit = Edit("add-setting", place, {"path": path, "value": breach.told["fix"]})
    return Fix(title, Safety.UNSAFE, (edit,))
