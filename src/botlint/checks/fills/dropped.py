"""Errors of actions that are dropped: nobody records them, hears of them, or acts on them.

A clause that gets the error of an action drops it if nothing that only it leads to does more than
print, log below a warning, wait, or leave; and if what it returns is tested by no caller. A clause
in a loop of attempts at one and the same action leads to the next attempt: it drops the error if
nothing is done about it when they are used up. One that gives the answer of an order that was
placed drops it, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botlint.checks.clauses import catches_all
from botlint.checks.failing import Failing, is_failure
from botlint.checks.fills.error_records import is_error_missed, is_error_record
from botlint.checks.fills.heeded import is_heeded_by_callers, is_quiet, tells_by_what_is_missing
from botlint.checks.fills.strangers import is_for_others
from botlint.checks.fills.unheard import is_forgotten, is_said_when_well
from botlint.checks.hits import hit_in
from botlint.checks.orders.orders import is_simulator
from botlint.checks.orders.requests import find_requests
from botlint.checks.roots import (
    Origins,
    names_given,
    names_handed,
    names_in,
    targets_in,
)
from botlint.checks.showing import showing_mitigation
from botlint.facts.types import (
    EXIT,
    Attribute,
    Constant,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import is_in_while, nodes_from, nodes_of_call, normally, while_loops
from botlint.model import Confidence, Hit, Step
from botlint.project import CallRef, Project

HIGHEST = 6
"""In so many functions the error of an order is followed: its own, and callers above that."""

_PURE = frozenset(
    {"str", "repr", "format", "type", "len", "join", "time", "now", "round", "getattr"}
)
_LOGS = frozenset({"log", "logger", "logging"})
_IDLE = frozenset(
    {Kind.PASS, Kind.EXIT, Kind.RAISED, Kind.EXCEPT, Kind.LEAVE, Kind.UNWIND, Kind.ITERATE}
    | {Kind.FINALLY}
)


def find_dropped(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """Each clause that drops the error of a call that plays one of the roles ``actions``."""
    found: dict[tuple[FunctionRef, int], CallRef] = {}
    for ref in _actions(project, parameters["actions"]):
        for clause in _clauses(project, ref):
            if _is_dropped(project, ref, *clause) and not _is_singled_out(project, ref, clause):
                found.setdefault((ref.function, clause[1]), ref)
    for (_, clause_number), ref in sorted(found.items()):
        yield _hit(project, ref, clause_number)


def _actions(project: Project, roles: Iterable[str]) -> Iterator[CallRef]:
    """The calls that may fail and play one of the roles, and those of functions that let the error
    of one out. What a ``while`` loop runs is no action but a turn of it."""
    failing = project.answer(("failing",), lambda: Failing(project))
    played = dict.fromkeys(
        ref
        for role in roles
        for ref in (*project.calls_playing(role), *find_requests(project, role))
    )
    layer = [
        ref for ref in played if not is_simulator(project, ref.function) and failing.can_fail(ref)
    ]
    seen = set(layer)
    for _ in range(HIGHEST):
        yield from layer
        let_out = {ref.function for ref in layer if failing.is_let_out(ref)}
        sites = [site for ref in sorted(let_out) for site in project.program.callers(ref)]
        above = {CallRef(site.function, site.call) for site in sites if site.via == "call"}
        layer = sorted(
            ref
            for ref in above - seen
            if not is_simulator(project, ref.function)
            and not is_in_while(project.function(ref.function), ref.call)
        )
        seen.update(layer)


def _clauses(project: Project, ref: CallRef) -> Iterator[tuple[int, int]]:
    """The clauses that can get the error of a call, each with the node of the call."""
    nodes = project.function(ref.function).nodes
    for number in sorted(nodes_of_call(project.function(ref.function), ref.call)):
        following = nodes[number].exc
        while following >= 0:
            one = nodes[following]
            if one.kind is Kind.EXCEPT:
                if not is_for_others(project, ref, one):
                    yield number, following
                if catches_all(one):
                    break
                following = one.other
            elif one.kind is Kind.UNWIND:
                is_kept = project.program.swallows(ref.function, one.value)
                if is_kept and not is_for_others(project, ref, one):
                    yield number, following
                    break
                following = one.exc
            else:
                break


def _is_attended(project: Project, ref: FunctionRef) -> bool:
    """Whether a person reads what is printed: a script beside the bot, without endless loops."""
    program = project.program
    if program.is_imported(ref.source) or len(program.sources) == 1:
        return False
    functions = program.sources[ref.source].functions
    return not any(while_loops(one) for one in functions)


def _is_dropped(project: Project, ref: CallRef, call: int, clause: int) -> bool:
    function = project.function(ref.function)
    nodes = function.nodes
    after = frozenset(nodes_from(function, (nodes[call].next,), normally))
    is_attempt = _is_next_attempt(function, ref, call)
    onward = _giving_up(nodes[call].loop) if is_attempt else normally
    own = frozenset(nodes_from(function, (nodes[clause].next,), onward)) - after
    if any(
        not _is_idle(project, ref.function, nodes[number])
        and not is_forgotten(function, clause, nodes[number])
        for number in own
    ):
        return False
    is_printed = any(_is_print(function, nodes[number]) for number in own)
    if is_printed and _is_attended(project, ref.function):
        return False
    if _is_missed(function, call, clause):
        return False
    returned = [nodes[number] for number in own if nodes[number].kind is Kind.RETURN]
    said = [node.value for node in returned if not is_failure(node.value)]
    if said:
        well = [nodes[one].value for one in after if nodes[one].kind is Kind.RETURN]
        if all(is_error_record(one) for one in said) and not any(map(is_error_record, well)):
            return is_error_missed(project, ref.function)
        return all(is_said_when_well(one, well) for one in said)
    is_ending = bool(returned) or EXIT in own
    is_telling = (
        _is_telling(nodes, after, returned)
        if is_ending
        else tells_by_what_is_missing(function, call, clause)
    )
    return not is_telling or _is_untested(project, ref.function)


def _is_singled_out(project: Project, ref: CallRef, found: tuple[int, int]) -> bool:
    """Whether a clause is for errors that it names, and one behind it records all others: then it
    says what they mean here."""
    nodes = project.function(ref.function).nodes
    call, number = found
    if nodes[number].kind is not Kind.EXCEPT or catches_all(nodes[number]):
        return False
    number = nodes[number].other
    while number >= 0 and nodes[number].kind is Kind.EXCEPT:
        if catches_all(nodes[number]):
            return not _is_dropped(project, ref, call, number)
        number = nodes[number].other
    return False


def _is_missed(function: Function, call: int, clause: int) -> bool:
    """Whether what the action would have given is tested where the clause leads to."""
    nodes = function.nodes
    kept = names_given(function, nodes[call].call)
    return bool(kept) and any(
        nodes[number].kind is Kind.TEST
        and not kept.isdisjoint(names_in(nodes[number].value, function.calls))
        for number in nodes_from(function, (nodes[clause].next,), normally, (call,))
    )


def _is_idle(project: Project, ref: FunctionRef, node: Node) -> bool:
    """Whether a node of a clause does nothing about the error."""
    if node.kind is Kind.RETURN:
        return True
    if node.kind is Kind.ASSIGN:
        # ``except ... as error`` binds the name.
        return isinstance(node.value, Operation) and node.value.kind == "caught"
    if node.kind is not Kind.CALL:
        return node.kind in _IDLE
    call = project.function(ref).calls[node.call]
    last = project.written(CallRef(ref, node.call)).rpartition(".")[2]
    if isinstance(call.func, Attribute) and call.func.name:
        last = call.func.name
    if last == "print" and any(name == "file" for name, _ in call.keywords):
        return False
    return is_quiet(last) or last in _PURE or _is_fetching_log(project, CallRef(ref, node.call))


def _is_fetching_log(project: Project, ref: CallRef) -> bool:
    """Whether a call only gives what a quiet one is a method of: ``get_logger().debug(error)``."""
    parts = project.written(ref).split(".")
    if not any(_LOGS & project.vocabulary.words(part) for part in parts):
        return False
    calls = project.function(ref.function).calls
    called = [one.func for one in calls if isinstance(one.func, Attribute)]
    return any(one.value == Result(ref.call) and is_quiet(one.name) for one in called)


def _is_next_attempt(function: Function, ref: CallRef, call: int) -> bool:
    """Whether the action stands in a loop of attempts: no value of it comes from what the loop
    goes over."""
    loop = function.nodes[call].loop
    heads = [one for one in function.nodes if one.kind is Kind.ITERATE and one.loop == loop]
    if loop < 0 or not heads:
        return False
    taken = frozenset(name for head in heads for name in targets_in(head.target))
    origins = Origins(function).closure(names_handed(function, ref.call))
    return taken.isdisjoint(name.partition(".")[0] for name in origins)


def _giving_up(loop: int) -> Callable[[Node], tuple[int, ...]]:
    """Where it goes on after a node when the attempts of a loop are used up."""

    def onward(node: Node) -> tuple[int, ...]:
        is_over = node.kind is Kind.ITERATE and node.loop == loop
        return (node.other,) if is_over else normally(node)

    return onward


def _is_print(function: Function, node: Node) -> bool:
    return node.kind is Kind.CALL and function.calls[node.call].func == Name("print")


def _is_telling(nodes: tuple[Node, ...], after: frozenset[int], returned: list[Node]) -> bool:
    """Whether the function returns something else when the action went well."""
    told = {repr(node.value or Constant(None)) for node in returned} or {repr(Constant(None))}
    good = {
        repr(nodes[number].value or Constant(None))
        for number in after
        if nodes[number].kind is Kind.RETURN
    }
    return bool(good - told)


def _is_untested(project: Project, ref: FunctionRef) -> bool:
    """Whether the function has callers, and all of them drop what it returns."""
    return not is_heeded_by_callers(project, ref)


def _hit(project: Project, ref: CallRef, clause: int) -> Hit:
    function = project.function(ref.function)
    node = function.nodes[clause]
    place = project.place(ref.function, node.span)
    written = project.written(ref)
    is_named = isinstance(node.value, Name)
    what = "this `with`" if node.kind is Kind.UNWIND else "this clause"
    return hit_in(
        project,
        ref.function,
        place,
        {"order": written},
        (
            Step(project.call_place(ref), f"`{written}` may raise"),
            Step(place, f"{what} gets the error, and nothing that follows records or returns it"),
        ),
        Confidence.HIGH if not is_named else Confidence.MEDIUM,
        mitigation=showing_mitigation(place.path),
    )
