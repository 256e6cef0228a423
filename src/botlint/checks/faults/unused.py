"""Calls that only make something which then would have to be awaited, iterated or raised."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator

from botlint.checks.faults.misfits import keeps_signature
from botlint.checks.hits import fault, step
from botlint.checks.kin import class_called
from botlint.checks.reads import used_results, walk
from botlint.checks.roots import arguments_of, targets_in
from botlint.facts.types import (
    Call,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.model import Hit
from botlint.project import CallRef, Project

_COMPARING = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "is", "isnot", "in", "notin"})
_LOOKING = (Name("any"), Name("all"))
_EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, Exception)
)


def find_unused(project: Project) -> Iterable[Hit]:
    """One hit for each coroutine that nobody awaits, generator that nobody iterates over, and
    exception that nobody raises."""
    program = project.program
    for ref in program.functions():
        function = project.function(ref)
        suspects = [one for one in range(len(function.calls)) if _may_be(project, ref, one)]
        if not suspects:
            continue
        used = used_results(function)
        for number in suspects:
            text = _fault_of(project, ref, number, used)
            if text:
                yield _hit(project, CallRef(ref, number), text)


def _may_be(project: Project, ref: FunctionRef, number: int) -> bool:
    """Cheaply: whether a call could make one of these."""
    call = project.function(ref).calls[number]
    if call.is_awaited or type(call.func) is not Name:
        return False
    last = call.func.path.rpartition(".")[2]
    if last.endswith(("Error", "Exception", "Abort", "Halt", "Stop", "Veto", "Violation")):
        return True
    named = map(project.function, project.program.functions_named(last))
    return any(one.is_async or one.is_generator for one in named)


def _fault_of(project: Project, ref: FunctionRef, number: int, used: frozenset[int]) -> str:
    function = project.function(ref)
    call = function.calls[number]
    assert isinstance(call.func, Name)
    if _is_exception(project, ref, call.func):
        return "" if number in used else "an exception is made and never raised"
    is_read = number in used and _is_subscripted(function, number)
    if number in used and not is_read and not _is_tested(function, number):
        return ""
    made = _made(project, ref, number)
    if not made:
        return ""
    if is_read:
        return f"{made} is read as if it were what it would give, and that fails"
    if number in used:
        return f"{made} is tested instead of what it would give, and is always true"
    return f"{made} is made and then dropped: none of it ever runs"


def _is_exception(project: Project, ref: FunctionRef, func: Name) -> bool:
    if func.path in _EXCEPTIONS:
        return class_called(project.program, ref, func) is None
    cls = class_called(project.program, ref, func)
    return cls is not None and project.program.is_exception(cls)


def _made(project: Project, ref: FunctionRef, number: int) -> str:
    """Whether a call makes a coroutine or a generator, and does nothing else."""
    program = project.program
    if program.resolution(ref, number).kind != "exact":
        return ""
    callees = program.callees(ref, number)
    if not callees or any(not keeps_signature(project, one) for one in callees):
        return ""
    functions = [project.function(one) for one in callees]
    if any(one.decorators for one in functions) and not all(map(_is_plain, functions)):
        return ""
    if all(one.is_async and not one.is_generator for one in functions):
        return "a coroutine"
    return "a generator" if all(one.is_generator for one in functions) else ""


def _is_plain(function: Function) -> bool:
    names = {one.path.rpartition(".")[2] for one in function.decorators if isinstance(one, Name)}
    return len(names) == len(function.decorators) and names <= {"staticmethod", "classmethod"}


def _is_subscripted(function: Function, number: int) -> bool:
    """Whether an item is taken of what a call gives, there or by the one name that holds it."""
    wanted: set[Expression] = {Result(number)}
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and node.value == Result(number):
            name = node.target
            if isinstance(name, Name) and _is_bound_once(function, name):
                wanted.add(name)
    values = [node.value for node in function.nodes if node.value is not None]
    values += [one for call in function.calls for one in arguments_of(call)]
    parts = [part for value in values for part in walk(value, ())]
    # A comprehension has names of its own.
    for part in parts:
        if isinstance(part, Operation) and part.kind == "comprehension":
            wanted.difference_update(walk(part, function.calls))
    return any(isinstance(part, Item) and part.value in wanted for part in parts)


def _is_bound_once(function: Function, name: Name) -> bool:
    given = {one.name for one in function.parameters}
    if "." in name.path or name.path in {*function.outer, *given}:
        return False
    bound = [node for node in function.nodes if name.path in targets_in(node.target)]
    return len(bound) == 1


def _is_tested(function: Function, number: int) -> bool:
    """Whether what a call gives is tested or compared, also by the name that holds it, and nothing
    else is done with it."""
    bound = [node for node in function.nodes if node.value == Result(number)]
    if len(bound) == 1 and bound[0].kind is Kind.ASSIGN and isinstance(bound[0].target, Name):
        return _is_only_tested(function, bound[0].target)
    if any(_is_looked_through(call, number) for call in function.calls):
        return True
    return any(_tests(node, Result(number)) for node in function.nodes)


def _is_looked_through(call: Call, number: int) -> bool:
    """``any([check(one) for one in symbols])``"""
    looked = call.args[0] if len(call.args) == 1 and call.func in _LOOKING else None
    if not isinstance(looked, Operation) or looked.kind not in ("comprehension", "list", "tuple"):
        return False
    parts = looked.args[:1] if looked.kind == "comprehension" else looked.args
    return Result(number) in parts


def _tests(node: Node, value: Expression) -> bool:
    if node.kind not in (Kind.TEST, Kind.ASSERT):
        return False
    if node.value == value:
        return True
    return (
        isinstance(node.value, Operation)
        and node.value.kind in _COMPARING
        and value in node.value.args
    )


def _is_only_tested(function: Function, name: Name) -> bool:
    if "." in name.path or name.path in function.outer:
        return False
    text = f"path={name.path!r}"
    using = [node for node in function.nodes if text in repr(node.value)]
    member = f"path='{name.path}."
    calls = repr(function.calls)
    if text in calls or member in calls or member in repr(function.nodes):
        return False
    bound = [node for node in function.nodes if name.path in repr(node.target or "")]
    return len(bound) == 1 and bool(using) and all(_tests(one, name) for one in using)


def _hit(project: Project, site: CallRef, text: str) -> Hit:
    written = project.written(site)
    span = project.call(site).span
    name = project.program.display(site.function)
    first = step(project, site.function, span, f"`{name}` calls `{written}`: {text}")
    callees: Iterator[FunctionRef] = iter(project.program.callees(site.function, site.call))
    steps = [first]
    for callee in callees:
        declared = project.function(callee)
        if declared.is_async or declared.is_generator:
            kind = "`async def`" if declared.is_async else "a generator"
            steps.append(step(project, callee, declared.span, f"this is {kind}"))
    return fault(project, site.function, span, f"`{written}`: {text}", tuple(steps))
