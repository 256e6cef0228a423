"""Which variable of the program a written name means: an attribute, a global or a local.

Two attributes are one variable only if they are the same attribute of the same class (of the base
class that binds it first); aliases of locals and imports are followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from botlint.facts.types import Attribute, Expression, Item, Kind, Name, Operation, Result
from botlint.flow.callgraph import CallGraph
from botlint.flow.names import ClassRef, FunctionRef
from botlint.flow.scopes import Binding
from botlint.flow.values import Cls, Instance, Module, Value

_MOST_STEPS = 12
_MOST_BINDINGS = 20


class Variable(NamedTuple):
    """``kind`` is ``attribute`` (``owner`` a class), ``global`` or ``local`` (a function)."""

    kind: str
    source: int
    owner: int
    name: str


class Variables:
    """Says which variable an expression reads or changes."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self._index = graph.index
        self._classes = graph.receivers.classes
        self._bound: dict[FunctionRef, dict[str, list[Binding]]] = {}
        self._known: dict[tuple[FunctionRef, Expression], Variable | None] = {}

    def named(self, ref: FunctionRef, expression: Expression) -> Variable | None:
        """The variable that ``expression`` means in a function; ``None`` if it can't be told."""
        key = (ref, expression)
        if key not in self._known:
            self._known[key] = self._find(ref, expression)
        return self._known[key]

    def bindings(self, variable: Variable) -> tuple[tuple[FunctionRef, Binding], ...]:
        """All that gives a value to a variable, each with the function it stands in."""
        if variable.kind == "attribute":
            lineage = self._classes.ancestry(ClassRef(variable.source, variable.owner))
            below = self._classes.subclasses(ClassRef(variable.source, variable.owner))
            return tuple(
                one
                for cls in (*lineage, *below)
                for one in self._classes.members(cls).bindings.get(variable.name, ())
            )
        scope = FunctionRef(variable.source, variable.owner)
        return tuple((scope, binding) for binding in self._own(scope).get(variable.name, ()))

    def _own(self, ref: FunctionRef) -> dict[str, list[Binding]]:
        """The names that a function binds, but not what it only puts something into."""
        known = self._bound.get(ref)
        if known is None:
            known = self._bound[ref] = {}
            for name, bindings in self._index.scope(ref).names.items():
                if bindings[0].value is None:
                    known[name] = [one for one in bindings if one.value is None]
            for node in self._index.function(ref).nodes:
                kind = _BINDING.get(node.kind)
                if kind and node.target is not None and node.value is not None:
                    for name, binding in _bound_by(node.target, kind, node.value):
                        into = known.setdefault(name, [])
                        if len(into) < _MOST_BINDINGS and not self._is_known(ref, binding, into):
                            into.append(binding)
        return known

    def _is_known(self, ref: FunctionRef, binding: Binding, known: list[Binding]) -> bool:
        """Whether a binding is among those found: a ``finally`` stands in the graph once for each
        way of leaving it, and each time its calls have other numbers."""
        if binding in known:
            return True
        if type(binding.value) is not Result:
            return False
        calls = self._index.function(ref).calls
        span = calls[binding.value.call].span
        return any(
            one.kind == binding.kind
            and type(one.value) is Result
            and calls[one.value.call].span == span
            for one in known
        )

    def _find(self, ref: FunctionRef, expression: Expression) -> Variable | None:
        if type(expression) is Name:
            base, _, name = expression.path.rpartition(".")
            return self._member(ref, Name(base), name) if base else self._plain(ref, name)
        if type(expression) is Attribute:
            return self._member(ref, expression.value, expression.name)
        if type(expression) is Operation and expression.kind in ("await", "or") and expression.args:
            return self._find(ref, expression.args[0])
        return None

    def _member(self, ref: FunctionRef, owner: Expression, name: str) -> Variable | None:
        values = self._graph.receivers.values(ref, owner)
        found = {self._of_value(value, name) for value in values}
        found.discard(None)
        if len(found) == 1:
            return found.pop()
        if found or any(type(value) in (Instance, Cls, Module) for value in values):
            return None
        return self._unique(name)

    def _of_value(self, value: Value, name: str) -> Variable | None:
        if type(value) is Instance or type(value) is Cls:
            cls = self.binding_class(value.ref, name)
            return Variable("attribute", cls.source, cls.index, name)
        if type(value) is Module:
            source = self._index.modules.by_raw.get(value.raw)
            if source is not None:
                return self._global(source, name)
        return None

    def binding_class(self, cls: ClassRef, name: str) -> ClassRef:
        """The class of which ``name`` is an attribute: the last of the bases that binds it."""
        for one in reversed(self._classes.ancestry(cls)):
            if name in self._classes.members(one).bindings or any(
                name == attribute for attribute, _ in self._index.cls(one).attributes
            ):
                return one
        return cls

    def _unique(self, name: str) -> Variable | None:
        """For a receiver of which nothing is known: the attribute that only one class has."""
        owners = self._owners.get(name, ())
        if len(owners) != 1:
            return None
        return Variable("attribute", owners[0].source, owners[0].index, name)

    @cached_property
    def _owners(self) -> dict[str, tuple[ClassRef, ...]]:
        found: dict[str, dict[ClassRef, None]] = {}
        for cls in self._index.classes():
            for name in self._classes.members(cls).bindings:
                found.setdefault(name, {})[self.binding_class(cls, name)] = None
        return {name: tuple(owners) for name, owners in found.items()}

    def _plain(self, ref: FunctionRef, name: str) -> Variable | None:
        scope: FunctionRef | None = ref
        for _ in range(_MOST_STEPS):
            if scope is None:
                break
            is_outer = name in self._index.function(scope).outer
            if not is_outer and name in self._own(scope):
                if scope.index == 0:
                    return self._global(ref.source, name)
                return self._imported(scope, name) or Variable("local", *scope, name)
            scope = self._index.parent(scope)
        top = FunctionRef(ref.source, 0)
        return self._global(ref.source, name) if name in self._own(top) else None

    def _global(self, source: int, name: str) -> Variable:
        top = FunctionRef(source, 0)
        return self._imported(top, name) or Variable("global", source, 0, name)

    def _imported(self, scope: FunctionRef, name: str) -> Variable | None:
        for _ in range(_MOST_STEPS):
            numbers = [one.number for one in self._own(scope).get(name, ()) if one.kind == "import"]
            if not numbers:
                return Variable("global", scope.source, 0, name) if scope.index == 0 else None
            statement = self._index.sources[scope.source].imports[numbers[0]]
            raw = self._index.modules.target(scope.source, statement)
            source = self._index.modules.by_raw.get(raw) if raw is not None else None
            if not statement.name or source is None:
                return None
            scope, name = FunctionRef(source, 0), statement.name
        return None


def _bound_by(target: Expression, kind: str, value: Expression) -> Iterator[tuple[str, Binding]]:
    if type(target) is Name and "." not in target.path:
        yield target.path, Binding(kind, value)
    elif type(target) is Operation:
        for part in target.args:
            yield from _bound_by(part, "element", value)


_BINDING = {Kind.ASSIGN: "value", Kind.ITERATE: "element", Kind.ENTER: "entered"}


def root_of(target: Expression) -> tuple[Expression, Expression | None]:
    """The container that a subscript is of, with the key nearest to it."""
    key: Expression | None = None
    while type(target) is Item:
        key = target.key
        target = target.value
    return target, key
