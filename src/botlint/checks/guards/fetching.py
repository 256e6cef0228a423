"""Functions that give only what they get themselves from outside of the program.

What a call of one gives is not made of what the call hands over, and no guard has seen it that was
asked about that::

    def pick(symbol):
        other = feed.next_symbol()
        return other
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from botlint.checks.guards.makings import Makings
from botlint.checks.roots import names_in
from botlint.facts.types import Constant, Kind
from botlint.flow.program import FunctionRef
from botlint.flow.reach import Answers
from botlint.flow.ways import is_dominated
from botlint.project import CallRef, Project


class Fetching:
    """Tells these functions of a project; each is looked at once, what it calls first. Of those
    that call each other, none is one."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._fetching = Answers(self._asked_for, self._find, nothing=False)
        self._plain = cache(partial(Makings, project))

    def is_fetched(self, ref: CallRef) -> bool:
        """Whether a call runs only such functions."""
        callees = self._project.program.callees(ref.function, ref.call)
        return bool(callees) and all(map(self._fetching.of, callees))

    def _asked_for(self, ref: FunctionRef) -> Iterator[FunctionRef]:
        makings = self._plain(ref)
        for end in self._ends(ref):
            for number in makings.calls_in(makings.function.nodes[end].value):
                yield from self._project.program.callees(ref, number)

    def _find(self, ref: FunctionRef) -> bool:
        ends = self._ends(ref)
        return bool(ends) and all(self._gives_fetched(ref, end) for end in ends)

    def _ends(self, ref: FunctionRef) -> list[int]:
        """The nodes at which a function gives more than a constant; one that is decorated may give
        something else."""
        function = self._project.function(ref)
        if function.is_generator or function.decorators:
            return []
        nodes = enumerate(function.nodes)
        ends = [number for number, node in nodes if node.kind is Kind.RETURN]
        return [n for n in ends if not isinstance(function.nodes[n].value, Constant | None)]

    def _gives_fetched(self, ref: FunctionRef, end: int) -> bool:
        """Whether what a function gives at node ``end`` is fetched, also under the name of a
        parameter that has got another value on every way there."""
        function = self._project.function(ref)
        value = function.nodes[end].value
        asked = self._plain(ref).calls_in(value)
        fetched = frozenset(n for n in asked if self.is_fetched(CallRef(ref, n)))
        makings = Makings(self._project, ref, fetched)
        if not asked or makings.is_from_program(value):
            return False
        given = {one.name for one in function.parameters}
        names = names_in(value, makings.calls)
        firsts = given.intersection(name.partition(".")[0] for name in names)
        replaced = {one for one in firsts if _is_replaced(makings, end, one)}
        kept = frozenset(name for name in names if name.partition(".")[0] not in replaced)
        return not kept or makings.is_within(kept)


def _is_replaced(makings: Makings, end: int, name: str) -> bool:
    places = makings.replacing(name)
    return bool(places) and is_dominated(makings.function, frozenset({end}), places)
