"""The names of an order's values in what calls the function that they stand in.

What is handed over keeps its names through parameters. Values that a function makes itself are
nobody's in its callers: :data:`MADE_WITHIN`, which no guard there can have been asked about.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.made_within import is_for_literal, is_made_within, makings_of
from botlint.checks.guards.object_roots import (
    bound_to,
    comes_from,
    members_of_made,
    members_of_same,
)
from botlint.checks.orders.orders import Orders
from botlint.checks.roots import (
    SELF,
    arguments_of,
    foreign_modules,
    names_handed,
    names_in,
)
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project

MADE_WITHIN = frozenset({"<made within>"})
WRITTEN_OUT: frozenset[str] = frozenset()
"""An order whose values are literals: known, and made of no name. ``None`` are values that are out
of sight."""
_SENDING = frozenset({"headers", "timeout", "auth", "cookies", "verify", "proxies", "cert"})
_GATHERING = frozenset({"*", "**"})


def order_roots(project: Project, orders: Orders, leaf: CallRef) -> frozenset[str] | None:
    """The names that the values of an order come from: :data:`WRITTEN_OUT` if they are literals, or
    names for literals; ``None`` if they are out of sight. All that a raw request is given is the
    order, also what it calls ``params``."""
    function = project.function(leaf.function)
    call = function.calls[leaf.call]
    option = project.vocabulary.roles["order-option"].plays_name
    whole = [value for name, value in call.keywords if name is None]
    if len(arguments_of(call)) == 1 or orders.is_request(leaf):
        whole = [*call.args, *(value for name, value in call.keywords if name not in _SENDING)]
    parts = [*call.args]
    parts += [value for name, value in call.keywords if name and not option(name)]
    found = {name for value in parts for name in names_in(value, function.calls)}
    told = {name for value in whole for name in names_in(value, function.calls)}
    roots = frozenset({name for name in found if not option(name)} | told)
    if roots and all(is_for_literal(function, name) for name in roots):
        return WRITTEN_OUT
    return roots or _unnamed(arguments_of(call), function.calls)


def translated(
    project: Project, roots: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str] | None:
    """``roots`` of a function in the names of its caller; ``None`` if that can't be told."""
    if roots == WRITTEN_OUT:
        return roots
    question = ("translated", roots, callee, site)
    return project.answer(question, lambda: _translated(project, roots, callee, site))


def _translated(
    project: Project, roots: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str] | None:
    if roots == MADE_WITHIN or is_made_within(project, callee, roots):
        return MADE_WITHIN
    program = project.program
    function = project.function(callee)
    calls = project.function(site.function).calls
    closure = makings_of(project, callee).origins.closure(roots)
    found: frozenset[str] = frozenset()
    for parameter in function.parameters:
        if parameter.kind in _GATHERING and comes_from(parameter.name, closure):
            found |= _gathered(project, function, site, parameter.kind)
        elif comes_from(parameter.name, closure):
            value = program.argument_of(site.function, site.call, callee, parameter.name)
            found |= _spread(project.call(site), calls) if value is None else names_in(value, calls)
    if site.function == program.parent(callee):
        found |= _around(project, callee, closure)
    found |= members_of_made(project, closure, callee, site)
    if found:
        found |= members_of_same(project, closure, callee, site)
    names = _of_values(project, found, site) or _from_maker(
        project, _around(project, callee, closure), callee, site
    )
    return _handed_literals(project, closure, callee, site) if names is None else names


def enclosed(
    project: Project, roots: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str] | None:
    """``roots`` of a function that is handed over; ``None`` where it is not seen what it is
    given."""
    if roots == WRITTEN_OUT:
        return roots
    if roots == MADE_WITHIN or is_made_within(project, callee, roots):
        return MADE_WITHIN
    program = project.program
    function = project.function(callee)
    closure = makings_of(project, callee).origins.closure(roots)
    given = [one.name for one in function.parameters if comes_from(one.name, closure)]
    shown = [program.argument_of(site.function, site.call, callee, name) for name in given]
    bound = _made_by(project, site)
    if bound is not None:
        shown += [program.argument_of(site.function, bound.call, callee, name) for name in given]
    calls = project.function(site.function).calls
    spread = frozenset[str]().union(*(_spread(one, calls) for one in _handing(project, site)))
    if given and not any(shown) and not spread:
        return None
    found = frozenset(name for value in shown for name in names_in(value, calls))
    if given and None in shown:
        found |= spread
    if site.function == program.parent(callee):
        found |= _around(project, callee, closure)
    return _of_values(project, found, site) or _from_maker(
        project, _around(project, callee, closure), callee, site
    )


def _handing(project: Project, site: CallRef) -> Iterator[Call]:
    """The call at ``site``, and those that made what it hands on: ``partial(function, *args)``."""
    call = project.call(site)
    yield call
    for value in arguments_of(call):
        bound = bound_to(project, site.function, value.path) if type(value) is Name else value
        if isinstance(bound, Result):
            yield project.function(site.function).calls[bound.call]


def captured(
    project: Project, calls: list[CallRef], ref: FunctionRef, site: CallRef
) -> frozenset[str] | None:
    """The names that a nested function, handed over at ``site`` and run elsewhere, gives to the
    last of ``calls`` in it, as far as it finds them in what stands around it."""
    within = [one for one in calls if one.function == ref]
    if not within or site.function != project.program.parent(ref):
        return None
    number = within[-1].call
    function = project.function(ref)
    closure = makings_of(project, ref).origins.closure(names_handed(function, number))
    return _around(project, ref, closure) or None


def _handed_literals(
    project: Project, closure: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str] | None:
    """Whether all that an order's values come from is handed over as literals."""
    own = [one.name for one in project.function(callee).parameters if one.name not in SELF]
    given = [name for name in own if comes_from(name, closure)]
    if not given or any(name.partition(".")[0] not in given for name in closure):
        return None
    values = [project.program.argument_of(site.function, site.call, callee, name) for name in given]
    calls = project.function(site.function).calls
    return _unnamed(tuple(value or Constant(None) for value in values), calls)


def _unnamed(values: tuple[Expression, ...], calls: tuple[Call, ...]) -> frozenset[str] | None:
    """What values are that are made of no name: written out, or out of sight, as what a call gives
    that is told nothing."""
    is_written = values and all(_is_written(value, calls) for value in values)
    return WRITTEN_OUT if is_written else None


def _is_written(value: Expression, calls: tuple[Call, ...]) -> bool:
    if isinstance(value, Operation):
        return all(_is_written(part, calls) for part in value.args)
    if isinstance(value, Result):
        given = arguments_of(calls[value.call])
        return bool(given) and all(_is_written(part, calls) for part in given)
    return isinstance(value, Constant)


def _of_values(project: Project, names: frozenset[str], site: CallRef) -> frozenset[str]:
    """``names`` at a call without the foreign modules that values are asked from: who asks one
    module twice gets two values."""
    values = names - foreign_modules(project, site.function.source)
    return values if values or not names else MADE_WITHIN


def _gathered(project: Project, function: Function, site: CallRef, kind: str) -> frozenset[str]:
    """The names in what a call gives to ``*args`` or ``**fields`` of a function, but for what only
    says how an order is sent."""
    call = project.call(site)
    options = project.vocabulary.roles["order-option"]
    named = {one.name for one in function.parameters}
    if kind == "*":
        own = [one for one in function.parameters if one.kind in ("positional", "normal")]
        is_bound = bool(own) and own[0].name in SELF
        given = list(call.args[len(own) - is_bound :])
    else:
        given = [
            value
            for name, value in call.keywords
            if name is None or (name not in named and not options.plays_name(name))
        ]
    calls = project.function(site.function).calls
    return frozenset(name for value in given for name in names_in(value, calls))


def _spread(call: Call, calls: tuple[Call, ...]) -> frozenset[str]:
    """The names in what a call spreads over parameters: ``*values``, ``**fields``."""
    spread = [value for name, value in call.keywords if name is None]
    spread += [v for v in call.args if isinstance(v, Operation) and v.kind == "star"]
    return frozenset(name for value in spread for name in names_in(value, calls))


def _from_maker(
    project: Project, around: frozenset[str], callee: FunctionRef, site: CallRef
) -> frozenset[str] | None:
    """The names ``around`` a function in the terms of who has let it be made and calls it."""
    func = _made_by(project, site)
    maker = project.program.parent(callee)
    if func is None or maker is None or not around:
        return None
    if maker not in project.program.callees(site.function, func.call):
        return None
    return translated(project, around, maker, CallRef(site.function, func.call))


def _made_by(project: Project, site: CallRef) -> Result | None:
    """The call that has made what is called at ``site``, as in ``make()()``."""
    func: Expression | None = project.call(site).func
    if isinstance(func, Name):
        func = bound_to(project, site.function, func.path)
    return func if isinstance(func, Result) else None


def _around(project: Project, ref: FunctionRef, closure: frozenset[str]) -> frozenset[str]:
    """The names in ``closure`` that a nested function finds around it."""
    function = project.function(ref)
    own = {parameter.name for parameter in function.parameters}
    own |= makings_of(project, ref).origins.bound - set(function.outer)
    return frozenset(name for name in closure if name.partition(".")[0] not in own)
