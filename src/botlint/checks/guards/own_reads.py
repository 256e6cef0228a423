"""What a method reads of its own object, which it need not be handed then."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from botlint.checks.roots import SELF, receiver_of, words_of
from botlint.facts.types import Name
from botlint.flow.names import FunctionRef
from botlint.flow.scopes import own_object
from botlint.project import Project


def read_of_own(project: Project, ref: FunctionRef, call: int) -> frozenset[str]:
    """The members of its own object that stand in the methods which a call on it runs, and in those
    that they run on it, by the names that they have in the function ``ref``."""
    own = own_object(project.function(ref))
    if not own or receiver_of(project.function(ref).calls[call]) != Name(own):
        return frozenset()
    members = (
        project.answer(("read of own", callee), partial(_members, project, callee))
        for callee in project.program.callees(ref, call)
    )
    return frozenset(f"{own}.{member}" for read in members for member in read)


def held_by_own(
    given: frozenset[str], call: int, read_of_own: Callable[[int], frozenset[str]]
) -> frozenset[str]:
    """Which of the values ``given`` to an order a gate has without being handed them, as its own
    object holds them: all, where the order has no others, or else those that it reads there."""
    held = frozenset(one for one in given if one.partition(".")[0] in SELF)
    return held if held == given else held & read_of_own(call)


def _members(project: Project, method: FunctionRef) -> frozenset[str]:
    found: set[str] = set()
    seen, waiting = {method}, [method]
    while waiting:
        ref = waiting.pop()
        own = own_object(project.function(ref))
        if not own:
            continue
        prefix = f"{own}."
        found |= {
            one.removeprefix(prefix) for one in words_of(project, ref) if one.startswith(prefix)
        }
        for number, call in enumerate(project.function(ref).calls):
            if receiver_of(call) == Name(own):
                following = set(project.program.callees(ref, number)) - seen
                seen |= following
                waiting += sorted(following)
    return frozenset(found)
