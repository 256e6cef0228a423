"""Guards that look at an order's form only: at missing fields, kinds and constants.

Such a guard refuses no order that a broker would take, so it holds up no exit either.
"""

from __future__ import annotations

from botlint.checks.kin import class_called
from botlint.checks.reads import is_class_name
from botlint.checks.roots import SELF, Origins, have_common, names_in, receiver_of
from botlint.facts.types import Call, Expression, Function, Item, Kind, Name, Operation, Result
from botlint.flow.forwarding import settled
from botlint.flow.names import FunctionRef
from botlint.project import CallRef, Project

_PLAIN = frozenset(
    {"len", "isinstance", "float", "int", "str", "bool", "abs", "set", "list", "any", "all", "type"}
    | {"get", "upper", "lower", "strip", "keys", "items", "values", "startswith", "endswith"}
    | {"split", "join", "isdigit", "issubset", "match", "fullmatch", "Decimal", "hasattr"}
)


def is_about_form(project: Project, call: CallRef, roots: frozenset[str]) -> bool:
    """Whether a guard looks at nothing but what it is given, and holds it against constants; how
    the bot stands may be given to it, too, if an order's values don't come from it (``roots``)."""
    refs = project.program.callees(call.function, call.call)
    return bool(refs) and all(_is_about_given(project, call, ref, roots) for ref in refs)


def _is_about_given(
    project: Project, call: CallRef, callee: FunctionRef, roots: frozenset[str]
) -> bool:
    ref = settled(project.program, callee)
    function = project.function(ref)
    tests = [node.value for node in function.nodes if node.kind is Kind.TEST]
    if not tests or not _has_plain_tests(function, _names_outside(project, ref)):
        return False
    origins = Origins(function)
    asked = frozenset().union(*(names_in(test, function.calls) for test in tests))
    return origins.closure(asked).isdisjoint(_standing_given(project, call, ref, roots))


def _standing_given(
    project: Project, call: CallRef, callee: FunctionRef, roots: frozenset[str]
) -> frozenset[str]:
    """The parameters of a guard that get members of the bot which change as it runs."""
    changing = project.answer(("changing names",), lambda: _find_changing(project))
    given = {
        one.name: project.program.argument_of(*call, callee, one.name)
        for one in project.function(callee).parameters
    }
    return frozenset(
        name
        for name, value in given.items()
        if type(value) is Name
        and value.path.partition(".")[0] in SELF
        and value.path.rpartition(".")[2] in changing
        and not have_common((value.path,), roots)
    )


def _find_changing(project: Project) -> frozenset[str]:
    """The last names of the members, records and globals that functions other than constructors
    change."""
    found: set[str] = set()
    for ref in project.program.functions():
        function = project.function(ref)
        if ref.index == 0 or function.name in _MAKING:
            continue
        found.update(function.outer)
        for node in function.nodes:
            target = node.target if node.kind in _CHANGING else None
            record = target.value if type(target) is Item else target
            if type(record) is Name and (record is not target or "." in record.path):
                found.add(record.path.rpartition(".")[2])
    return frozenset(found)


_CHANGING = frozenset({Kind.ASSIGN, Kind.AUGMENT, Kind.DELETE})
_MAKING = frozenset({"__init__", "__post_init__", "__new__"})


def is_of_new_form(project: Project, call: CallRef) -> bool:
    """Whether a guard is a method of an object made right there, ``Order(symbol).limit().make()``,
    and it and what it asks of that object look at nothing but what that was made of."""
    made = receiver_of(project.call(call))
    calls = project.function(call.function).calls
    while isinstance(made, Result) and receiver_of(calls[made.call]) is not None:
        made = receiver_of(calls[made.call])
    if not isinstance(made, Result):
        return False
    if class_called(project.program, call.function, calls[made.call].func) is None:
        return False
    waiting = list(project.program.callees(call.function, call.call))
    for ref in waiting:
        function = project.function(ref)
        outside = _names_outside(project, ref) - SELF - _class_names(project, ref)
        if function.is_async or not _has_plain_tests(function, outside):
            return False
        for number, one in enumerate(function.calls):
            if isinstance(one.func, Name) and one.func.path.partition(".")[0] in SELF:
                following = project.program.callees(ref, number)
                waiting += [callee for callee in following if callee not in waiting]
    return bool(waiting)


def _class_names(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The names of classes that a source imports or defines: their members are constants."""
    facts = project.program.sources[ref.source]
    named = {one.local for one in facts.imports} | {one.name for one in facts.classes}
    return frozenset(name for name in named if is_class_name(name))


def _names_outside(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The names around a function that may hold something that changes."""
    facts = project.program.sources[ref.source]
    bound = Origins(facts.functions[0]).bound | {one.local for one in facts.imports}
    changing = project.answer(("changing names",), lambda: _find_changing(project))
    constants = {name for name in bound if name.isupper()} - changing
    return frozenset(bound - constants) | {"self", "cls"}


def _has_plain_tests(function: Function, outside: frozenset[str]) -> bool:
    """Whether no test of a function asks for a name from ``outside``, or for what a call says."""
    tests = [node.value for node in function.nodes if node.kind is Kind.TEST]
    origins = Origins(function)
    for test in tests:
        if test is None:
            continue
        names = origins.closure(names_in(test, function.calls))
        first = {name.partition(".")[0] for name in names}
        if not outside.isdisjoint(first - origins.bound):
            return False
        if not all(_is_plain(call) for call in _calls_in(test, function.calls)):
            return False
    return True


def _is_plain(call: Call) -> bool:
    return isinstance(call.func, Name) and call.func.path.rpartition(".")[2] in _PLAIN


def _calls_in(value: Expression, calls: tuple[Call, ...]) -> list[Call]:
    if isinstance(value, Result):
        call = calls[value.call]
        return [call, *(one for part in call.args for one in _calls_in(part, calls))]
    if isinstance(value, Operation):
        return [one for part in value.args for one in _calls_in(part, calls)]
    return _calls_in(value.value, calls) if isinstance(value, Item) else []
