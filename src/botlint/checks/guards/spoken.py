"""Verdicts known by what they are called, or that a guard has left on the order itself.

::

    allowed, why = desk.reserve(symbol, size)    # a call got the order's values
    if not allowed:
        return

    if order.status != Status.PENDING:           # who checked it has set it to REJECTED
        return
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botlint.checks.guards.relation import Relation
from botlint.checks.roots import SELF, targets_in
from botlint.facts.types import (
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
)
from botlint.flow.names import FunctionRef
from botlint.project import Project

Marks = Mapping[str, frozenset[str]]
"""The members of orders that are set to a word of refusal where a guard runs, with these words."""

_SAME = {"eq": 1, "is": 1, "in": 1, "ne": -1, "isnot": -1, "notin": -1}
_SEVERAL = frozenset({"tuple", "list", "set"})


def marks_of(project: Project, roles: tuple[str, ...]) -> Marks:
    """How guards of ``roles`` mark the orders that they refuse."""
    return project.answer(("marks", roles), lambda: _find_marks(project, roles))


def is_spoken(project: Project, value: Expression, marks: Marks) -> bool:
    """Whether a test asks for what may be a verdict by its name."""
    word, _, _ = _asked(value)
    return word in marks or project.vocabulary.roles["verdict"].plays_name(word)


def consents(
    project: Project, function: Function, value: Expression, relation: Relation, marks: Marks
) -> int:
    """Which arm of a test of ``function`` says yes to the order, 1 the true one, -1 the false one,
    by asking for such a verdict on something that the order is made of, or that has been made of
    the order's values; 0: it asks for nothing of the kind."""
    if isinstance(value, Operation) and value.kind == "not":
        return -consents(project, function, value.args[0], relation, marks)
    word, owner, compared = _asked(value)
    if not owner or not relation.roots or not _is_own(function, owner):
        return 0
    if not relation.is_about(frozenset({owner})):
        return 0
    if compared is not None:
        return _compared(value, compared, marks.get(word, frozenset()))
    is_verdict = project.vocabulary.roles["verdict"].plays_name(word)
    return (project.vocabulary.polarity(word) or 1) if is_verdict else 0


def _compared(value: Expression, words: frozenset[str], refusals: frozenset[str]) -> int:
    if not refusals or not words or not isinstance(value, Operation):
        return 0
    if refusals <= words:
        return -_SAME[value.kind]
    return _SAME[value.kind] if refusals.isdisjoint(words) else 0


def _asked(value: Expression) -> tuple[str, str, frozenset[str] | None]:
    """The last name that a test asks for, what has it (or itself), and the words that it is
    compared with, if it is."""
    if isinstance(value, Operation) and value.kind == "not":
        return _asked(value.args[0])
    if isinstance(value, Operation) and value.kind in _SAME and len(value.args) == 2:
        word, owner, compared = _asked(value.args[0])
        return (word, owner, _words_in(value.args[1])) if compared is None else ("", "", None)
    if isinstance(value, Name):
        base, _, last = value.path.rpartition(".")
        return last, base or last, None
    if isinstance(value, Item) and isinstance(value.value, Name):
        key = value.key.value if isinstance(value.key, Constant) else None
        return (key, value.value.path, None) if isinstance(key, str) else ("", "", None)
    return "", "", None


def _words_in(value: Expression) -> frozenset[str]:
    """The members of enumerations and the texts that a value is, or is one of; none if any other
    is among them."""
    parts = value.args if isinstance(value, Operation) and value.kind in _SEVERAL else (value,)
    words = [_word(part) for part in parts]
    return frozenset(words) if all(words) else frozenset()


def _word(value: Expression) -> str:
    if isinstance(value, Name):
        return value.path.rpartition(".")[2].removesuffix(".value").lower()
    text = value.value if isinstance(value, Constant) else None
    return text.lower() if isinstance(text, str) else ""


def _is_own(function: Function, name: str) -> bool:
    """Whether a name is a function's own: what the object or the module holds is no answer."""
    first = name.partition(".")[0]
    if any(one.name == first for one in function.parameters):
        return first not in SELF and "." not in name
    return any(name in targets_in(node.target) for node in function.nodes)


def _find_marks(project: Project, roles: tuple[str, ...]) -> Marks:
    running = {ref.function for role in roles for ref in project.calls_playing(role)}
    found: dict[str, frozenset[str]] = {}
    for ref in sorted(running):
        for member, value in _set_in(project, ref):
            word = _word(value)
            if word and project.vocabulary.polarity(word) < 0:
                found[member] = found.get(member, frozenset()) | {word}
    return found


def _set_in(project: Project, ref: FunctionRef) -> Iterator[tuple[str, Expression]]:
    """What a function sets members of its own objects to."""
    for node in project.function(ref).nodes:
        if node.kind is Kind.ASSIGN and node.target is not None and node.value is not None:
            member, owner, _ = _asked(node.target)
            if owner not in SELF and owner != member:
                yield member, node.value
