"""Arguments in the wrong order: ``cancel(symbol, order_id)`` of ``def cancel(order_id, symbol)``;
or in the wrong place, as one before them is left out.

Told by names alone, so only where both say so: each of the two is named after the parameter that
the other one is given to, and neither after its own. Two things of one kind, a target price and a
reference price, may be meant the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from botlint.checks.faults.misfits import Signature, misfit, signature_of
from botlint.checks.faults.module_names import is_open_module
from botlint.checks.hits import hit_in
from botlint.checks.reads import has_spread
from botlint.facts.types import Attribute, Call, Constant, Expression, Item, Name, Parameter
from botlint.flow.program import FunctionRef
from botlint.model import Hit, Step
from botlint.project import CallRef, Project

_SHORTEST = 3
"""Shorter names, ``x`` and ``y``, say nothing about what they hold."""

_FEWEST = 3
"""So many arguments must there be: one in its place, and two that have slipped."""

_ON_PURPOSE = ("swap", "revers", "inver", "flip", "transpose", "mirror")


def find_swapped(project: Project) -> Iterable[Hit]:
    """One hit for each call that gives two of its arguments in each other's place."""
    named = project.program.defined_names()
    for ref, number, segment in project.program.calls():
        call = project.function(ref).calls[number]
        names = [_name_of(one) for one in call.args]
        if segment not in named or sum(map(bool, names)) < 2 or has_spread(call):
            continue
        signature = signature_of(project, CallRef(ref, number))
        if signature is None or misfit(call, signature.parameters):
            continue
        pair = next(_swapped(names, signature.parameters), None)
        pair = pair or next(_slipped(names, signature.parameters), None)
        if pair is None or _is_meant(project, ref, call, names, pair):
            continue
        if is_open_module(project, signature.source):
            continue
        yield _hit(project, CallRef(ref, number), signature, names, pair)


def _hit(
    project: Project, site: CallRef, signature: Signature, names: list[str], pair: tuple[int, int]
) -> Hit:
    first, second = (signature.parameters[one].name for one in pair)
    written = project.written(site)
    turned = f"'{names[pair[0]]}' for '{first}', and '{names[pair[1]]}' for '{second}'"
    if _is_of(names[pair[0]], second) and _is_of(names[pair[1]], first):
        turned = f"'{second}' for '{first}', and '{first}' for '{second}'"
    place = project.call_place(site)
    given = ", ".join(f"`{names[one]}`" for one in pair)
    steps = (
        Step(place, f"`{project.program.display(site.function)}` gives {given}"),
        Step(signature.place, f"this takes '{first}' and then '{second}'"),
    )
    saw = {"what": f"`{written}` gets {turned}", "where": written, "name": signature.name}
    return hit_in(project, site.function, place, saw, steps)


def _slipped(names: list[str], parameters: tuple[Parameter, ...]) -> Iterator[tuple[int, int]]:
    """The first two of the last arguments where all of these are named after parameters that stand
    equally far behind: one before them is left out."""
    taken = [one.name for one in parameters if one.kind in ("positional", "normal")]
    if not _FEWEST <= len(names) <= len(taken) or names[0] != taken[0]:
        return
    for first in range(1, len(names) - 1):
        if names[first] not in taken or names[first] == taken[first]:
            continue
        behind = taken.index(names[first]) - first
        is_kin = taken[first].rpartition("_")[2] == names[first].rpartition("_")[2]
        is_slipped = names[first:] == taken[first + behind : len(names) + behind]
        if behind > 0 and is_slipped and not is_kin:
            yield first, first + 1
        return


def _swapped(names: list[str], parameters: tuple[Parameter, ...]) -> Iterator[tuple[int, int]]:
    """Pairs of places whose names stand for each other's parameter."""
    taken = [one.name for one in parameters if one.kind in ("positional", "normal")][: len(names)]
    for first, second in combinations(range(len(taken)), 2):
        is_one = _is_of(names[first], taken[second]) and _is_of(names[second], taken[first])
        is_exact = names[first] == taken[second] or names[second] == taken[first]
        is_own = _is_of(names[first], taken[first]) or _is_of(names[second], taken[second])
        is_kin = taken[first].rpartition("_")[2] == taken[second].rpartition("_")[2]
        if is_one and is_exact and not is_own and not is_kin:
            yield first, second


def _is_of(name: str, parameter: str) -> bool:
    """Whether an argument is named after a parameter: like it, or more exactly."""
    if min(len(name), len(parameter)) < _SHORTEST:
        return False
    return name == parameter or name.endswith(f"_{parameter}")


def _is_meant(
    project: Project, ref: FunctionRef, call: Call, names: list[str], pair: tuple[int, int]
) -> bool:
    """Whether a function says that it turns things round, calls itself, or calls both ways."""
    function = project.function(ref)
    if any(word in function.name.lower() for word in _ON_PURPOSE):
        return True
    callees = project.program.callees(ref, function.calls.index(call))
    if ref in project.program.reachable(callees):
        return True  # It asks itself the other way round.
    first, second = pair
    return any(
        one is not call
        and one.func == call.func
        and len(one.args) > second
        and [_name_of(one.args[first]), _name_of(one.args[second])] == [names[second], names[first]]
        for one in function.calls
    )


def _name_of(value: Expression) -> str:
    """What an argument is called: ``order_id`` of ``state.order_id`` and ``row["order_id"]``."""
    if type(value) is Name:
        return value.path.rpartition(".")[2].lstrip("_")
    if type(value) is Attribute:
        return value.name.lstrip("_")
    if type(value) is Item and type(value.key) is Constant and isinstance(value.key.value, str):
        return value.key.value
    return ""
