"""Requests that play a role by their endpoint: a POST to ``/fapi/v1/order`` places an order.

Such a request is a call that is named like one, or one of a function of the program, whatever its
name, that sends requests and is handed the endpoint, or one that sends a message with its method.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.orders.frames import find_frames, framing_functions
from botlint.checks.orders.own_routes import is_to_itself
from botlint.checks.orders.sides import names_side
from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, receiver_of, values_given
from botlint.facts.types import Call, Constant, Expression, Function, Kind, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project
from botlint.vocabulary import request_method

SENDS = "http-request"
_PATHS = frozenset({"path", "endpoint", "url", "route", "uri", "request_path"})
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH"})


def find_requests(project: Project, role: str) -> Iterator[CallRef]:
    """The calls that send a request whose literal path and method play a role."""
    named = project.calls_playing(SENDS)
    handing = project.answer(("handing",), lambda: tuple(_handing(project, frozenset(named))))
    for ref in (*named, *handing):
        texts = [
            text
            for value in arguments_of(project.call(ref))
            for text in _texts(project, ref.function, value)
        ]
        if not texts:
            continue
        method = next((text for text in texts if text.upper() in _METHODS), "")
        method = method or request_method(project.written(ref).rpartition(".")[2])
        is_role = any(project.vocabulary.request_role(text, method) == role for text in texts)
        if is_role and not is_to_itself(project, ref):
            yield ref
    yield from find_frames(project, role)


def sending_functions(project: Project) -> frozenset[FunctionRef]:
    """The functions of the program that send a request, or call one that does."""

    def find() -> frozenset[FunctionRef]:
        named = frozenset(one.function for one in project.calls_playing(SENDS))
        return project.program.reaches(named | framing_functions(project))

    return project.answer(("sending",), find)


def _handing(project: Project, named: frozenset[CallRef]) -> Iterator[CallRef]:
    """The calls that hand an endpoint, written or named, to a function of the program that sends
    requests."""
    ends = project.vocabulary.request_ends()
    sending = sending_functions(project)
    constants = _constants(project, ends) if sending else frozenset()
    for function in project.program.functions() if sending else ():
        names = constants | _bound_to(project.function(function), constants)
        for number, call in enumerate(project.function(function).calls):
            given = (*call.args, *(value for name, value in call.keywords if name in _PATHS))
            if not any(_last_part(value) in ends or _last(value) in names for value in given):
                continue
            ref = CallRef(function, number)
            callees = project.program.callees(function, number)
            if ref not in named and any(callee in sending for callee in callees):
                yield ref


def _constants(project: Project, ends: frozenset[str]) -> frozenset[str]:
    """The names of constants, of modules and classes, that are such endpoints."""
    return frozenset(
        _last(node.target)
        for ref in project.program.functions()
        if ref.index == 0
        for node in project.function(ref).nodes
        if node.kind is Kind.ASSIGN and node.value is not None and _last_part(node.value) in ends
    ) - {""}


def _bound_to(function: Function, constants: frozenset[str]) -> frozenset[str]:
    """The local names of a function that one of ``constants`` is bound to."""
    if not constants:
        return constants
    return frozenset(
        _last(node.target)
        for node in function.nodes
        if node.kind is Kind.ASSIGN and _last(node.value) in constants
    ) - {""}


def _last(value: Expression | None) -> str:
    """The last segment of a name; empty for anything else."""
    return value.path.rpartition(".")[2] if type(value) is Name else ""


def _with_side(value: Expression) -> Expression:
    """``f"private/{side}"`` as the path of the one side that is as good as the other."""
    if type(value) is not Operation or value.kind != "fstring" or len(value.args) < 2:
        return value
    path, hole = value.args[-2:]
    is_path = type(path) is Constant and isinstance(path.value, str) and path.value.endswith("/")
    return Constant(f"{path.value}buy") if is_path and names_side(hole) else value  # type: ignore[union-attr]  # is_path


def _last_part(value: Expression) -> str:
    """The last part of a literal path, in normal form; empty for anything else."""
    value = _with_side(value)
    if type(value) is Operation and value.kind in ("fstring", "+") and value.args:
        value = value.args[-1]
    if type(value) is not Constant or not isinstance(value.value, str):
        return ""
    return value.value.partition("?")[0].rstrip("/").rpartition("/")[2].lower()


def _texts(project: Project, ref: FunctionRef, value: Expression) -> Iterator[str]:
    value = _with_side(value)
    if isinstance(value, Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, Operation) and value.kind in ("fstring", "+", "%", "if"):
        for part in value.args:
            yield from _texts(project, ref, part)
    elif isinstance(value, Result):
        call: Call = project.function(ref).calls[value.call]
        receiver = receiver_of(call)
        for part in (*arguments_of(call), *((receiver,) if receiver is not None else ())):
            yield from _texts(project, ref, part)
    elif isinstance(value, Name):
        yield from project.program.string_values(ref, value.path)
        for given in values_given(project.function(ref), value):
            if _is_built(project, ref, given):
                yield from _texts(project, ref, given)


def _is_built(project: Project, ref: FunctionRef, value: Expression) -> bool:
    """Whether a value is a request that is only built: ``urllib.request.Request(url)``."""
    if not isinstance(value, Result):
        return False
    return last_segment(project.function(ref).calls[value.call].func) == "Request"
