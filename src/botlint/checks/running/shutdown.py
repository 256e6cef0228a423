"""Programs that trade until they are stopped: does a signal stop them with their state saved?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from botlint.checks.loops import Loop, is_endless, is_head_of, loop_place, trading_loops
from botlint.checks.reads import last_segment, walk
from botlint.checks.running.hosted import is_hosted
from botlint.checks.running.registering import Registering
from botlint.checks.running.signal_handlers import Handler, is_abrupt, is_idle
from botlint.checks.showing import showing_mitigation
from botlint.checks.sites import registrations
from botlint.facts.types import Expression, Function, Kind, Lambda, Node, Result
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.flow.program import Entry
from botlint.flow.ways import is_dominated, loops_of_call, nodes_of_call
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

WANTED = ("SIGTERM", "SIGINT")
_STARTING = ("main", "script", "project script")
_UNHANDLED = frozenset({"SIG_DFL", "SIG_IGN", "default_int_handler"})
_INTERRUPTS = frozenset({"KeyboardInterrupt", "BaseException"})


class Start(NamedTuple):
    """An entry point, what it runs, and the endless trading loops in that."""

    ref: FunctionRef
    entry: Entry
    reach: frozenset[FunctionRef]
    loops: tuple[Loop, ...]


def find_unhandled(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each program that trades in an endless loop and doesn't handle the signals that stop it, or
    whose handler leaves at once or changes nothing; programs with the same loops are one."""
    handlers = tuple(_handlers(project))
    found: dict[tuple[Loop, ...], Hit] = {}
    for start in starts(project):
        if is_hosted(project, start.ref, start.entry, start.reach):
            continue
        hit = _judge(project, start, _handling(project, start, handlers))
        if hit is None:
            continue
        first = found.setdefault(start.loops, hit)
        if first is not hit:
            related = (*first.related, Step(hit.place, f"{start.entry.text}, too"))
            found[start.loops] = msgspec.structs.replace(first, related=related)
    yield from found.values()


def starts(project: Project) -> Iterator[Start]:
    """The entry points that a person or a service manager starts, and that trade in a loop."""
    loops = {
        ref: tuple(one for one in found if is_endless(project, one))
        for ref, found in trading_loops(project).items()
    }
    loops = {ref: found for ref, found in loops.items() if found}
    leading = project.program.reaches(frozenset(loops))
    entries = project.program.entries()
    for ref in sorted(leading):
        entry = entries.get(ref)
        if entry is None or not (entry.kind in _STARTING or _is_command(project, ref, entry)):
            continue
        reach = project.program.reachable((ref,))
        within = tuple(sorted(one for at in reach & loops.keys() for one in loops[at]))
        yield Start(ref, entry, reach, within)


def _is_command(project: Project, ref: FunctionRef, entry: Entry) -> bool:
    """Whether a function is a command that somebody types: ``@app.command()``, of click or typer.

    Commands of chats bear the same name, and are coroutines.
    """
    function = project.function(ref)
    parent = project.program.parent(ref)
    if entry.kind != "hook" or parent is None or function.is_async:
        return False
    calls = project.function(parent).calls
    written = [calls[one.call].func if type(one) is Result else one for one in function.decorators]
    return any(last_segment(one) == "command" for one in written)


def _handlers(project: Project) -> Iterator[Handler]:
    for ref, signal, value in registrations(project):
        if last_segment(value) in _UNHANDLED:
            continue
        yield Handler(ref, signal, tuple(_functions_in(project, ref.function, value)))


def _functions_in(project: Project, ref: FunctionRef, value: Expression) -> Iterator[FunctionRef]:
    """The functions of the program that a handler may be."""
    if isinstance(value, Lambda):
        yield FunctionRef(ref.source, value.function)
        return
    for one in project.program.values_of(ref, value):
        function = getattr(one, "ref", None)
        if isinstance(function, FunctionRef):
            yield settled(project.program, function)


def _handling(project: Project, start: Start, handlers: tuple[Handler, ...]) -> tuple[Handler, ...]:
    """The handlers that a program registers: in what it reaches, in the bodies of modules, or in
    what alone bears a name that it calls."""
    called = {
        last_segment(call.func) for ref in start.reach for call in project.function(ref).calls
    }
    return tuple(
        one
        for one in handlers
        if not _comes_late(project, start, one.call)
        and (
            one.call.function in start.reach
            or _is_loaded(project, start, one.call.function)
            or _only_name(project, one.call.function) in called
        )
    )


def _comes_late(project: Project, start: Start, call: CallRef) -> bool:
    """Whether a handler is registered where a loop has ended, in the function of the loop."""
    function = project.function(call.function)
    at = nodes_of_call(function, call.call)
    for loop in start.loops:
        if loop.function != call.function:
            continue
        heads = [n for n, node in enumerate(function.nodes) if is_head_of(node, loop.number)]
        is_within = loop.number in loops_of_call(function, call.call)
        if heads and not is_within and is_dominated(function, at, heads):
            return True
    return False


def _only_name(project: Project, ref: FunctionRef) -> str:
    """The name of a function, or of the class that it makes, if no other bears it."""
    owner = project.program.owner(ref)
    name = project.function(ref).name
    if name == "__init__" and owner is not None:
        return project.program.cls(owner).name
    return name if len(project.program.functions_named(name)) == 1 else ""


def _is_loaded(project: Project, start: Start, ref: FunctionRef) -> bool:
    """Whether a function is the body of a module that the program imports."""
    if ref.index:
        return False
    return ref.source in project.answer(
        ("loaded", start.ref.source), lambda: loaded_by(project, start.ref.source)
    )


def loaded_by(project: Project, source: int) -> frozenset[int]:
    """A source with all that it imports, directly or not."""
    found = {source}
    waiting = [source]
    while waiting:
        more = project.program.imports(waiting.pop()) - found
        found |= more
        waiting += more
    return frozenset(found)


def _judge(project: Project, start: Start, handlers: tuple[Handler, ...]) -> Hit | None:
    named = {one.signal for one in handlers}
    if any(_is_interruptible(project, ref) for ref in start.reach):
        named.add("SIGINT")
    missing = [name for name in WANTED if name not in named]
    if missing:
        return _unhandled(project, start, missing)
    passed = _passed_by(project, start, handlers)
    if passed:
        return _unheard_on_the_way(project, start, passed)
    lost = [one for one in handlers if is_idle(project, one)]
    if lost and len(lost) == len(handlers):
        return _unheard(project, start, lost[0])
    abrupt = [one for one in handlers if is_abrupt(project, one)]
    if abrupt and len(abrupt) == len(handlers) and not _is_tidied(project, start):
        return _unsaved(project, start, abrupt[0])
    return None


def _passed_by(
    project: Project, start: Start, handlers: tuple[Handler, ...]
) -> dict[str, tuple[Loop, ...]]:
    """The loops that some way leads to on which nothing registers a handler, by the signal."""
    found: dict[str, tuple[Loop, ...]] = {}
    for name in WANTED:
        calls = [one.call for one in handlers if one.signal == name]
        if not calls or any(not _is_called(project, start, one.function) for one in calls):
            continue
        registering = Registering(project, start.reach, frozenset(calls))
        passed = tuple(one for one in start.loops if registering.is_passed_by(start.ref, one))
        if passed:
            found[name] = passed
    return found


def _is_called(project: Project, start: Start, ref: FunctionRef) -> bool:
    """Whether the program runs a function by calls that are seen, and not when it is loaded."""
    return ref in start.reach and not _is_loaded(project, start, ref)


def _is_interruptible(project: Project, ref: FunctionRef) -> bool:
    """Whether a function has a clause for Ctrl-C, or a ``finally``."""
    return any(
        node.kind is Kind.FINALLY
        or (node.kind is Kind.EXCEPT and _catches(project.function(ref), node, _INTERRUPTS))
        for node in project.function(ref).nodes
    )


def _catches(function: Function, node: Node, names: frozenset[str]) -> bool:
    if node.value is None:
        return True
    return any(last_segment(part) in names for part in walk(node.value, function.calls))


def _is_tidied(project: Project, start: Start) -> bool:
    """Whether something is done about it when ``SystemExit`` comes: ``finally``, ``atexit``."""
    if any(
        project.written(CallRef(ref, number)).startswith("atexit.")
        for ref, number in project.program.calls_named("register")
    ):
        return True
    return any(
        node.kind is Kind.FINALLY
        or (
            node.kind is Kind.EXCEPT
            and _catches(project.function(ref), node, frozenset({"SystemExit", "BaseException"}))
        )
        for ref in start.reach
        for node in project.function(ref).nodes
    )


def _unhandled(project: Project, start: Start, missing: list[str]) -> Hit:
    names = " and ".join(missing)
    text = f"nothing that this program runs registers a handler of {names}"
    return _hit(project, start, f"it doesn't handle {names}", Step(start.entry.place, text))


def _unheard_on_the_way(project: Project, start: Start, passed: dict[str, tuple[Loop, ...]]) -> Hit:
    loops = next(iter(passed.values()))
    names = " and ".join(name for name, found in passed.items() if found == loops)
    text = f"nothing on the way to this loop registers a handler of {names}, as others do"
    last = Step(loop_place(project, loops[0]), text)
    return _hit(project, start._replace(loops=loops), f"it doesn't handle {names}", last)


def _unheard(project: Project, start: Start, handler: Handler) -> Hit:
    name = project.program.display(handler.functions[0])
    function = project.function(handler.functions[0])
    place = project.place(handler.functions[0], function.span)
    text = f"`{name}`, which handles {handler.signal}, changes nothing: the loop goes on"
    return _hit(project, start, f"its handler `{name}` changes nothing", Step(place, text))


def _unsaved(project: Project, start: Start, handler: Handler) -> Hit:
    name = project.program.display(handler.functions[0])
    function = project.function(handler.functions[0])
    place = project.place(handler.functions[0], function.span)
    text = f"`{name}`, which handles {handler.signal}, ends the program and saves nothing"
    return _hit(
        project, start, f"its handler `{name}` exits without saving state", Step(place, text)
    )


def _hit(project: Project, start: Start, what: str, last: Step) -> Hit:
    loop = start.loops[0]
    written = project.written(CallRef(loop.function, loop.call))
    name = project.program.display(loop.function)
    place = start.entry.place
    text = f"`{name}` trades in a loop, by `{written}`"
    return Hit(
        place=place,
        saw={"what": what, "function": name, "entry_point": place.path},
        confidence=Confidence.HIGH,
        trace=(Step(place, start.entry.text), Step(loop_place(project, loop), text), last),
        cause=f"shutdown:{place.path}:{place.span.line}",
        symbol=project.program.display(start.ref),
        mitigation=showing_mitigation(place.path),
    )
