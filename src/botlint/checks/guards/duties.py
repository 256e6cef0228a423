"""The duty to guard one order, on its way up from the call that places it."""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.guards.chains import Link
from botlint.checks.guards.dispatched import Dispatched
from botlint.flow.program import FunctionRef
from botlint.project import CallRef


class Duty(NamedTuple):
    """What has to be guarded at ``call`` or above it; ``below`` are the calls that lead from there
    down to the order."""

    call: CallRef
    via: str
    roots: frozenset[str] | None
    below: tuple[Link, ...]
    closing_at: int
    is_told: bool
    guarded_at: int
    is_traced: bool = True
    """Whether the order's values could be followed up to here: only then can a guard that ran and
    did not decide be said to be this order's."""
    order: CallRef | None = None
    """The outermost call so far that plays the role of placing an order."""
    handed: tuple[FunctionRef, str] | None = None
    """What the call runs by way of a parameter, and its name: only who hands that in is a caller.
    """
    is_same: bool = True
    """Whether what stands here asks for this very order; over a topic or a task, as long as the
    order's values are handed over with it."""
    dispatched: Dispatched = frozenset()
    """What has to be a method of the object whose method the call stands in."""

    def standing(self) -> tuple[object, ...]:
        """What is known of the order at the call and goes up from there."""
        is_told = (self.closing_at >= 0, self.guarded_at >= 0)
        return self.order, is_told, self.roots, self.dispatched
