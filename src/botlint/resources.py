"""Where ``rules/`` and ``schemas/`` are.

In a checkout (and so in an editable install) they stand at the repository's top, beside ``src/``;
in a wheel they stand inside the package. The checkout comes first, so that a rule being worked on
is the rule that runs.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def rules_directory() -> Path:
    """The directory that holds ``vocabulary.toml``, ``profiles/`` and the rules by family."""
    return _shipped_directory("rules", "vocabulary.toml")


def schemas_directory() -> Path:
    """The directory that holds the JSON Schemas."""
    return _shipped_directory("schemas", "rule.schema.json")


def _shipped_directory(name: str, landmark: str) -> Path:
    source = _PACKAGE.parent
    checkout = source.parent / name
    if source.name == "src" and (checkout / landmark).is_file():
        return checkout
    return _PACKAGE / name
