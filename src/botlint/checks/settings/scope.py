"""What schemas of settings could not be held against: missing files, unknown values."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.settings.schema import hold_settings
from botlint.configs.bindings import bindings_of
from botlint.configs.schemas import known_names, load_schema
from botlint.discover import compile_glob
from botlint.model import Place, Rule, Step
from botlint.project import Project


def find_unbound(project: Project, rules: tuple[Rule, ...]) -> Iterator[str]:
    """What a profile binds a schema to and isn't there, so that nothing was checked."""
    rule = _schema_rule(rules)
    for binding in bindings_of(rule.parameters) if rule is not None else ():
        fits = [compile_glob(glob) for glob in binding.files]
        is_there = any(fit(tree.path) for tree in project.trees for fit in fits)
        if not (is_there or binding.optional):
            names = " or ".join(binding.files)
            yield f"no file fits {names}: the schema {binding.schema} proved nothing"


def find_unknown(project: Project, rules: tuple[Rule, ...]) -> Iterator[Step]:
    """The settings of a schema whose values are only known when the bot runs."""
    rule = _schema_rule(rules)
    if rule is None:
        return
    for held in hold_settings(project, rule.parameters):
        names = known_names(load_schema(held.binding.schema))
        for setting in held.instance.unknown():
            if setting.path and setting.path[-1] in names:
                place = Place(setting.source, setting.span)
                yield Step(place, f"`{setting.dotted}` is only known when the bot runs")


def _schema_rule(rules: tuple[Rule, ...]) -> Rule | None:
    schema = (one for one in rules if one.check == "config" and "kind" in one.parameters)
    return next(schema, None)
