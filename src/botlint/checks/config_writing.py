"""What the writing of a configuration file says other than it looks."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.configs.types import Fault, Tree
from botlint.discover import is_peripheral
from botlint.model import Confidence, Hit, Place, Severity, Step
from botlint.project import Project


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
                    mitigation=Severity.CRITICAL - Severity.LOW if is_equal else 0,
                )
                break


def _faults(project: Project, kind: str) -> Iterator[tuple[Tree, Fault]]:
    for tree in project.trees:
        for fault in tree.faults:
            if fault.kind == kind and tree.form != "python" and not is_peripheral(tree.path):
                yield tree, fault
