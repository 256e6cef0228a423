"""The locks that decorators hold around the functions they wrap.

The lock is written in the wrapper (``with self._lock: return func(self, ...)``), and means the lock
of the object whose method is wrapped; a name handed to the decorator (``@synchronized("_lock")``)
is put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.locks.held import Held
from botlint.checks.locks.locks import UNKNOWN, Lock
from botlint.checks.locks.sections import Taking
from botlint.checks.reads import last_segment
from botlint.facts.types import Attribute, Constant, Expression, Item, Name, Result
from botlint.flow.program import FunctionRef
from botlint.project import CallRef, Project


def locks_by_decorators(project: Project, held: Held, ref: FunctionRef) -> frozenset[Lock]:
    """The locks held around a function by its decorators."""
    function = project.function(ref)
    if not function.decorators:
        return frozenset()
    found = {
        lock for lock, _, _, is_around in takings_by_decorators(project, held, ref) if is_around
    }
    known = project.program.decorators(ref)
    if not known and any(_is_locking(project, ref, one) for one in function.decorators):
        found.add(UNKNOWN)
    return frozenset(found)


class Wrapping(NamedTuple):
    """A lock that a wrapper takes; ``is_around``: it holds it wherever it calls what it wraps."""

    lock: Lock
    wrapper: FunctionRef
    taking: Taking
    is_around: bool


def takings_by_decorators(project: Project, held: Held, ref: FunctionRef) -> Iterator[Wrapping]:
    """The locks that the decorators of a function take, each where it is taken."""
    for decorator in project.program.decorators(ref):
        parameters = project.function(decorator).parameters
        for wrapper in project.program.nested(decorator) if parameters else ():
            wrapped = Name(parameters[0].name)
            calls = project.function(wrapper).calls
            around = [
                held.at_call(wrapper, number)
                for number, call in enumerate(calls)
                if call.func == wrapped
            ]
            for taking in held.sections(wrapper).takings:
                lock = _put_in(project, held, ref, decorator, wrapper, taking)
                is_around = any(taking.lock in here for here in around)
                yield Wrapping(lock, wrapper, taking, is_around)


def _put_in(
    project: Project,
    held: Held,
    ref: FunctionRef,
    decorator: FunctionRef,
    wrapper: FunctionRef,
    taking: Taking,
) -> Lock:
    """The lock that a wrapper takes, seen from the function that it wraps."""
    expression = _unaliased(project, wrapper, taking.expression)
    if isinstance(expression, Result):
        call = project.function(wrapper).calls[expression.call]
        if last_segment(call.func) == "getattr" and len(call.args) > 1:
            name = _literal(project, ref, decorator, call.args[1])
            if name is None:
                return UNKNOWN
            expression = Attribute(call.args[0], name)
            if isinstance(call.args[0], Name):
                expression = Name(f"{call.args[0].path}.{name}")
    own = _own_member(project, wrapper, expression)
    if not own:
        return taking.lock
    parameters = project.function(ref).parameters
    if not parameters:
        return UNKNOWN
    return held.locks.of(ref, Name(f"{parameters[0].name}.{own}")) or UNKNOWN


def _unaliased(project: Project, ref: FunctionRef, expression: Expression) -> Expression:
    if not isinstance(expression, Name) or "." in expression.path:
        return expression
    variable = project.program.variable(ref, expression)
    if variable is None or variable.kind != "local":
        return expression
    bindings = [binding for _, binding in project.program.bindings(variable)]
    if len(bindings) == 1 and bindings[0].kind == "value" and bindings[0].value is not None:
        return bindings[0].value
    return expression


def _literal(
    project: Project, ref: FunctionRef, decorator: FunctionRef, name: Expression
) -> str | None:
    """The text that a name stands for: itself, or what the factory of the decorator was given."""
    if isinstance(name, Constant):
        return name.value if isinstance(name.value, str) else None
    factory = project.program.parent(decorator)
    if not isinstance(name, Name) or factory is None:
        return None
    names = [one.name for one in project.function(factory).parameters]
    if name.path not in names:
        return None
    position = names.index(name.path)
    given = project.function(factory).parameters[position].default
    parent = project.program.parent(ref)
    for one in project.function(ref).decorators:
        if isinstance(one, Result) and parent is not None:
            call = project.function(parent).calls[one.call]
            if factory not in project.program.callees(parent, one.call):
                continue
            if position < len(call.args):
                given = call.args[position]
            given = dict(call.keywords).get(name.path, given)
    return given.value if isinstance(given, Constant) and isinstance(given.value, str) else None


def _own_member(project: Project, wrapper: FunctionRef, expression: Expression) -> str:
    """``_lock`` of ``self._lock`` or ``args[0]._lock``, ``""`` for anything else."""
    parameters = project.function(wrapper).parameters
    if not parameters:
        return ""
    first = parameters[0]
    if isinstance(expression, Name):
        head, _, rest = expression.path.partition(".")
        return rest if head == first.name and first.kind != "*" else ""
    if isinstance(expression, Attribute) and first.kind == "*":
        is_first = expression.value == Item(Name(first.name), Constant(0))
        return expression.name if is_first else ""
    return ""


def _is_locking(project: Project, ref: FunctionRef, decorator: Expression) -> bool:
    """Whether a decorator from elsewhere locks, by its name."""
    role = project.vocabulary.roles["locking"]
    if isinstance(decorator, Result):
        parent = project.program.parent(ref)
        return parent is not None and project.plays(CallRef(parent, decorator.call), "locking")
    return isinstance(decorator, Name) and role.plays_call((decorator.path,))
