"""What a call hands to which parameter."""

from __future__ import annotations

from botlint.facts.types import Call, Expression, Operation
from botlint.flow.handed import POSITIONS, bare_function
from botlint.flow.index import Index
from botlint.flow.names import CallSite, FunctionRef, segment_of
from botlint.flow.receivers import Receivers
from botlint.flow.scopes import is_method
from botlint.flow.topics import Topics
from botlint.flow.values import Cls, Func, Partial


class Arguments:
    """Maps the arguments of calls to the parameters of what they run."""

    def __init__(self, index: Index, receivers: Receivers, topics: Topics) -> None:
        self._index = index
        self._receivers = receivers
        self._topics = topics

    def given(self, site: CallSite, callee: FunctionRef, name: str) -> Expression | None:
        """What a call hands to the parameter ``name`` of ``callee``, if the call shows it."""
        call = self._index.call(site.function, site.call)
        if self._topics.is_registration(site.function, site.call):
            return None
        parameters = self._index.function(callee).parameters
        place = next((n for n, one in enumerate(parameters) if one.name == name), -1)
        if place < 0:
            return None
        args, keywords = self._handed(site, call)
        for keyword, value in keywords:
            if keyword == name:
                return value
        if parameters[place].kind not in ("positional", "normal"):
            return None
        place -= self._offset(site, call, callee)
        if place < 0 or place >= len(args) or any(map(_is_star, args[: place + 1])):
            return None
        return args[place]

    def _handed(
        self, site: CallSite, call: Call
    ) -> tuple[tuple[Expression, ...], tuple[tuple[str | None, Expression], ...]]:
        """The arguments that reach the callee: those behind the function that is handed over."""
        if site.via in ("call", "table", "topic", "decorator"):
            return call.args, call.keywords
        segment = segment_of(call, self._index.function(site.function).calls)
        position = POSITIONS.get(segment)
        if site.via == "callback":
            return _handed_on(call, segment)
        if position is None:
            return call.args, call.keywords
        for keyword, value in call.keywords:
            if keyword == "args" and type(value) is Operation:
                return value.args, ()
        return call.args[position + 1 :], call.keywords

    def _offset(self, site: CallSite, call: Call, callee: FunctionRef) -> int:
        """How many parameters are given before the first argument."""
        function = self._index.function(callee)
        is_free = not is_method(function) or self._receivers.parameters.is_static(callee)
        if site.via in ("task", "thread", "topic"):
            return 0 if is_free else 1
        values = self._receivers.values(site.function, call.func)
        bound = [value for value in values if type(value) is Partial]
        if bound and all(bare_function(value) == callee for value in bound):
            return bound[0].given + (0 if is_free else 1)
        if is_free:
            return 1 if Func(callee, is_bound=True) in values else 0
        for value in values:
            if type(value) is Func and value.ref == callee:
                return 1 if value.is_bound else 0
            if type(value) is Cls:
                return 1
        return 1


def _handed_on(
    call: Call, segment: str
) -> tuple[tuple[Expression, ...], tuple[tuple[str | None, Expression], ...]]:
    """What a function gets that is handed over first, where that is known."""
    if segment == "partial":
        return call.args[1:], call.keywords
    if segment == "map":
        return tuple(Operation("element", (value,)) for value in call.args[1:]), ()
    return (), ()


def _is_star(value: Expression) -> bool:
    return type(value) is Operation and value.kind == "star"
