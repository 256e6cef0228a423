"""Where stores are changed: assignments, deletions, and the methods that change a container.

A store is an attribute of a class or a global of a module. Locals that alias one, what is taken out
of one (``position = self.positions[symbol]``), and parameters that all callers hand the same store
to, are followed back to it. A method of a project's own class changes what it changes itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from botlint.checks.locks.chains import Chains, chains_of
from botlint.checks.locks.changing import CHANGING, INSIDE, KEYED, WHOLE, Raw, written_changes
from botlint.checks.locks.handed_in import bound_once, handed_in
from botlint.checks.reads import last_segment
from botlint.checks.roots import receiver_of
from botlint.facts.types import (
    Attribute,
    Expression,
    Name,
    Result,
)
from botlint.flow.program import Binding, ClassRef, FunctionRef, Variable
from botlint.flow.values import Cls, External, Instance, Value
from botlint.flow.variables import root_of
from botlint.model import Place
from botlint.project import Project


class Mutation(NamedTuple):
    """One change of a store at one node. ``how`` is ``assigned``, ``deleted``, ``augmented`` or the
    name of the method; ``part`` says what changes: the whole, an entry, or what an entry keeps.
    ``receiver`` is the class of the object whose attribute the store is."""

    function: FunctionRef
    node: int
    store: Variable
    key: Expression | None
    how: str
    part: str
    receiver: ClassRef | None

    def is_content(self) -> bool:
        """Whether the content changes, and not only which value the variable has."""
        return self.part != WHOLE


class Stores:
    """All changes of all stores that may matter to a rule about locks."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._program = project.program
        self._chains: Chains = chains_of(project)
        self._role = project.vocabulary.roles["portfolio"]
        self._roles: dict[str, bool] = {}

    def is_portfolio(self, name: str) -> bool:
        """Whether a variable of this name plays the role of positions, balances, orders."""
        known = self._roles.get(name)
        if known is None:
            known = self._roles[name] = self._role.plays_name(name)
        return known

    def place(self, mutation: Mutation) -> Place:
        """Where a change stands."""
        span = self.project.function(mutation.function).nodes[mutation.node].span
        return self.project.place(mutation.function, span)

    def mutations(self) -> dict[Variable, list[Mutation]]:
        """All changes by store, by place."""
        found: dict[Variable, dict[tuple[Place, str], Mutation]] = {}
        for raw in self._wanted(written_changes(self._program)):
            for mutation in self._resolved(raw):
                key = (self.place(mutation), mutation.how)
                found.setdefault(mutation.store, {}).setdefault(key, mutation)
        return {store: [all_[key] for key in sorted(all_)] for store, all_ in found.items()}

    def _wanted(self, raws: list[Raw]) -> list[Raw]:
        """Those of names that play the role, or that are changed under some lock."""
        names: dict[str, bool] = {}
        named: list[tuple[str, Raw]] = []
        for raw in raws:
            name = self._name_of(raw)
            if not name:
                continue
            named.append((name, raw))
            if not names.get(name):
                names[name] = self.is_portfolio(name) or self._is_under_lock(raw)
        return [raw for name, raw in named if names[name]]

    def _name_of(self, raw: Raw) -> str:
        name = last_segment(raw.root)
        if type(raw.root) is not Name or "." in raw.root.path:
            return name
        alias = bound_once(self.project, raw.function, raw.root)
        if alias is not None and alias[1].kind == "parameter" and alias[0] == raw.function:
            return self._given_to(raw.function, raw.root.path) or name
        if alias is None or alias[1].value is None:
            return name
        root, _ = self._taken_from(alias[0], alias[1].value)
        return last_segment(root) or name

    def _given_to(self, ref: FunctionRef, parameter: str) -> str:
        """The name by which all callers know what they hand to a parameter, ``""`` for several."""
        given = [one for _, one in handed_in(self.project, ref, parameter)]
        names = {last_segment(one) if one is not None else "" for one in given}
        return names.pop() if len(names) == 1 else ""

    def _is_under_lock(self, raw: Raw) -> bool:
        if self._chains.held.at(raw.function, raw.node):
            return True
        return bool(
            self._program.function(raw.function).decorators
            and self._chains.by_decorators(raw.function)
        )

    def _resolved(self, raw: Raw) -> Iterator[Mutation]:
        root, key, how = raw.root, raw.key, raw.how
        scope = raw.function
        alias = None
        part = raw.part
        if type(root) is Name and "." not in root.path:
            alias = bound_once(self.project, raw.function, root)
        if alias is not None:
            scope, binding = alias
            if binding.kind == "parameter":
                if scope == raw.function:
                    yield from self._of_parameter(raw, binding)
                return
            if binding.kind != "value" or binding.value is None or raw.part == WHOLE:
                return
            if raw.how == "augmented" and raw.key is None:
                return  # A number that was read from the store is the function's own.
            root, inner = self._taken_from(scope, binding.value)
            part = INSIDE if inner is not None else part
            key = inner if inner is not None else key
        variable = self._program.variable(scope, root)
        if variable is None or not self._is_store(raw, variable):
            return
        receiver = self._receiver(scope, root)
        yield Mutation(raw.function, raw.node, variable, key, how, part, receiver)

    def _of_parameter(self, raw: Raw, binding: Binding) -> Iterator[Mutation]:
        if raw.part == WHOLE or (raw.how == "augmented" and raw.key is None):
            return
        name = self._program.function(raw.function).parameters[binding.number].name
        found: set[Variable | None] = set()
        for ref, given in handed_in(self.project, raw.function, name):
            found.add(self._program.variable(ref, given) if given is not None else None)
        variable = found.pop() if len(found) == 1 else None
        if variable is not None and self._is_store(raw, variable):
            yield Mutation(raw.function, raw.node, variable, raw.key, raw.how, raw.part, None)

    def _receiver(self, ref: FunctionRef, root: Expression) -> ClassRef | None:
        owner: Expression | None = root.value if type(root) is Attribute else None
        if type(root) is Name:
            owner = Name(root.path.rpartition(".")[0])
        values = self._program.values_of(ref, owner) if owner is not None else ()
        found = [value.ref for value in values if isinstance(value, Instance | Cls)]
        return found[0] if len(found) == 1 else None

    def _is_store(self, raw: Raw, variable: Variable) -> bool:
        if variable.kind == "local":
            return False
        function = self._program.function(raw.function)
        if variable.kind == "global" and raw.function.index == 0:
            return False
        if raw.part == WHOLE and variable.kind == "global" and raw.root == Name(variable.name):
            return variable.name in function.outer
        return not self._is_fresh(raw) and self._is_container(raw)

    def _is_fresh(self, raw: Raw) -> bool:
        """Whether the store belongs to an object that this function has just made."""
        root = raw.root
        head = root.path.partition(".")[0] if type(root) is Name and "." in root.path else ""
        if not head or head in ("self", "cls"):
            return False
        alias = bound_once(self.project, raw.function, Name(head))
        if alias is None or not isinstance(alias[1].value, Result):
            return False
        func = self._program.function(alias[0]).calls[alias[1].value.call].func
        return last_segment(func)[:1].isupper() or last_segment(func) in ("cls", "__new__", "copy")

    def _is_container(self, raw: Raw) -> bool:
        """Whether the method is one of Python's containers, as far as their class is known."""
        if raw.how not in CHANGING:
            return True
        if raw.part == INSIDE and self._is_other_object(raw):
            return False
        values = self._program.values_of(raw.function, raw.root)
        kinds = [value for value in values if type(value) is External]
        if not values:
            return True
        if not kinds:
            # An object of the project: its method is looked at for itself; so is what nests in it.
            return any(not isinstance(value, External) for value in values) and bool(
                raw.key is not None and raw.how not in KEYED
            )
        return any(map(_is_container_class, kinds))

    def _is_other_object(self, raw: Raw) -> bool:
        """Whether what is kept in a store is known to be no container: an event that is cleared."""
        function = self.project.function(raw.function)
        receiver = receiver_of(function.calls[function.nodes[raw.node].call])
        if receiver is None:
            return False
        values = self._program.values_of(raw.function, receiver)
        return bool(values) and not any(_is_container_class(one) for one in values)

    def _taken_from(
        self, ref: FunctionRef, value: Expression
    ) -> tuple[Expression, Expression | None]:
        """The store that a local was taken out of, with the key."""
        if isinstance(value, Result):
            call = self._program.function(ref).calls[value.call]
            receiver = receiver_of(call)
            is_default = len(call.args) > 1 and last_segment(call.func) == "get"
            if receiver is not None and last_segment(call.func) in _TAKING_OUT and not is_default:
                return receiver, call.args[0] if call.args else None
            return value, None
        return root_of(value)


def _is_container_class(value: Value) -> bool:
    if type(value) is not External:
        return True
    return value.name in _CONTAINERS or value.name.endswith("Cache")


_CONTAINERS = frozenset(
    {"dict", "list", "set", "tuple", "collections.deque", "collections.defaultdict"}
    | {"collections.OrderedDict", "collections.Counter", "collections.ChainMap"}
)
_TAKING_OUT = frozenset({"get", "setdefault"})


def stores_of(project: Project) -> Stores:
    """The stores of a project, shared by all rules."""
    return project.answer(("stores",), lambda: Stores(project))


def mutations_of(project: Project) -> dict[Variable, list[Mutation]]:
    """All changes of all stores that may matter, by store."""
    return project.answer(("mutations",), lambda: stores_of(project).mutations())


def shown_store(project: Project, store: Variable) -> str:
    """``Portfolio.held_assets``."""
    return project.variable_names(store)[1]


def sorted_stores(project: Project, stores: Iterable[Variable]) -> list[Variable]:
    """Stores by their qualified names."""
    return sorted(stores, key=lambda store: project.variable_names(store)[0])
