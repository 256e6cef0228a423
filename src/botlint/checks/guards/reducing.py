"""Ways through a function on which the order that it places only reduces a position.

::

    params = {}
    if request.reduce_only:
        params["reduceOnly"] = True         # such an order opens nothing: no preflight is missed
    elif not preflight(request):
        return
    exchange.create_order(symbol, "market", side, amount, None, params)

What says so is put into what the order gets on that way, or is a test of the very flag that the
order gets; a flag that is called so counts, too, where the order gets it, or its record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.guards.signs import TRUE, Verdict
from botlint.checks.guards.states import REDUCING, Onward, State, updated
from botlint.checks.orders.sides import is_true
from botlint.checks.reads import last_segment
from botlint.checks.roots import (
    assigned_in,
    have_common,
    names_handed,
    names_in,
    origins_of,
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
from botlint.project import CallRef, Project
from botlint.roles import Role

_EQUAL = {"eq": True, "is": True, "ne": False, "isnot": False}


class Flag(NamedTuple):
    """A value which says, by being true or false, that an order only reduces."""

    value: Expression
    says: bool


class Reducing(NamedTuple):
    """The ``arms`` of tests, by node (1 the true one, -1 the false one), and the nodes ``puts``
    after which an order only reduces; the nodes ``turned``, which bind a flag anew, and
    ``emptied``, which bind a record anew."""

    arms: tuple[tuple[int, int], ...] = ()
    puts: frozenset[int] = frozenset()
    turned: frozenset[int] = frozenset()
    emptied: frozenset[int] = frozenset()


NEVER = Reducing()


def reducing_ways(project: Project, order: CallRef) -> Reducing:
    """The ways to a call that places an order on which that only reduces."""
    return project.answer(("reducing ways", order), lambda: _find_ways(project, order))


def reducing(function: Function, ways: Reducing, onward: Onward) -> Onward:
    """``onward`` of a walk through a function, which knows whether it is on one of ``ways``."""
    if not ways.arms and not ways.puts:
        return onward
    step, arms, nodes = onward.step, dict(ways.arms), function.nodes

    def stepped(number: int, state: State) -> list[tuple[int, State]]:
        node, after = nodes[number], step(number, state)
        if number in arms:
            arm = node.next if arms[number] > 0 else node.other
            return [(to, updated(one, {_ASKED: TRUE}) if to == arm else one) for to, one in after]
        changes: dict[str, Verdict | None] = {}
        if number in ways.turned:
            changes[_ASKED] = None
        if number in ways.puts or number in ways.emptied:
            changes[_PUT] = TRUE if number in ways.puts else None
        return [(to, updated(one, changes) if to != node.exc else one) for to, one in after]

    return Onward(stepped, frozenset({*arms, *ways.puts, *ways.turned, *ways.emptied}), onward)


_ASKED, _PUT = f"{REDUCING} by a flag", f"{REDUCING} by what is put"


def _find_ways(project: Project, order: CallRef) -> Reducing:
    ref, function = order.function, project.function(order.function)
    role, calls = project.vocabulary.roles["reduce-only"], function.calls
    handed = origins_of(project, ref).closure(names_handed(function, order.call))
    records = {Name(name) for name in handed}
    said = {n: _said_at(role, records, node, calls) for n, node in enumerate(function.nodes)}
    told = [
        *_said_in(role, Result(order.call), calls),
        *(one for ones in said.values() for one in ones),
    ]
    flags = {flag for value in told for flag in _flags_of(project, ref, value)}
    names = {one.value for one in flags if one.says}
    arms, puts, emptied = dict[int, int](), set[int](), set[int]()
    for number, node in enumerate(function.nodes):
        if node.kind is Kind.TEST and node.value is not None and node.next != node.other:
            arm = _arm(project, ref, node.value, flags)
            if arm := arm or _named_arm(role, handed, node, calls):
                arms[number] = arm
        elif any(map(is_true, said[number])) or (node.target in names and _puts_true(node)):
            puts.add(number)
        elif node.kind is Kind.ASSIGN and node.target in records:
            emptied.add(number)
    asked = frozenset[str]().union(*(names_in(function.nodes[n].value, calls) for n in arms))
    turned = {
        n for n, one in enumerate(function.nodes) if have_common(asked, targets_in(one.target))
    }
    return Reducing(tuple(arms.items()), *map(frozenset, (puts, turned - puts, emptied)))


def _puts_true(node: Node) -> bool:
    return node.kind is Kind.ASSIGN and node.value is not None and is_true(node.value)


def _said_at(
    role: Role, records: set[Name], node: Node, calls: tuple[Call, ...]
) -> tuple[Expression, ...]:
    """What a node puts into one of ``records`` that says whether an order only reduces."""
    if node.kind is Kind.CALL:
        is_put = last_segment(calls[node.call].func) in _PUTTING
        is_put = is_put and receiver_of(calls[node.call]) in records
        return tuple(_said_in(role, Result(node.call), calls)) if is_put else ()
    if node.kind is not Kind.ASSIGN or node.value is None:
        return ()
    if node.target in records:
        return tuple(_said_in(role, node.value, calls))
    is_said = _owner(node.target) in records and role.plays_name(_last(node.target))
    return (node.value,) if is_said else ()


_PUTTING = frozenset({"update", "setdefault"})


def _said_in(role: Role, value: Expression, calls: tuple[Call, ...]) -> Iterator[Expression]:
    """What a record says of whether an order only reduces: by its keys, those of the records that
    it is made of, and the keywords that it is made with."""
    if type(value) is Result:
        call = calls[value.call]
        parts = [(name or "", one) for name, one in call.keywords]
        parts += [("", one) for one in call.args]
        if len(call.args) == 2 and type(call.args[0]) is Constant:
            parts.append((str(call.args[0].value), call.args[1]))
    elif type(value) is not Operation:
        return
    elif value.kind == "dict":
        keys = (str(one.value) if type(one) is Constant else "" for one in value.args[::2])
        parts = list(zip(keys, value.args[1::2], strict=True))
    elif value.kind == "if":
        test, *arms = value.args
        for arm, one in zip(arms, (test, Operation("not", (test,))), strict=True):
            yield from (one for said in _said_in(role, arm, calls) if is_true(said))
        return
    else:
        parts = [("", one) for one in value.args] if value.kind in ("or", "|") else []
    for name, part in parts:
        if name and role.plays_name(name):
            yield part
        else:
            yield from _said_in(role, part, calls) if type(part) is Operation else ()


def _flags_of(project: Project, ref: FunctionRef, value: Expression) -> Iterator[Flag]:
    """The values of which each by itself makes ``value`` true, also under other names."""
    calls = project.function(ref).calls
    waiting, seen = [Flag(value, says=True)], set[Flag]()
    while waiting:
        flag = _plain(waiting.pop(), calls)
        if flag in seen or type(flag.value) is Constant:
            continue
        seen.add(flag)
        yield flag
        one = flag.value
        if type(one) is Operation and one.kind == ("or" if flag.says else "and"):
            waiting += (flag._replace(value=part) for part in one.args)
        bound = assigned_in(project, ref).get(one.path, []) if type(one) is Name else []
        waiting += (flag._replace(value=given) for given in bound if len(bound) == 1)


def _arm(project: Project, ref: FunctionRef, value: Expression, flags: set[Flag]) -> int:
    """Which arm of a test is only taken if one of ``flags`` says so: 1, -1 or 0."""
    calls = project.function(ref).calls
    waiting, seen = [Flag(value, says=True)], set[Flag]()
    while waiting:
        flag = _plain(waiting.pop(), calls)
        if flag in flags:
            return 1
        if flag._replace(says=not flag.says) in flags:
            return -1
        if flag not in seen and type(flag.value) is Name:
            seen.add(flag)
            bound = assigned_in(project, ref).get(flag.value.path, [])
            waiting += (flag._replace(value=given) for given in bound if len(bound) == 1)
    return 0


def _named_arm(role: Role, handed: frozenset[str], node: Node, calls: tuple[Call, ...]) -> int:
    """The same for a flag that is called so, of what an order is ``handed``."""
    if node.value is None:
        return 0
    value, says = _plain(Flag(node.value, says=True), calls)
    owner = _owner(value)
    is_handed = (type(value) is Name and value.path in handed) or (
        type(owner) is Name and owner.path in handed
    )
    return (1 if says else -1) if is_handed and role.plays_name(_last(value)) else 0


def _plain(flag: Flag, calls: tuple[Call, ...]) -> Flag:
    """A flag without what only turns it round or reads it in another way."""
    value, says = flag
    if type(value) is Operation and value.kind == "not":
        return _plain(Flag(value.args[0], not says), calls)
    if type(value) is Operation and value.kind in _EQUAL and type(value.args[1]) is Constant:
        compared = value.args[1].value
        if isinstance(compared, bool):
            return _plain(Flag(value.args[0], (_EQUAL[value.kind] is compared) is says), calls)
        if not _EQUAL[value.kind]:
            kind = "eq" if value.kind == "ne" else "is"
            return Flag(Operation(kind, value.args), not says)
    if type(value) is Result:
        call = calls[value.call]
        receiver, method = receiver_of(call), last_segment(call.func)
        if call.func == Name("bool") and len(call.args) == 1:
            return _plain(Flag(call.args[0], says), calls)
        if method == "get" and receiver is not None and call.args:
            return Flag(Item(receiver, call.args[0]), says)
        if call.func == Name("getattr") and type(call.args[0]) is Name and len(call.args) > 1:
            key = call.args[1].value if type(call.args[1]) is Constant else ""
            return Flag(Name(f"{call.args[0].path}.{key}"), says)
    return flag


def _owner(value: Expression | None) -> Expression | None:
    """The record that ``value`` is an entry or a member of."""
    if type(value) is Item:
        return value.value
    base = value.path.rpartition(".")[0] if type(value) is Name else ""
    return Name(base) if base else None


def _last(value: Expression | None) -> str:
    """The key or the name by which ``value`` is read."""
    if type(value) is Item:
        return str(value.key.value) if type(value.key) is Constant else ""
    return value.path.rpartition(".")[2] if type(value) is Name else ""
