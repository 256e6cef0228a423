"""What a comparison of an order's status says about an order that is filled, wholly or in part.

An order is imagined to be filled, or filled in part only; under each of these *fates* a test on
its status is true, false, or can't be told. A name that holds such a test, and a function of the
program that only returns one, is looked through.
"""

from __future__ import annotations

from botlint.checks.fills.fates import CANCELLED, Fate
from botlint.checks.fills.spellings import (
    RESTING,
    constant_value,
    produced_statuses,
    spelled,
    spellings_in,
)
from botlint.checks.fills.status_words import SPELLING, words_of
from botlint.checks.reads import is_class_name
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import Onward, deciding
from botlint.project import CallRef, Project

DEEPEST = 6
_EQUAL = {"eq": True, "is": True, "ne": False, "isnot": False}
_WITHIN = {"in": True, "notin": False}
_COLLECTIONS = frozenset({"tuple", "list", "set"})
_AMBIGUOUS = frozenset({"closed", "complete", "completed", "done", "executed", "matched", "open"})
_STATE_WORDS = frozenset({"status", "state", "ordstatus", "orderstatus", "retcode"})
_OF_REQUESTS = frozenset({"ok", "success", "successful", "error", "err", "fail", "failure"})
_ORDER_WORDS = frozenset({"order", "orders", "fill", "ord", "o"})


class Statuses:
    """The tests on an order's status in one function."""

    def __init__(self, project: Project, ref: FunctionRef, depth: int = 0) -> None:
        self._project = project
        self._ref = ref
        self._depth = depth
        self.function = project.function(ref)
        self.spellings = spellings_in(project, ref.source)

    def truth(self, value: Expression | None, fate: Fate, depth: int = 0) -> bool | None:
        """Whether a test is true for an order of that fate; ``None`` if that can't be told."""
        if depth > DEEPEST or value is None:
            return None
        if type(value) is Operation:
            return self._operation(value, fate, depth)
        if type(value) is Name:
            held = self.held(value.path)
            return None if held is None else self.truth(held.value, fate, depth + 1)
        if type(value) is Result:
            return self._call(value, fate, depth)
        return None

    def onward(self, fate: Fate) -> Onward:
        """Where an order of that fate normally goes on after a node."""
        return deciding(lambda node: self.truth(node.value, fate))

    def held(self, name: str) -> Node | None:
        """The one assignment that gives ``name`` its value, if it has one only."""
        if "." in name:
            return None
        found = self._bindings().get(name, ())
        if not found or found[0].kind is not Kind.ASSIGN:
            return None
        is_one = len(found) == 1 or len({repr(node.value) for node in found}) == 1
        return found[0] if is_one else None

    def is_asked_again(self, node: Node) -> bool:
        """Whether a node binds what is known of an order by its id now: the same order."""
        if node.kind is not Kind.ASSIGN or not isinstance(node.value, Result):
            return False
        ref = CallRef(self._ref, node.value.call)
        if any(self._project.plays(ref, role) for role in ("place-order", "modify-order")):
            return False
        given = self.function.calls[node.value.call].args
        return self._project.plays(ref, "order-lookup") or any(
            words_of(self._project, self._ref, one) >= {"order", "id"} for one in given
        )

    def is_for_part(self, value: Expression | None, depth: int = 0) -> bool:
        """Whether a test may be true, and names a status that says part."""
        if isinstance(value, Operation) and value.kind == "and" and depth < DEEPEST:
            return any(self.is_for_part(part, depth + 1) for part in value.args)
        if not isinstance(value, Operation) or value.kind not in ("eq", "in"):
            return False
        texts = (self._statuses(part, 0) for part in value.args)
        known = self.spellings.partial & frozenset().union(*texts)
        return any(text.startswith("part") for text in known)

    def is_for_unheard_part(self, value: Expression | None, depth: int = 0) -> bool:
        """Whether a test names a status for a part that the library in use never reports."""
        if not isinstance(value, Operation) or depth > DEEPEST or not self.spellings.library:
            return False
        if value.kind not in (*_EQUAL, *_WITHIN):
            return any(self.is_for_unheard_part(part, depth + 1) for part in value.args)
        texts = frozenset().union(*(self._statuses(part, 0) for part in value.args))
        return any(text.startswith("part") for text in texts - self.spellings.partial)

    def flags(self) -> frozenset[str]:
        """The names that only hold what a status said."""
        return frozenset(
            name
            for name, nodes in self._bindings().items()
            if any(self.truth(node.value, Fate.FULL) is not None for node in nodes)
        )

    def subject(self, value: Expression | None, depth: int = 0) -> frozenset[str]:
        """The names of the orders whose status a test looks at, with that of the status."""
        if depth > DEEPEST or value is None:
            return frozenset()
        if isinstance(value, Operation):
            parts = (self.subject(part, depth + 1) for part in value.args)
            return frozenset().union(*parts)
        if isinstance(value, Name):
            return self._names(value.path, depth)
        if isinstance(value, Item | Attribute):
            return self.subject(value.value, depth + 1)
        return self._asked(value, depth) if isinstance(value, Result) else frozenset()

    def _names(self, path: str, depth: int) -> frozenset[str]:
        found = {path, path.rpartition(".")[0]} - {"self", "cls", ""}
        held = self.held(path)
        more = self.subject(held.value, depth + 1) if held is not None else frozenset()
        return more | found

    def _asked(self, value: Result, depth: int) -> frozenset[str]:
        """The names in ``order.get("status").upper()`` and ``str(order.status)``."""
        call = self.function.calls[value.call]
        if isinstance(call.func, Attribute):
            return self.subject(call.func.value, depth + 1)
        if not isinstance(call.func, Name):
            return frozenset()
        base, _, last = call.func.path.rpartition(".")
        if is_class_name(last) and len(call.args) == 1:
            return self.subject(call.args[0], depth + 1)
        if last not in SPELLING:
            return frozenset()
        parts = (Name(base) if base else None, *call.args[:1])
        return frozenset().union(*(self.subject(part, depth + 1) for part in parts))

    def _bindings(self) -> dict[str, list[Node]]:
        def collect() -> dict[str, list[Node]]:
            found: dict[str, list[Node]] = {}
            for node in self.function.nodes:
                if type(node.target) is Name and "." not in node.target.path:
                    found.setdefault(node.target.path, []).append(node)
                elif type(node.target) is Operation:
                    for part in node.target.args:
                        if type(part) is Name:
                            found.setdefault(part.path, []).append(node)
            return found

        return self._project.answer(("bindings", self._ref), collect)

    def _operation(self, value: Operation, fate: Fate, depth: int) -> bool | None:
        kind, args = value.kind, value.args
        if kind == "not":
            inner = self.truth(args[0], fate, depth + 1)
            return None if inner is None else not inner
        if kind in ("and", "or"):
            decisive = kind == "or"
            parts = [self.truth(part, fate, depth + 1) for part in args]
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        if kind in _EQUAL:
            for one, other in ((args[0], args[1]), (args[1], args[0])):
                found = self._matches(one, self._statuses(other, depth), fate)
                if found is not None:
                    return found is _EQUAL[kind]
        if kind in _WITHIN:
            found = self._matches(args[0], self._statuses(args[1], depth), fate)
            return None if found is None else found is _WITHIN[kind]
        return None

    def _matches(self, subject: Expression, texts: frozenset[str], fate: Fate) -> bool | None:
        """Whether the status ``subject`` is one of ``texts``."""
        if not texts or not self._is_status(subject, texts):
            return None
        full, partial = self.spellings.full & texts, self.spellings.partial & texts
        if full and texts & RESTING:
            return None
        if fate is Fate.FULL:
            return bool(full)
        if fate is Fate.CANCELLED:
            return not texts.isdisjoint(CANCELLED)
        # An order that was filled in part may have this status, or another of these.
        return None if partial or self._is_own(subject, texts) else False

    def _is_own(self, subject: Expression, texts: frozenset[str]) -> bool:
        """Whether one of ``texts`` is the program's own word for a part: it writes such a status
        itself, or the subject is a message or a record and no order of a library."""
        parts = frozenset(text for text in texts if text.startswith("part"))
        if not parts:
            return False
        is_foreign = self._is_ordered(subject)
        return not is_foreign or not parts.isdisjoint(produced_statuses(self._project, self._ref))

    def _is_status(self, subject: Expression, texts: frozenset[str]) -> bool:
        words = words_of(self._project, self._ref, subject)
        if not (words & _STATE_WORDS) or texts <= _OF_REQUESTS:
            return False
        if texts & (self.spellings.full - _AMBIGUOUS) or "partiallyfilled" in texts:
            return True
        if not texts & self.spellings.full:
            return True
        return bool(words & _ORDER_WORDS) or self._is_ordered(subject)

    def _is_ordered(self, subject: Expression) -> bool:
        """Whether a status is that of an order: by the names it comes from, or by who gave it."""
        names = self.subject(subject)
        named = {word for name in names for word in self._project.vocabulary.words(name)}
        return bool(named & _ORDER_WORDS) or self._is_answer(names)

    def _is_answer(self, names: frozenset[str]) -> bool:
        """Whether some name holds what an order call, or a question about one, gave."""
        for name in names:
            for node in self._bindings().get(name, ()):
                if isinstance(node.value, Result):
                    ref = CallRef(self._ref, node.value.call)
                    if self._project.plays(ref, "place-order"):
                        return True
                    written = self._project.written(ref).rpartition(".")[2]
                    if "order" in self._project.vocabulary.words(written):
                        return True
        return False

    def _statuses(self, value: Expression, depth: int) -> frozenset[str]:
        """The statuses that an expression names, in normal form; none if some can't be told."""
        if depth > DEEPEST:
            return frozenset()
        if type(value) is Constant:
            text = spelled(str(value.value))  # A number is a status only where it is known as one.
            is_known = isinstance(value.value, str) or text in self.spellings.full
            return frozenset({text} if is_known else ())
        if type(value) is Operation and value.kind in _COLLECTIONS:
            parts = [self._statuses(part, depth + 1) for part in value.args]
            return frozenset().union(*parts) if parts and all(parts) else frozenset()
        if type(value) is Result:
            call = self.function.calls[value.call]
            is_made = type(call.func) is Name and call.func.path in (*_COLLECTIONS, "frozenset")
            if is_made and len(call.args) == 1:
                return self._statuses(call.args[0], depth + 1)
        if type(value) is Name:
            return self._named(value, depth)
        return frozenset()

    def _named(self, value: Name, depth: int) -> frozenset[str]:
        path = value.path
        while path.rpartition(".")[2] in ("value", "name"):
            path = path.rpartition(".")[0]
        held = self.held(path)
        if held is not None and held.value is not None:
            return self._statuses(held.value, depth + 1)
        constant = constant_value(self._project, self._ref, path)
        if constant is not None:
            given, module = constant
            return Statuses(self._project, module)._statuses(given, depth + 1)
        last = path.rpartition(".")[2]
        if not last[:1].isupper():
            return frozenset()
        text = spelled(last)
        for prefix in ("orderstatus", "status"):
            text = text.removeprefix(prefix) or text
        return frozenset({text})

    def _call(self, value: Result, fate: Fate, depth: int) -> bool | None:
        """What a function of the program that only looks at the status says."""
        call = self.function.calls[value.call]
        if isinstance(call.func, Name) and call.func.path == "bool" and call.args:
            return self.truth(call.args[0], fate, depth + 1)
        callees = self._project.program.callees(self._ref, value.call)
        if len(callees) != 1 or self._depth >= 2:
            return None
        inner = Statuses(self._project, callees[0], self._depth + 1)
        returned = [node for node in inner.function.nodes if node.kind is Kind.RETURN]
        values = {repr(node.value): node.value for node in returned}
        if len(values) != 1:
            return None
        return inner.truth(next(iter(values.values())), fate, depth + 1)
