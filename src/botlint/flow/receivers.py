"""What an expression can be: the origin and class of every receiver.

Flow-insensitive within a function (all that is ever assigned to a name counts), insensitive to the
calling place between functions. A parameter is what its annotation says, or else what its callers
hand in; an attribute what any method assigns to it; a call what its callee returns.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable

from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Item,
    Lambda,
    Name,
    Operation,
    Result,
)
from botlint.flow.annotations import read_annotation
from botlint.flow.classes import Classes
from botlint.flow.imports import Imports
from botlint.flow.index import Index
from botlint.flow.members import Members
from botlint.flow.memo import Memo
from botlint.flow.names import CallSite, ClassRef, FunctionRef
from botlint.flow.parameters import Parameters
from botlint.flow.results import Results, given_back
from botlint.flow.scopes import Binding
from botlint.flow.values import (
    Cls,
    External,
    Func,
    Instance,
    Of,
    Values,
    elements_of,
    held_in,
    is_bare,
    union,
)

NESTING = 120
"""Expressions within expressions, across functions, beyond which nothing is known."""

_BUILTIN_NAMES = frozenset(dir(builtins))
_CONSTANTS = {str: "str", int: "int", float: "float", bool: "bool"}
_DISPLAYS = {"tuple": "tuple", "list": "list", "set": "set", "fstring": "str"}


class Receivers:
    """Says what expressions can be. ``sites`` gives direct calls of a function.

    ``argument`` gives what a call hands to a parameter.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self.memo = Memo()
        self.classes = Classes(index, self.values)
        self.members = Members(index, self.classes, self)
        self.imports = Imports(index, self)
        self.parameters = Parameters(index, self)
        self.results = Results(index, self.classes, self)
        self.sites: Callable[[FunctionRef], tuple[CallSite, ...]] = lambda ref: ()
        self.argument: Callable[[CallSite, FunctionRef, str], Expression | None]
        self.argument = lambda site, ref, name: None
        self._depth = 0
        self._named: dict[tuple[FunctionRef, str], Values] = {}

    def values(self, ref: FunctionRef, expression: Expression) -> Values:
        """What ``expression`` can be, where it stands in the function ``ref``."""
        if self._depth >= NESTING:
            return ()
        self._depth += 1
        try:
            return self._values(ref, expression)
        finally:
            self._depth -= 1

    def _values(self, ref: FunctionRef, expression: Expression) -> Values:
        if type(expression) is Name:
            return self.named(ref, expression.path)
        if type(expression) is Result:
            return self.results.of_call(ref, expression.call)
        if type(expression) is Operation:
            return self._operation(ref, expression)
        if type(expression) is Attribute:
            return self.member_of_all(self.values(ref, expression.value), expression.name)
        if type(expression) is Item:
            return self._item(ref, expression)
        if type(expression) is Lambda:
            return (Func(FunctionRef(ref.source, expression.function)),)
        if type(expression) is Constant:
            name = _CONSTANTS.get(type(expression.value))
            return (External(name),) if name else ()
        return ()

    def named(self, ref: FunctionRef, path: str) -> Values:
        """What a dotted name means in a function."""
        return self.memo.kept(self._named, (ref, path), lambda: self._find_named(ref, path))

    def _find_named(self, ref: FunctionRef, path: str) -> Values:
        first, *rest = path.split(".")
        found = self._root(ref, first)
        members = self.index.scope(ref).members
        for position, name in enumerate(rest):
            following = self.member_of_all(found, name)
            if not following:
                written = ".".join((first, *rest[: position + 1]))
                if written in members:
                    following = self._bound_member(ref, written)
            found = following
            if not found:
                return ()
        return found

    def member_of_all(self, owners: Values, name: str) -> Values:
        """The member ``name`` of any of ``owners``."""
        if len(owners) == 1:
            return self.members.member(owners[0], name)
        return union(self.members.member(owner, name) for owner in owners)

    def bound(self, ref: FunctionRef, binding: Binding) -> Values:
        """What one binding in a function gives."""
        kind, value, number = binding
        if value is not None:
            if kind == "value":
                return self.values(ref, value)
            if kind == "element":
                return self._iterated(self.values(ref, value))
            if kind == "holds":
                return held_in(self.values(ref, value))
            return self._entered(self.values(ref, value))
        if kind == "parameter":
            return self.parameters.values(ref, number)
        if kind == "function":
            return (Func(FunctionRef(ref.source, number)),)
        if kind == "class":
            return (Cls(ClassRef(ref.source, number)),)
        if kind == "annotation":
            return self.annotated(ref, self.index.function(ref).annotations[number][1])
        return self.imports.given(ref.source, self.index.sources[ref.source].imports[number])

    def any_bound(self, bindings: Iterable[tuple[FunctionRef, Binding]]) -> Values:
        """What bindings of one name give; what it is said to be only where no value tells."""
        given: list[Values] = []
        said: list[tuple[FunctionRef, Binding]] = []
        for ref, binding in bindings:
            if binding.kind == "annotation":
                said.append((ref, binding))
            else:
                given.append(self.bound(ref, binding))
        return union(given) or union([self.bound(ref, binding) for ref, binding in said])

    def annotated(self, ref: FunctionRef, text: str) -> Values:
        """What the annotation ``text`` says, where it stands in the function ``ref``."""
        return read_annotation(text, lambda path: self.named(ref, path)) if text else ()

    def _root(self, ref: FunctionRef, name: str) -> Values:
        scope: FunctionRef | None = ref
        while scope is not None:
            if name in self.index.scope(scope).names:
                found = self.variable(scope, name)
                # What a function assigns may be a `global`: then the module's bindings count too.
                if found or scope.index == 0 or self._is_parameter(scope, name):
                    return found
                break
            scope = self.index.parent(scope)
        top = FunctionRef(ref.source, 0)
        if scope is not None and name in self.index.scope(top).names:
            return self.variable(top, name)
        found = self.imports.starred(ref.source, name)
        if not found and scope is None and name in _BUILTIN_NAMES:
            return (External(name),)
        return found

    def _is_parameter(self, ref: FunctionRef, name: str) -> bool:
        return any(parameter.name == name for parameter in self.index.function(ref).parameters)

    def variable(self, ref: FunctionRef, name: str) -> Values:
        """What a name that the scope of ``ref`` itself binds can be."""
        return self.memo.answer((ref, name), lambda: self._find_variable(ref, name))

    def _find_variable(self, ref: FunctionRef, name: str) -> Values:
        bindings = self.index.scope(ref).names[name]
        found = self.any_bound((ref, binding) for binding in bindings)
        given = [binding for binding in bindings if binding.kind != "annotation"]
        if found or ref.index or any(binding.value is None for binding in given):
            return found
        # `_client = None` in the module, and some function fills it in.
        facts = self.index.sources[ref.source]
        others = [FunctionRef(ref.source, number) for number in range(1, len(facts.functions))]
        return union(
            [
                self.bound(other, binding)
                for other in others
                for binding in self.index.scope(other).names.get(name, ())
                if binding.kind == "value"
            ]
        )

    def _bound_member(self, ref: FunctionRef, path: str) -> Values:
        def work_out() -> Values:
            bindings = self.index.scope(ref).members[path]
            return self.any_bound((ref, binding) for binding in bindings)

        return self.memo.answer((ref, path), work_out)

    def _item(self, ref: FunctionRef, item: Item) -> Values:
        owners = self.values(ref, item.value)
        found = [elements_of(owners)]
        for owner in owners:
            if type(owner) is Instance:
                found.append(self.results.of_method(owner, "__getitem__"))
            elif type(owner) is Cls:
                found.append((owner,))
        return union(found)

    def _operation(self, ref: FunctionRef, operation: Operation) -> Values:
        kind, args = operation.kind, operation.args
        if kind in ("or", "and"):
            return union([self.values(ref, part) for part in args])
        if kind == "if":
            return union([self.values(ref, part) for part in args[1:]])
        if kind in _DISPLAYS:
            held = [held_in(self.values(ref, part)) for part in args] if kind != "fstring" else []
            return union([(External(_DISPLAYS[kind]),), *held])
        if kind == "dict":
            held = [held_in(self.values(ref, part)) for part in args[1::2]]
            return union([(External("dict"),), *held])
        if kind == "comprehension" and args:
            return union([(External("list"),), held_in(self.values(ref, args[0]))])
        if kind == "element" and args:
            return self._iterated(self.values(ref, args[0]))
        if kind in ("await", "star") and args:
            return self.values(ref, args[0])
        if kind == "entered" and args:
            return self._entered(self.values(ref, args[0]))
        if kind == "caught":
            return self._caught(ref, args)
        return ()

    def _caught(self, ref: FunctionRef, args: tuple[Expression, ...]) -> Values:
        kinds: tuple[Expression, ...] = args
        if args and type(args[0]) is Operation:
            kinds = args[0].args
        found = union([self.values(ref, kind) for kind in kinds])
        return tuple(Instance(value.ref) if type(value) is Cls else value for value in found)

    def _iterated(self, values: Values) -> Values:
        found = [elements_of(values)]
        for value in values:
            if type(value) is Instance:
                found.append(elements_of(self.results.of_method(value, "__iter__")))
                found.append(self.results.of_method(value, "__next__"))
            elif type(value) is Cls and self.classes.is_enumeration(value.ref):
                found.append((Instance(value.ref),))
        return union(found)

    def _entered(self, values: Values) -> Values:
        found: list[Values] = []
        for value in values:
            if type(value) is Instance:
                given = union(
                    [
                        self.results.of_method(value, "__enter__"),
                        self.results.of_method(value, "__aenter__"),
                    ]
                )
                found.append(given or (value,))
            elif type(value) is Of:
                found.append((value.value,))
            else:
                found.append((value,))
        return union(found)

    def returned(self, ref: FunctionRef) -> Values:
        """What a function returns; of a generator, a container of what it yields."""
        return self.memo.answer((ref, "return", 0), lambda: self._find_returned(ref))

    def _find_returned(self, ref: FunctionRef) -> Values:
        function = self.index.function(ref)
        owner, name = self.index.owner(ref), function.returns.strip("'\"")
        if owner is not None and name in ("Self", "typing.Self"):
            return (Instance(owner),)
        said = self.annotated(self.index.parent(ref) or ref, function.returns)
        if said and not is_bare(said):
            return said
        found = union([said, *(self.values(ref, value) for value in given_back(function))])
        return held_in(found) if function.is_generator else found
