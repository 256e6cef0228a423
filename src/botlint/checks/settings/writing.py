"""What the writing of a configuration file says other than it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from botlint.configs.environment import is_compose
from botlint.configs.requirements import show_value
from botlint.configs.types import Fault, Setting, Tree
from botlint.discover import is_peripheral
from botlint.model import Confidence, Edit, Fix, Hit, Place, Safety, Severity, Step
from botlint.project import Project

_OF_TEXT = re.compile(
    r"(?i)(^|_)(asset|coin|country|currency|exchange|lang|level|locale|market|mode|name|pair|region|"
    r"side|strategy|symbol|type|venue)s?$"
)
"""Names of settings whose values are texts, so that a truth value can't be meant."""
_OTHERWISE_MEANT = re.compile(r"(?i)mode|mask|perm|version|tag|hash|commit|revision|sha|digest|id$")


def find_duplicates(project: Project) -> Iterator[Hit]:
    """Each key that stands twice in one mapping: the later one silently wins."""
    for tree, fault in _faults(project, "duplicate"):
        place = Place(tree.path, fault.span)
        for setting in tree.settings:
            if setting.key_span == fault.span and setting.overrides:
                earlier = setting.overrides[-1]
                before = [one for one in tree.settings if one.span == earlier.span]
                is_equal = bool(before) and before[-1].value == setting.value
                yield Hit(
                    place=place,
                    saw={
                        "key": setting.dotted,
                        "line": str(earlier.span.line),
                        "function": tree.path,
                    },
                    confidence=Confidence.HIGH,
                    trace=(
                        Step(earlier, f"`{setting.dotted}` is set here"),
                        Step(place, "it is set again in the same mapping, and this one wins"),
                    ),
                    cause=f"{tree.path}:{fault.span.line}",
                    symbol=setting.dotted,
                    severity=Severity.LOW if is_equal else None,
                    fix=_delete(place, earlier.span.line, is_equal=is_equal),
                )
                break


def _delete(place: Place, line: int, *, is_equal: bool) -> Fix:
    edits = (Edit("delete-setting", place),)
    then = "which changes nothing" if is_equal else f"so that line {line} counts"
    return Fix(f"Delete this one, {then}", Safety.UNSAFE, edits)


def _write_plainly(place: Place, setting: Setting, written: str) -> Fix | None:
    """Write a trap as what it looks like: ``1e3`` as the number, all others as a text. A number
    that begins with a zero may be meant either way."""
    if (
        isinstance(setting.value, int)
        and not isinstance(setting.value, bool)
        and ":" not in written
    ):
        return None
    value = float(written) if isinstance(setting.value, str) else written
    edits = (Edit("set-value", place, {"value": value}),)
    return Fix(f"Write {show_value(value, 'yaml')}", Safety.UNSAFE, edits)


def find_traps(project: Project) -> Iterator[Hit]:
    """Each value that YAML reads as something other than it looks, where that can't be meant."""
    for tree, fault in _faults(project, "trap"):
        setting = next(
            (one for one in tree.settings if fault.span in (one.span, one.key_span)), None
        )
        if setting is None or is_compose(tree.path):
            continue
        place = Place(tree.path, fault.span)
        if fault.span != setting.span:
            yield _misread_key(place, setting, fault.message)
            continue
        if not _is_misread(tree, setting):
            continue
        yield Hit(
            place=place,
            saw={
                "key": setting.dotted,
                "value": show_value(setting.value, tree.form),
                "required": "be written so that it reads as what it looks like",
                "branch": "",
                "reason": f": {fault.message}",
                "fix": f"write `{setting.dotted}` in quotes, or as the number that is meant",
            },
            confidence=Confidence.MEDIUM,
            trace=(Step(place, fault.message),),
            cause=f"setting:{tree.path}:{setting.dotted}",
            symbol=setting.dotted,
            severity=Severity.MEDIUM,
            fix=_write_plainly(place, setting, fault.message.split("`")[1]),
        )


def _misread_key(place: Place, setting: Setting, message: str) -> Hit:
    """A key that is no text: ``NO: 5`` sets ``False``."""
    written = message.split("`")[1]
    edits = (Edit("rename-key", place, {"name": written}),)
    return Hit(
        place=place,
        saw={
            "key": written,
            "value": f"the key {setting.path[-1]}",
            "required": "be written so that it reads as what it looks like",
            "branch": "",
            "reason": f": {message}",
            "fix": f"write `{written}` in quotes",
        },
        confidence=Confidence.MEDIUM,
        trace=(Step(place, message),),
        cause=f"setting:{place.path}:{place.span.line}",
        symbol=setting.dotted,
        severity=Severity.MEDIUM,
        fix=Fix("Write it in quotes", Safety.UNSAFE, edits),
    )


def _is_misread(tree: Tree, setting: Setting) -> bool:
    """A truth value is mostly meant as one, but not among texts; modes of files are octal, and a
    name of a revision may look like anything."""
    if not isinstance(setting.value, bool):
        return _OTHERWISE_MEANT.search(setting.dotted) is None
    if not isinstance(setting.path[-1], int):
        return _OF_TEXT.search(str(setting.path[-1])) is not None
    beside = [one.value for one in tree.settings if one.path[:-1] == setting.path[:-1]]
    return any(isinstance(value, str) for value in beside)


def _faults(project: Project, kind: str) -> Iterator[tuple[Tree, Fault]]:
    for tree in project.trees:
        for fault in tree.faults:
            if fault.kind == kind and tree.form != "python" and not is_peripheral(tree.path):
                yield tree, fault
