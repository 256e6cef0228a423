"""Which lock an expression means.

A lock is known by what creates it, by what its function returns, or by its role. Two attributes are
one lock only if they are the same attribute of the same class. A lock got for a key
(``self._locks[symbol]``, ``get_symbol_lock(symbol)``) is one identity for the function or the
container that gives it, and guards that key. A lock whose identity can't be told is ``UNKNOWN``: it
may be any, so it proves nothing and excuses everything.
"""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.reads import last_segment
from botlint.checks.roots import receiver_of
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.names import written_name
from botlint.flow.program import Binding, FunctionRef, Variable
from botlint.flow.values import External, Of
from botlint.project import CallRef, Project

_DEEPEST = 8
_TAKING_OUT = frozenset({"setdefault", "get", "pop"})


class Lock(NamedTuple):
    """``name`` is the identity, ``shown`` what people read, ``creator`` what made it, if known."""

    name: str
    shown: str
    creator: str = ""
    is_keyed: bool = False

    def is_known(self) -> bool:
        """Whether its identity could be told."""
        return bool(self.name)


UNKNOWN = Lock("", "a lock")


class Locks:
    """Says which lock an expression is; memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._role = project.vocabulary.roles["lock"]
        self._known: dict[tuple[FunctionRef, Expression], Lock | None] = {}

    def of(self, ref: FunctionRef, expression: Expression | None) -> Lock | None:
        """The lock that ``expression`` is in a function; ``None`` if it is none."""
        if expression is None:
            return None
        key = (ref, expression)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._find(ref, expression, 0)
        return self._known[key]

    def is_for_coroutines(self, lock: Lock) -> bool:
        """Whether only coroutines of one event loop exclude each other by it."""
        return self._project.vocabulary.roles["coroutine-lock"].plays_call((lock.creator,))

    def is_reentrant(self, lock: Lock) -> bool:
        """Whether its holder may take it again; so it is unless the creator says otherwise."""
        return not self._project.vocabulary.roles["plain-lock"].plays_call((lock.creator,))

    def _find(self, ref: FunctionRef, expression: Expression, depth: int) -> Lock | None:
        if depth > _DEEPEST:
            return UNKNOWN
        if type(expression) is Result:
            return self._of_call(ref, expression.call, depth)
        if type(expression) is Item:
            return self._of_item(ref, expression)
        if type(expression) is Operation:
            return self._of_operation(ref, expression, depth)
        if type(expression) is Name or type(expression) is Attribute:
            return self._of_name(ref, expression, depth)
        return None

    def _of_operation(self, ref: FunctionRef, expression: Operation, depth: int) -> Lock | None:
        if expression.kind in ("await", "entered") and expression.args:
            return self._find(ref, expression.args[0], depth + 1)
        if expression.kind in ("or", "if"):
            found = [self._find(ref, part, depth + 1) for part in expression.args]
            return UNKNOWN if any(found) else None
        return None

    def _of_name(self, ref: FunctionRef, expression: Expression, depth: int) -> Lock | None:
        creator = self._creator(ref, expression)
        segment = last_segment(expression)
        if not creator and not (segment and self._role.plays_name(segment)):
            return None
        variable = self._program.variable(ref, expression)
        if variable is None:
            return UNKNOWN
        bindings = self._program.bindings(variable)
        if variable.kind == "local":
            return self._of_local(variable, bindings, depth)
        for function, binding in bindings:
            inner = self._wrapped(function, binding.value)
            if inner is not None:
                return self._find(function, inner, depth + 1) or UNKNOWN
            if binding.value is None or self._is_made(function, binding.value):
                continue
            # Another lock under this name: `self._lock = engine._lock`.
            if type(binding.value) is Constant or not creator:
                continue
            other = self._find(function, binding.value, depth + 1)
            if other is not None:
                return other
        return self._lock(variable, creator)

    def _of_local(
        self,
        variable: Variable,
        bindings: tuple[tuple[FunctionRef, Binding], ...],
        depth: int,
    ) -> Lock | None:
        scope = FunctionRef(variable.source, variable.owner)
        if len(bindings) != 1:
            return UNKNOWN
        kind, value, _ = bindings[0][1]
        if kind == "parameter":
            return self._of_parameter(scope, variable.name, depth)
        if kind != "value" or value is None:
            return UNKNOWN
        creator = self._creator(scope, value)
        if self._is_made(scope, value):
            return self._lock(variable, creator)
        return self._find(scope, value, depth + 1) or UNKNOWN

    def _of_parameter(self, ref: FunctionRef, name: str, depth: int) -> Lock:
        found: set[Lock] = set()
        for site in self._program.callers(ref):
            given = self._program.argument_of(site.function, site.call, ref, name)
            lock = self._find(site.function, given, depth + 1) if given is not None else None
            found.add(lock or UNKNOWN)
        return found.pop() if len(found) == 1 else UNKNOWN

    def _of_item(self, ref: FunctionRef, expression: Item) -> Lock | None:
        container = expression.value
        creator = self._creator(ref, expression)
        segment = last_segment(container)
        if not creator and not (segment and self._role.plays_name(segment)):
            return None
        variable = self._program.variable(ref, container)
        return self._lock(variable, creator, is_keyed=True) if variable else UNKNOWN

    def _of_call(self, ref: FunctionRef, number: int, depth: int) -> Lock | None:
        call = self._project.function(ref).calls[number]
        receiver, segment = receiver_of(call), last_segment(call.func)
        if receiver is None and segment == "getattr" and len(call.args) > 1:
            return self._of_getattr(ref, call.args[0], call.args[1], depth)
        callees = self._program.callees(ref, number)
        if callees:
            return self._of_function(ref, number, callees)
        if receiver is not None and segment in _TAKING_OUT:
            key = call.args[0] if call.args else Constant(None)
            return self._of_item(ref, Item(receiver, key))
        if receiver is not None and self._creator(ref, receiver):
            # `lock.writer()`, `rwlock.gen_wlock()`: a view of the same lock.
            return self._find(ref, receiver, depth + 1)
        if self._is_made(ref, Result(number)):
            return self._made(ref, number)
        return UNKNOWN if self._project.plays(CallRef(ref, number), "lock") else None

    def _made(self, ref: FunctionRef, number: int) -> Lock:
        """A lock made where it is taken: by itself no lock that anybody else takes, but for those
        that stand for something outside, such as a file."""
        call = self._project.function(ref).calls[number]
        creator = self._creator(ref, Result(number))
        if not call.args or not self._project.vocabulary.roles["named-lock"].plays_call((creator,)):
            return UNKNOWN
        shown = f"{creator}({_text_of(call.args[0])})"
        return Lock(f"{creator} {call.args[0]!r}", shown, creator)

    def _of_getattr(
        self, ref: FunctionRef, owner: Expression, name: Expression, depth: int
    ) -> Lock | None:
        if type(name) is not Constant or type(name.value) is not str:
            return UNKNOWN
        member: Expression = Attribute(owner, name.value)
        if type(owner) is Name:
            member = Name(f"{owner.path}.{name.value}")
        return self._find(ref, member, depth + 1)

    def _of_function(
        self, ref: FunctionRef, number: int, callees: tuple[FunctionRef, ...]
    ) -> Lock | None:
        """The lock that a function of the program gives out."""
        creator = self._creator(ref, Result(number))
        if not creator:
            return None
        if len(callees) != 1:
            return UNKNOWN
        given = _returned(self._project, callees[0])
        if len(given) == 1 and not self._is_made(callees[0], given[0]):
            lock = self.of(callees[0], given[0])
            if lock is not None and lock.is_known():
                return lock
        call = self._project.function(ref).calls[number]
        if not call.args and not call.keywords:
            return UNKNOWN
        qualified = self._program.qualified(callees[0])
        shown = f"{self._program.display(callees[0])}(...)"
        return Lock(f"{qualified}()", shown, creator, is_keyed=True)

    def _lock(self, variable: Variable, creator: str, *, is_keyed: bool = False) -> Lock:
        """The lock of a variable, the same for all that name it: what made it shows where it is
        bound, also to those who don't know whose attribute it is."""
        if not creator:
            made = (
                self._creator(ref, one.value)
                for ref, one in self._program.bindings(variable)
                if one.value is not None
            )
            creator = next((one for one in made if one), "")
        name, shown = self._project.variable_names(variable)
        suffix = "[...]" if is_keyed else ""
        return Lock(name + suffix, shown + suffix, creator, is_keyed)

    def _wrapped(self, ref: FunctionRef, value: Expression | None) -> Expression | None:
        """The lock that a condition is made for: ``threading.Condition(self._lock)`` takes it."""
        if type(value) is not Result or not self._creator(ref, value).endswith(".Condition"):
            return None
        call = self._project.function(ref).calls[value.call]
        named = [given for name, given in call.keywords if name == "lock"]
        return next(iter((*call.args, *named)), None)

    def _creator(self, ref: FunctionRef, expression: Expression) -> str:
        """The qualified name of what made a lock, ``""`` where that isn't known."""
        for value in self._program.values_of(ref, expression):
            while type(value) is Of:
                value = value.value
            if type(value) is External and self._role.plays_call((value.name,)):
                return value.name
        return ""

    def _is_made(self, ref: FunctionRef, expression: Expression) -> bool:
        """Whether ``expression`` makes a new lock, ``threading.Lock()`` or a container of them."""
        if type(expression) is not Result:
            return type(expression) is Operation
        return not self._program.callees(ref, expression.call) and any(
            type(value) is External and self._role.plays_call((value.name,))
            for value in self._program.values_of(
                ref, self._project.function(ref).calls[expression.call].func
            )
        )


def _returned(project: Project, ref: FunctionRef) -> list[Expression]:
    found = [
        node.value
        for node in project.function(ref).nodes
        if node.kind is Kind.RETURN and node.value is not None
    ]
    return list(dict.fromkeys(found))


def _text_of(value: Expression) -> str:
    if type(value) is Constant:
        return repr(value.value)
    return written_name(value, ()) or "..."


def locks_of(project: Project) -> Locks:
    """The locks of a project, shared by all rules."""
    return project.answer(("locks",), lambda: Locks(project))
