"""Locks that are made by the very function that takes them: nobody else can hold them.

One that leaves the function, by a nested function, an argument, a return or an attribute, may be
shared with somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.locks.chains import chains_of
from botlint.checks.locks.sections import TAKES
from botlint.checks.reads import last_segment
from botlint.checks.roots import receiver_of, values_given
from botlint.facts.types import Call, Expression, Function, Kind, Name, Node, Operation, Result
from botlint.flow.forwarding import settled
from botlint.flow.program import FunctionRef
from botlint.flow.values import External
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

_CACHING = frozenset({"lru_cache", "cache", "cached_property", "singleton"})


def find_made(project: Project) -> Iterable[Hit]:
    """POS007: one hit for each creation of such a lock."""
    for ref in chains_of(project).held.functions():
        seen: set[CallRef] = set()
        for node, taken in _taken(project.function(ref)):
            maker = _maker(project, ref, taken)
            if maker is not None and maker not in seen:
                seen.add(maker)
                yield _hit(project, ref, node, maker)


def _taken(function: Function) -> Iterator[tuple[Node, Expression]]:
    for node in function.nodes:
        if node.kind is Kind.ENTER and node.value is not None:
            yield node, node.value
        elif node.kind is Kind.CALL:
            call = function.calls[node.call]
            receiver = receiver_of(call)
            if receiver is not None and last_segment(call.func) in TAKES:
                yield node, receiver


def _maker(project: Project, ref: FunctionRef, taken: Expression) -> CallRef | None:
    """The call that made the lock which is taken, if nobody else can have it."""
    if isinstance(taken, Result):
        own = _made(project, ref, taken)
        return own if own is not None else _given_anew(project, ref, taken)
    if not isinstance(taken, Name) or ref.index == 0:
        return None
    function = project.function(ref)
    values = list(dict.fromkeys(values_given(function, taken)))
    if len(values) != 1 or not isinstance(values[0], Result):
        return None
    maker = _made(project, ref, values[0])
    if maker is None:
        maker = _given_anew(project, ref, values[0])
    if maker is None or _is_seen_elsewhere(project, ref, taken, values[0]):
        return None
    if "." in taken.path and (_is_asked(function, taken) or chains_of(project).is_private(ref)):
        return None
    return maker


def _made(project: Project, ref: FunctionRef, made: Result) -> CallRef | None:
    """The call, if it makes a new lock."""
    role = project.vocabulary.roles["lock-maker"]
    func = project.function(ref).calls[made.call].func
    is_maker = any(
        isinstance(value, External) and role.plays_call((value.name,))
        for value in project.program.values_of(ref, func)
    )
    return CallRef(ref, made.call) if is_maker else None


def _given_anew(project: Project, ref: FunctionRef, taken: Result) -> CallRef | None:
    """The creation in a function of the program that returns a new lock on every call."""
    callees = project.program.callees(ref, taken.call)
    if len(callees) != 1:
        return None
    callee = settled(project.program, callees[0])
    function = project.function(callee)
    if function.decorators:
        return None
    given = {node.value for node in function.nodes if node.kind is Kind.RETURN}
    if len(given) != 1:
        return None
    value = given.pop()
    if isinstance(value, Name) and "." not in value.path:
        values = set(values_given(function, value))
        single = values.pop() if len(values) == 1 else None
        if single is None or value.path in function.outer or _is_kept(function, value, single):
            return None
        value = single
    return _made(project, callee, value) if isinstance(value, Result) else None


def _is_kept(function: Function, name: Name, value: Expression) -> bool:
    """Whether a local lock is put anywhere or handed to anybody."""
    for node in function.nodes:
        is_other = node.kind is Kind.ASSIGN and node.target != name
        if is_other and (_mentions(node.value, name) or node.value == value):
            return True
        if node.kind is Kind.YIELD and _mentions(node.value, name):
            return True
    return any(_is_argument(call, name) or _is_argument(call, value) for call in function.calls)


def _is_seen_elsewhere(project: Project, ref: FunctionRef, name: Name, value: Expression) -> bool:
    function = project.function(ref)
    if _is_kept(function, name, value):
        return True
    if any(node.kind is Kind.RETURN and _mentions(node.value, name) for node in function.nodes):
        return True
    if name.path.partition(".")[0] in function.outer:
        return True
    if "." in name.path:
        return False
    waiting = list(project.program.nested(ref))
    while waiting:
        one = waiting.pop()
        inner = project.function(one)
        if any(_mentions(node.value, name) for node in inner.nodes):
            return True
        if any(
            _is_argument(call, name) or _mentions(receiver_of(call), name) for call in inner.calls
        ):
            return True
        waiting += project.program.nested(one)
    return False


def _is_asked(function: Function, name: Name) -> bool:
    """Whether a branch asks for the attribute first: it is made once, when it isn't there."""
    return (
        any(node.kind is Kind.TEST for node in function.nodes)
        and any(_mentions(node.value, name) for node in function.nodes if node.kind is Kind.TEST)
    ) or any(last_segment(call.func) == "hasattr" for call in function.calls)


def _is_argument(call: Call, name: Expression) -> bool:
    return any(_mentions(argument, name) for argument in call.args) or any(
        _mentions(argument, name) for _, argument in call.keywords
    )


def _mentions(value: Expression | None, name: Expression) -> bool:
    if value is None:
        return False
    if value == name:
        return True
    return isinstance(value, Operation) and any(_mentions(part, name) for part in value.args)


def _hit(project: Project, ref: FunctionRef, node: Node, maker: CallRef) -> Hit:
    place = project.call_place(maker)
    name = project.program.display(ref)
    written = project.written(maker)
    return Hit(
        place=place,
        saw={"lock": written, "function": name},
        confidence=Confidence.HIGH,
        trace=(
            Step(place, f"`{written}()` makes a new lock whenever `{name}` runs"),
            Step(project.place(ref, node.span), f"`{name}` takes it here; nobody else ever can"),
        ),
        cause=f"made {place.path}:{place.span.line}",
        symbol=name,
    )
