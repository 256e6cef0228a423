"""What a call gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botlint.facts.types import Call, Constant, Expression, Function, Kind, Name, Result
from botlint.flow.classes import Classes
from botlint.flow.dynamic import methods_like, modules_like, name_pattern, names_written
from botlint.flow.index import Index
from botlint.flow.keyed_factories import made_by_key
from botlint.flow.names import ClassRef, FunctionRef, split_member
from botlint.flow.values import (
    PLAIN,
    Cls,
    External,
    Func,
    Instance,
    Module,
    Of,
    Partial,
    Super,
    Value,
    Values,
    elements_of,
    held_in,
    union,
)
from botlint.flow.written_tables import entry

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers

_TAKEN_OUT = frozenset(
    {"get", "pop", "popitem", "popleft", "setdefault", "get_nowait", "__getitem__", "next"}
)
_STILL_HELD = frozenset({"values", "items", "copy", "union", "most_common", "difference"})
_SAME = frozenset(
    {"copy.copy", "copy.deepcopy", "asyncio.create_task", "asyncio.ensure_future", "asyncio.shield"}
    | {"asyncio.wait_for", "asyncio.run", "contextlib.closing", "dataclasses.replace"}
    | {"functools.lru_cache", "functools.cache", "weakref.ref", "weakref.proxy", "staticmethod"}
    | {"contextlib.nullcontext", "inspect.unwrap"}
)
_COPIES = frozenset(
    {"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "enumerate", "zip", "dict"}
    | {"filter", "collections.deque", "collections.OrderedDict", "itertools.chain"}
)
_PARTIAL = frozenset({"functools.partial", "functools.partialmethod"})


class Results:
    """Says what calls give back."""

    def __init__(self, index: Index, classes: Classes, receivers: Receivers) -> None:
        self._index = index
        self._classes = classes
        self._receivers = receivers

    def of_call(self, ref: FunctionRef, number: int) -> Values:
        """What call ``number`` of the function ``ref`` gives."""
        return self._receivers.memo.answer((ref, number), lambda: self._find(ref, number))

    def called(self, ref: FunctionRef, number: int) -> Values:
        """What is called there: the values of the written function."""
        func = self._index.call(ref, number).func
        return self._receivers.values(ref, func)

    def of_method(self, owner: Instance, name: str) -> Values:
        """What the method ``name`` of an object gives, ``()`` if it has none."""
        method = self._classes.find_method(owner.ref, name)
        if method is None:
            return ()
        if name in ("__enter__", "__aenter__") and self._gives_itself(method):
            return (owner,)
        return self._receivers.returned(method)

    def _gives_itself(self, method: FunctionRef) -> bool:
        parameters = self._index.function(method).parameters
        own = Name(parameters[0].name) if parameters else None
        return any(node.value == own for node in self._index.function(method).nodes if own)

    def _find(self, ref: FunctionRef, number: int) -> Values:
        call = self._index.call(ref, number)
        if call.func == Name("super"):
            owner = self._owner_around(ref)
            return (Super(owner),) if owner is not None else ()
        found = [
            self.of_value(value, ref, number) for value in self._receivers.values(ref, call.func)
        ]
        receiver, name = split_member(call.func)
        if receiver is not None and (name in _TAKEN_OUT or name in _STILL_HELD):
            held = [value for value in self._receivers.values(ref, receiver) if type(value) is Of]
            if name in _STILL_HELD:
                found.append(tuple(held))
            else:
                default = call.args[1:2] if name in ("get", "pop", "setdefault") else ()
                found.append(self._taken_out(ref, receiver, call, elements_of(tuple(held))))
                found += [self._receivers.values(ref, value) for value in default]
        return union(found)

    def _taken_out(
        self, ref: FunctionRef, receiver: Expression, call: Call, elements: Values
    ) -> Values:
        """Which of the elements of a container a call gives that takes one out."""
        if not call.args:
            return elements
        return entry(self._receivers, ref, receiver, call.args[0], elements)

    def _owner_around(self, ref: FunctionRef) -> ClassRef | None:
        scope: FunctionRef | None = ref
        while scope is not None:
            owner = self._index.owner(scope)
            if owner is not None:
                return owner
            scope = self._index.parent(scope)
        return None

    def of_value(self, value: Value, ref: FunctionRef, number: int) -> Values:
        """What calling ``value`` gives, in call ``number`` of the function ``ref``."""
        if type(value) is Cls:
            return (Instance(value.ref, value.is_exact),)
        if type(value) is Func:
            made = made_by_key(self._receivers, value.ref, self._index.call(ref, number))
            return made or self._of_function(value.ref)
        if type(value) is Instance:
            return self.of_method(value, "__call__")
        if type(value) is Partial:
            return self.of_value(value.value, ref, number)
        if type(value) is External:
            return self._of_external(value.name, ref, number)
        return ()

    def _of_function(self, function: FunctionRef) -> Values:
        facts = self._index.function(function)
        if facts.name == "<lambda>" or not facts.decorators:
            return self._receivers.returned(function)
        if self._index.has_decorator(function, _MANAGERS):
            return elements_of(self._receivers.returned(function))
        return self._receivers.returned(function)

    def _of_external(self, name: str, ref: FunctionRef, number: int) -> Values:
        call = self._index.call(ref, number)
        first = call.args[0] if call.args else None
        given = self._receivers.values
        container, _, method = name.partition(".")
        if container in PLAIN and (method in _TAKEN_OUT or method in _STILL_HELD):
            return ()
        if first is None:
            return (External(name),)
        if name == "getattr":
            return self._got(ref, first, call.args)
        if name in _PARTIAL:
            return tuple(Partial(value, ref, number) for value in given(ref, first))
        if name in _SAME:
            return given(ref, first)
        if name in _COPIES:
            held = union([given(ref, value) for value in call.args])
            kept = tuple(value for value in held if type(value) is Of)
            return union([(External(name),), kept])
        if name in ("next", "min", "max"):
            return elements_of(given(ref, first)) or (External(name),)
        return self._of_rarer(name, ref, first, number)

    def _of_rarer(self, name: str, ref: FunctionRef, first: Expression, number: int) -> Values:
        call = self._index.call(ref, number)
        given = self._receivers.values
        if name in ("typing.cast", "cast"):
            kinds = given(ref, first)
            return tuple(Instance(kind.ref) if type(kind) is Cls else kind for kind in kinds)
        if name == "type" and len(call.args) == 1:
            return tuple(
                Cls(value.ref, value.is_exact) if type(value) is Instance else value
                for value in given(ref, first)
            )
        if name == "map":
            called = [self.of_value(value, ref, number) for value in given(ref, first)]
            return held_in(union(called))
        if name == "asyncio.gather":
            return held_in(union([given(ref, value) for value in call.args]))
        if name in ("importlib.import_module", "__import__"):
            return self._imported(ref, first)
        if name == "functools.wraps" or name.startswith("functools.wraps"):
            return (External(name),)
        if type(call.func) is Result:
            # A decorator from outside, applied by hand: `retry(3)(place)` is still `place`.
            functions = tuple(value for value in given(ref, first) if type(value) is Func)
            if functions:
                return functions
        return (External(name),)

    def _imported(self, ref: FunctionRef, name: Expression) -> Values:
        """The modules that ``import_module(name)`` can give."""
        if type(name) is Constant:
            raw = self._index.modules.find(str(name.value), ref.source)
            return (Module(raw),) if raw is not None else (External(str(name.value)),)
        like = modules_like(self._index, name_pattern(self._index, ref, name))
        return tuple(Module(raw) for raw in like) or (External("importlib.import_module"),)

    def _got(self, ref: FunctionRef, owner: Expression, args: tuple[Expression, ...]) -> Values:
        """``getattr(owner, name, default)``."""
        owners = self._receivers.values(ref, owner)
        name = args[1] if len(args) > 1 else None
        known = names_written(self._index, ref, name) if name is not None else ()
        found = [self._receivers.member_of_all(owners, one) for one in sorted(known)]
        if not known:
            outer = [value for value in owners if type(value) is External]
            found.append(tuple(External(f"{value.name}.*") for value in outer))
            found.append(self._members_like(ref, owners, name))
        found += [self._receivers.values(ref, default) for default in args[2:3]]
        return union(found)

    def _members_like(self, ref: FunctionRef, owners: Values, name: Expression | None) -> Values:
        """The methods that a name which is put together can mean."""
        own = [value for value in owners if type(value) is Instance or type(value) is Cls]
        pattern = name_pattern(self._index, ref, name) if own and name is not None else ""
        return union(
            [
                self._receivers.member_of_all((value,), one)
                for value in own
                for one in methods_like(self._index, self._receivers.classes, value.ref, pattern)
            ]
        )


_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})

_MOST_RETURNS = 30


def given_back(function: Function) -> list[Expression]:
    """The different expressions that are returned or, by a generator, yielded."""
    kind = Kind.YIELD if function.is_generator else Kind.RETURN
    found: list[Expression] = []
    for node in function.nodes:
        if node.kind is kind and node.value is not None and node.value not in found:
            found.append(node.value)
            if len(found) >= _MOST_RETURNS:
                break
    return found
