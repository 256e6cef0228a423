"""Counts that nothing counts and flags that nothing sets, where a guard asks for them.

``if self.losses >= MAX_LOSSES: return`` never returns if ``self.losses`` is 0 wherever it is bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.faults.class_members import members_of
from botlint.checks.faults.dead_arms import leads_away
from botlint.checks.hits import fault, step
from botlint.checks.owners import owners_of
from botlint.checks.reached import is_reached
from botlint.checks.reads import walk
from botlint.checks.roots import targets_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Operation
from botlint.flow.forwarding import hands_on
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Step
from botlint.project import Project

_BOUNDING = {"gt": 0, "ge": 0, "lt": 1, "le": 1}
_STOPPING = frozenset(
    {"halt", "halted", "kill", "killed", "killswitch", "stop", "stopped", "stopping", "pause"}
    | {"paused", "emergency", "tripped", "blocked", "breaker", "exceeded", "locked", "disabled"}
    | {"frozen", "abort", "aborted", "breached", "suspended", "triggered"}
)


def find_unmoved(project: Project) -> Iterable[Hit]:
    """One hit for each test of what always has the value that it begins with."""
    for ref in project.program.functions():
        function = project.function(ref)
        for test, node in enumerate(function.nodes):
            if node.kind is Kind.TEST and node.value is not None and node.next != node.other:
                yield from _unmoved(project, ref, function, test, node.value)


def _unmoved(
    project: Project, ref: FunctionRef, function: Function, test: int, value: Expression
) -> Iterator[Hit]:
    node = function.nodes[test]
    name = _counted(value)
    if name is not None:
        bound = _bindings(project, ref, function, node, name)
        if bound and all(_is_zero(one) for _, one in bound):
            if _may_be_zero(project, function, value):
                return
            yield _hit(project, ref, node, name, bound, "is 0 wherever it is bound, so that this")
        return
    if type(value) is Name and _is_stopping(project, value) and leads_away(function, test):
        everywhere = _bindings(project, ref, function, node, value.path)
        bound = everywhere
        if is_reached(project, ref):
            bound = [pair for pair in everywhere if not _is_uncalled(project, pair[0])]
        if bound and all(one.value == Constant(value=False) for _, one in bound):
            is_whole = len(bound) == len(everywhere)
            text = (
                "is False wherever it is bound" if is_whole else "is only set by what nothing calls"
            )
            yield _hit(project, ref, node, value.path, everywhere, f"{text}, so that this")


def _is_uncalled(project: Project, ref: FunctionRef) -> bool:
    """Whether a function is there for code that the program doesn't have, or does the work of such
    a one; what Python calls by itself is not."""
    program = project.program
    entry = program.entries().get(ref)
    if project.function(ref).name in _kept_names(project):
        return False  # Something may call it by what it is kept in.
    if entry is not None:
        return entry.kind == "uncalled" and not project.function(ref).name.startswith("__")
    sites = program.callers(ref)
    return bool(sites) and all(
        hands_on(program, site.function, ref) and _is_uncalled(project, site.function)
        for site in sites
    )


def _kept_names(project: Project) -> frozenset[str]:
    """The last names of what is assigned without being called: ``feed.on_lost = self.pause``."""

    def find() -> frozenset[str]:
        return frozenset(
            part.path.rpartition(".")[2]
            for ref in project.program.functions()
            for node in project.function(ref).nodes
            if node.kind is Kind.ASSIGN
            for part in walk(node.value, ())
            if type(part) is Name and "." in part.path
        )

    return project.answer(("names kept",), find)


def _counted(value: Expression) -> str | None:
    """The name that a test holds against a limit: ``count >= limit``."""
    if type(value) is not Operation or value.kind not in _BOUNDING or len(value.args) != 2:
        return None
    place = _BOUNDING[value.kind]
    counted, limit = value.args[place], value.args[1 - place]
    if type(counted) is not Name or not isinstance(limit, Name | Constant):
        return None
    if isinstance(limit, Name):
        return counted.path
    return counted.path if isinstance(limit.value, int | float) and limit.value >= 1 else None


def _may_be_zero(project: Project, function: Function, value: Expression) -> bool:
    """Whether a limit that is reached by what equals it may be 0 itself."""
    if type(value) is not Operation or value.kind not in ("ge", "le"):
        return False
    limit = value.args[1 - _BOUNDING[value.kind]]
    if type(limit) is not Name:
        return False
    bound = [one for one in function.nodes if limit.path in targets_in(one.target)]
    bound += [one for _, one in owners_of(project).assigned(limit.path.rpartition(".")[2])]
    return any(map(_is_zero, bound))


def _is_zero(node: Node) -> bool:
    return (
        node.kind is Kind.ASSIGN
        and isinstance(node.value, Constant)
        and not isinstance(node.value.value, bool | str)
        and node.value.value == 0
    )


def _is_stopping(project: Project, value: Name) -> bool:
    """Whether a flag says by its name that trading is to stop."""
    last = value.path.rpartition(".")[2]
    if project.vocabulary.roles["kill-switch"].plays_name(last):
        return True
    return not _STOPPING.isdisjoint(project.vocabulary.words(last))


def _bindings(
    project: Project, ref: FunctionRef, function: Function, node: Node, name: str
) -> list[tuple[FunctionRef, Node]]:
    """All that gives a value to a count or flag; none where more may, unseen."""
    head, _, last = name.rpartition(".")
    if not head:
        return _local_bindings(function, ref, node, name)
    owner = project.program.owner(ref)
    if head != "self" or owner is None or members_of(project).all_of(owner) is None:
        return []
    if any(attribute == last for attribute, _ in project.program.cls(owner).attributes):
        return []
    bound = owners_of(project).assigned(last)
    is_plain = all(isinstance(one.target, Name) for _, one in bound)
    is_own = any(where.source == ref.source for where, _ in bound)
    is_closed = last not in members_of(project).set_from_outside()
    return bound if is_plain and is_own and is_closed else []


def _local_bindings(
    function: Function, ref: FunctionRef, node: Node, name: str
) -> list[tuple[FunctionRef, Node]]:
    """The bindings of a local that is bound before the loop in which it is asked for."""
    is_other = name in function.outer or any(one.name == name for one in function.parameters)
    if node.loop < 0 or is_other or function.parent < 0:
        return []
    bound = [one for one in function.nodes if name in targets_in(one.target)]
    if any(one.kind is not Kind.ASSIGN or one.target != Name(name) for one in bound):
        return []
    return [(ref, one) for one in bound]


def _hit(
    project: Project,
    ref: FunctionRef,
    node: Node,
    name: str,
    bound: list[tuple[FunctionRef, Node]],
    text: str,
) -> Hit:
    what = f"`{name}` {text} never holds"
    places = sorted({project.place(where, one.span) for where, one in bound})
    steps = (
        *(Step(place, f"`{name}` is bound here") for place in places[:5]),
        step(project, ref, node.span, "and nothing else changes it before this asks for it"),
    )
    return fault(project, ref, node.span, what, steps, Confidence.MEDIUM)
