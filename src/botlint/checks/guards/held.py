"""What variables hold on a path that gives them constants, and how tests of them come out.

::

    status = "ok"
    if not preflight(symbol, amount):
        status = "refused"
    if status == "ok":              # as good as the verdict itself
        place(symbol, amount)

A variable is a local, a member or an entry of one; of a collection it is known whether it has any
elements. A call that gets the object of a member may set the member.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from botlint.checks.closures import names_set_within
from botlint.checks.fills.fills import is_empty
from botlint.checks.guards.collected import put_at
from botlint.checks.members import Member, is_member_of
from botlint.checks.reads import walk
from botlint.checks.roots import (
    SELF,
    arguments_of,
    keyed_entries,
    receiver_of,
    targets_in,
)
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.project import Project

SOME = Constant("<some>")
"""Stands for a collection that has elements."""

EMPTY = Constant(value=False)
"""Stands for a collection that has none."""

NOTHING = Constant(None)
FEWEST_BINDINGS = 2
MOST_HELD = 3
"""So many variables of one function are followed: each may double the ways through it."""

Holding = frozenset[tuple[str, Constant]]
"""What is known of variables: each path once."""


class Held(NamedTuple):
    """The variables of a function that constants are put into and that tests ask; what each node
    puts there (``None``: something else); and those that a call may set."""

    paths: frozenset[str]
    puts: Mapping[int, Mapping[str, Constant | None]]

    def after(self, number: int, known: Holding) -> Holding:
        """What is known after a node."""
        puts = self.puts.get(number)
        if puts is None:
            return known
        kept = frozenset(one for one in known if one[0] not in puts)
        return kept | {(path, value) for path, value in puts.items() if value is not None}


NONE_HELD = Held(frozenset(), {})


def held_in(function: Function, outside: frozenset[str]) -> Held:
    """The variables of a function whose constants decide its tests, but for those that others set,
    too: ``outside``."""
    constant = frozenset(_constants_in(function))
    asked = constant and constant.intersection(
        path for node in function.nodes for path in _asked_by(function, node)
    )
    if not asked:
        return NONE_HELD
    puts = {
        number: found
        for number, node in enumerate(function.nodes)
        if (found := dict(_puts(function, node, asked)))
    }
    given = [path for found in puts.values() for path in found]
    told = {path for one in puts.values() for path, value in one.items() if value is not None}
    own = {one.name for one in function.parameters}
    paths = frozenset(
        path
        for path in told
        if given.count(path) >= FEWEST_BINDINGS or path in own or _base(path) != path
    ) - outside.union(function.outer)
    return only(Held(paths, puts), paths)


def held_of(project: Project, ref: FunctionRef) -> Held:
    """The same, worked out once for each function."""
    return project.answer(
        ("held", ref), lambda: held_in(project.function(ref), names_set_within(project, ref))
    )


def only(held: Held, paths: frozenset[str]) -> Held:
    """Some of the variables alone."""
    kept = {n: {p: v for p, v in found.items() if p in paths} for n, found in held.puts.items()}
    return Held(held.paths & paths, {number: found for number, found in kept.items() if found})


def paths_asked(function: Function, number: int) -> frozenset[str]:
    """The variables that the test at a node asks."""
    return frozenset(_asked_by(function, function.nodes[number]))


def truth_of(
    value: Expression | None, known: Mapping[str, Constant], calls: tuple[Call, ...]
) -> bool | None:
    """How a test comes out, as far as it can be told."""
    if isinstance(value, Operation) and value.kind == "not":
        inner = truth_of(value.args[0], known, calls)
        return None if inner is None else not inner
    if isinstance(value, Operation) and len(value.args) == 2:
        return _compared(value.kind, value.args[0], value.args[1], known, calls)
    counted = _counted(value, calls)
    content = known.get(path_of(value if counted is None else counted))
    if content is None or isinstance(content.value, Member):
        return None
    return content == SOME or bool(content.value)


def path_of(value: Expression | None) -> str:
    """The variable that ``value`` names: ``ok``, ``signal.side``, ``answer["ok"]``; or ``""``."""
    if type(value) is Name:
        return value.path
    if type(value) is Item and type(value.value) is Name and type(value.key) is Constant:
        return f"{value.value.path}[{value.key.value!r}]"
    return ""


def _compared(
    kind: str,
    left: Expression,
    right: Expression,
    known: Mapping[str, Constant],
    calls: tuple[Call, ...],
) -> bool | None:
    if type(left) is Constant:
        kind, left, right = _MIRRORED.get(kind, kind), right, left
    counted = _counted(left, calls)
    content = known.get(path_of(left if counted is None else counted))
    if content is None:
        return None
    if isinstance(content.value, Member):
        options = right.args if isinstance(right, Operation) else (right,)
        others = [NOTHING if one == NOTHING else known.get(path_of(one)) for one in options]
        return is_member_of(kind, content, others)
    if kind in ("in", "notin"):
        options = right.args if isinstance(right, Operation) else ()
        told = [one.value for one in options if isinstance(one, Constant)]
        is_told = bool(options) and len(told) == len(options) and content != SOME
        return (content.value in told) is (kind == "in") if is_told else None
    if is_empty(right, calls) and content in (SOME, EMPTY) and kind in ("eq", "ne"):
        return (content == EMPTY) is (kind == "eq")
    if type(right) is not Constant or kind not in _COMPARING:
        return None
    if counted is not None or content == SOME:
        return _sized(kind, content, right) if counted is not None else _of_some(kind, right)
    one, other = content.value, right.value
    if kind in _ORDERED and not (_is_number(one) and _is_number(other)):
        return None
    return bool(_COMPARING[kind](one, other))


def _sized(kind: str, content: Constant, limit: Constant) -> bool | None:
    """How many elements there are, of a collection of which it is known whether it has any."""
    if content != SOME:
        return bool(_COMPARING[kind](0, limit.value)) if _is_number(limit.value) else None
    return _IS_ANY.get((kind, limit.value)) if isinstance(limit.value, int) else None


def _of_some(kind: str, other: Constant) -> bool | None:
    """What has elements is not ``None``, and what was counted is not 0."""
    if other == NOTHING:
        return kind in ("ne", "isnot")
    return _IS_ANY.get((kind, other.value)) if isinstance(other.value, int) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _counted(value: Expression | None, calls: tuple[Call, ...]) -> Expression | None:
    """What ``len(value)`` counts, or ``bool(value)`` asks."""
    if type(value) is not Result:
        return None
    call = calls[value.call]
    return call.args[0] if call.func in _ASKING and len(call.args) == 1 else None


def _constants_in(function: Function) -> Iterator[str]:
    """The variables that some node puts a constant into."""
    for node in function.nodes:
        if node.kind is Kind.ASSIGN:
            if _content(node, function.calls) is not None:
                yield path_of(node.target)
            for key, value in keyed_entries(node.value):
                if type(value) is Constant:
                    yield f"{path_of(node.target)}[{key!r}]"


def _asked_by(function: Function, node: Node) -> Iterator[str]:
    if node.kind is not Kind.TEST:
        return
    for part in walk(node.value, function.calls):
        path = path_of(part)
        if path and path not in SELF:
            yield path


def _puts(
    function: Function, node: Node, asked: Iterable[str]
) -> Iterator[tuple[str, Constant | None]]:
    """What a node puts into the variables that are asked."""
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        given = [one.path for one in (receiver_of(call), *arguments_of(call)) if type(one) is Name]
        for path in asked:
            if any(path.startswith((f"{one}.", f"{one}[")) for one in given):
                yield path, None
    name = put_at(node, function.calls)
    if name in asked:
        yield name, SOME
    if node.target is None or node.kind is Kind.RAISE:
        return
    bound = path_of(node.target)
    names = () if type(node.target) is Item else targets_in(node.target)
    entries = dict(keyed_entries(node.value)) if node.kind is Kind.ASSIGN else {}
    for path in asked:
        if path == bound:
            yield path, _content(node, function.calls)
        elif any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in names):
            entry = next((v for k, v in entries.items() if path == f"{bound}[{k!r}]"), None)
            yield path, entry if type(entry) is Constant else None


def _content(node: Node, calls: tuple[Call, ...]) -> Constant | None:
    if node.kind is Kind.AUGMENT:
        return SOME if _is_counted(node.value) else None
    if node.kind is not Kind.ASSIGN:
        return None
    if type(node.value) is Constant:
        return node.value
    return EMPTY if is_empty(node.value, calls) else None


def _is_counted(value: Expression | None) -> bool:
    """Whether one more is counted: ``failures += 1``."""
    added = value.args[1] if isinstance(value, Operation) and value.kind == "+" else None
    return type(added) is Constant and _is_number(added.value) and added.value > 0  # type: ignore[operator]


def _base(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


_IS_ANY = {
    ("gt", 0): True,
    ("ge", 1): True,
    ("ne", 0): True,
    ("eq", 0): False,
    ("lt", 1): False,
    ("le", 0): False,
}
_ASKING = (Name("len"), Name("bool"), Name("any"))
_ORDERED = frozenset({"lt", "le", "gt", "ge"})
_COMPARING: dict[str, Callable[[object, object], object]] = {
    "eq": operator.eq,
    "is": operator.eq,
    "ne": operator.ne,
    "isnot": operator.ne,
    "lt": operator.lt,  # type: ignore[dict-item]  # Only numbers get here.
    "le": operator.le,  # type: ignore[dict-item]
    "gt": operator.gt,  # type: ignore[dict-item]
    "ge": operator.ge,  # type: ignore[dict-item]
}
_MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
