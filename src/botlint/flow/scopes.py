"""What each name of a function is bound to, whatever the order of its statements."""

from __future__ import annotations

from typing import NamedTuple

from botlint.facts.types import (
    Attribute,
    Call,
    Expression,
    Facts,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.names import is_special


class Binding(NamedTuple):
    """One way in which a name gets a value.

    ``kind`` is ``value`` (it is ``value``), ``element`` (a part of it), ``holds`` (a container that
    gets it), ``entered`` (what ``with`` gives), ``caught``; or, with ``number``, ``parameter``,
    ``function``, ``class``, ``import`` or ``annotation`` (what it is said to be).
    """

    kind: str
    value: Expression | None = None
    number: int = -1


Bindings = dict[str, list[Binding]]

MOST_BINDINGS = 100
"""Of a name bound more often than this, the rest of the bindings is not looked at."""


class Scope(NamedTuple):
    """The names a function binds, and the dotted ones it assigns to (``self.router``)."""

    names: Bindings
    members: Bindings


class Outline(NamedTuple):
    """What stands directly in each function of a source."""

    functions: dict[int, list[int]]
    classes: dict[int, list[int]]
    imports: dict[int, list[int]]


def outline(facts: Facts) -> Outline:
    """Functions, classes and imports of a source by the function they stand in."""
    found = Outline({}, {}, {})
    for index, function in enumerate(facts.functions):
        if function.parent >= 0:
            found.functions.setdefault(function.parent, []).append(index)
    for index, cls in enumerate(facts.classes):
        found.classes.setdefault(cls.parent, []).append(index)
    for index, statement in enumerate(facts.imports):
        found.imports.setdefault(statement.function, []).append(index)
    return found


def is_method(function: Function) -> bool:
    """Whether a function stands in a class body (a lambda in a method doesn't)."""
    return function.owner >= 0 and function.name != "<lambda>"


def own_object(function: Function) -> str:
    """The name by which what stands in a class body knows its own object; empty for all else."""
    return function.parameters[0].name if function.owner >= 0 and function.parameters else ""


_OWN = ("self", "cls", "this", "mcs", "meta")


def is_object(facts: Facts, function: Function, name: str) -> bool:
    """Whether ``name``, the first parameter of a method, stands for the object or its class.

    So it does by its name, or if a special method of the class calls the object so. Any other name
    may be a plain function that the program calls on the class itself, ``Codec.write(value, to)``.
    """
    if any(one in name for one in _OWN):
        return True
    methods = (facts.functions[number] for number in facts.classes[function.owner].methods)
    return any(
        one.parameters[0].name == name for one in methods if is_special(one.name) and one.parameters
    )


def read_scope(facts: Facts, index: int, inside: Outline) -> Scope:
    """The bindings of function ``index`` of a source."""
    function = facts.functions[index]
    names: Bindings = {}
    scope = Scope(names, {})
    for position, parameter in enumerate(function.parameters):
        names[parameter.name] = [Binding("parameter", None, position)]
    for number in inside.functions.get(index, ()):
        nested = facts.functions[number]
        if nested.owner < 0 and nested.name != "<lambda>":
            names.setdefault(nested.name, []).append(Binding("function", None, number))
    for number in inside.classes.get(index, ()):
        cls = facts.classes[number]
        if not _is_in_class(cls.qualname, function.qualname):
            names.setdefault(cls.name, []).append(Binding("class", None, number))
    for number in inside.imports.get(index, ()):
        local = facts.imports[number].local
        names.setdefault(local, []).append(Binding("import", None, number))
    for position, (path, _) in enumerate(function.annotations):
        _add(scope, path, Binding("annotation", None, position))
    _read_nodes(scope, function)
    for call in function.calls:
        if call.args and type(call.func) is not Result:
            _read_put(scope, call, function.calls)
    return scope


def _is_in_class(qualname: str, around: str) -> bool:
    inner = qualname if around == "<module>" else qualname[len(around) + 1 :]
    return "." in inner


def _read_nodes(scope: Scope, function: Function) -> None:
    for node in function.nodes:
        kind = node.kind
        if kind is Kind.ASSIGN:
            if node.target is not None and node.value is not None:
                _bind(scope, node.target, "value", node.value, function.calls)
        elif kind is Kind.ITERATE:
            if node.target is not None and node.value is not None:
                _bind(scope, node.target, "element", node.value, function.calls)
        elif kind is Kind.ENTER and node.target is not None and node.value is not None:
            _bind(scope, node.target, "entered", node.value, function.calls)


def _bind(
    scope: Scope, target: Expression, kind: str, value: Expression, calls: tuple[Call, ...]
) -> None:
    if type(target) is Name:
        _add(scope, target.path, Binding(kind, value))
    elif type(target) is Operation and target.kind in ("tuple", "star"):
        parts = _parts(target, value) if kind == "value" else None
        for position, part in enumerate(target.args):
            if parts is not None:
                _bind(scope, part, "value", parts[position], calls)
            else:
                _bind(scope, part, "element", value, calls)
    elif type(target) is Item:
        path = _container_path(target.value, calls)
        if path:
            _add(scope, path, Binding("holds", value))


def _parts(target: Operation, value: Expression) -> tuple[Expression, ...] | None:
    if type(value) is not Operation or value.kind not in ("tuple", "list"):
        return None
    is_plain = all(not _is_star(part) for part in (*value.args, *target.args))
    return value.args if is_plain and len(value.args) == len(target.args) else None


def _is_star(part: Expression) -> bool:
    return type(part) is Operation and part.kind == "star"


def _add(scope: Scope, path: str, binding: Binding) -> None:
    into = scope.members if "." in path else scope.names
    known = into.get(path)
    if known is None:
        into[path] = [binding]
    elif len(known) < MOST_BINDINGS and binding not in known:
        known.append(binding)


_PUTS = {
    "append": 0,
    "add": 0,
    "appendleft": 0,
    "insert": 1,
    "setdefault": 1,
    "update": -1,
    "extend": -1,
}


def _read_put(scope: Scope, call: Call, calls: tuple[Call, ...]) -> None:
    """``self.routes.append(f)``, ``self.routes[key].add(f)``, ``routes.setdefault(key, f)``."""
    func = call.func
    if type(func) is Name:
        base, _, method = func.path.rpartition(".")
        place = _PUTS.get(method)
        path = base
    elif type(func) is Attribute:
        place = _PUTS.get(func.name)
        path = _container_path(func.value, calls) if place is not None else ""
    else:
        return
    if place is None or not path or len(call.args) <= place:
        return
    binding = Binding("value", call.args[0]) if place < 0 else Binding("holds", call.args[place])
    _add(scope, path, binding)


def _container_path(value: Expression, calls: tuple[Call, ...]) -> str:
    """The name of the container that ``value`` comes out of, ``""`` if it has none."""
    while True:
        if type(value) is Name:
            return value.path
        if type(value) is Item:
            value = value.value
        elif type(value) is Result and value.call < len(calls):
            func = calls[value.call].func
            if type(func) is Name and func.path.endswith((".setdefault", ".get")):
                return func.path.rpartition(".")[0]
            if type(func) is not Attribute or func.name not in ("setdefault", "get"):
                return ""
            value = func.value
        else:
            return ""
