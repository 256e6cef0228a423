"""Members that are read of objects whose class never has them: ``AttributeError``, each time.

Only of classes all of whose members are known, and of names that nothing sets from outside, on
whatever object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from botlint.checks.faults.class_members import Members, members_of
from botlint.checks.faults.members import is_asked_for
from botlint.checks.hits import fault, step
from botlint.checks.owners import owners_of
from botlint.checks.reads import parts_of
from botlint.facts.types import Attribute, Expression, Function, Kind, Name, Node
from botlint.flow.names import ClassRef, FunctionRef
from botlint.flow.ways import live_nodes
from botlint.model import Hit
from botlint.project import Project

_MANGLED = re.compile(r"_+[A-Za-z]\w*?__\w")
"""``_Order__id``: how a private member is called from outside."""

_READING = frozenset(
    {Kind.TEST, Kind.ASSERT, Kind.ITERATE, Kind.ASSIGN, Kind.AUGMENT, Kind.RETURN, Kind.CALL}
    | {Kind.ENTER, Kind.RAISE, Kind.YIELD, Kind.AWAIT}
)


def find_absent_members(project: Project) -> Iterable[Hit]:
    """One hit for each member and function that reads it in vain."""
    members = members_of(project)
    known = members.set_from_outside()
    for ref in project.program.functions():
        function = project.function(ref)
        if not any(_suspects(function, node, known) for node in function.nodes):
            continue
        live = [function.nodes[number] for number in live_nodes(function)]
        live.sort(key=lambda one: (one.span, one.kind))
        sure = list(_absent(project, ref, live, known))
        # What reads one name in vain reads another, too, that is only set on other objects.
        others = _absent(project, ref, live, frozenset()) if sure else ()
        owners = {owner for _, _, owner in sure}
        found = {
            path: (node, owner)
            for node, path, owner in others
            if owner in owners and not _may_set(project, ref.source, owner, path)
        }
        found |= {path: (node, owner) for node, path, owner in sure}
        for path, (node, owner) in found.items():
            yield _hit(project, ref, node, path, owner, members)


def _absent(
    project: Project, ref: FunctionRef, nodes: list[Node], known: frozenset[str]
) -> Iterator[tuple[Node, str, ClassRef]]:
    """The first reads of each member, of names that aren't ``known``, that the class of what it is
    read of doesn't have."""
    function = project.function(ref)
    members = members_of(project)
    told: set[str] = set()
    for node in nodes:
        for head, name in _suspects(function, node, known):
            path = f"{head}.{name}"
            owner = owners_of(project).of(ref, Name(head))
            if path in told or owner is None or not members.never_has(owner, name):
                continue
            if is_asked_for(function, Name(head), name) or _is_expected(function, node):
                continue
            told.add(path)
            yield node, path, owner


def _may_set(project: Project, source: int, owner: ClassRef, path: str) -> bool:
    """Whether code sets a member on an object of the class, or in the same file on one that may
    be."""
    for where, node in owners_of(project).assigned(path.rpartition(".")[2]):
        target = node.target
        head = Name(target.path.rpartition(".")[0]) if type(target) is Name else target
        other = owners_of(project).of(where, head) if head is not None else None
        if other == owner or (other is None and where.source == source):
            return True
    return False


def _suspects(function: Function, node: Node, known: frozenset[str]) -> list[tuple[str, str]]:
    """The members that a node reads, of names that nothing sets from outside: what they are read
    of, and their own name. What a call calls is left to others."""
    if node.kind not in _READING:
        return []
    waiting: list[Expression | None] = [node.value]
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        waiting = [*call.args, *(value for _, value in call.keywords)]
        if type(call.func) is Name:
            waiting.append(Name(call.func.path.rpartition(".")[0]))
    return [one for value in waiting for one in _unknown_in(value, known)]


def _unknown_in(value: Expression | None, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    if type(value) is Name:
        parts = value.path.split(".")
        for place, part in enumerate(parts[1:], 1):
            if part not in known and not _MANGLED.match(part):
                yield ".".join(parts[:place]), part
    elif type(value) is Attribute:
        yield from _unknown_in(value.value, known)
    elif value is not None:
        for part_ in parts_of(value):
            yield from _unknown_in(part_, known)


def _is_expected(function: Function, node: Node) -> bool:
    """Whether a clause of a ``try`` around a node stands ready for its ``AttributeError``."""
    return any(
        one.kind is Kind.EXCEPT
        and one.region[0] <= node.span.line <= one.region[1]
        and "AttributeError" in repr(one.value)
        for one in function.nodes
    )


def _hit(
    project: Project, ref: FunctionRef, node: Node, path: str, owner: ClassRef, members: Members
) -> Hit:
    declared = project.program.cls(owner)
    name = path.rpartition(".")[2]
    span = project.function(ref).calls[node.call].span if node.kind is Kind.CALL else node.span
    what = f"`{declared.name}` has no `{name}`, so that reading `{path}` fails whenever it runs"
    had = sorted(one for one in members.all_of(owner) or () if not one.startswith("__"))
    listed = ", ".join(f"`{one}`" for one in had[:8]) or "nothing of its own"
    steps = (
        step(project, ref, span, f"this reads `{path}`"),
        step(
            project,
            FunctionRef(owner.source, 0),
            declared.span,
            f"`{declared.name}` is defined here, and has {listed}",
        ),
    )
    return fault(project, ref, span, what, steps, owner=repr(owner), member=name)
