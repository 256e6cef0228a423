"""Which names a value comes from, within one function, whatever the order of its statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.project import Project

PUTS = frozenset({"append", "add", "appendleft", "insert", "extend", "update", "put"})
"""Methods by which a collection gets its elements."""

SELF = frozenset({"self", "cls"})
"""What a method calls its own object, or class."""


def names_in(value: Expression | None, calls: tuple[Call, ...]) -> frozenset[str]:
    """The dotted names that ``value`` is made of, through the arguments of calls in it."""
    found: set[str] = set()
    waiting: list[Expression | None] = [value]
    while waiting:
        part = waiting.pop()
        if type(part) is Name:
            if part.path not in SELF:
                found.add(part.path)
        elif type(part) is Attribute:
            waiting.append(part.value)
        elif type(part) is Item:
            waiting += (part.value, part.key)
        elif type(part) is Operation:
            waiting += part.args
        elif type(part) is Result:
            call = calls[part.call]
            waiting += call.args
            waiting += [argument for _, argument in call.keywords]
            receiver = call.func if type(call.func) is Result else receiver_of(call)
            if receiver is not None and not _is_own_member(receiver):
                waiting.append(receiver)
    return frozenset(found)


def chosen_from(value: Expression | None) -> Expression | None:
    """``value`` without the conditions of a comprehension: they choose among its elements, and no
    element is made of what they ask."""
    if type(value) is Operation and value.kind == "comprehension":
        return Operation(value.kind, value.args[:2])
    return value


def words_in(values: Iterable[Expression], calls: tuple[Call, ...]) -> frozenset[str]:
    """The dotted names and the literal texts that stand anywhere in ``values`` or in ``calls``."""
    found: set[str] = set()
    waiting: list[Expression] = list(values)
    for call in calls:
        waiting += call.args
        waiting += [value for _, value in call.keywords]
        waiting.append(call.func)
    while waiting:
        part = waiting.pop()
        if type(part) is Name:
            found.add(part.path)
        elif type(part) is Constant:
            if isinstance(part.value, str):
                found.add(part.value)
        elif type(part) is Operation:
            waiting += part.args
        elif type(part) is Item:
            waiting += (part.value, part.key)
        elif type(part) is Attribute:
            waiting.append(part.value)
    return frozenset(found)


def words_of(project: Project, ref: FunctionRef) -> frozenset[str]:
    """The dotted names and the literal texts that stand anywhere in a function, worked out once."""

    def find() -> frozenset[str]:
        function = project.function(ref)
        values = [node.value for node in function.nodes if node.value is not None]
        return words_in(values, function.calls)

    return project.answer(("words", ref), find)


def receiver_of(call: Call) -> Expression | None:
    """What the called method is a member of; ``None`` for a plain function."""
    if type(call.func) is Attribute:
        return call.func.value
    if type(call.func) is Name:
        base = call.func.path.rpartition(".")[0]
        return Name(base) if base else None
    return None


def arguments_of(call: Call) -> tuple[Expression, ...]:
    """All argument expressions of a call, positional first."""
    return (*call.args, *(value for _, value in call.keywords))


def targets_in(target: Expression | None) -> tuple[str, ...]:
    """The dotted names that a binding of ``target`` binds."""
    if type(target) is Name:
        return (target.path,)
    if type(target) is Operation and target.kind in ("tuple", "star"):
        return tuple(name for part in target.args for name in targets_in(part))
    if type(target) is Item and type(target.value) is Name:
        return (target.value.path,)
    return ()


def gathered(value: Expression | None, calls: tuple[Call, ...]) -> Expression | None:
    """``asyncio.gather(a(), b())`` as the tuple of results that it gives."""
    if type(value) is not Result:
        return value
    call = calls[value.call]
    is_gather = type(call.func) is Name and call.func.path.endswith("gather")
    return Operation("tuple", call.args) if is_gather else value


def names_handed(function: Function, call: int) -> frozenset[str]:
    """The dotted names in the arguments of call number ``call``."""
    given = arguments_of(function.calls[call])
    return frozenset[str]().union(*(names_in(value, function.calls) for value in given))


def names_given(function: Function, call: int) -> frozenset[str]:
    """The names that hold what call number ``call`` gave."""
    return frozenset(
        name
        for node in function.nodes
        if node.kind is Kind.ASSIGN and node.value == Result(call)
        for name in targets_in(node.target)
    )


def keyed_entries(value: Expression | None) -> Iterator[tuple[str, Expression]]:
    """The entries of a dict that is written out, by those keys that are literal texts."""
    if type(value) is not Operation or value.kind != "dict":
        return
    for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
        if type(key) is Constant and isinstance(key.value, str):
            yield key.value, entry


def values_given(function: Function, target: Expression) -> tuple[Expression, ...]:
    """What is assigned to ``target`` as it is written, in the order of the nodes."""
    return function.assigned.get(target, ())


def origins_of(project: Project, ref: FunctionRef) -> Origins:
    """The origins of the names of a function, worked out once."""
    return project.answer(("origins", ref), lambda: Origins(project.function(ref)))


def foreign_modules(project: Project, source: int) -> frozenset[str]:
    """The names by which a source imports whole modules that are none of the program's."""

    def find() -> frozenset[str]:
        program = project.program
        imports = (one for one in program.sources[source].imports if not one.name)
        return frozenset(one.local for one in imports if program.module_named(one.module) is None)

    return project.answer(("foreign modules", source), find)


def assigned_in(project: Project, ref: FunctionRef) -> Mapping[str, list[Expression]]:
    """The values that a function assigns to each name, plain or dotted, in its order."""
    return project.answer(("assigned", ref), lambda: _find_assigned(project.function(ref)))


def _find_assigned(function: Function) -> Mapping[str, list[Expression]]:
    found: dict[str, list[Expression]] = {}
    for node in function.nodes:
        if node.kind is Kind.ASSIGN and type(node.target) is Name and node.value is not None:
            found.setdefault(node.target.path, []).append(node.value)
    return found


def run_calls(project: Project, ref: FunctionRef) -> frozenset[int]:
    """The numbers of the calls of a function that some way from its entry leads to."""
    return project.answer(("run calls", ref), lambda: _find_run(project.function(ref)))


def _find_run(function: Function) -> frozenset[int]:
    spans = set()
    seen: set[int] = set()
    waiting = [function.entry]
    while waiting:
        number = waiting.pop()
        if not 0 <= number < len(function.nodes) or number in seen:
            continue
        seen.add(number)
        node = function.nodes[number]
        if node.kind is Kind.CALL:
            spans.add(function.calls[node.call].span)
        waiting += (node.next, node.other, node.exc)
    return frozenset(n for n, call in enumerate(function.calls) if call.span in spans)


class Origins:
    """From each name bound in a function to the names that its values are made of."""

    def __init__(self, function: Function, calls: tuple[Call, ...] | None = None) -> None:
        """``calls`` are those of the function with what their results are made of, if that is not
        all that they are handed."""
        calls = function.calls if calls is None else calls
        self._direct: dict[str, dict[str, set[str]]] = {}
        self._closures: dict[frozenset[str], frozenset[str]] = {}
        for node in function.nodes:
            if node.target is None or node.kind is Kind.RAISE:
                continue
            if node.kind is Kind.ASSIGN and _is_pairwise(node.target, node.value):
                for part, value in zip(node.target.args, node.value.args, strict=True):  # type: ignore[union-attr]  # _is_pairwise
                    self._add(targets_in(part), names_in(value, calls))
            else:
                sources = names_in(chosen_from(node.value), calls)
                self._add(targets_in(node.target), sources)

        for call in function.calls:
            if type(call.func) is Name:
                base, _, method = call.func.path.rpartition(".")
                if base and method in PUTS:
                    for value in call.args:
                        self._add((base,), names_in(value, calls))

    @property
    def bound(self) -> frozenset[str]:
        """The plain names that the function binds."""
        return frozenset(self._direct)

    def closure(self, names: Iterable[str], ending: frozenset[str] = frozenset()) -> frozenset[str]:
        """``names`` with all that they come from; what the names ``ending`` are made of is left
        out."""
        asked = frozenset(names)
        if ending:
            return self._close(asked, ending)
        known = self._closures.get(asked)
        if known is None:
            known = self._closures[asked] = self._close(asked, ending)
        return known

    def _close(self, names: frozenset[str], ending: frozenset[str]) -> frozenset[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            for bound, origins in self._direct.get(_first(name), {}).items():
                if is_part(name, bound) and bound not in ending:
                    waiting.extend(origins - found)
        return frozenset(found)

    def _add(self, targets: tuple[str, ...], origins: frozenset[str]) -> None:
        for target in targets:
            alike = self._direct.setdefault(_first(target), {})
            alike.setdefault(target, set()).update(origins)


def is_part(one: str, other: str) -> bool:
    """Whether one dotted name is the other or a member of it."""
    return one == other or one.startswith(other + ".") or other.startswith(one + ".")


def have_common(ones: Collection[str], others: Iterable[str]) -> bool:
    """Whether some name of ``ones`` is, or is part of, one of ``others``."""
    firsts = {_first(one) for one in ones}
    near = [other for other in others if _first(other) in firsts]
    return any(is_part(one, other) for one in ones for other in near)


def _first(name: str) -> str:
    return name.partition(".")[0]


def _is_own_member(receiver: Expression) -> bool:
    return type(receiver) is Name and receiver.path.partition(".")[0] in SELF


def _is_pairwise(target: Expression, value: Expression | None) -> bool:
    return (
        type(target) is Operation
        and type(value) is Operation
        and target.kind == value.kind == "tuple"
        and len(target.args) == len(value.args)
    )
