"""What parameters can be: what their annotation says, or else what callers hand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botlint.facts.types import Constant, Parameter
from botlint.flow.index import Index
from botlint.flow.names import ClassRef, FunctionRef
from botlint.flow.scopes import is_method, is_object
from botlint.flow.values import Cls, Instance, Value, Values, held_in, is_bare, union

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers

_CLASS = frozenset({"classmethod"})
_CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


class Parameters:
    """Says what parameters can be."""

    def __init__(self, index: Index, receivers: Receivers) -> None:
        self._index = index
        self._receivers = receivers

    def values(self, ref: FunctionRef, number: int) -> Values:
        """What parameter ``number`` of a function can be."""
        function = self._index.function(ref)
        parameter = function.parameters[number]
        is_own = not parameter.annotation or parameter.name in ("self", "cls")
        is_own = is_own and number == 0 and is_method(function) and not self.is_static(ref)
        if is_own and is_object(self._index.sources[ref.source], function, parameter.name):
            owner = ClassRef(ref.source, function.owner)
            if self.is_class_method(ref):
                return (Cls(owner, is_exact=False),)
            return (Instance(owner),)
        around = self._index.parent(ref) or ref
        found = self._receivers.annotated(around, parameter.annotation)
        if parameter.kind in ("*", "**"):
            return held_in(found)
        if found and not is_bare(found) and not any(map(self._is_open_type, found)):
            return found
        return union([found, self._handed_in(ref, parameter)])

    def _is_open_type(self, value: Value) -> bool:
        return type(value) is Instance and self._receivers.classes.is_protocol(value.ref)

    def _handed_in(self, ref: FunctionRef, parameter: Parameter) -> Values:
        found: list[Values] = []
        if parameter.default is not None and type(parameter.default) is not Constant:
            found.append(self._receivers.values(self._index.parent(ref) or ref, parameter.default))
        for site in self._receivers.sites(ref):
            value = self._receivers.argument(site, ref, parameter.name)
            if value is not None:
                found.append(self._receivers.values(site.function, value))
        return union(found)

    def is_static(self, ref: FunctionRef) -> bool:
        """Whether a method gets neither object nor class."""
        return self._index.is_static(ref)

    def is_class_method(self, ref: FunctionRef) -> bool:
        """Whether a method gets its class."""
        function = self._index.function(ref)
        if function.name in _CLASS_METHODS:
            return True
        return bool(function.decorators) and self._index.has_decorator(ref, _CLASS)
