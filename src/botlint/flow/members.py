"""What a member of a value can be."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from botlint.facts.types import Constant, Expression, Kind, Lambda, Name, Operation
from botlint.flow.classes import Classes
from botlint.flow.index import Index
from botlint.flow.names import ClassRef, FunctionRef
from botlint.flow.scopes import Binding
from botlint.flow.values import (
    Cls,
    External,
    Func,
    Instance,
    Module,
    Super,
    Value,
    Values,
    is_bare,
    union,
)

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers

PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "hybrid_property"})
_OWN_CLASS = "__class__"

LOADING = frozenset({"importlib.util.module_from_spec", "importlib.import_module"})
"""What gives a module; which, only the run knows."""

MOST_LOADED = 40


class Members:
    """Looks members up on modules, classes and objects."""

    def __init__(self, index: Index, classes: Classes, receivers: Receivers) -> None:
        self._index = index
        self._classes = classes
        self._receivers = receivers

    def member(self, owner: Value, name: str) -> Values:
        """What ``owner.name`` can be."""
        memo = self._receivers.memo
        if type(owner) is Instance:
            if name == _OWN_CLASS:
                return (Cls(owner.ref, owner.is_exact),)
            return memo.answer((owner, name), lambda: self._of_object(owner, name))
        if type(owner) is External:
            loaded = self._of_any_module(name) if owner.name in LOADING else ()
            return (*loaded, External(f"{owner.name}.{name}"))
        if type(owner) is Module:
            return self._receivers.imports.member(owner.raw, name)
        if type(owner) is Cls:
            return memo.answer(
                (owner.ref, owner.is_exact, name), lambda: self._of_class(owner, name)
            )
        if type(owner) is Super:
            return self._of_super(owner.ref, name)
        return ()

    def _of_any_module(self, name: str) -> Values:
        """What ``name`` means in a module of the program that is loaded by a name which only the
        run knows, as a bot's strategy is."""
        classes = [one for one in self._index.classes_by_name.get(name, ()) if self._is_top(one)]
        if len(classes) > MOST_LOADED:
            return ()
        functions = self._index.functions_by_name.get(name, ())
        own = [one for one in functions if self._index.function(one).parent == 0]
        own = [one for one in own if self._index.function(one).owner < 0]
        return (*map(Cls, classes), *(map(Func, own) if len(own) <= MOST_LOADED else ()))

    def _is_top(self, ref: ClassRef) -> bool:
        return self._index.cls(ref).qualname == self._index.cls(ref).name

    def is_property(self, ref: FunctionRef) -> bool:
        """Whether reading the attribute runs the function."""
        function = self._index.function(ref)
        return bool(function.decorators) and self._index.has_decorator(ref, PROPERTIES)

    def _of_object(self, owner: Instance, name: str) -> Values:
        ref, is_exact = owner.ref, owner.is_exact
        method = self._classes.find_method(ref, name)
        if method is None and not is_exact:
            inherited = self._classes.overriding(ref, name)
            method = inherited[0] if inherited else None
        if method is not None:
            if self.is_property(method):
                return self._receivers.returned(method)
            all_ = (method,) if is_exact else self._classes.overriding(ref, name)
            bound = tuple(Func(one, not self._receivers.parameters.is_static(one)) for one in all_)
            return union([bound, self._assigned(ref, name, "self")])
        found = self._assigned(ref, name, "object")
        return found or self._nested_class(ref, name) or self._outer(ref, name)

    def _of_class(self, owner: Cls, name: str) -> Values:
        ref, is_exact = owner.ref, owner.is_exact
        method = self._classes.find_method(ref, name)
        if method is not None:
            all_ = (method,) if is_exact else self._classes.overriding(ref, name)
            return tuple(Func(one, self._receivers.parameters.is_class_method(one)) for one in all_)
        if self._classes.is_enumeration(ref) and self._is_in_body(ref, name):
            return (Instance(ref, is_exact=True),)
        found = self._assigned(ref, name, "class")
        return found or self._nested_class(ref, name) or self._outer(ref, name)

    def _of_super(self, ref: ClassRef, name: str) -> Values:
        """The next method in line: on an object of the class, and of those that join it with
        others."""
        found = self._classes.behind(ref, name)
        if found:
            return tuple(Func(method, is_bound=True) for method in found)
        return self._outer(ref, name)

    def _is_in_body(self, ref: ClassRef, name: str) -> bool:
        return any(
            name == attribute
            for one in self._classes.ancestry(ref)
            for attribute, _ in self._index.cls(one).attributes
        )

    def _assigned(self, ref: ClassRef, name: str, which: str) -> Values:
        """What is assigned to the attribute: in the class and its bases, else in subclasses and
        what they join the class with, else from outside of the class."""
        lineage = self._classes.ancestry(ref)
        found = union([self._assigned_in(one, name, which) for one in lineage])
        if found or which == "self":
            return found
        below = dict.fromkeys(
            base for one in self._classes.subclasses(ref) for base in self._classes.ancestry(one)
        )
        found = union([self._assigned_in(one, name, which) for one in below])
        return found or self._assigned_outside(ref, name)

    def _assigned_in(self, ref: ClassRef, name: str, which: str) -> Values:
        said = self._said_of(ref, name) if which != "self" else ()
        if said and not is_bare(said):
            return said
        bindings = [
            (function, self._written_out(ref, function, binding))
            for function, binding in self._classes.members(ref).bindings.get(name, ())
        ]
        found = union([said, self._receivers.any_bound(bindings)])
        if which == "class" or not any(type(value) is Func for value in found):
            return found
        return self._as_methods(ref, name, bindings, found)

    def _said_of(self, ref: ClassRef, name: str) -> Values:
        """What the class's body says of the type of an attribute."""
        around = FunctionRef(ref.source, self._index.cls(ref).parent)
        for attribute, annotation in self._index.cls(ref).attributes:
            said = self._receivers.annotated(around, annotation) if attribute == name else ()
            if said:
                return said
        return ()

    def _as_methods(
        self, ref: ClassRef, name: str, bindings: list[tuple[FunctionRef, Binding]], found: Values
    ) -> Values:
        """``found``, where a function to which the class's body gives a name gets the object as a
        method does: ``price = prices.of`` makes ``self.price(x)`` run ``prices.of(self, x)``."""
        cls = self._index.cls(ref)
        if any(attribute == name and annotation for attribute, annotation in cls.attributes):
            return found  # A field of a data class; each object holds what it was made with.
        body = FunctionRef(ref.source, cls.parent)
        plain = [one for one in bindings if one[0] == body and type(one[1].value) in (Name, Lambda)]
        bound = frozenset(self._receivers.any_bound(plain))
        return tuple(
            Func(value.ref, is_bound=True) if type(value) is Func and value in bound else value
            for value in found
        )

    def _written_out(self, ref: ClassRef, function: FunctionRef, binding: Binding) -> Binding:
        """A binding in a class body with the names of its methods as the module sees them."""
        cls = self._index.cls(ref)
        if function.index != cls.parent or binding.value is None:
            return binding
        value = _from_body(binding.value, cls.qualname, self._index.methods(ref))
        return binding._replace(value=value)

    def _assigned_outside(self, ref: ClassRef, name: str) -> Values:
        """``engine.router = OrderRouter()``, where ``engine`` is an object of the class."""
        found: list[Values] = []
        lineage = {*self._classes.ancestry(ref), *self._classes.subclasses(ref)}
        for function, base, value in self._outside.get(name, ()):
            owners = self._receivers.named(function, base)
            if any(type(owner) is Instance and owner.ref in lineage for owner in owners):
                found.append(self._receivers.values(function, value))
        return union(found)

    @cached_property
    def _outside(self) -> dict[str, list[tuple[FunctionRef, str, Expression]]]:
        """Assignments to a member of something that is not the method's own object."""
        found: dict[str, list[tuple[FunctionRef, str, Expression]]] = {}
        for ref in self._index.functions():
            for node in self._index.function(ref).nodes:
                if node.kind is not Kind.ASSIGN or type(node.target) is not Name:
                    continue
                base, _, name = node.target.path.rpartition(".")
                if not base or base in ("self", "cls") or base[0].isupper():
                    continue
                if node.value is not None and type(node.value) is not Constant:
                    found.setdefault(name, []).append((ref, base, node.value))
        return found

    def is_set_from_outside(self, cls: ClassRef) -> bool:
        """``setattr(thing, name, ...)`` on what may be an object of the class."""
        lineage = {*self._classes.ancestry(cls), *self._classes.subclasses(cls)}
        for ref, number in self._index.calls_by_segment.get("setattr", ()):
            call = self._index.call(ref, number)
            if call.func == Name("setattr") and call.args:
                for value in self._receivers.values(ref, call.args[0]):
                    if type(value) is Instance and value.ref in lineage:
                        return True
        return False

    def _nested_class(self, ref: ClassRef, name: str) -> Values:
        for one in self._classes.ancestry(ref):
            wanted = f"{self._index.cls(one).qualname}.{name}"
            for index, cls in enumerate(self._index.sources[one.source].classes):
                if cls.qualname == wanted:
                    return (Cls(ClassRef(one.source, index)),)
        return ()

    def _outer(self, ref: ClassRef, name: str) -> Values:
        """A member that comes from a base outside of the program."""
        if not self._classes.has_foreign_base(ref):
            return ()
        for one in self._classes.ancestry(ref):
            for base in self._classes.outer_bases(one):
                if base != "?":
                    return (External(f"{base}.{name}"),)
        return ()


def _from_body(value: Expression, qualname: str, methods: dict[str, FunctionRef]) -> Expression:
    """``value`` from a class body with the names of methods written out: ``f`` → ``C.f``."""
    if type(value) is Name:
        is_method = value.path in methods
        return Name(f"{qualname}.{value.path}") if is_method else value
    if type(value) is Operation:
        return Operation(
            value.kind, tuple([_from_body(part, qualname, methods) for part in value.args])
        )
    return value
