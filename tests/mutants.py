"""Mutants: a protection is taken out of code that has it, and botlint must notice.

As a library, :func:`mutants_of` makes the mutants of a program and :func:`survey` says which of
them are noticed: a finding that the program itself doesn't have. As a script it does so for a real
tree::

    PYTHONPATH=src python tests/mutants.py ../some-bot [--profile=NAME] [OPERATOR ...]

Which mutants count is said where they are made.
"""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

if not __package__:
    sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.finding import find_all
from tests.id_mutants import drop_id, drop_release
from tests.lock_mutants import (
    Mutant,
    Parsed,
    Tree,
    drop_lock_decorator,
    move_out_of_lock,
    parse,
    unwrap_lock,
)
from tests.order_mutants import (
    book_as_asked,
    drop_lookup,
    drop_order_id,
    drop_partial_branch,
    log_instead_of_raise,
)
from tests.protection_mutants import drop_cancel, drop_staleness, drop_stop
from tests.value_mutants import drop_legs, drop_leverage_bound, drop_quantiser
from tests.wiring_mutants import (
    add_nonce,
    drop_await,
    drop_count,
    drop_required_call,
    drop_signal,
)

from botlint.discover import discover
from botlint.facts.extract import extract_facts
from botlint.facts.types import Facts
from botlint.model import Confidence, Rule
from botlint.project import link
from botlint.rules import load_rules
from botlint.selection import select_rules
from botlint.settings import Settings
from botlint.vocabulary import Vocabulary, load_vocabulary

Operator = Callable[[Tree, Parsed], Iterator[Mutant]]

__all__ = ["OPERATORS", "ORDER_OPERATORS", "Mutant", "mutants_of", "parse", "survey"]

OPERATORS: Mapping[str, Operator] = {
    "unwrap-lock": unwrap_lock,
    "move-out-of-lock": move_out_of_lock,
    "drop-lock-decorator": drop_lock_decorator,
    "drop-id": drop_id,
    "drop-release": drop_release,
}


ORDER_OPERATORS: Mapping[str, Operator] = {
    "drop-lookup": drop_lookup,
    "drop-partial-branch": drop_partial_branch,
    "log-instead-of-raise": log_instead_of_raise,
    "drop-order-id": drop_order_id,
    "book-as-asked": book_as_asked,
    "drop-legs": drop_legs,
    "drop-quantiser": drop_quantiser,
    "drop-leverage-bound": drop_leverage_bound,
}
WIRING_OPERATORS: Mapping[str, Operator] = {
    "drop-required-call": drop_required_call,
    "drop-signal": drop_signal,
    "drop-count": drop_count,
    "drop-await": drop_await,
    "add-nonce": add_nonce,
}
PROTECTION_OPERATORS: Mapping[str, Operator] = {
    "drop-stop": drop_stop,
    "drop-cancel": drop_cancel,
    "drop-staleness": drop_staleness,
}
ALL_OPERATORS: Mapping[str, Operator] = {
    **OPERATORS,
    **ORDER_OPERATORS,
    **WIRING_OPERATORS,
    **PROTECTION_OPERATORS,
}
_FAMILIES = {
    **dict.fromkeys(OPERATORS, ("POS", "TRC")),
    **dict.fromkeys(ORDER_OPERATORS, ("ORD", "EXC")),
    **dict.fromkeys(WIRING_OPERATORS, ("WIR",)),
    **dict.fromkeys(PROTECTION_OPERATORS, ("ORD",)),
}


def mutants_of(tree: Tree, operators: Collection[str] = OPERATORS) -> Iterator[Mutant]:
    """All mutants of a program by ``operators``, by operator, file and line."""
    for operator in (ALL_OPERATORS[name] for name in operators):
        for file in tree.files:
            yield from operator(tree, file)


class Survey(NamedTuple):
    """The mutants that count, by whether botlint noticed them."""

    noticed: tuple[Mutant, ...]
    missed: tuple[Mutant, ...]


@functools.cache
def _shipped(profile: str | None = None) -> tuple[Settings, Vocabulary, tuple[Rule, ...]]:
    settings = Settings(root=Path(), profile=profile)
    return settings, load_vocabulary(settings), select_rules(load_rules(), settings)


class Checker:
    """Finds what rules of some families say of a program; only what has changed is read again."""

    def __init__(
        self,
        files: Mapping[str, str],
        families: tuple[str, ...],
        rules: tuple[Rule, ...] = (),
        profile: str | None = None,
    ) -> None:
        self._settings, self._vocabulary, shipped = _shipped(profile)
        self._rules = tuple(one for one in rules or shipped if one.code.startswith(families))
        self._facts: dict[str, Facts] = {
            path: extract_facts(path, text.encode()) for path, text in sorted(files.items())
        }
        self._before = self._findings({})

    def notices(self, mutant: Mutant) -> bool:
        """Whether the mutant has a finding that the program doesn't have."""
        facts = extract_facts(mutant.path, mutant.text.encode())
        return bool(self._findings({mutant.path: facts}) - self._before)

    def _findings(self, changed: Mapping[str, Facts]) -> Counter[tuple[str, ...]]:
        facts = tuple(one for one in {**self._facts, **changed}.values() if not one.error)
        findings = find_all(link(facts, self._settings, self._vocabulary), self._rules)
        return Counter(
            (finding.code, finding.place.path, finding.symbol, finding.message)
            for finding in findings
            if finding.confidence >= Confidence.MEDIUM
        )


def survey(
    files: Mapping[str, str],
    families: tuple[str, ...] = ("POS", "TRC"),
    operators: Collection[str] = OPERATORS,
    profile: str | None = None,
) -> Survey:
    """Make all mutants of a program that count, and see which are noticed."""
    checker = Checker(files, families, profile=profile)
    noticed: list[Mutant] = []
    missed: list[Mutant] = []
    for mutant in mutants_of(parse(files), operators):
        if mutant.counts:
            (noticed if checker.notices(mutant) else missed).append(mutant)
    return Survey(tuple(noticed), tuple(missed))


def main(path: str, *arguments: str) -> None:
    """Survey a real tree, and print what was missed."""
    operators = [one for one in arguments if not one.startswith("--")]
    named = [one.partition("=")[2] for one in arguments if one.startswith("--profile=")]
    settings = Settings(root=Path(path))
    sources = [one for one in discover((path,), settings).sources if not one.is_peripheral]
    files = {
        one.path: (Path(path) / one.path).read_bytes().decode("utf-8", "replace")
        for one in sources
        if one.path.endswith(".py")
    }
    tree = parse(files)
    for operator in operators or ALL_OPERATORS:
        mutants = [one for one in mutants_of(tree, (operator,)) if one.counts]
        check = None
        missed = []
        for one in mutants:
            check = check or Checker(files, _FAMILIES[operator], profile=next(iter(named), None))
            missed += [] if check.notices(one) else [one]
        count = len(mutants)
        sys.stdout.write(f"{operator}: {count - len(missed)} of {count} noticed\n")
        for one in missed:
            sys.stdout.write(f"  missed: {one.path}:{one.line}: {one.what}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
