"""Orders that are sent again without an id, or with one that is made for each attempt, as hits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import Orders
from botlint.checks.retries.identities import Identities
from botlint.checks.retries.identity import Identity, Level, Standing
from botlint.checks.retries.retries import Again, Retries
from botlint.model import Hit, Place, Step
from botlint.project import Project


def find_unstable(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each order that is sent again without an id, or with one that is made for each attempt."""
    orders: Orders = project.answer(("orders",), lambda: Orders(project))
    retries = Retries(project, parameters["lookup"])
    told: set[Place] = set()
    for found in (*map(retries.of, orders.leaves), retries.handed()):
        for again in found:
            identity = Identities(project, again.levels).of_order()
            second = _second(project, orders, again)
            if again.second != again.levels[-1].call and second is not None:
                identity = max(identity, second, key=lambda one: one.standing)
            if identity.standing in (Standing.STABLE, Standing.UNKNOWN):
                continue
            hit = _hit(project, orders, again, identity)
            if hit.place not in told:
                told.add(hit.place)
                yield hit


def _second(project: Project, orders: Orders, again: Again) -> Identity | None:
    """How the id of the second order stands, where it can be seen at the call itself."""
    if not orders.is_order(again.second):
        return None
    inside = again.levels[-1].inside
    return Identities(project, (Level(again.second, inside),)).of_order()


def _hit(project: Project, orders: Orders, again: Again, identity: Identity) -> Hit:
    anchor = again.second if orders.is_order(again.second) else None
    if anchor is None or again.second == again.levels[-1].call:
        calls = [level.call for level in again.levels]
        anchor = next((call for call in reversed(calls) if orders.is_order(call)), calls[0])
    is_made = identity.standing is Standing.MADE and identity.place is not None
    place = identity.place if is_made and identity.place else project.call_place(anchor)
    id_sent = "with an id that is made for each attempt" if is_made else "without a client order id"
    steps = [Step(project.call_place(again.levels[0].call), _placed(project, again))]
    steps.append(again.step)
    if identity.standing is Standing.NONE and identity.place is not None:
        steps.append(Step(identity.place, "this leaves the id out"))
    if is_made:
        steps.append(Step(place, "the id is made here, another one each time"))
    if again.second != again.levels[-1].call:
        steps.append(Step(project.call_place(again.second), "the second order"))
    return hit_in(
        project,
        anchor.function,
        place,
        {"order": project.written(anchor), "what": f"when it fails it is sent again {id_sent}"},
        tuple(steps),
    )


def _placed(project: Project, again: Again) -> str:
    return f"`{project.written(again.levels[0].call)}` places the order"
