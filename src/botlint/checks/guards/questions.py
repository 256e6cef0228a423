"""What is asked of a function, as far as the project alone tells it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from botlint.checks.ending import ending_calls
from botlint.checks.guards.body import body_of
from botlint.checks.guards.correlated import atoms_of
from botlint.checks.guards.forgetting import read_ahead
from botlint.checks.guards.held import held_of
from botlint.checks.guards.hooks import always_says
from botlint.checks.guards.kept_in import keeps_in
from botlint.checks.guards.lasting import is_lasting
from botlint.checks.guards.named_calls import named_calls
from botlint.checks.guards.named_guards import members
from botlint.checks.guards.own_reads import read_of_own
from botlint.checks.guards.question import Guard, Question
from botlint.checks.guards.relation import Relation
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.slots import amount_given
from botlint.checks.guards.started import is_started
from botlint.checks.guards.tables import is_filled
from botlint.checks.roots import foreign_modules
from botlint.facts.types import Expression
from botlint.flow.names import FunctionRef
from botlint.project import Project


def question_about(
    project: Project,
    ref: FunctionRef,
    *,
    guard_at: Callable[[int], Guard | None],
    named_sign: Callable[[str], Sign | None],
    decides: Callable[[Expression, Relation], bool],
    consents: Callable[[Expression, Relation], int],
    lets_sell: Callable[[int], int],
    is_vetted: Callable[[Expression | None], bool],
) -> Question:
    """What to look for in a function, for any order."""
    return Question(
        guard_at=guard_at,
        named_sign=named_sign,
        polarity=project.vocabulary.polarity,
        roots=None,
        decides=decides,
        consents=consents,
        lets_sell=lets_sell,
        members=partial(members, project, ref),
        swallows=partial(project.program.swallows, ref),
        is_vetted=is_vetted,
        calls=named_calls(project, ref),
        is_lasting=partial(is_lasting, project, ref),
        modules=foreign_modules(project, ref.source),
        is_filled=partial(is_filled, project, ref),
        read_of_own=partial(read_of_own, project, ref),
        is_started=partial(is_started, project, ref),
        amount_at=partial(amount_given, project, ref),
        atoms=atoms_of(project, ref),
        constants=held_of(project, ref),
        ahead=partial(read_ahead, project, ref, partial(is_started, project, ref)),
        keeps_in=partial(keeps_in, project, ref),
        always_says=partial(always_says, project, ref),
        ending=partial(ending_calls, project, ref),
        body=body_of(project, ref),
    )
