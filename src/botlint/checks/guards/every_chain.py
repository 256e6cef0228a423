"""All ways up from an order to what runs it, where each way matters by itself.

The duty walk crosses a call once: where two ways meet it goes on with the first. What stands
around an order on one way, a stop after it or a cancel before it, may not stand on the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.passages import Passage
from botlint.checks.guards.states import Mark, Status
from botlint.project import CallRef

MOST = 64
"""So many ways from one order are followed, the shortest first."""

_UNASKED = (Passage(Status(Mark.NONE), None),)
_TRACED = frozenset({"call", "callback", "decorator"})


def every_chain(asked: Asked) -> tuple[Chain, ...]:
    """The chains of all orders, opening and closing, without asking for guards."""

    def find() -> tuple[Chain, ...]:
        leaves = asked.orders.leaves
        return tuple(chain for leaf in leaves for chain in _chains_from(asked, leaf))

    return asked.project.answer(("every chain",), find)


def _chains_from(asked: Asked, leaf: CallRef) -> Iterator[Chain]:
    program = asked.project.program
    entries = program.entries()
    waiting: deque[tuple[Link, ...]] = deque([(Link(leaf, "call", _UNASKED),)])
    found = 0
    crossed = 0
    while waiting and found < MOST and crossed < MOST * MOST:
        links = waiting.popleft()
        crossed += 1
        function = links[-1].call.function
        callers = program.callers(function)
        entry = entries.get(function)
        if entry is not None and (entry.kind != "uncalled" or not callers):
            found += 1
            yield _told(asked, Chain(links, entry, is_closing=False, is_told=False))
        if crossed + len(waiting) >= MOST * MOST:
            continue  # No more than these are looked at.
        around = {link.call.function for link in links}
        for site in callers:
            if site.function not in around:
                call = CallRef(site.function, site.call)
                is_same = links[-1].is_same and site.via in _TRACED
                waiting.append((*links, Link(call, site.via, _UNASKED, is_same)))


def _told(asked: Asked, chain: Chain) -> Chain:
    """``chain`` with what its calls and functions say of opening or closing a position."""
    closing = asked.orders.closing
    is_told = False
    for number, link in enumerate(chain.links):
        call = link.call
        if not link.is_same:
            break
        is_placing = asked.orders.is_order(call)
        side = closing.side(call) if not is_told else ""
        if (
            closing.is_closing_function(call.function)
            or closing.has_reduce_only(call)
            or (is_placing and closing.is_reducing(call))
            or (not is_placing and closing.has_protective_type(call))
            or (side == "sell" and closing.is_spot())
        ):
            return chain._replace(is_closing=True, is_told=True, closing_at=number)
        is_told = is_told or side == "buy"
    return chain._replace(is_told=is_told)
