"""Code that is there to be looked at or filled in: examples, demos, templates.

What is wrong in it is worth knowing, and loses no money.
"""

from __future__ import annotations

import re

from botlint.model import Severity

_SHOWN = frozenset(
    {"demo", "demos", "example", "examples", "sample", "samples", "template", "templates"}
    | {"tutorial", "tutorials", "quickstart", "snippet", "snippets", "playground", "benchmark"}
    | {"benchmarks", "scratch", "poc", "diagnose", "diagnostic", "diagnostics", "debug"}
)
_FILLED_IN = frozenset({"template", "templates"})
_TEACHING = frozenset(
    {"quickstart", "tutorial", "tutorials", "snippet", "snippets", "guide", "howto", "cookbook"}
)
ALL = Severity.CRITICAL - Severity.LOW
"""So many levels of severity are taken off what is then as little as a finding can be."""

_PART = re.compile(r"[^\W_]+")


def is_for_show(path: str) -> bool:
    """Whether a file or a directory around it is named as an example, a demo or a template."""
    words = _PART.findall(path.rpartition(".")[0].lower())
    return not _SHOWN.isdisjoint(words)


def showing_mitigation(path: str) -> int:
    """The number of levels of severity to take off for a file that is there to be shown."""
    return ALL if is_for_show(path) else 0


def is_filled_in(path: str) -> bool:
    """Whether a file stands among templates, where unknown names are to be replaced."""
    return not _FILLED_IN.isdisjoint(path.lower().split("/")[:-1])


def is_document(path: str) -> bool:
    """Whether a file is named for teaching how something is used: parts of other files, of which
    none is to be run where it stands."""
    words = _PART.findall(path.rpartition("/")[2].rpartition(".")[0].lower())
    return not _TEACHING.isdisjoint(words)
