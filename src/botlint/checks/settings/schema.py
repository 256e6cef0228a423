"""Settings held against the schemas that the profile binds them to."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.faults.module_names import names_of_module
from botlint.checks.settings.fixes import make_fix
from botlint.checks.settings.named import where_named
from botlint.checks.settings.references import Held, find_undefined_keys
from botlint.configs.bindings import Binding, bindings_of
from botlint.configs.breaches import Breach, find_breaches
from botlint.configs.environment import variables_of
from botlint.configs.instance import Instance, make_instances
from botlint.configs.misspelt import find_near
from botlint.configs.requirements import show_value
from botlint.configs.schemas import known_names, load_schema
from botlint.configs.types import UNKNOWN, Path, Tree
from botlint.discover import compile_glob
from botlint.model import Confidence, Hit, Place, Severity, Step
from botlint.project import Project
from botlint.secrets.redaction import EXPECTING, redact_text, show

_NEAR = 0.75
_ENOUGH = 4  # so many fields of a class in one file, and the file is read into the class


def hold_settings(project: Project, parameters: Mapping[str, Any]) -> list[Held]:
    """All settings files that the bindings name, held against their schemas."""
    bindings = bindings_of(parameters)
    stage = _stage_of(project, parameters)
    question = ("settings held", bindings, stage)
    return project.answer(question, lambda: _hold_all(project, bindings, stage))


def _stage_of(project: Project, parameters: Mapping[str, Any]) -> str:
    """The stage that counts, empty for none."""
    return str(parameters.get("stage") or project.settings.stage or "")


def _hold_all(project: Project, bindings: tuple[Binding, ...], stage: str) -> list[Held]:
    """All of them, with what one file names and another should define."""
    found = list(_hold(project, bindings, stage))
    schemas: dict[str, list[Instance]] = {}
    for one in found:
        schemas.setdefault(one.binding.schema, []).append(one.instance)
    return [
        one._replace(breaches=[*one.breaches, *find_undefined_keys(one, schemas)]) for one in found
    ]


def _hold(project: Project, bindings: tuple[Binding, ...], stage: str) -> Iterator[Held]:
    for binding in bindings:
        schema = load_schema(binding.schema)
        fits = [compile_glob(glob) for glob in binding.files]
        named = [tree for tree in project.trees if any(one(tree.path) for one in fits)]
        views = [one for tree in project.trees for one in variables_of(tree)] if binding.env else []
        for tree in (*named, *(one for one in views if one.path not in {t.path for t in named})):
            if tree.is_broken:
                continue
            names = _names_of(project, tree, views)
            at = () if tree.form == "env" else binding.at
            instances = make_instances(tree, at, names)
            for instance in instances:
                if binding.optional and tree.form == "python" and not instance.value:
                    continue  # filled when the bot runs
                yield Held(binding, *find_breaches(instance, schema, stage))
            is_code = tree.form == "env" or (binding.optional and tree.form == "python")
            if not instances and names is not None and not is_code:
                yield _hold_nothing(binding, tree)


def _hold_nothing(binding: Binding, tree: Tree) -> Held:
    """A file that has none of the parts of which the schema speaks."""
    told = {"reason": "the schema speaks of it, and the file has nothing else of the kind"}
    breach = Breach("missing", (binding.at[0],), {}, f"be set: {binding.at[0]}", told)
    return Held(binding, Instance(tree, (), {}, {}), [breach])


def _names_of(project: Project, tree: Tree, views: list[Tree]) -> frozenset[str] | None:
    """All names that the file or the environment is known to define."""
    elsewhere = frozenset(
        name
        for view in views
        for one in view.settings
        for name in (one.dotted, one.dotted.lower(), one.dotted.upper())
    )
    if tree.form != "python":
        return elsewhere | _defaults(project, tree)
    sources = (
        number for number, one in enumerate(project.program.sources) if one.path == tree.path
    )
    source = next(sources, None)
    names = names_of_module(project, source) if source is not None else None
    if names is None:
        return None if tree.is_open else elsewhere
    return names | elsewhere


def _defaults(project: Project, tree: Tree) -> frozenset[str]:
    """The fields of the classes that read such a file: what it doesn't set has a default there."""
    keys = {str(one.path[-1]) for one in tree.settings if one.path}
    found: set[str] = set()
    for facts in project.program.sources:
        for cls in facts.classes:
            fields = {name for name, _ in cls.attributes}
            if len(fields & keys) >= _ENOUGH:
                found |= fields
    return frozenset(found)


def find_schema_breaches(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Hits for the breaches of one ``kind``."""
    stage = _stage_of(project, parameters)
    kind = parameters["kind"]
    found = [
        (held, breach)
        for held in hold_settings(project, parameters)
        for breach in held.breaches
        if breach.kind == kind
    ]
    keys = frozenset(str(breach.path[-1]) for _, breach in found if kind == "unknown")
    known = where_named(project, keys) if keys else {}
    for held, breach in found:
        if kind == "contradiction" and _is_of_invalid(held, breach):
            continue  # what isn't allowed by itself is said there
        if not (kind == "unknown" and str(breach.path[-1]) in known):
            yield make_hit(held, breach, stage)


def _is_of_invalid(held: Held, breach: Breach) -> bool:
    """Whether one of several settings is already wrong by itself."""
    wrong = {one.path for one in held.breaches if one.kind == "invalid"}
    return any(path in wrong for path in breach.others)


def make_hit(held: Held, breach: Breach, stage: str) -> Hit:
    """A breach at its place in the user's file."""
    instance, told = held.instance, breach.told
    key = dotted(instance, breach.path)
    is_of_key = breach.kind in ("missing", "unknown")
    path = breach.others[0] if breach.others else breach.path
    place = instance.place_of_key(path) if is_of_key else instance.place(path)
    trap = _trap(instance, place) if breach.kind != "contradiction" else ""
    reasons = [trap, str(told.get("message") or told.get("reason") or "")]
    reason = "; ".join(one for one in reasons if one)
    near = _near(instance, breach, known_names(load_schema(held.binding.schema)))
    saw = {
        "key": key,
        "value": shown(instance, breach),
        "required": breach.required,
        "branch": f" (as {breach.branch})" if breach.branch else "",
        "reason": f": {reason}" if reason else "",
        "stage": f" in stage {stage}" if stage and "stage" in breach.kind else "",
        "suiting": " and ".join(breach.suiting),
        "near": f"; did you mean `{near[0]}`?" if near else "",
        "fix": _fix(instance, breach, key),
        "item": str(told.get("item", "")),
        "source": instance.tree.path,
    }
    return Hit(
        place=place,
        saw=saw,
        confidence=Confidence.HIGH,
        trace=tuple(_trace(held, breach, place, saw)),
        related=tuple(_related(instance, breach, near)),
        cause=f"setting:{instance.tree.path}:{key}",
        symbol=key,
        severity=_severity(told),
        fix=make_fix(instance, breach, near),
    )


def _trap(instance: Instance, place: Place) -> str:
    """Why a value reads as something other than it looks, if it does."""
    faults = (one for one in instance.tree.faults if one.kind == "trap" and one.span == place.span)
    return next((one.message for one in faults), "")


def dotted(instance: Instance, path: Path) -> str:
    """The name of a setting as the file has it."""
    setting = instance.settings.get(path)
    if setting is not None:
        return setting.dotted
    text = ""
    for part in (*instance.base, *path):
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or instance.tree.path


def shown(instance: Instance, breach: Breach) -> str:
    """The value as the file has it, without what may be a credential."""
    value, key = breach.value, dotted(instance, breach.path)
    if isinstance(value, str):
        text = show(value) if EXPECTING.search(key) else redact_text(value)
        return text if text != value else show_value(value, instance.tree.form)
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return show_value(value, instance.tree.form)


def _severity(told: Mapping[str, Any]) -> Severity:
    return Severity[str(told.get("severity", "high")).upper()]


def _fix(instance: Instance, breach: Breach, key: str) -> str:
    if "fix" not in breach.told:
        return f"look at `{key}` and at what is required of it"
    value = show_value(breach.told["fix"], instance.tree.form)
    return f"set `{key}` to {value}"


def _trace(held: Held, breach: Breach, place: Place, saw: Mapping[str, str]) -> Iterator[Step]:
    schema = held.binding.schema
    if breach.kind == "missing":
        yield Step(place, f"`{saw['key']}` is not set here")
        yield Step(place, f"the schema {schema} requires it{saw['reason']}")
        return
    if breach.kind == "unknown":
        yield Step(place, f"`{saw['key']}` is no setting of the schema {schema}")
        yield Step(place, f"no code names it either{saw['near']}")
        return
    if breach.kind == "contradiction":
        for path in breach.others:
            there = held.instance.place(path)
            yield Step(there, f"`{dotted(held.instance, path)}` is {_value(held.instance, path)}")
    else:
        yield Step(place, f"`{saw['key']}` is {saw['value']}")
    yield Step(place, f"by the schema {schema} it must {breach.required}{saw['reason']}")


def _value(instance: Instance, path: Path) -> str:
    setting = instance.settings.get(path)
    if setting is None or setting.value is UNKNOWN:
        return "unknown"
    if isinstance(setting.value, str) and EXPECTING.search(setting.dotted):
        return show(setting.value)
    if isinstance(setting.value, list | dict):
        return f"of length {len(setting.value)}"
    return show_value(setting.value, instance.tree.form)


def _near(instance: Instance, breach: Breach, known: frozenset[str]) -> list[str]:
    """The names that may be meant: for what is missing a setting beside it, for a key that nobody
    knows one that the schema has."""
    if breach.kind == "unknown":
        near = breach.told.get("near") or find_near(str(breach.path[-1]), known)
        return [near] if near else []
    if breach.kind != "missing":
        return []
    outer = breach.path[:-1]
    beside = [str(path[-1]) for path in instance.settings if path and path[:-1] == outer]
    aliases = [one for one in breach.told.get("aliases", ()) if one in beside]
    wanted = str(breach.path[-1])
    return aliases or difflib.get_close_matches(wanted, sorted(set(beside)), 1, _NEAR)


def _related(instance: Instance, breach: Breach, near: list[str]) -> Iterator[Step]:
    for name in near if breach.kind == "missing" else ():
        path = (*breach.path[:-1], name)
        yield Step(instance.place_of_key(path), f"`{name}` is {_value(instance, path)} here")
