"""What a caller's literals decide in the function that it calls.

::

    def send(order, reduce_only=False):
        if not reduce_only and not preflight(order):
            return                              # never passed over by who opens
        exchange.create_order(order)

Who leaves ``reduce_only`` as it is, where others set it, never goes the way without the preflight.
"""

from __future__ import annotations

from collections.abc import Callable

from botlint.checks.closures import names_set_within
from botlint.checks.given import handed_constant, handed_or_default
from botlint.checks.guards.chains import Link
from botlint.checks.guards.held import paths_asked, truth_of
from botlint.checks.guards.passages import Passage
from botlint.checks.members import Member, members_asked
from botlint.checks.roots import SELF, targets_in
from botlint.facts.types import Constant, Kind, Node
from botlint.flow.program import CallSite, FunctionRef
from botlint.flow.ways import anyhow, arms_taken, nodes_from, nodes_of_call
from botlint.project import CallRef, Project

Assumed = tuple[tuple[str, Constant], ...]


def assuming(
    project: Project,
    passages_at: Callable[[FunctionRef, int, frozenset[str] | None, Assumed], tuple[Passage, ...]],
    link: Link,
    caller: CallSite,
) -> Link:
    """``link`` as it is for one who calls its function; without passages where they never come to
    the order."""
    ref, call = link.call
    site = CallRef(caller.function, caller.call)
    assumed = constants_at(project, site, ref) if caller.via == "call" else ()
    if not assumed:
        return link
    passages = passages_at(ref, call, link.roots, assumed)
    bad = tuple(one for one in passages if one.status.is_past_guard)
    return link._replace(passages=bad or passages)


def constants_at(project: Project, site: CallRef, callee: FunctionRef) -> Assumed:
    """The literals that a call hands to those parameters of ``callee`` that its tests ask, or that
    stand there by default, and the members of enumerations that these are compared with; sorted by
    name."""
    told = {
        name: handed_constant(project, site, callee, name)
        for name in asked_parameters(project, callee)
    }
    known = {name: value for name, value in told.items() if value is not None}
    has_member = any(isinstance(one.value, Member) for one in known.values())
    asked = members_asked(project, callee) if has_member else {}
    return tuple(sorted({**asked, **known}.items()))


def comes_to(project: Project, site: CallRef, call: CallRef) -> bool:
    """Whether ``call`` may be made in a function that is called at ``site``, with its literals."""
    known = dict(constants_at(project, site, call.function))
    function = project.function(call.function)

    def onward(node: Node) -> tuple[int, ...]:
        if node.kind is not Kind.TEST:
            return anyhow(node)
        return arms_taken(node, says=truth_of(node.value, known, function.calls))

    ends = nodes_of_call(function, call.call)
    return not known or not ends.isdisjoint(nodes_from(function, (function.entry,), onward))


def asked_parameters(project: Project, ref: FunctionRef) -> tuple[str, ...]:
    """The parameters of a function whose literals are told of at its calls; sorted."""
    return project.answer(("asked parameters", ref), lambda: _find_asked(project, ref))


def _find_asked(project: Project, ref: FunctionRef) -> tuple[str, ...]:
    """The parameters that tests ask, that nothing binds anew, and for which the callers hand over
    one thing or another: a way that none of them goes yet is there for the next one."""
    function = project.function(ref)
    own = {one.name for one in function.parameters if one.kind not in ("*", "**")}
    bound = {name for node in function.nodes for name in targets_in(node.target)}
    asked = own - bound - SELF - names_set_within(project, ref)
    tests = range(len(function.nodes)) if asked else range(0)
    told = {path for number in tests for path in paths_asked(function, number)}
    sites = [CallRef(one.function, one.call) for one in project.program.callers(ref)]
    several = asked & told if len(sites) > 1 else set[str]()
    return tuple(
        name
        for name in sorted(several)
        if len({handed_or_default(project, site, ref, name) for site in sites}) > 1
    )
