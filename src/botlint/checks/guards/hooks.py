"""Functions that an object is handed when it is made, to be asked if there is one.

::

    def submit(self, order):
        if self.pre_trade_check:           # always: whoever makes a desk hands one in
            self.pre_trade_check(order)
        self.client.create_order(order)
"""

from __future__ import annotations

from botlint.checks.given import handed_or_default
from botlint.checks.guards.correlated import read_atom
from botlint.checks.roots import SELF
from botlint.facts.types import Constant, Expression, Name
from botlint.flow.names import FunctionRef
from botlint.flow.values import Func
from botlint.project import CallRef, Project

_THERE = (None, Constant(None))


def always_says(project: Project, ref: FunctionRef, value: Expression) -> bool | None:
    """What a test always comes out as that asks whether an object has been handed a function;
    ``None``: it may come out either way, or asks something else."""
    atom = read_atom(value)
    if atom is None or atom.path.partition(".")[0] not in SELF or atom.constant not in _THERE:
        return None
    question = ("always handed", ref, atom.path)
    if not project.answer(question, lambda: _is_always_handed(project, ref, atom.path)):
        return None
    return atom.says if atom.constant is None else not atom.says


def _is_always_handed(project: Project, ref: FunctionRef, path: str) -> bool:
    """Whether a member is set once, where the object is made, to a parameter that every call which
    makes one gives a function of the program."""
    program = project.program
    variable = program.variable(ref, Name(path))
    bindings = program.bindings(variable) if variable is not None else ()
    if len(bindings) != 1:
        return False
    maker, binding = bindings[0]
    if project.function(maker).name != "__init__" or not isinstance(binding.value, Name):
        return False
    parameter = binding.value.path
    if parameter not in {one.name for one in project.function(maker).parameters}:
        return False
    sites = [CallRef(one.function, one.call) for one in program.callers(maker)]
    return bool(sites) and all(_hands_function(project, one, maker, parameter) for one in sites)


def _hands_function(project: Project, site: CallRef, maker: FunctionRef, parameter: str) -> bool:
    value = handed_or_default(project, site, maker, parameter)
    if value is None or isinstance(value, Constant):
        return False
    values = project.program.values_of(site.function, value)
    return bool(values) and all(isinstance(one, Func) for one in values)
