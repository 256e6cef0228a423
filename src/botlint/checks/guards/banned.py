"""Market sells that a setting forbids, and that are sent without asking it.

Only of programs that have such a setting. A chain of calls one of which says ``limit`` places no
market order, whatever a helper below could do. A script that somebody runs once, that only
sells and that hasn't the setting itself, sells on purpose, and so does what is named for selling
everything.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.priced import is_named_for, said_side, sells_on_purpose
from botlint.checks.guards.setting_guards import SettingGuards
from botlint.checks.guards.telling import tell
from botlint.checks.roots import arguments_of
from botlint.facts.types import Constant, Expression, Name, Result
from botlint.model import Hit
from botlint.project import CallRef, Project

_MARKET = "market"
_LIMIT = "limit"
_STOP = "stop"


def find_banned(asked: Asked) -> Iterator[Hit]:
    """Each market sell that some path leads to on which the setting was not asked, or said no."""
    guards = asked.guards
    if not isinstance(guards, SettingGuards) or not guards.is_there():
        return
    found: dict[CallRef, Chain] = {}
    for chain in asked.sells():
        anchor = None if chain.guarded_at >= 0 else _market_sell(asked, guards, chain)
        known = found.get(anchor) if anchor is not None else None
        if anchor is not None and (known is None or len(chain.links) < len(known.links)):
            found[anchor] = chain
    for anchor, chain in sorted(found.items(), key=lambda p: asked.project.call_place(p[0])):
        yield tell(asked, anchor, chain)


def _market_sell(asked: Asked, guards: SettingGuards, chain: Chain) -> CallRef | None:
    """The outermost order call of a chain that says ``market``, if the chain is a market sell."""
    outermost = asked.anchor(chain)
    if outermost is None or said_side(asked, chain) != "sell":
        return None
    sources = {link.call.function.source for link in chain.links}
    if sells_on_purpose(asked, chain) and not any(map(guards.is_there_in, sources)):
        return None
    if is_named_for(asked, chain, "liquidation"):
        return None
    calls = [link.call for link in chain.links]
    said = [(call, _types(asked.project, call)) for call in calls]
    if any(_LIMIT in words or _STOP in words for _, words in said):
        return None
    own = calls[: calls.index(outermost) + 1]
    placing = [
        call
        for call, words in said
        if _MARKET in words and call in own and asked.orders.is_order(call)
    ]
    return placing[-1] if placing else None


def _types(project: Project, ref: CallRef) -> frozenset[str]:
    """The types of order that a call names: in its own name, or by a literal that it gets."""
    calls = project.function(ref.function).calls
    words = set(project.vocabulary.words(project.written(ref)))
    for value in arguments_of(project.call(ref)):
        words |= _type_words(project, value)
        if isinstance(value, Result):
            made = calls[value.call]
            name = made.func.path if isinstance(made.func, Name) else ""
            words |= project.vocabulary.words(name) if name[:1].isupper() or "." in name else set()
            for inner in arguments_of(made):
                words |= _type_words(project, inner)
    return frozenset(words & {_MARKET, _LIMIT, _STOP})


def _type_words(project: Project, value: Expression) -> frozenset[str]:
    if isinstance(value, Constant) and isinstance(value.value, str) and value.value.isascii():
        return project.vocabulary.words(value.value.replace("-", "_").replace(" ", "_").lower())
    if isinstance(value, Name):
        last = value.path.rpartition(".")[2]
        return project.vocabulary.words(last.lower()) if last.isupper() else frozenset()
    return frozenset()
