"""What an object is handed when it is made, or right after that, to be asked if it is there.

::

    def submit(self, order):
        if self.pre_trade_check:           # always: whoever makes a desk hands one in
            self.pre_trade_check(order)
        self.client.create_order(order)
"""

from __future__ import annotations

from botlint.checks.given import handed_or_default
from botlint.checks.guards.correlated import read_atom
from botlint.checks.roots import SELF, have_common, names_handed, names_in, receiver_of, targets_in
from botlint.facts.types import EXIT, Constant, Expression, Kind, Name, Result
from botlint.flow.names import FunctionRef
from botlint.flow.values import Func, Instance
from botlint.flow.ways import anyhow, nodes_from, nodes_of_call
from botlint.project import CallRef, Project

_THERE = (None, Constant(None))


def always_says(project: Project, ref: FunctionRef, value: Expression) -> bool | None:
    """What a test always comes out as that asks whether an object has been handed something;
    ``None``: it may come out either way, or asks something else."""
    atom = read_atom(value)
    if atom is None or atom.path.partition(".")[0] not in SELF or atom.constant not in _THERE:
        return None
    question = ("always handed", ref, atom.path)
    if not project.answer(question, lambda: _is_always_handed(project, ref, atom.path)):
        return None
    return atom.says if atom.constant is None else not atom.says


def _is_always_handed(project: Project, ref: FunctionRef, path: str) -> bool:
    """Whether a member is set to a function or an object of the program by all that make its
    object: by what they hand over there, or by a method that they call right after."""
    program = project.program
    variable = program.variable(ref, Name(path))
    bound = program.bindings(variable) if variable is not None else ()
    bindings = [(maker, one.value) for maker, one in bound if one.kind != "annotation"]
    makers = [one for one in bindings if project.function(one[0]).name == "__init__"]
    if len(makers) != 1 or len(bindings) > 2:
        return False
    (maker, value), *_ = makers
    sites = [CallRef(one.function, one.call) for one in program.callers(maker)]
    if len(bindings) == 1:
        return bool(sites) and all(_hands(project, one, maker, value) for one in sites)
    setter, given = next(one for one in bindings if one[0] != maker)
    is_empty = value == Constant(None) and setter != maker
    return is_empty and bool(sites) and all(_sets(project, one, setter, given) for one in sites)


def _hands(project: Project, site: CallRef, callee: FunctionRef, value: Expression | None) -> bool:
    """Whether a call gives a function or an object of the program to the parameter ``value``."""
    parameter = value.path if isinstance(value, Name) else ""
    if parameter not in {one.name for one in project.function(callee).parameters}:
        return False
    given = handed_or_default(project, site, callee, parameter)
    if given is None or isinstance(given, Constant):
        return False
    values = project.program.values_of(site.function, given)
    return bool(values) and all(isinstance(one, Func | Instance) for one in values)


def _sets(project: Project, made: CallRef, setter: FunctionRef, value: Expression | None) -> bool:
    """Whether what makes an object goes on to a call of ``setter`` that hands it something, however
    it ends normally."""
    function = project.function(made.function)
    sites = [CallRef(one.function, one.call) for one in project.program.callers(setter)]
    names = [
        t for n in function.nodes if n.value == Result(made.call) for t in targets_in(n.target)
    ]
    setting = [
        one
        for one in sites
        if one.function == made.function
        and any(receiver_of(project.call(one)) == Name(name) for name in names)
    ]
    if not setting or not all(_hands(project, one, setter, value) for one in sites):
        return False
    nodes = frozenset[int]().union(*(nodes_of_call(function, one.call) for one in setting))
    starts = [function.nodes[number].next for number in nodes_of_call(function, made.call)]
    starts += [function.nodes[number].exc for number in nodes]
    between = frozenset(nodes_from(function, starts, anyhow, nodes))
    calls = [function.nodes[n].call for n in between if function.nodes[n].kind is Kind.CALL]
    used = (names_handed(function, one) | names_in(function.calls[one].func, ()) for one in calls)
    return EXIT not in between and not any(have_common(one, names) for one in used)
