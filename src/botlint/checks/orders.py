"""Which calls really place orders, and which of those open a position.

Of the calls on one chain that play the role ``place-order`` the outermost is the order; the
innermost, called *leaf* here, is where a check begins to look for guards, walking up to the
callers. A call that resolves to project code is an order only if that code reaches an SDK, an
endpoint or the unknown: simulators and paper desks place none.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.roots import arguments_of, receiver_of
from botlint.facts.types import Call, Constant, Expression, Name, Operation, Result
from botlint.flow.program import FunctionRef
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project
from botlint.vocabulary import request_method

PLACE = "place-order"


class Orders:
    """The orders of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._program = project.program
        self._raw = frozenset(self._find_requests())
        self.placing = tuple(sorted({*project.calls_playing(PLACE), *self._raw}))
        self._placing = frozenset(self.placing)
        functions = frozenset(ref.function for ref in self.placing)
        self._leading = self._program.reaches(functions)
        self.leaves = tuple(ref for ref in self.placing if self._is_leaf(ref))

    def is_order(self, ref: CallRef) -> bool:
        """Whether a call plays the role of placing an order, by name or by its endpoint."""
        return ref in self._placing

    def is_leading(self, ref: FunctionRef) -> bool:
        """Whether an order can be placed by calling a function."""
        return ref in self._leading

    def is_inside_order(self, ref: FunctionRef) -> bool:
        """Whether a function places orders by its own name, so that what is in it belongs to it."""
        return self._project.function_plays(ref, PLACE)

    def side(self, ref: CallRef) -> str:
        """``buy``, ``sell`` or ``""`` where the call does not say it literally."""
        call = self._project.call(ref)
        words = _words(self._project.written(ref))
        for side in ("buy", "sell"):
            if side in words:
                return side
        for value in self._values(call):
            said = _said(value)
            if said in _BUYS:
                return "buy"
            if said in _SELLS:
                return "sell"
        return ""

    def is_reducing(self, ref: CallRef) -> bool:
        """Whether the call itself says that it closes or reduces a position."""
        call = self._project.call(ref)
        if self._is_closing_name(self._project.written(ref).rpartition(".")[2]):
            return True
        vocabulary = self._project.vocabulary
        for name, value in _settings_of(call, self._project.function(ref.function).calls):
            if vocabulary.roles["reduce-only"].plays_name(name) and not _is_false(value):
                return True
        return any(self._closes(value) for value in self._values(call))

    def is_closing_function(self, ref: FunctionRef) -> bool:
        """Whether a function is named for closing positions."""
        return self._is_closing_name(self._project.function(ref).name)

    def is_spot(self) -> bool:
        """Whether nothing in the program says futures, margin or leverage."""
        derivatives = self._project.vocabulary.lexicon.derivatives
        return not any(
            not derivatives.isdisjoint(_words(name)) for name in self._program.segments()
        )

    def _is_closing_name(self, name: str) -> bool:
        return self._project.vocabulary.roles["closing"].plays_name(name)

    def _closes(self, value: Expression) -> bool:
        if isinstance(value, Name):
            last = normalise_segment(value.path.rpartition(".")[2])
            return last in self._project.vocabulary.lexicon.position_sides
        if isinstance(value, Constant) and isinstance(value.value, str):
            return self._project.vocabulary.roles["protective-type"].plays_name(
                _as_name(value.value)
            )
        return (
            isinstance(value, Operation)
            and value.kind == "if"
            and {_said(value.args[1]) in _SELLS, _said(value.args[2]) in _SELLS} == {True, False}
            and _is_sign(value.args[0])
        )

    def _values(self, call: Call) -> Iterator[Expression]:
        for value in arguments_of(call):
            yield value
            if isinstance(value, Operation) and value.kind == "dict":
                yield from value.args[1::2]

    def _is_leaf(self, ref: CallRef) -> bool:
        callees = self._program.callees(ref.function, ref.call)
        if ref in self._raw:
            return True
        if not callees:
            return not self._is_simulated(ref)
        if any(callee in self._leading for callee in callees):
            return False
        return self._leaves_program(callees)

    def _is_simulated(self, ref: CallRef) -> bool:
        simulators = self._project.vocabulary.roles["simulator"]
        names = self._program.names(ref.function, ref.call)
        return any(simulators.plays_name(part) for name in names for part in name.split(".")[:-1])

    def _leaves_program(self, callees: tuple[FunctionRef, ...]) -> bool:
        """Whether code called by ``callees`` asks a client or an endpoint outside."""
        clients = self._project.vocabulary.roles["exchange-client"]
        seen = set(callees)
        waiting = list(callees)
        while waiting:
            ref = waiting.pop()
            for number, call in enumerate(self._project.function(ref).calls):
                following = self._program.callees(ref, number)
                waiting += (callee for callee in following if callee not in seen)
                seen.update(following)
                if any(self._is_order_handed(value) for value in arguments_of(call)):
                    return True
                receiver = receiver_of(call)
                if following or not isinstance(receiver, Name):
                    continue
                if clients.plays_name(receiver.path):
                    return True
                if self._project.plays(CallRef(ref, number), "http-request"):
                    return True
        return False

    def _is_order_handed(self, value: Expression) -> bool:
        """Whether a client's order method is handed on to be called: ``retry(client.buy, ...)``."""
        if not isinstance(value, Name) or "." not in value.path:
            return False
        return self._project.vocabulary.roles[PLACE].plays_call((value.path,), None, None)

    def _find_requests(self) -> Iterator[CallRef]:
        """Raw HTTP orders: a POST or PUT to an endpoint that takes orders."""
        vocabulary = self._project.vocabulary
        for ref in self._project.calls_playing("http-request"):
            call = self._project.call(ref)
            calls = self._project.function(ref.function).calls
            texts = [
                text for value in arguments_of(call) for text in self._texts(ref, value, calls)
            ]
            if not texts:
                continue
            method = next((text for text in texts if text.upper() in _METHODS), "")
            method = method or request_method(self._project.written(ref).rpartition(".")[2])
            if any(vocabulary.request_role(text, method) == PLACE for text in texts):
                yield ref

    def _texts(self, ref: CallRef, value: Expression, calls: tuple[Call, ...]) -> Iterator[str]:
        if isinstance(value, Constant) and isinstance(value.value, str):
            yield value.value
        elif isinstance(value, Operation) and value.kind in ("fstring", "+", "%"):
            for part in value.args:
                yield from self._texts(ref, part, calls)
        elif isinstance(value, Result):
            call = calls[value.call]
            receiver = receiver_of(call)
            for part in (*arguments_of(call), *((receiver,) if receiver is not None else ())):
                yield from self._texts(ref, part, calls)
        elif isinstance(value, Name):
            yield from self._program.string_values(ref.function, value.path)


_BUYS = frozenset({"buy", "long", "bid"})
_SELLS = frozenset({"sell", "short", "ask"})
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH"})


def _as_name(text: str) -> str:
    return text.replace("-", "_").replace(" ", "_")


def _words(name: str) -> frozenset[str]:
    return frozenset(normalise_segment(name.rpartition(".")[2]).split("_"))


def _said(value: Expression) -> str:
    """The side that a literal or a member of an enumeration says."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value.lower()
    if isinstance(value, Name):
        last = value.path.rpartition(".")[2]
        if last.isupper() or value.path[:1].isupper():
            return last.lower().removeprefix("side_").removeprefix("order_side_")
    return ""


def _is_sign(test: Expression) -> bool:
    """Whether a test asks which way a held position points."""
    if not isinstance(test, Operation) or test.kind not in ("lt", "le", "gt", "ge", "eq", "ne"):
        return False
    first, second = test.args
    if isinstance(second, Constant) and second.value == 0:
        return True
    return any(
        "position" in part.path.lower() or "pos" in part.path.lower().split(".")
        for part in (first, second)
        if isinstance(part, Name)
    )


def _is_false(value: Expression) -> bool:
    return (isinstance(value, Constant) and not value.value) or _said(value) == "false"


def _settings_of(call: Call, calls: tuple[Call, ...]) -> Iterator[tuple[str, Expression]]:
    """Names with values that a call is given: keywords, and the entries of dict displays."""
    for name, value in call.keywords:
        if name is not None:
            yield name, value
    for value in arguments_of(call):
        yield from _entries(value)
        if isinstance(value, Result):
            yield from _settings_of(calls[value.call], calls)


def _entries(value: Expression) -> Iterator[tuple[str, Expression]]:
    if not isinstance(value, Operation) or value.kind != "dict":
        return
    for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
        if isinstance(key, Constant) and isinstance(key.value, str):
            yield key.value, entry
        yield from _entries(entry)
