"""What a run looked at, and what it could not have proved: the last line of every report."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.adjusting import guarding_calls
from botlint.checks.guards.asked import Asked
from botlint.checks.orders.nearest import name_nearest
from botlint.checks.orders.orders import PLACE, Orders
from botlint.checks.settings.scope import find_unbound, find_unknown
from botlint.discover import Discovery
from botlint.facts.types import Facts
from botlint.model import Census, Problem, Rule, Scope
from botlint.project import Project


def measure_scope(
    project: Project,
    rules: tuple[Rule, ...],
    facts: tuple[Facts, ...],
    discovery: Discovery,
    unread: tuple[Problem, ...],
) -> Scope:
    """The scope of a run over ``project`` with the selected ``rules``."""
    guarded = [rule for rule in rules if rule.check == "guarded"]
    telling = [rule for rule in guarded if _is_about_all(rule)] or guarded
    asked = [Asked(project, _roles(rule, "guard")) for rule in telling]
    broken = [one.path for one in facts if one.error]
    configs = [one.path for one in project.trees if one.is_broken and one.path not in broken]
    peripheral = [source.path for source in discovery.sources if source.is_peripheral]
    not_analysed = [
        *discovery.passed_over,
        *broken,
        *configs,
        *peripheral,
        *(one.path for one in unread),
    ]
    return Scope(
        files=len(facts) - len(broken),
        not_analysed=tuple(sorted(not_analysed)),
        census=_take_census(asked) if asked else None,
        unknown=tuple(find_unknown(project, rules)),
        unproven=(*_unproven(project, rules), *find_unbound(project, rules)),
    )


def _is_about_all(rule: Rule) -> bool:
    """Whether a rule asks for the guards of all orders, and not of those of one side."""
    return "side" not in rule.parameters


def _take_census(asked: list[Asked]) -> Census:
    answer = asked[0].answer
    opening = {asked[0].anchor(chain) for chain in (*answer.open_chains, *answer.guarded)}
    closing = {asked[0].anchor(chain) for chain in answer.closing}
    return Census(
        entries=len({chain.links[-1].call.function for part in answer for chain in part}),
        opening_orders=len(opening - {None}),
        closing_orders=len(closing - {None} - opening),
        guards=len({ref for one in asked for ref in one.guards.calls}),
        wrapped_orders=len(asked[0].wrapped()),
    )


def _unproven(project: Project, rules: tuple[Rule, ...]) -> Iterator[str]:
    orders = project.answer(("orders",), lambda: Orders(project))
    needing = sorted({rule.code for rule in rules if rule.parameters.get("action") == PLACE})
    if needing and not orders.leaves:
        yield "0 orders recognised: the ORD rules proved nothing"
        yield from name_nearest(project)
        return
    if needing and (wrapped := _say_wrapped(project)):
        yield wrapped
        return
    missing: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules:
        roles = _roles(rule, "guard") if _is_about_all(rule) else ()
        if roles and not any(guarding_calls(project, role) for role in roles):
            missing.setdefault(roles, []).append(rule)
    for roles, idle in missing.items():
        if any(set(other) < set(roles) for other in missing):
            continue
        proof = _PROOFS.get(str(idle[0].parameters.get("report")), "proved nothing")
        proof = _proof_by_deed(project, roles) if "preflight" in roles else proof
        codes = ", ".join(rule.code for rule in idle)
        yield f"nothing plays the role {' or '.join(roles)}: {codes} {proof}"


_PROOFS = {"uncancelled": "looked only at orders that are waited for"}
"""What a report proves where nothing plays the roles of its guard."""


def _say_wrapped(project: Project) -> str:
    """That all orders stand in functions which nothing calls, and where; else nothing."""
    asked = Asked(project, ("preflight",))
    wrapped = sorted(asked.wrapped(), key=project.call_place)
    chains = [chain for part in asked.answer for chain in part]
    if not wrapped or any(asked.anchor(chain) is not None for chain in chains):
        return ""
    place = project.call_place(wrapped[0])
    name = project.program.display(wrapped[0].function)
    more = f" and {len(wrapped) - 1} more" if len(wrapped) > 1 else ""
    return (
        f"nothing calls `{name}` ({place.path}:{place.span.line}){more}, and no other order is "
        "placed: the ORD rules proved nothing"
    )


def _proof_by_deed(project: Project, roles: tuple[str, ...]) -> str:
    """What rules proved whose guards no name tells, but only what they do."""
    asked = Asked(project, roles)
    told = ((anchor, asked.open_by_deed(anchor, chain)) for anchor, chain in asked.opening())
    unguarded = {anchor for anchor, chain in told if chain is not None}
    chains = (*asked.answer.open_chains, *asked.answer.guarded)
    opening = {asked.anchor(chain) for chain in chains} - {None}
    guarded = len(opening - unguarded)
    return f"went by what guards do: {guarded} of {len(opening)} opening orders have one"


def _roles(rule: Rule, parameter: str) -> tuple[str, ...]:
    value = rule.parameters.get(parameter, ())
    return (value,) if isinstance(value, str) else tuple(value)
