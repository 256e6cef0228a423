"""Values that break the limits of their own field, wherever they are given.

As the field's default, in a ``.env`` or compose file, in a mapping of a configuration file that is
read into the class, and in a call that makes an object of it. A default is the worst of these: the
libraries check what is given, not what the class itself says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botlint.checks.kin import class_called
from botlint.checks.settings.limited_fields import (
    Field,
    Fields,
    class_annotated,
    find_limited,
    fold_or_unknown,
)
from botlint.configs.environment import variables_of
from botlint.configs.requirements import show_value
from botlint.configs.types import UNKNOWN, Path, Setting, Tree
from botlint.discover import is_peripheral
from botlint.facts.types import Constant, Expression, Operation
from botlint.flow.program import ClassRef
from botlint.model import Confidence, Hit, Place, Severity, Step
from botlint.project import Project
from botlint.secrets.redaction import EXPECTING, redact_text, show

_FEWEST = 3
_MOST = 2 / 3
_EXAMPLES = ("example", "sample", "template", "dist", "default")


class Given(NamedTuple):
    """A value for a field: ``key`` is what it is called there."""

    field: Field
    key: str
    value: Any
    place: Place
    required: str
    is_default: bool = False


def find_broken_bounds(project: Project) -> Iterator[Hit]:
    """One hit for each value that its field doesn't allow."""
    classes = find_limited(project)
    if not classes:
        return
    seen: set[tuple[Place, str]] = set()
    given = (
        *_defaults(project, classes),
        *_variables(project, classes),
        *_mappings(project, classes),
        *_calls(project, classes),
    )
    for one in given:
        if (one.place, one.field.name) not in seen:
            seen.add((one.place, one.field.name))
            yield _hit(project, one)


def _defaults(project: Project, classes: Mapping[ClassRef, Fields]) -> Iterator[Given]:
    for fields in classes.values():
        for field in fields.values():
            if field.default is None or not field.limits.is_limiting:
                continue
            value = fold_or_unknown(project, field.around, field.default)
            required = "" if value is UNKNOWN else field.limits.broken_by(value)
            if required:
                yield Given(field, field.name, value, field.place, required, is_default=True)


def _variables(project: Project, classes: Mapping[ClassRef, Fields]) -> Iterator[Given]:
    """Values in files of variables that lie above the class, or beside it."""
    for tree in project.trees:
        if is_peripheral(tree.path):
            continue
        for view in variables_of(tree):
            last = {one.dotted.lower(): one for one in view.settings}
            for cls, fields in classes.items():
                if not _lies_above(tree.path, project.program.path(cls)):
                    continue
                for field in fields.values():
                    for name in field.names:
                        setting = last.get(name)
                        required = _broken_by_text(field, setting, tree) if setting else ""
                        if setting and required:
                            place = Place(setting.source, setting.span)
                            yield Given(field, setting.dotted, setting.value, place, required)


def _lies_above(path: str, source: str) -> bool:
    folder = path.rpartition("/")[0]
    return not folder or source.startswith(f"{folder}/")


def _broken_by_text(field: Field, setting: Setting, tree: Tree) -> str:
    text = setting.value
    if not isinstance(text, str) or not text.strip() or "${" in text:
        return ""
    name = tree.path.rpartition("/")[2].lower()
    if any(word in name for word in _EXAMPLES) and field.limits.misread(text):
        return ""  # what is to be filled in
    return field.limits.misread(text) or field.limits.broken_by(text)


def _mappings(project: Project, classes: Mapping[ClassRef, Fields]) -> Iterator[Given]:
    sections = _sections(project, classes)
    needed = {cls: _needed(fields) for cls, fields in classes.items()}
    for tree in project.trees:
        if tree.form not in ("yaml", "json", "toml") or is_peripheral(tree.path):
            continue
        for outer, members in _members(tree).items():
            name = str(outer[1][-1]) if outer[1] else ""
            for fields in _meant(classes, needed, sections.get(name, ()), members):
                yield from _in_mapping(tree, fields, members)


def _members(tree: Tree) -> dict[tuple[int, Path], dict[str, Setting]]:
    found: dict[tuple[int, Path], dict[str, Setting]] = {}
    for one in tree.settings:
        if one.path and isinstance(one.path[-1], str):
            found.setdefault((one.document, one.path[:-1]), {})[one.path[-1]] = one
    return found


def _sections(
    project: Project, classes: Mapping[ClassRef, Fields]
) -> dict[str, tuple[ClassRef, ...]]:
    """The classes by the names of the fields that hold an object of them."""
    found: dict[str, tuple[ClassRef, ...]] = {}
    for cls in project.program.classes():
        facts = project.program.cls(cls)
        for name, annotation in facts.attributes:
            inner = class_annotated(project, cls.source, annotation)
            if inner is not None and inner in classes:
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), inner)))
    return found


def _meant(
    classes: Mapping[ClassRef, Fields],
    needed: Mapping[ClassRef, frozenset[str]],
    named: tuple[ClassRef, ...],
    members: Mapping[str, Setting],
) -> list[Fields]:
    """The classes that a mapping is read into: by its name, or by most of its keys."""
    keys = members.keys()
    for_name = [classes[one] for one in named if keys <= classes[one].keys()]
    if for_name:
        return for_name if len(for_name) == 1 else []
    shared = {
        cls: len(keys & fields.keys()) for cls, fields in classes.items() if needed[cls] <= keys
    }
    most = max(shared.values(), default=0)
    if most < max(_FEWEST, _MOST * len(keys)):
        return []
    return [classes[cls] for cls, count in shared.items() if count == most]


def _needed(fields: Fields) -> frozenset[str]:
    """The fields without which no object of a class can be made."""
    return frozenset(name for name, one in fields.items() if one.is_needed)


def _in_mapping(tree: Tree, fields: Fields, members: Mapping[str, Setting]) -> Iterator[Given]:
    for name, setting in members.items():
        field = fields.get(name)
        if field is None or setting.value is UNKNOWN or isinstance(setting.value, dict):
            continue
        required = field.limits.broken_by(setting.value)
        if required:
            place = Place(tree.path, setting.span)
            yield Given(field, setting.dotted, setting.value, place, required)


def _calls(project: Project, classes: Mapping[ClassRef, Fields]) -> Iterator[Given]:
    for cls, fields in classes.items():
        for ref, number in project.program.calls_named(project.program.cls(cls).name):
            call = project.function(ref).calls[number]
            if class_called(project.program, ref, call.func) != cls:
                continue
            for word, value in call.keywords:
                field, given = fields.get(word or ""), _literal(value)
                required = field.limits.broken_by(given) if field and given is not UNKNOWN else ""
                if field and required:
                    place = project.place(ref, call.span)
                    yield Given(field, field.name, given, place, required)


def _literal(value: Expression) -> Any:
    if isinstance(value, Operation) and value.kind == "neg":
        inner = _literal(value.args[0])
        return -inner if isinstance(inner, int | float) else UNKNOWN
    return value.value if isinstance(value, Constant) else UNKNOWN


def _hit(project: Project, one: Given) -> Hit:
    field = one.field
    name = f"{project.program.cls(field.cls).name}.{field.name}"
    what = _shown(one)
    declared = f"{field.place.path}:{field.place.span.line}"
    own = "its own limit" if one.is_default else f"the limit of `{name}` at {declared}"
    after = "nothing checks a default" if one.is_default else "its class doesn't take that"
    steps = [Step(one.place, f"`{one.key}` is {what}, and {after}")]
    if not one.is_default:
        steps.insert(0, Step(field.place, f"`{name}` must {one.required}"))
    return Hit(
        place=one.place,
        saw={
            "key": one.key,
            "value": what,
            "required": one.required,
            "branch": "",
            "reason": f": {own}",
            "fix": f"give `{one.key}` a value that its class allows, or change what that allows",
        },
        confidence=Confidence.HIGH,
        trace=tuple(steps),
        cause=f"setting:{one.place.path}:{one.key}",
        symbol=one.key,
        severity=Severity.HIGH if one.is_default else Severity.MEDIUM,
    )


def _shown(one: Given) -> str:
    """The value without what may be a credential."""
    if isinstance(one.value, str):
        is_secret = EXPECTING.search(one.key) is not None
        text = show(one.value) if is_secret else redact_text(one.value)
        return text if text != one.value else show_value(one.value, "json")
    return f"a list of {len(one.value)}" if isinstance(one.value, list) else repr(one.value)
