"""What an annotation names, and whether it says anything at all."""

from __future__ import annotations

_ANYTHING = frozenset({"Any", "typing.Any", "object"})


def named_in(annotation: str) -> str:
    """What an annotation names, alone or with ``None``."""
    plain = annotation.strip("'\"").replace(" ", "").removesuffix("|None")
    if plain.startswith(("Optional[", "typing.Optional[")):
        plain = plain[plain.index("[") + 1 : -1].strip("'\"")
    return plain


def says_nothing(annotation: str) -> bool:
    """Whether an annotation leaves it to what is given there: none, or one for anything."""
    return not annotation or named_in(annotation) in _ANYTHING
