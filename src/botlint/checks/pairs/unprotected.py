"""Entries from which some way leads out without a protective stop, where the program places them.

Two faults: in the function that places the stop after the entry a way out leads past it; or nothing
after the entry places one, while other entries of the same program have theirs. Where stops are
also placed for any position, by a tick, a callback or a thread, nothing can be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from botlint.checks.given import said_in
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.one_program import is_one_program, is_played
from botlint.checks.guards.telling import mitigation_of
from botlint.checks.pairs.exposure import Exposure, Leak
from botlint.checks.pairs.protections import Protections
from botlint.checks.pairs.skipping import find_skipping
from botlint.checks.weight import failing_import
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

_BELOW = frozenset({"call", "callback", "table", "decorator"})


class _Entry(NamedTuple):
    """A chain to an entry, the number of the link whose function places a stop after it (``-1``:
    none does), and how a way leads out of that function."""

    chain: Chain
    followed_at: int
    leak: Leak | None


def find_unprotected(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each opening order with a way out on which nothing of the role ``close`` is called."""
    asked = Asked(project, ("preflight",))
    if not project.calls_playing(parameters["close"]) and not asked.orders.leaves:
        return
    protections = Protections(asked, parameters["close"])
    if not protections.stops:
        return
    search = _Search(asked, protections)
    entries = [search.entry(chain) for chain in protections.chains]
    followed = [one for one in entries if one.followed_at >= 0]
    told: set[CallRef] = set()
    for entry in entries if followed else ():
        anchor = asked.anchor(entry.chain)
        if anchor is None or anchor in told:
            continue
        hit = search.hit(entry, anchor, followed)
        if hit is not None:
            told.add(anchor)
            yield hit


class _Search:
    """Looks at entries, and says which of them have no stop."""

    def __init__(self, asked: Asked, protections: Protections) -> None:
        self._asked = asked
        self._project = asked.project
        self._protections = protections
        self._exposures: dict[CallRef, Exposure] = {}

    def entry(self, chain: Chain) -> _Entry:
        """Where a stop follows the order of a chain, going up from it."""
        start = self._protections.start_of(chain)
        for number in range(start, len(chain.links)):
            link = chain.links[number]
            if number > start and link.via not in _BELOW:
                break
            exposure = self._exposure(link.call)
            if exposure.is_followed():
                leak = None if self._is_covered(chain, number) else exposure.leak()
                if leak is None or not self._is_limit(chain):
                    return _Entry(chain, number, leak)
                # Whoever asks if a limit was filled at all may stand apart, or fail with it.
                is_unknown = leak.is_raised or number > start
                return _Entry(chain, number, None if is_unknown else leak)
        return _Entry(chain, -1, None)

    def hit(self, entry: _Entry, anchor: CallRef, followed: list[_Entry]) -> Hit | None:
        """What is wrong with an entry, if anything is."""
        chain = entry.chain
        upto = max(entry.followed_at, self._number(chain, anchor))
        links = chain.links[self._protections.start_of(chain) : upto + 1]
        if any(self._protections.speaks_of_stop(link.call) for link in links):
            return None
        if self._is_roamed(chain) or is_played(self._project, chain):
            return None
        if entry.followed_at >= 0:
            leak = entry.leak
            return None if leak is None else self._tell(entry, anchor, leak.steps, leak)
        if not self._is_entering(chain):
            return None
        if any(self._exposure(link.call).is_handed() for link in chain.links):
            return None
        peers = [one for one in followed if self._are_alike(one.chain, chain)]
        if not peers:
            return None
        peer = peers[0].chain.links[peers[0].followed_at].call
        text = f"after `{self._project.written(peer)}` the program places a stop"
        shown = Step(self._project.call_place(peer), text)
        return self._tell(entry, anchor, (), None, (shown,))

    def _number(self, chain: Chain, anchor: CallRef) -> int:
        return next((n for n, link in enumerate(chain.links) if link.call == anchor), 0)

    def _exposure(self, call: CallRef) -> Exposure:
        if call not in self._exposures:
            skipping = partial(find_skipping, self._project, self._protections)
            self._exposures[call] = Exposure(self._project, self._protections, call, skipping)
        return self._exposures[call]

    def _is_limit(self, chain: Chain) -> bool:
        """Whether an order may rest: whoever finds it filled protects the position."""
        limit = self._project.vocabulary.roles["limit-type"]
        links = chain.links[: self._protections.start_of(chain) + 1]
        return any(
            limit.plays_name(word)
            for link in links
            for word in (self._project.written(link.call), *said_in(self._project, link.call))
        )

    def _is_covered(self, chain: Chain, number: int) -> bool:
        """Whether some caller places a stop as well, or mends what an exception leaves."""
        for link in chain.links[number + 1 :]:
            if link.via not in _BELOW:
                return False
            exposure = self._exposure(link.call)
            if exposure.is_followed() or exposure.is_mended():
                return True
        return False

    def _is_entering(self, chain: Chain) -> bool:
        """Whether something says that a position is opened, and not added to one."""
        roles = self._project.vocabulary.roles
        names = [self._project.function(link.call.function).name for link in chain.links]
        if any(roles["adds-to-position"].plays_name(name) for name in names):
            return False
        return chain.is_told or any(roles["entering"].plays_name(name) for name in names[:2])

    def _is_roamed(self, chain: Chain) -> bool:
        """Whether stops are placed for any position in the program that a chain belongs to."""
        start = chain.links[self._protections.start_of(chain)].call.function
        return any(is_one_program(self._project, start, ref) for ref in self._protections.roaming)

    def _are_alike(self, peer: Chain, chain: Chain) -> bool:
        """Whether two orders are of one program, and both are filled at once or both may rest."""
        first = peer.links[self._protections.start_of(peer)].call.function
        second = chain.links[self._protections.start_of(chain)].call.function
        is_same = self._is_limit(peer) is self._is_limit(chain)
        return is_same and is_one_program(self._project, first, second)

    def _tell(
        self,
        entry: _Entry,
        anchor: CallRef,
        steps: tuple[Step, ...],
        leak: Leak | None,
        related: tuple[Step, ...] = (),
    ) -> Hit:
        project = self._project
        chain = entry.chain
        place = project.call_place(anchor)
        written = project.written(anchor)
        name = project.program.display(anchor.function)
        failing = failing_import(project, anchor.function, project.call(anchor).span)
        shown = [Step(chain.entry.place, chain.entry.text)] if chain.entry else []
        shown.append(Step(place, f"`{name}` opens a position by `{written}`"))
        if not steps:
            steps = (Step(place, "nothing that follows places a stop"),)
        is_sure = leak is not None and not leak.is_raised and not leak.is_failed
        what = "no way out of it leads to a stop" if leak is None else _what(leak)
        return Hit(
            place=place,
            saw={"order": written, "what": what, "function": name},
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
            trace=(*shown, *steps),
            related=related,
            cause=f"protection:{place.path}:{place.span.line}",
            symbol=name,
            mitigation=mitigation_of(self._asked, chain, place, failing),
            behind=None if failing is None else failing.step.place,
        )


def _what(leak: Leak) -> str:
    if leak.is_failed:
        return "a stop that fails leaves the position as it is"
    if leak.is_raised:
        return "an exception can leave before its stop is placed"
    return "a way out leads past its stop"
