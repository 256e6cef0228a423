"""Messages of a remote call: ``{"jsonrpc": "2.0", "method": "private/buy", "params": ...}``.

What is called stands in the message, and not in the address that it is sent to. So a message sent
over a socket places an order if its method does, and so does a call that hands such a method to a
function of the program which writes the message.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, keyed_entries, values_given
from botlint.facts.types import Constant, Expression, Function, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_KEYS = frozenset({"method", "params"})
_DUMPING = frozenset({"dumps", "encode", "packb"})


def framing_functions(project: Project) -> frozenset[FunctionRef]:
    """The functions of the program that write such a message."""

    def find() -> frozenset[FunctionRef]:
        functions = project.program.functions()
        return frozenset(ref for ref in functions if _has_frame(project.function(ref)))

    return project.answer(("framing",), find)


def find_frames(project: Project, role: str) -> Iterator[CallRef]:
    """The calls that send a message whose written method plays a role."""
    for ref in sorted(framing_functions(project)):
        function = project.function(ref)
        for number, call in enumerate(function.calls):
            if not last_segment(call.func).lstrip("_").startswith(("send", "post", "request")):
                continue
            methods = [one for value in arguments_of(call) for one in _methods(function, value)]
            if any(project.vocabulary.request_role(one, "") == role for one in methods):
                yield CallRef(ref, number)


def _has_frame(function: Function) -> bool:
    bound = (node.value for node in function.nodes)
    given = (value for call in function.calls for value in arguments_of(call))
    return any(map(_is_frame, bound)) or any(map(_is_frame, given))


def _is_frame(value: Expression | None) -> bool:
    is_dict = type(value) is Operation and value.kind == "dict"
    return is_dict and {key for key, _ in keyed_entries(value)} >= _KEYS


def _methods(
    function: Function, value: Expression, seen: frozenset[Expression] = frozenset()
) -> Iterator[str]:
    """The methods of the message that ``value`` is, as text or not."""
    if value in seen:
        return  # ``message = json.dumps(message)``
    seen |= {value}
    for key, entry in keyed_entries(value) if _is_frame(value) else ():
        if key == "method" and isinstance(entry, Constant) and isinstance(entry.value, str):
            yield entry.value
    if isinstance(value, Name):
        for given in values_given(function, value):
            yield from _methods(function, given, seen)
    if isinstance(value, Result):
        call = function.calls[value.call]
        for given in call.args[:1] if last_segment(call.func) in _DUMPING else ():
            yield from _methods(function, given, seen)
