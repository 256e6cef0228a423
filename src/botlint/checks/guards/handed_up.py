"""One call up: what is known of an order where the function is called that it was looked at in.

That is the same for all guards, and for all orders that are known by the same names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.guards.chains import Link
from botlint.checks.guards.dispatched import Dispatched, dispatched_at
from botlint.checks.guards.duties import Duty
from botlint.checks.guards.handing_in import Handed, is_given_order, passed_on
from botlint.checks.guards.translated import enclosed, translated
from botlint.checks.orders.orders import Orders
from botlint.facts.types import Expression, Name
from botlint.flow.program import CallSite
from botlint.project import CallRef, Project

Seen = set[tuple[object, ...]]
"""What has been looked at above an order."""


class Above(NamedTuple):
    """What a duty is at the call that it is handed up to; the fields as in :class:`Duty`."""

    call: CallRef
    via: str
    roots: frozenset[str] | None
    is_traced: bool
    handed: Handed | None
    is_same: bool
    dispatched: Dispatched


def calls_above(project: Project, duty: Duty, callers: tuple[CallSite, ...]) -> tuple[Above, ...]:
    """What ``duty`` is at each of ``callers``, who run the function that it stands in."""
    known = (duty.roots, duty.is_traced, duty.handed, duty.is_same, duty.dispatched)
    question = ("calls above", duty.call.function, callers, *known)
    return project.answer(question, lambda: tuple(_above(project, duty, one) for one in callers))


def handed_up(
    duty: Duty, above: Above, links: tuple[Link, ...], orders: Orders, seen: Seen
) -> Iterator[Duty]:
    """The duty ``above`` another one, unless one in ``seen`` is like it; it is in it then.
    ``links`` lead down to the order."""
    order = above.call if orders.is_order(above.call) else duty.order
    up = Duty(
        above.call,
        above.via,
        above.roots,
        links,
        duty.closing_at,
        duty.is_told,
        duty.guarded_at,
        above.is_traced,
        order,
        above.handed,
        above.is_same,
        above.dispatched,
    )
    mark = (up.call, up.handed, *up.standing())
    if mark not in seen:
        seen.add(mark)
        yield up


def _above(project: Project, duty: Duty, caller: CallSite) -> Above:
    site, callee = CallRef(caller.function, caller.call), duty.call.function
    roots = None
    if duty.roots is not None and caller.via == "call":
        roots = translated(project, duty.roots, callee, site)
    elif duty.roots is not None:
        roots = enclosed(project, duty.roots, callee, site)
    is_near = caller.via in _TRACED
    return Above(
        site,
        caller.via,
        roots,
        duty.is_traced and is_near,
        _handed_in(project, duty, site),
        duty.is_same
        and (is_near or is_given_order(project, callee, (duty.roots, duty.is_traced), caller)),
        dispatched_at(project, caller, callee, duty.dispatched),
    )


def _handed_in(project: Project, duty: Duty, site: CallRef) -> Handed | None:
    """What the call at ``site`` runs that its function has been handed, if it is that."""
    func: Expression | None = project.call(site).func
    handed = duty.call.function
    if duty.handed is not None:
        handed, name = duty.handed
        func = project.program.argument_of(site.function, site.call, duty.call.function, name)
    own = frozenset(one.name for one in project.function(site.function).parameters)
    if type(func) is Name and func.path in own:
        return (handed, func.path)
    passed = passed_on(project, site, handed, own) if duty.handed is None else ""
    return (handed, passed) if passed else None


_TRACED = frozenset({"call", "callback", "decorator"})
