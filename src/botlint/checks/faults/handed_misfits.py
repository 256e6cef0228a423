"""Functions handed to what is to run them: threads, executors, schedulers, signals.

What is handed over must take what it will be called with, must be the function and not what it
returned, and what is to run it must be started.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botlint.checks.faults.misfits import keeps_signature, misfit
from botlint.checks.hits import fault, step
from botlint.checks.kin import has_plain_bases
from botlint.checks.owners import owners_of
from botlint.checks.reads import has_spread, last_segment, used_results
from botlint.checks.roots import receiver_of, targets_in
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Kind,
    Name,
    Operation,
    Parameter,
    Result,
)
from botlint.flow.forwarding import settled
from botlint.flow.handed import SCHEDULES, TASKS, THREADS
from botlint.flow.names import FunctionRef
from botlint.flow.values import Func
from botlint.model import Hit
from botlint.project import CallRef, Project

_UNKNOWN = Constant(None)
_LISTED = frozenset({"Thread", "Process", "Timer", "start_new_thread", "add_job", "enter"})
"""What takes the arguments as one list, by ``args`` or after the function."""

_ONE = {"add_done_callback": 1, "signal": 2}
"""What calls the function with arguments of its own."""

_HANDING_NAMED = frozenset({"submit", "to_thread", "do", "register", "add_task"})
"""What calls the function with the named arguments that it gets itself."""

_OPEN = frozenset({"run_repeating", "run_daily", "run_once", "call_repeatedly", "start_soon"})
_PLACES = {**TASKS, **THREADS, **SCHEDULES, "signal": 1, "add_signal_handler": 1, "register": 0}
_NAMED = ("target", "function", "func", "action", "callback")
_STARTED = frozenset({"threading.Thread", "threading.Timer", "multiprocessing.Process"})


def find_handed_misfits(project: Project) -> Iterable[Hit]:
    """One hit for each function that can't be run as it is handed over, or never is."""
    for segment, place in sorted(_PLACES.items()):
        for ref, number in project.program.calls_named(segment):
            site = CallRef(ref, number)
            call = project.call(site)
            if _is_other(project, site, segment):
                continue
            handed = _handed(call, place)
            if handed is not None:
                text = _text(project, site, segment, call, handed)
                if text:
                    steps = (step(project, ref, call.span, text),)
                    yield fault(project, ref, call.span, text, steps)
            if segment in ("Thread", "Timer", "Process"):
                yield from _never_started(project, site)


def _is_other(project: Project, site: CallRef, segment: str) -> bool:
    """Whether the call means something else of that name."""
    names = project.program.names(site.function, site.call)
    if segment in ("signal", "register") and not any(
        name.startswith(("signal.", "atexit.")) for name in names
    ):
        return True
    callees = project.program.callees(site.function, site.call)
    return any(project.function(one).name in (segment, "__init__") for one in callees)


def _handed(call: Call, place: int) -> Expression | None:
    for name, value in call.keywords:
        if name in _NAMED:
            return value
    if len(call.args) <= place or has_spread(call):
        return None
    return call.args[place]


def _text(project: Project, site: CallRef, segment: str, call: Call, handed: Expression) -> str:
    if isinstance(handed, Result):
        return _called(project, site, handed)
    if segment in _OPEN or not isinstance(handed, Name):
        return ""
    given = _given(segment, call, _PLACES[segment])
    parameters = _parameters(project, site.function, handed)
    if given is None or parameters is None:
        return ""
    text = misfit(given, parameters)
    return f"`{handed.path}` can't be run as it is handed over: {text}" if text else ""


def _called(project: Project, site: CallRef, handed: Result) -> str:
    """Whether the function is called on the spot, and returns nothing that could be run."""
    program = project.program
    if program.resolution(site.function, handed.call).kind != "exact":
        return ""
    callees = program.callees(site.function, handed.call)
    if len(callees) != 1 or not keeps_signature(project, callees[0]):
        return ""
    if project.function(callees[0]).decorators:
        return ""
    function = project.function(settled(program, callees[0]))
    values = [node.value for node in function.nodes if node.kind is Kind.RETURN]
    is_nothing = all(value is None or value == Constant(None) for value in values)
    if not is_nothing or function.is_async or function.is_generator or function.decorators:
        return ""
    written = project.written(CallRef(site.function, handed.call))
    return f"`{written}()` runs here, once, and what it returns is handed over, which is nothing"


def _given(segment: str, call: Call, place: int) -> Call | None:
    """The call that will be made of the function; ``None`` where it can't be told."""
    keywords = dict(call.keywords)
    if None in keywords:
        return None
    if segment in _ONE:
        return Call(call.func, (_UNKNOWN,) * _ONE[segment], (), call.span)
    if segment not in _LISTED:
        is_named = segment in _HANDING_NAMED
        kept = tuple(one for one in call.keywords if one[0] not in _NAMED) if is_named else ()
        return Call(call.func, call.args[place + 1 :], kept, call.span)
    positional = {"Thread": (3, 4), "Process": (3, 4), "enter": (3, 4), "add_job": (9, 9)}
    first, second = positional.get(segment, (place + 1, place + 2))
    args = keywords.get("args", keywords.get("argument"))
    if args is None and len(call.args) > first:
        args = call.args[first]
    kwargs = keywords.get("kwargs")
    if kwargs is None and len(call.args) > second:
        kwargs = call.args[second]
    listed = _listed(args)
    mapped = _mapped(kwargs)
    if listed is None or mapped is None:
        return None
    return Call(call.func, listed, mapped, call.span)


def _listed(value: Expression | None) -> tuple[Expression, ...] | None:
    if value is None or value == Constant(None):
        return ()
    if not isinstance(value, Operation) or value.kind not in ("tuple", "list"):
        return None
    is_spread = any(isinstance(one, Operation) and one.kind == "star" for one in value.args)
    return None if is_spread else value.args


def _mapped(value: Expression | None) -> tuple[tuple[str | None, Expression], ...] | None:
    if value is None or value == Constant(None):
        return ()
    if not isinstance(value, Operation) or value.kind != "dict":
        return None
    keys = [one.value if isinstance(one, Constant) else None for one in value.args[::2]]
    if not all(isinstance(key, str) for key in keys):
        return None
    return tuple(zip((str(key) for key in keys), value.args[1::2], strict=True))


def _parameters(project: Project, ref: FunctionRef, handed: Name) -> tuple[Parameter, ...] | None:
    """What the function that is handed over takes."""
    found = project.program.values_of(ref, handed)
    if len(found) != 1 or not isinstance(found[0], Func):
        return None
    callee = found[0].ref
    function = project.function(callee)
    if not keeps_signature(project, callee) or function.name != last_segment(handed):
        return None
    head = handed.path.rpartition(".")[0]
    is_method = function.owner >= 0 and project.program.owner(callee) is not None
    if not is_method:
        return function.parameters[1:] if found[0].is_bound else function.parameters
    owner = owners_of(project).of(ref, Name(head)) if head else None
    if owner is None or not has_plain_bases(project.program, owner):
        return None
    return function.parameters[1:] if found[0].is_bound else function.parameters


def _never_started(project: Project, site: CallRef) -> Iterator[Hit]:
    """A thread that is made, and kept where nothing starts it."""
    ref, number = site.function, site.call
    if not _STARTED.intersection(project.program.names(ref, number)):
        return
    function = project.function(ref)
    call = project.call(site)
    bound = [node for node in function.nodes if node.value == Result(number)]
    if number not in used_results(function):
        text = "it is made and then dropped: nothing starts it"
    elif len(bound) == 1 and bound[0].kind is Kind.ASSIGN and isinstance(bound[0].target, Name):
        if _is_kept(project, ref, bound[0].target):
            return
        text = f"nothing starts `{bound[0].target.path}`"
    else:
        return
    what = f"`{last_segment(call.func)}`: {text}"
    yield fault(project, ref, call.span, what, (step(project, ref, call.span, what),))


def _is_kept(project: Project, ref: FunctionRef, target: Name) -> bool:
    """Whether anything but an attribute of it is ever done with what a name holds, or it is
    started."""
    function = project.function(ref)
    head, _, last = target.path.rpartition(".")
    if head:
        started = project.program.calls_named("start")
        written = [receiver_of(project.function(one).calls[at]) for one, at in started]
        if any(last_segment(one) == last for one in written if one is not None):
            return True
        return _is_read(project, last)
    for call in function.calls:
        receiver = receiver_of(call)
        if receiver == target and last_segment(call.func) == "start":
            return True
    return _is_used_in(project, ref, last)


def _is_used_in(project: Project, ref: FunctionRef, name: str) -> bool:
    """Whether a local is handed to anything: put away, returned, used by a function inside."""
    facts = project.program.sources[ref.source]
    inside = [one for number, one in enumerate(facts.functions) if one.parent == ref.index]
    text = f"Name(path={name!r})"
    function = project.function(ref)
    given = [(call.args, call.keywords) for call in function.calls]
    values = [node.value for node in function.nodes if node.value is not None]
    targets = [node.target for node in function.nodes if name not in targets_in(node.target)]
    return text in repr((given, values, targets)) or name in repr(inside) or name in function.outer


def _is_read(project: Project, last: str) -> bool:
    """Whether an attribute is handed on as a whole: its members may be called elsewhere."""
    ending = f".{last}')"
    for ref in project.program.functions():
        function = project.function(ref)
        for call in function.calls:
            if ending in repr((call.args, call.keywords)):
                return True
        if any(ending in repr(node.value) for node in function.nodes if node.value is not None):
            return True
    return False
