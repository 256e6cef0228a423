"""Guards that also stop orders which close a position.

A guard does so in the function that places the order, in one that every order passes, and around
the call of one that closes. It doesn't where it only says whether the bot starts: before an endless
loop.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.endless import endless_loops, is_in_endless
from botlint.checks.guards.asked import Asked
from botlint.checks.guards.by_mode import passages_by_mode
from botlint.checks.guards.chains import Chain, Link
from botlint.checks.guards.earlier import in_a_row
from botlint.checks.guards.own_orders import is_past_opening, opens
from botlint.checks.guards.passages import Passage
from botlint.checks.guards.shape import is_about_form, is_of_new_form
from botlint.checks.guards.states import Mark
from botlint.checks.guards.telling import tell
from botlint.checks.guards.told_no import is_told_no
from botlint.facts.types import Kind, Node
from botlint.flow.program import FunctionRef
from botlint.flow.ways import (
    is_head,
    loops_around,
    loops_of_call,
    nodes_from,
    nodes_of_call,
    normally,
)
from botlint.model import Hit, Place, Step
from botlint.patterns import normalise_segment
from botlint.project import CallRef

_RUNNING = frozenset({"call", "table", "decorator", "task"})
"""The ways by which a function runs when it is called, or soon after."""


def find_blocking(asked: Asked) -> Iterator[Hit]:
    """ORD014: a guard also stops orders that close a position; once for each guard, of several in a
    row at the first, and of one that callers ask too where it is nearest to the order."""
    found: dict[tuple[str, int], list[tuple[Place, Chain, tuple[Step, ...]]]] = {}
    for chain in asked.closing_chains():
        below: set[str] = set()
        for number, link in enumerate(_standing_over(asked, chain)):
            for passage in _passing(asked, link) if link.is_same else ():
                row = _stopping(asked, link, passage)
                if row and number > chain.closing_at:
                    is_start = not _is_asked_anew(asked, link, row)
                    if is_start or is_told_no(asked.project, chain.links[: number + 1], row[0]):
                        continue
                asked_again = below & {_called(one) for one in row}
                below.update(_called(one) for one in row)
                if asked_again or not row or row[0].step is None:
                    continue
                place = row[0].step.place
                others = [Step(one.step.place, f"`{one.guard}` too") for one in row[1:] if one.step]
                told = (
                    *chain.links[:number],
                    link._replace(passages=row[:1]),
                    *chain.links[number + 1 :],
                )
                line = (place.path, place.span.line)
                found.setdefault(line, []).append(
                    (place, chain._replace(links=told), tuple(others))
                )
    for _, alike in sorted(found.items()):
        place, chain, others_too = min(alike, key=lambda one: (len(one[1].links), one[0]))
        anchor = asked.anchor(chain) or chain.links[0].call
        yield tell(asked, anchor, chain, place, others_too)


def _standing_over(asked: Asked, chain: Chain) -> Iterator[Link]:
    """The calls of a chain that a guard before them can stop a closing order by: up to the one that
    says that it closes, and above it as far as what is called does nothing else for long, and has
    not opened what it closes."""
    for number, link in enumerate(chain.links):
        if number > chain.closing_at and link.via not in _RUNNING:
            return
        yield link
        call = link.call
        entry = asked.project.function(call.function).entry
        if number >= chain.closing_at and (
            is_in_endless(asked.project, call)
            or is_past_opening(asked.project, call.function, entry, call.call)
            or _is_shared(asked, call.function)
        ):
            return


def _is_shared(asked: Asked, ref: FunctionRef) -> bool:
    """Whether a function is named for orders and places both kinds: who calls it may only open."""
    orders = asked.orders
    is_own = orders.is_inside_order(ref) and not orders.closing.is_closing_function(ref)
    return is_own and opens(asked.project, ref)


def _is_asked_anew(asked: Asked, link: Link, row: tuple[Passage, ...]) -> bool:
    """Whether a guard is asked each time that a call is made, and not before an endless loop."""
    ref = link.call.function
    function = asked.project.function(ref)
    endless = loops_of_call(function, link.call.call) & endless_loops(asked.project, ref)
    nodes = [function.nodes[one.status.node] for one in row[:1] if one.status.node >= 0]
    return all(endless <= frozenset(loops_around(function, one.loop)) for one in nodes)


def _is_closing_instead(asked: Asked, link: Link, passage: Passage) -> bool:
    """Whether the way on which a guard says no closes positions itself: ``if halted: close_all()``,
    also behind the loop that it leaves."""
    ref, test = link.call.function, passage.status.node
    function = asked.project.function(ref)
    if test < 0 or function.nodes[test].kind is not Kind.TEST:
        return False
    stopped = nodes_of_call(function, link.call.call)
    around = frozenset(loops_around(function, function.nodes[test].loop))

    def onward(node: Node) -> tuple[int, ...]:
        return () if is_head(node) and node.loop in around else normally(node)

    arms = [
        frozenset(nodes_from(function, (arm,), onward)) for arm in normally(function.nodes[test])
    ]
    refused = [arm for arm in arms if stopped.isdisjoint(arm)]
    calls = [function.nodes[n].call for arm in refused for n in arm if function.nodes[n].call >= 0]
    return any(_is_closing(asked, CallRef(ref, one)) for one in calls)


def _is_closing(asked: Asked, ref: CallRef) -> bool:
    """Whether a call closes a position, or runs something that can."""
    closing = asked.project.answer(("closing", asked.roles), lambda: _find_closing(asked))
    return not closing.isdisjoint(asked.project.program.callees(ref.function, ref.call)) or any(
        ref == chain.links[0].call for chain in asked.closing_chains()
    )


def _find_closing(asked: Asked) -> frozenset[FunctionRef]:
    """The functions by which a position can be closed."""
    program = asked.project.program
    said = (chain.links[chain.closing_at].call.function for chain in asked.closing_chains())
    return program.reaches(frozenset(said))


def _passing(asked: Asked, link: Link) -> tuple[Passage, ...]:
    """How the guard fared before the call of a link, also where it is asked in one mode only; an
    order that reduces a position may come past it."""
    if any(one.status.mark is not Mark.GUARDED and one.status.is_reducing for one in link.passages):
        return ()
    return passages_by_mode(asked, link) or link.passages


def _called(passage: Passage) -> str:
    """The name of a guard, however it is written."""
    return normalise_segment(passage.guard.rpartition(".")[2])


def _stopping(asked: Asked, link: Link, passage: Passage) -> tuple[Passage, ...]:
    """The guards in a row that an order passed on one way, but for those about its form, and those
    that are named for exits, or close themselves: they stop them on purpose. What protects a
    position that was opened behind the guard is stopped with it."""
    if passage.status.mark is not Mark.GUARDED or passage.step is None:
        return ()
    ref = link.call
    node = passage.status.node
    if node >= 0 and is_past_opening(asked.project, ref.function, node, ref.call):
        return ()
    row = in_a_row(asked.project, asked.guards, link, passage)
    stopping = []
    for one in row:
        number = one.status.call
        guard = CallRef(link.call.function, number)
        if number >= 0 and (asked.is_of_exits(guard) or is_of_new_form(asked.project, guard)):
            continue
        if _is_closing_instead(asked, link, one):
            continue
        if number < 0 or not is_about_form(asked.project, guard, link.roots or frozenset()):
            stopping.append(one)
    return tuple(stopping)
