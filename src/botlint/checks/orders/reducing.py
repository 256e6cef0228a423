"""Records of an order that are told, one statement at a time, that it only reduces.

    if whole:
        params["closePosition"] = True
    else:
        params.update(quantity=qty, reduceOnly=True)
    client.futures_create_order(**params)

Every way to the order leads past one of them, and past nothing that takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.orders.sides import is_false, is_true
from botlint.checks.roots import keyed_entries, names_handed, origins_of, targets_in
from botlint.facts.types import (
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Lambda,
    Name,
    Node,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, is_dominated, nodes_from, nodes_of_call
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

_FORGETTING = frozenset({"clear", "pop", "popitem"})


def is_told_on_every_way(project: Project, ref: CallRef) -> bool:
    """Whether, on every way to a call, a record that it is given something from has been told by a
    literal that the order only reduces; also one of the functions around it."""
    holder = ref.function
    function = project.function(holder)
    ends = nodes_of_call(function, ref.call)
    given = names_handed(function, ref.call)
    while ends and given:
        told = _told(project, holder)
        if told:
            given = origins_of(project, holder).closure(given)
            if any(_is_told_before(function, told[name], ends) for name in given & told.keys()):
                return True
        parent = project.program.parent(holder)
        if parent is None or parent.index == 0:
            return False
        given -= _bound_by(function)
        ends = _handing_on(project.function(parent), holder)
        holder, function = parent, project.function(parent)
    return False


Said = dict[int, bool]
"""From the nodes that say something of it to whether a record only reduces after them."""


def _told(project: Project, ref: FunctionRef) -> dict[str, Said]:
    """The records of a function that some statement tells that they only reduce, with all that
    says something of it."""
    return project.answer(("told to reduce", ref), lambda: _find_told(project, ref))


def _find_told(project: Project, ref: FunctionRef) -> dict[str, Said]:
    function = project.function(ref)
    names = {name for node in function.nodes for name in _put_into(function, node)}
    found = {name: _said_of(project, function, name) for name in sorted(names)}
    return {name: said for name, said in found.items() if any(said.values())}


def _put_into(function: Function, node: Node) -> Iterator[str]:
    """The record that a node puts something into, by the letter."""
    if node.kind is Kind.ASSIGN and type(node.target) is Item:
        if type(node.target.value) is Name and type(node.target.key) is Constant:
            yield node.target.value.path
    elif node.kind is Kind.ASSIGN and type(node.target) is Name:
        owner = node.target.path.rpartition(".")[0]
        if owner:
            yield owner
    elif node.kind is Kind.CALL:
        func = function.calls[node.call].func
        if type(func) is Name and func.path.endswith((".update", ".setdefault")):
            yield func.path.rpartition(".")[0]


def _said_of(project: Project, function: Function, name: str) -> Said:
    role = project.vocabulary.roles["reduce-only"]
    whole = project.vocabulary.lexicon.whole_position_keys
    found: Said = {}
    for number, node in enumerate(function.nodes):
        is_bound = type(node.target) is not Item and name in targets_in(node.target)
        if is_bound or _is_forgetting(function, node, name):
            found[number] = False
        for key, value in _entries(function, node, name):
            if not role.plays_name(key):
                continue
            if is_true(value):
                found[number] = True
            elif not (is_false(value) and normalise_segment(key) in whole):
                found.setdefault(number, False)
    return found


def _entries(function: Function, node: Node, name: str) -> Iterator[tuple[str, Expression]]:
    """What a node puts into a record: ``record["key"] = value``, ``record.key = value``,
    ``update``, and the display that it binds the record to."""
    target, value = node.target, node.value
    if node.kind is Kind.CALL:
        call = function.calls[node.call]
        if call.func == Name(f"{name}.update"):
            yield from ((key, given) for key, given in call.keywords if key)
            for given in call.args:
                yield from keyed_entries(given)
        elif call.func == Name(f"{name}.setdefault") and len(call.args) == 2:
            yield _text(call.args[0]), call.args[1]
    elif node.kind is not Kind.ASSIGN or value is None:
        return
    elif type(target) is Item and target.value == Name(name):
        yield _text(target.key), value
    elif type(target) is Name and target.path.rpartition(".")[0] == name:
        yield target.path.rpartition(".")[2], value
    elif target == Name(name):
        yield from keyed_entries(value)


def _text(key: Expression) -> str:
    return key.value if type(key) is Constant and isinstance(key.value, str) else ""


def _is_forgetting(function: Function, node: Node, name: str) -> bool:
    if node.kind is Kind.DELETE:
        return type(node.target) is Item and node.target.value == Name(name)
    if node.kind is not Kind.CALL:
        return False
    owner, _, method = getattr(function.calls[node.call].func, "path", "").rpartition(".")
    return owner == name and method in _FORGETTING


def _is_told_before(function: Function, said: Said, ends: frozenset[int]) -> bool:
    telling = [number for number, is_told in said.items() if is_told]
    others = [one for number in said.keys() - telling for one in anyhow(function.nodes[number])]
    return is_dominated(function, ends, telling) and ends.isdisjoint(
        nodes_from(function, others, anyhow, telling)
    )


def _handing_on(around: Function, ref: FunctionRef) -> frozenset[int]:
    """The nodes at which a function around it names a nested one."""
    return frozenset(
        number
        for number, node in enumerate(around.nodes)
        if node.kind is Kind.CALL
        and Lambda(ref.index) in (*around.calls[node.call].args, *_values(around, node.call))
    )


def _values(function: Function, call: int) -> tuple[Expression, ...]:
    return tuple(value for _, value in function.calls[call].keywords)


def _bound_by(function: Function) -> frozenset[str]:
    """The names that are a function's own."""
    own = {one.name for one in function.parameters}
    return frozenset(own).union(*(targets_in(node.target) for node in function.nodes))
