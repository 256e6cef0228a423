"""What a call hands to which parameter."""

from __future__ import annotations

from botlint.facts.types import Call, Expression, Operation
from botlint.flow.handed import POSITIONS, bare_function, handed_expressions
from botlint.flow.index import Index
from botlint.flow.jobs import handed_to_job, is_job_call
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
        is_placed = parameters[place].kind in ("positional", "normal")
        partials = self._partials(site, call, callee)
        if not partials:
            place -= self._offset(site, call, callee)
            return _taken(args, keywords, name, place if is_placed else -1)
        found: dict[Expression | None, None] = {}
        for one in partials:
            before, named, is_bound = self._made_with(site, one)
            at = place - is_bound if is_placed else -1
            found[_taken((*before, *args), (*keywords, *named), name, at)] = None
        return next(iter(found)) if len(found) == 1 else None

    def _partials(self, site: CallSite, call: Call, callee: FunctionRef) -> list[Partial]:
        """What ``partial`` has made of ``callee`` and the call runs."""
        by_name = site.via in ("call", "table", "decorator")
        found: list[Partial] = []
        for one in (call.func,) if by_name else handed_expressions(call):
            values = self._receivers.values(site.function, one)
            if Partial in map(type, values):
                made = (value for value in values if type(value) is Partial)
                found += [value for value in made if bare_function(value) == callee]
        return found

    def _made_with(
        self, site: CallSite, value: Partial
    ) -> tuple[tuple[Expression, ...], tuple[tuple[str | None, Expression], ...], bool]:
        """The arguments that ``partial`` was called with, and whether the function had an object
        before. What another function wrote says nothing in the caller's own words."""
        call = self._index.call(value.maker, value.call)
        args, keywords = call.args[1:], call.keywords
        if value.maker != site.function:
            args = tuple([one if _is_star(one) else _ELSEWHERE for one in args])
            keywords = tuple([(name, _ELSEWHERE) for name, _ in keywords])
        if type(value.value) is Partial:
            before, named, is_bound = self._made_with(site, value.value)
            return (*before, *args), (*keywords, *named), is_bound
        return args, keywords, type(value.value) is Func and value.value.is_bound

    def _handed(
        self, site: CallSite, call: Call
    ) -> tuple[tuple[Expression, ...], tuple[tuple[str | None, Expression], ...]]:
        """The arguments that reach the callee: those behind the function that is handed over."""
        segment = segment_of(call, self._index.function(site.function).calls)
        if site.via == "topic" and is_job_call(segment):
            return handed_to_job(call, segment)
        if site.via in ("call", "table", "topic", "decorator"):
            return call.args, call.keywords
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
            # A job that is bound to its queue gets itself first.
            is_own = any(one.name == "self" for one in function.parameters[:1])
            return 0 if is_free and not is_own else 1
        is_partial = segment_of(call, self._index.function(site.function).calls) == "partial"
        is_partial = is_partial and site.via == "callback" and bool(call.args)
        written = call.args[0] if is_partial else call.func
        values = self._receivers.values(site.function, written)
        if is_free:
            return 1 if Func(callee, is_bound=True) in values else 0
        if Func(callee) not in values:
            return 1
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


def _taken(
    args: tuple[Expression, ...],
    keywords: tuple[tuple[str | None, Expression], ...],
    name: str,
    place: int,
) -> Expression | None:
    """The argument called ``name``, or at ``place``."""
    found = next((value for keyword, value in keywords if keyword == name), None)
    if found is None and 0 <= place < len(args) and not any(map(_is_star, args[: place + 1])):
        found = args[place]
    return found if found is not _ELSEWHERE else None


_ELSEWHERE = Operation("elsewhere", ())
"""Stands for an argument that another function has written."""


def _is_star(value: Expression) -> bool:
    return type(value) is Operation and value.kind == "star"
