"""The checks that can be judged, by name: how programs for one are made, run and looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.oracle.carrying.programs import write_ids
from tests.oracle.carrying.stage import CarryStage
from tests.oracle.choices import Choices, seeded
from tests.oracle.escaping.programs import write_escapes
from tests.oracle.escaping.stage import EscapeStage
from tests.oracle.exploring import Seen, Spot, Stage, explore
from tests.oracle.guards.programs import write_program
from tests.oracle.guards.stage import GuardStage
from tests.oracle.locking.programs import write_locks
from tests.oracle.locking.stage import LockStage
from tests.oracle.program import Program
from tests.oracle.reserving.programs import write_reservations
from tests.oracle.reserving.stage import ReserveStage
from tests.oracle.spreading import spread

from botlint.model import Finding


def _spots(finding: Finding) -> set[Spot]:
    """Where a finding is, or what it is about besides."""
    places = [finding.place, *(step.place for step in finding.related)]
    return {(place.path, place.span.line) for place in places}


def _orders_of(finding: Finding) -> set[Spot]:
    """The orders that a finding is at or for: the last step of its trace is one."""
    place = finding.trace[-1].place
    return _spots(finding) | {(place.path, place.span.line)}


class Subject(NamedTuple):
    """One check: the rules whose findings count, the writer of its programs, their world, and the
    lines that a finding speaks of."""

    rules: tuple[str, ...]
    module: Callable[[Choices], Program]
    stage: Callable[[Program], Stage]
    spots: Callable[[Finding], set[Spot]] = _spots

    def write(self, choices: Choices) -> Program:
        """A program of one to three modules."""
        return spread(self.module(choices), choices)

    def program(self, seed: int) -> Program:
        """The program of a seed."""
        return self.write(seeded(seed))


SUBJECTS = {
    "guards": Subject(("ORD001", "ORD002", "ORD003"), write_program, GuardStage, _orders_of),
    "locks": Subject(("POS001", "POS003", "POS009"), write_locks, LockStage),
    "reservations": Subject(("POS008",), write_reservations, ReserveStage),
    "ids": Subject(("TRC001",), write_ids, CarryStage),
    "escapes": Subject(("EXC001",), write_escapes, EscapeStage),
}


def explore_for(name: str, program: Program) -> Seen:
    """What the runs of ``program`` show to the check of that name."""
    return explore(program, SUBJECTS[name].stage(program))
