"""Orders that have one way in common on which the guard is missing: told once, the others related.

The way is a function that they all go through and that no guarded order uses. Where guarded ones
do, each order lacks a guard of its own.
"""

from __future__ import annotations

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.project import CallRef

Pair = tuple[CallRef, Chain]


def by_common_way(asked: Asked, pairs: list[Pair]) -> list[list[Pair]]:
    """Orders with the chains that lead to them, those together that go on by one and the same call
    of a function that is named like an order."""
    guarded = {link.call for chain in asked.answer.guarded for link in chain.links}
    groups: dict[CallRef, list[Pair]] = {}
    for anchor, chain in pairs:
        groups.setdefault(_way(asked, anchor, chain, guarded), []).append((anchor, chain))
    return list(groups.values())


def _way(asked: Asked, anchor: CallRef, chain: Chain, guarded: set[CallRef]) -> CallRef:
    """The innermost call of a chain by which an order is handed on within functions that are named
    like one, and that no guarded order comes by; the order itself if there is none. What sends the
    order is no such call: any two orders may have that in common."""
    calls = [link.call for link in chain.links]
    below = calls[1 : calls.index(anchor)] if anchor in calls else []
    own = (one for one in below if asked.orders.is_order(one) and one not in guarded)
    return next((one for one in own if asked.orders.is_inside_order(one.function)), anchor)
