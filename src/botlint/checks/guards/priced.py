"""Sells whose price nothing holds against what was paid, was last paid, or a limit.

Only of spot programs, where a literal sell gives away what was bought. A limit made from the
present bid alone follows the bid down, and is no check; one made from what was paid is one itself.
Exits in an emergency, and stop-losses, must get out at any price; so must what sells everything on
purpose: by its name, or as a script that somebody runs once and that only sells.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from botlint.checks.guards.asked import Asked, top_of
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.price_guards import PriceGuards
from botlint.checks.guards.robbed_sells import swallowed_check
from botlint.checks.guards.states import Mark
from botlint.checks.guards.telling import is_one_off, named, tell, tell_once
from botlint.checks.roots import arguments_of, names_in, origins_of
from botlint.facts.types import Constant, Expression, Operation
from botlint.flow.program import FunctionRef
from botlint.model import Hit, Place
from botlint.project import CallRef, Project

SELL = "sell"
_Pair = tuple[CallRef, Chain]


def find_unpriced(asked: Asked) -> Iterator[Hit]:
    """Each literal sell that some path leads to without a check of its price, or the clause that
    goes on when the check fails; once for a program that checks none."""
    if not asked.orders.closing.is_spot() or not isinstance(asked.guards, PriceGuards):
        return
    found: dict[CallRef, Chain] = {}
    checked = False
    for chain in asked.sells():
        anchor = _sell_of(asked, chain)
        if anchor is None or _is_exempt(asked, chain):
            continue
        if chain.guarded_at >= 0 or _is_limited(asked.guards, chain, asked.project):
            checked = True
            continue
        checked = checked or chain.worst().status.mark is not Mark.NONE
        known = found.get(anchor)
        if known is None or _rank(chain) > _rank(known):
            found[anchor] = chain
    pairs = sorted(found.items(), key=lambda pair: asked.project.call_place(pair[0]))
    if checked or any(asked.is_played(chain) for _, chain in pairs):
        yield from _tell_each(asked, pairs)
    elif pairs:
        yield _with_reason(asked, tell_once(asked, pairs), pairs[0][1])


def _sell_of(asked: Asked, chain: Chain) -> CallRef | None:
    """The order of a chain at which its limit is made from the present price, not where an exit is
    asked for that works it out; the outermost of all if none is."""
    outermost = asked.anchor(chain)
    calls = [link.call for link in chain.links]
    within = calls[: calls.index(outermost) + 1] if outermost in calls else []
    following = [call for call in within if _is_made_present(asked, call)]
    return following[-1] if following else outermost


def _tell_each(asked: Asked, pairs: list[_Pair]) -> Iterator[Hit]:
    by_place: dict[Place, list[_Pair]] = {}
    for anchor, chain in pairs:
        worst = chain.worst()
        is_open = worst.status.mark is Mark.OPEN and worst.step is not None
        place = worst.step.place if is_open and worst.step else asked.project.call_place(anchor)
        by_place.setdefault(place, []).append((anchor, chain))
    for place, alike in sorted(by_place.items()):
        related = tuple(named(asked, anchor) for anchor, _ in alike[1:])
        hit = _with_reason(asked, tell(asked, *alike[0], place, related), alike[0][1])
        causes = {_swallowed(asked, chain) for _, chain in alike}
        cause = causes.pop() if len(causes) == 1 else None
        cause_place = f"{cause.path}:{cause.span.line}" if cause else hit.cause
        yield msgspec.structs.replace(hit, cause=cause_place)


def _swallowed(asked: Asked, chain: Chain) -> Place | None:
    guards = asked.guards
    return (
        swallowed_check(asked.project, guards, chain) if isinstance(guards, PriceGuards) else None
    )


def _with_reason(asked: Asked, hit: Hit, chain: Chain) -> Hit:
    """``hit`` with what there is instead of a check, where that is seen."""
    is_following = any(_is_made_present(asked, link.call) for link in chain.links)
    saw = {**hit.saw, "reason": _FOLLOWING if is_following else ""}
    return msgspec.structs.replace(hit, saw=saw)


_FOLLOWING = "; its limit is made from the present price, follows that down, and is no check"


def _is_made_present(asked: Asked, order: CallRef) -> bool:
    """Whether the limit of an order is made from the present price, where it is placed or where a
    caller that places it hands it on."""
    if not asked.orders.is_order(order) or not isinstance(asked.guards, PriceGuards):
        return False
    prices = asked.guards.prices(order.function)
    return any(prices.is_present(one) for one in arguments_of(prices.call(order.call)))


def sells_on_purpose(asked: Asked, chain: Chain) -> bool:
    """Whether somebody sells by hand: a script that runs once and from which nothing is bought."""
    if not is_one_off(asked, chain):
        return False
    anyhow = Asked(asked.project, ()).answer
    opening = (*anyhow.open_chains, *anyhow.guarded)
    return all(top_of(one) != top_of(chain) for one in opening)


def _is_exempt(asked: Asked, chain: Chain) -> bool:
    """Whether an order must get out at any price, or may be no sell at all."""
    if said_side(asked, chain) != SELL or sells_on_purpose(asked, chain):
        return True
    return _is_getting_out(asked, chain)


def _is_getting_out(asked: Asked, chain: Chain) -> bool:
    """Whether something on the way to an order, or its file, is named for getting out at any
    price."""
    if is_named_for(asked, chain, "emergency-exit"):
        return True
    for link in chain.links:
        given = arguments_of(asked.project.call(link.call))
        if any(_is_urgent(asked, value) for value in given):
            return True
    return any(asked.orders.closing.has_protective_type(link.call) for link in chain.links)


def is_named_for(asked: Asked, chain: Chain, role: str) -> bool:
    """Whether a call, function, class or file on the way to an order is named for ``role``."""
    named_role = asked.project.vocabulary.roles[role]
    for link in chain.links:
        names = [asked.project.function(link.call.function).name, asked.project.written(link.call)]
        owner = asked.project.program.owner(link.call.function)
        names += [] if owner is None else [asked.project.program.cls(owner).name]
        names.append(asked.project.program.module_name(link.call.function.source))
        if any(named_role.plays_name(name) for name in names):
            return True
    return False


def said_side(asked: Asked, chain: Chain) -> str:
    """The side that the calls of a chain say; ``""`` if none does, or they say both."""
    said = {asked.orders.closing.side(link.call) for link in chain.links if link.is_same} - {""}
    return said.pop() if len(said) == 1 else ""


def _is_limited(guards: PriceGuards, chain: Chain, project: Project) -> bool:
    """Whether the order's limit is made from what was paid, or from a limit; further up only what
    comes down to the order counts."""
    below: FunctionRef | None = None
    wanted: frozenset[str] = frozenset()
    for link in chain.links:
        ref, number = link.call
        prices = guards.prices(ref)
        call = prices.call(number)
        given = arguments_of(call)
        if below is not None and link.via == "call":
            handed = (project.program.argument_of(ref, number, below, name) for name in wanted)
            given = tuple(value for value in handed if value is not None)
        if any(prices.is_limited(value) for value in given):
            return True
        names = {name for value in given for name in names_in(value, project.function(ref).calls)}
        closure = origins_of(project, ref).closure(frozenset(names))
        parameters = {one.name for one in project.function(ref).parameters}
        wanted = frozenset(name.partition(".")[0] for name in closure) & parameters
        below = ref
    return False


def _is_urgent(asked: Asked, value: Expression) -> bool:
    """Whether a literal, or one in a display, names a protective order or an emergency."""
    if isinstance(value, Operation) and value.kind in ("dict", "tuple", "list"):
        return any(_is_urgent(asked, part) for part in value.args)
    if not isinstance(value, Constant) or not isinstance(value.value, str):
        return False
    word = value.value.replace("-", "_").replace(" ", "_").casefold()
    roles = asked.project.vocabulary.roles
    return any(roles[role].plays_name(word) for role in ("emergency-exit", "protective-type"))


def _rank(chain: Chain) -> tuple[int, int]:
    return (chain.worst().status.mark, -len(chain.links))
