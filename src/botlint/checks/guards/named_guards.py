"""How what plays a guard's role by its name says no."""

from __future__ import annotations

from botlint.checks.emptiness import is_declared
from botlint.checks.faults.refusals import is_dropped
from botlint.checks.guards.contracts import (
    is_context_manager,
    is_raising_name,
    is_run,
    read_contract,
    returns_objections,
)
from botlint.checks.guards.elements import reason_in
from botlint.checks.guards.heard import is_heard_by_clause
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.truths import is_never_false
from botlint.flow.forwarding import settled
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project
from botlint.vocabulary import Vocabulary


def read_named(
    project: Project, ref: CallRef, callees: tuple[FunctionRef, ...], entered: frozenset[int]
) -> Guard | None:
    """How a call named like a guard says no; ``entered`` are the calls of its function whose
    results are entered by ``with``."""
    if is_dropped(project, callees):
        return None
    written = project.written(ref)
    callees = tuple(one for one in callees if not is_declared(project, one))
    names = (written, *(project.function(one).name for one in callees[:1]))
    is_no = any(project.vocabulary.polarity(name) < 0 for name in names)
    sign = Sign.NO if is_no else Sign.OBJECT
    if not callees:
        is_raising = is_raising_name(written.rpartition(".")[2])
        is_raising = is_raising or is_heard_by_clause(project, ref)
        return Guard(sign, is_raising=is_raising)
    function = project.function(callees[0])
    if function.is_async and not is_run(project.function(ref.function), ref.call):
        return Guard(None)
    if is_context_manager(function) or ref.call in entered:
        return Guard(None, is_entered=True)
    asked = settled(project.program, callees[0])
    function = project.function(asked)
    contract = read_contract(function, sign)._replace(reason=reason_in(function))
    if contract.sign is Sign.OBJECT and returns_objections(function, project.vocabulary.polarity):
        return contract._replace(sign=Sign.NO)
    if contract.sign is Sign.OBJECT and is_never_false(project, asked):
        return contract._replace(sign=Sign.PAIR)
    return contract


def named_sign(vocabulary: Vocabulary, roles: tuple[str, ...], path: str) -> Sign | None:
    """What a name or key that plays one of ``roles`` says by being true."""
    if any(vocabulary.roles[role].plays_name(path) for role in roles):
        last = path.rpartition(".")[2]
        return Sign.YES if vocabulary.polarity(last) > 0 else Sign.NO
    owner, _, last = path.rpartition(".")
    is_state = bool(owner) and not vocabulary.lexicon.states.isdisjoint(vocabulary.words(last))
    if not is_state or not any(vocabulary.roles[role].plays_name(owner) for role in roles):
        return None
    return Sign.NO if vocabulary.polarity(path) < 0 else Sign.YES


def members(project: Project, ref: FunctionRef, path: str) -> tuple[str, ...]:
    """All members of the enumeration of the program of which ``path`` names one; of a class, those
    that have its base."""
    program = project.program
    cls = program.class_named(ref, path.rpartition(".")[0])
    if cls is None:
        one = program.class_named(ref, path)
        bases = program.bases(one) if one is not None else ()
        alike = program.subclasses(bases[0]) if bases else ()
        return tuple(program.cls(kind).name for kind in alike)
    return tuple(name for name, _ in project.program.cls(cls).attributes)
