"""The bases of classes, in the program and from outside of it."""

from __future__ import annotations

import builtins
from collections.abc import Callable

from botlint.facts.types import Expression, Item, Operation
from botlint.flow.index import Index
from botlint.flow.names import ClassRef, FunctionRef
from botlint.flow.values import Cls, External, Values, elements_of

Evaluate = Callable[[FunctionRef, Expression], Values]
Direct = tuple[tuple[ClassRef, ...], tuple[str, ...]]


class Bases:
    """Says what classes derive from; ``evaluate`` says what an expression in a function can be."""

    def __init__(self, index: Index, evaluate: Evaluate) -> None:
        self._index = index
        self._evaluate = evaluate
        self._direct: dict[ClassRef, Direct] = {}
        self._lines: dict[ClassRef, tuple[ClassRef, ...]] = {}
        self._foreign: dict[ClassRef, frozenset[str]] = {}
        self._reading = 0

    def of(self, ref: ClassRef) -> Direct:
        """The direct bases: classes of the program, and the qualified names of those from outside;
        ``?`` for one that can't be told."""
        known = self._direct.get(ref)
        if known is not None:
            return known
        self._direct[ref] = ((), ())
        self._reading += 1
        try:
            found = self._direct[ref] = self._read(ref)
        except BaseException:
            del self._direct[ref]
            raise
        finally:
            self._reading -= 1
        return found

    def line(self, ref: ClassRef) -> tuple[ClassRef, ...]:
        """The class and all bases in the program, in the order in which members are looked up."""
        known = self._lines.get(ref)
        if known is None:
            order: list[ClassRef] = []
            self._visit(ref, order, set())
            known = tuple(reversed(order))
            if not self._reading:
                self._lines[ref] = known
        return known

    def foreign(self, ref: ClassRef) -> frozenset[str]:
        """The bases from outside, also of its bases, as in ``Classes.foreign_bases``."""
        known = self._foreign.get(ref)
        if known is None:
            known = self._find_foreign(ref)
            if not self._reading:
                self._foreign[ref] = known
        return known

    def _find_foreign(self, ref: ClassRef) -> frozenset[str]:
        found: set[str] = set()
        for name in dict.fromkeys(name for one in self.line(ref) for name in self.of(one)[1]):
            found |= {name, name.rpartition(".")[2]}
            kind = getattr(builtins, name, None)
            if isinstance(kind, type) and issubclass(kind, BaseException):
                found |= {base.__name__ for base in kind.__mro__}
        return frozenset(found)

    def _visit(self, ref: ClassRef, order: list[ClassRef], seen: set[ClassRef]) -> None:
        """Depth first from the last base, so that the reverse has each class before its bases."""
        waiting: list[tuple[ClassRef, bool]] = [(ref, False)]
        while waiting:
            one, is_done = waiting.pop()
            if is_done:
                order.append(one)
            elif one not in seen:
                seen.add(one)
                waiting.append((one, True))
                waiting.extend((base, False) for base in self.of(one)[0])

    def _read(self, ref: ClassRef) -> Direct:
        cls = self._index.cls(ref)
        inner: dict[ClassRef, None] = {}
        outer: dict[str, None] = {}
        for base in cls.bases:
            base = base.value if type(base) is Item else base
            values = self._evaluate(FunctionRef(ref.source, cls.parent), base)
            if type(base) is Operation and base.kind == "star":
                values = elements_of(values)  # `class App(*commands)`, each of them a base.
            for value in values:
                if type(value) is Cls and value.ref != ref:
                    inner[value.ref] = None
                elif type(value) is External:
                    outer[value.name] = None
            if not values:
                outer["?"] = None
        return tuple(inner), tuple(outer)
