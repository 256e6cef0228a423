"""Names that only one function of a program has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from botlint.facts.types import Call, Expression, Name
from botlint.flow.classes import Classes
from botlint.flow.index import Index
from botlint.flow.names import COMMON, ClassRef, FunctionRef, split_member
from botlint.flow.scopes import is_method


class UniqueNames:
    """Finds what is called by its name alone, where nothing is known of the receiver."""

    def __init__(self, index: Index, classes: Classes) -> None:
        self._index = index
        self._classes = classes
        self._families: dict[str, tuple[FunctionRef, ...]] = {}

    def functions(self, ref: FunctionRef, call: Call) -> tuple[FunctionRef, ...]:
        """The one function of the program with the name, for a receiver of unknown type; or the
        method of the one class that is named like the receiver, ``order_router`` like
        ``OrderRouter``."""
        receiver, name = split_member(call.func)
        if not name or name in COMMON or name.startswith("__"):
            return ()
        namesake = self._namesake(receiver)
        if namesake is not None and self._classes.find_method(namesake, name) is not None:
            return self._classes.overriding(namesake, name)
        candidates = self._index.functions_by_name.get(name, ())
        if receiver is None:
            if type(call.func) is not Name or self._is_bound(ref, name):
                return ()
            plain = [one for one in candidates if self._index.function(one).parent == 0]
            plain = [one for one in plain if not is_method(self._index.function(one))]
            return tuple(plain) if len(plain) == 1 else ()
        if _is_own(receiver) and self._index.owner(ref) is not None:
            return ()
        if name not in self._families:
            self._families[name] = self._one_family(candidates, name)
        family = self._families[name]
        around = self._around(ref) if family else frozenset()
        return tuple([one for one in family if one not in around])

    def _around(self, ref: FunctionRef) -> frozenset[FunctionRef]:
        """The functions that a call stands in: what hands on to a method of its own name,
        ``self._broker.submit_order``, hands on to another object, and not to itself."""
        found = {ref}
        scope = self._index.parent(ref)
        while scope is not None:
            found.add(scope)
            scope = self._index.parent(scope)
        return frozenset(found)

    def _namesake(self, receiver: Expression | None) -> ClassRef | None:
        """The only class of the program that a receiver of unknown type is named like."""
        if type(receiver) is not Name or _is_own(receiver):
            return None
        last = receiver.path.rpartition(".")[2]
        if last[:1].isupper():
            return None
        alike = self._by_bare_name.get(_bare(last), ())
        return alike[0] if len(alike) == 1 else None

    @cached_property
    def _by_bare_name(self) -> dict[str, list[ClassRef]]:
        found: dict[str, list[ClassRef]] = {}
        for ref in self._index.classes():
            name = self._index.cls(ref).name
            if not name.startswith("_"):
                found.setdefault(_bare(name), []).append(ref)
        return found

    def _one_family(self, named: Iterable[FunctionRef], name: str) -> tuple[FunctionRef, ...]:
        """The method ``name`` of the classes that have one among ``named``, if all but one override
        it from that one."""
        owners = [self._index.owner(one) for one in named]
        classes = [owner for owner in owners if owner is not None]
        if not classes or len(classes) > _MOST_FAMILY:
            return ()
        lineages = {one: self._classes.ancestry(one) for one in classes}
        for root in sorted(classes):
            if all(root in lineages[one] for one in classes):
                return self._classes.overriding(root, name)
        return ()

    def _is_bound(self, ref: FunctionRef, name: str) -> bool:
        scope: FunctionRef | None = ref
        while scope is not None:
            if name in self._index.scope(scope).names:
                return True
            scope = self._index.parent(scope)
        return False


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _is_own(receiver: Expression) -> bool:
    return type(receiver) is Name and receiver.path in ("self", "cls")


_MOST_FAMILY = 40
