"""Guards and protections that can never work, whatever happens around them.

Each kind is a question about what the code names: is the method there, the import, the attribute,
the key; do the arguments fit; can the condition hold. A kind answers only where the program leaves
no other reading; anything it can't follow is unknown, and unknown is no hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botlint.checks.contradictions import find_false_conditions
from botlint.checks.imported import find_missing_imports
from botlint.checks.members import find_missing_attributes, find_undefined_methods
from botlint.checks.misfits import find_argument_misfits
from botlint.checks.unwritten import find_unwritten_keys
from botlint.model import Hit
from botlint.project import Project

KINDS: Mapping[str, Callable[[Project], Iterable[Hit]]] = {
    "undefined-method": find_undefined_methods,
    "argument-misfit": find_argument_misfits,
    "missing-import": find_missing_imports,
    "missing-attribute": find_missing_attributes,
    "false-condition": find_false_conditions,
    "unwritten-key": find_unwritten_keys,
}


def check_inert(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """The hits of each kind that ``parameters`` asks for; all by default."""
    hits = [hit for kind in parameters.get("kinds", KINDS) for hit in KINDS[kind](project)]
    return sorted(hits, key=lambda hit: (hit.place, hit.saw["what"]))
