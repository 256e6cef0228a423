"""What a check has found about an order, as hits: place, severity, trace, related places."""

from __future__ import annotations

import msgspec

from botlint.checks.endless import endless_loops, is_in_endless
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Chain
from botlint.checks.guards.passages import Passage
from botlint.checks.guards.states import Mark, Status
from botlint.checks.hits import hit_in
from botlint.checks.orders.testnets import made_for_tests
from botlint.checks.orders.unset_clients import unset_client
from botlint.checks.showing import ALL, is_for_show
from botlint.checks.weight import Failing, failing_import
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef

ON_TESTNET = 2
"""How many levels of severity less it costs where the client is made for a test net."""


def tell(
    asked: Asked,
    anchor: CallRef,
    chain: Chain,
    place: Place | None = None,
    related: tuple[Step, ...] = (),
) -> Hit:
    """A hit at ``place``, else at the order ``anchor``, that ``chain`` shows."""
    project = asked.project
    where = project.call_place(anchor) if place is None else place
    entry = chain.entry
    failing = failing_import(project, anchor.function, project.call(anchor).span)
    unset = unset_client(project, anchor)
    tested = made_for_tests(project, chain.links[0].call)
    shown = tuple(one for one in (failing and failing.step, unset, tested) if one is not None)
    levels = (unset is not None) + (0 if tested is None else ON_TESTNET)
    guard = asked.guard_named(chain, where)
    return hit_in(
        project,
        anchor.function,
        where,
        {
            "order": asked.orders.written(anchor),
            "guard": guard or " or ".join(asked.roles),
            "entry": entry.text if entry is not None else "",
        },
        (*shown, *_trace(asked, chain)),
        Confidence.HIGH if chain.is_told else Confidence.MEDIUM,
        related=related,
        mitigation=mitigation_of(asked, chain, where, failing) + levels,
        behind=None if failing is None else failing.step.place,
    )


def mitigation_of(asked: Asked, chain: Chain, place: Place, failing: Failing | None) -> int:
    """How many levels of severity what is told at ``place`` of an order, which ``chain`` leads to,
    loses: all in a script that runs once and in what is there to be shown, one where nothing that
    runs leads to the order, as many as an import takes that is ``failing`` before it."""
    if is_one_off(asked, chain) or is_for_show(place.path):
        return ALL
    is_idle = chain.entry is not None and chain.entry.kind == "uncalled"
    return max(int(is_idle), 0 if failing is None else failing.levels)


def is_one_off(asked: Asked, chain: Chain) -> bool:
    """Whether an order is placed by a script that runs once: a file that nothing imports, or what
    stands under ``__main__``, which no import runs; and no endless loop, thread, scheduler or
    server in the functions that lead to the order."""
    entry = chain.entry
    if entry is None or entry.kind not in ("main", "script"):
        return False
    program = asked.project.program
    if entry.kind != "main" and program.is_imported(chain.links[-1].call.function.source):
        return False
    calls = [link.call for link in chain.links]
    is_apart = any(link.via == "thread" for link in chain.links)
    if is_apart or any(is_in_endless(asked.project, call) for call in calls):
        return False
    return not any(endless_loops(asked.project, call.function) for call in calls[1:])


def tell_once(asked: Asked, pairs: list[tuple[CallRef, Chain]]) -> Hit:
    """Nothing plays the role: one hit for the program, at its first order."""
    anchor, chain = pairs[0]
    hit = tell(asked, anchor, chain)
    related = tuple(named(asked, other) for other, _ in pairs[1:])
    return msgspec.structs.replace(hit, related=related, confidence=Confidence.MEDIUM)


def beside_gates(hit: Hit, gates: tuple[Step, ...]) -> Hit:
    """``hit`` of orders that a risk gate may stop all the same: one level lower, with the gates."""
    if not gates:
        return hit
    return msgspec.structs.replace(
        hit,
        mitigation=ALL if hit.mitigation else 1,
        trace=(*hit.trace[:-1], *gates[:1], *hit.trace[-1:]),
    )


def beside_deed(hit: Hit, deed: Chain) -> Hit:
    """``hit`` of an order that no name guards but what something does, by the chain ``deed``: one
    level lower, all levels where nothing runs it, with medium confidence, and with what was seen
    before the order."""
    passages = deed.links[deed.guarded_at].passages
    text = "this may refuse the order, and no name says that it is a preflight"
    seen = [Step(one.step.place, text) for one in passages if one.step is not None]
    return msgspec.structs.replace(
        hit,
        confidence=Confidence.MEDIUM,
        mitigation=ALL if hit.mitigation else 1,
        trace=(*hit.trace[:-1], *seen[:1], *hit.trace[-1:]),
    )


def without_guards(chain: Chain) -> Chain:
    """A chain without what guards did on it, for what is told of another one."""
    unasked = (Passage(Status(Mark.NONE), None),)
    return chain._replace(links=tuple(one._replace(passages=unasked) for one in chain.links))


def going_on(hit: Hit, guard: str) -> Hit:
    """``hit`` of a handler that goes on to its order when ``guard`` fails."""
    what = f"when `{guard}` fails, this goes on to `{hit.saw['order']}`"
    return msgspec.structs.replace(hit, saw={**hit.saw, "guard": guard, "what": what})


def weakened(hit: Hit) -> Hit:
    """``hit`` with medium confidence."""
    return msgspec.structs.replace(hit, confidence=Confidence.MEDIUM)


def named(asked: Asked, anchor: CallRef) -> Step:
    """An order as a related place."""
    return Step(asked.project.call_place(anchor), f"`{asked.orders.written(anchor)}`")


def _trace(asked: Asked, chain: Chain) -> tuple[Step, ...]:
    """From the entry point down to the order, with what became of the guard on the way."""
    project = asked.project
    steps: list[Step] = []
    if chain.entry is not None:
        steps.append(Step(chain.entry.place, chain.entry.text))
    for link in reversed(chain.links):
        reason = max(link.passages, key=lambda p: p.status.mark, default=None)
        if reason is not None and reason.step is not None:
            steps.append(reason.step)
        verb = "places the order" if link is chain.links[0] else _VERBS.get(link.via, "calls")
        name = asked.orders.written(link.call)
        text = f"`{project.program.display(link.call.function)}` {verb} `{name}`"
        steps.append(Step(project.call_place(link.call), text))
    return tuple(steps)


_VERBS = {
    "queue": "puts the order into a queue by",
    "topic": "publishes to the subscriber, or asks for the job, by",
    "thread": "starts a thread by",
    "task": "starts a task by",
    "callback": "hands a function to",
    "table": "calls a function from a table by",
}
