"""Where a call that only makes something raises.

A generator does where it is asked for the next value, a coroutine where it is awaited, a task also
where its group is left, a job where its result is asked for.
"""

from __future__ import annotations

from botlint.checks.reads import used_results
from botlint.checks.roots import arguments_of, receiver_of
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.ways import nodes_of_call

_RUNNING = frozenset({"run", "run_until_complete", "run_forever", "result"})
_LAZY = frozenset({"iter", "enumerate", "zip", "map", "filter", "chain", "islice", "reversed"})
_KEEPING = frozenset({"append", "add", "appendleft", "extend", "put", "put_nowait"})
_GROUPING = frozenset({"create_task", "start_soon"})
_STARTING = frozenset({*_GROUPING, "ensure_future", "run_coroutine_threadsafe", "spawn"})
_MANAGERS = ("contextmanager", "asynccontextmanager")


def raising_nodes(callee: Function, function: Function, call: int) -> tuple[int, ...]:
    """The nodes of ``function`` at which its call number ``call`` of ``callee`` can raise."""
    made = sorted(nodes_of_call(function, call))
    if callee.is_generator and not _is_manager(callee):
        return _asked(function, call) or tuple(made if _is_returned(function, call) else ())
    if callee.is_async and not callee.is_generator and not function.calls[call].is_awaited:
        return _awaited(function, call) or tuple(made if _is_returned(function, call) else ())
    return tuple(made)


def is_keeping_errors(call: Call) -> bool:
    """Whether a call gives the exceptions of what it runs back as results: ``gather`` does, where
    it is told to."""
    told = ("return_exceptions", Constant(value=True))
    name = call.func.path if type(call.func) is Name else ""
    return name.rpartition(".")[2] == "gather" and told in call.keywords


def waiting_nodes(function: Function, call: int) -> tuple[int, ...]:
    """The nodes of ``function`` that wait for what its call number ``call`` has begun: a coroutine,
    a task, a job. What an unknown function is given, that runs before it returns."""
    waited = _awaited(function, call)
    if waited:
        return waited
    made = nodes_of_call(function, call)
    if _is_returned(function, call):
        return tuple(sorted(made))
    held = _Held(function, Result(call), _STARTING)
    return tuple(
        number
        for number, node in enumerate(function.nodes)
        if node.kind is Kind.CALL and node.call not in (call, *held.passing)
        if held.is_given(node.call) and not _is_deaf(function, node.call)
    )


def _asked(function: Function, call: int) -> tuple[int, ...]:
    """Where a generator is iterated, or given to something that does it."""
    held = _Held(function, Result(call), _LAZY)
    found = []
    for number, node in enumerate(function.nodes):
        if node.kind in (Kind.ITERATE, Kind.YIELD, Kind.AWAIT) and held.is_in(node.value):
            found.append(number)
        elif node.kind is Kind.CALL and node.call not in (call, *held.passing):
            found += [number] if held.is_given(node.call) else []
    return tuple(found)


def _awaited(function: Function, call: int) -> tuple[int, ...]:
    """Where a coroutine, or the task that is made of it, is awaited or run to its end."""
    held = _Held(function, Result(call), None)
    found = []
    for number, node in enumerate(function.nodes):
        if held.is_suspending(node):
            found.append(number)
        elif node.kind is Kind.CALL and held.is_given(node.call):
            is_awaited = function.calls[node.call].is_awaited and not _is_deaf(function, node.call)
            if is_awaited or _last(function, node.call) in _RUNNING:
                found.append(number)
    return tuple(found)


def _is_deaf(function: Function, call: int) -> bool:
    """Whether a call only waits until tasks are over, and nobody asks it for what they raised:
    ``asyncio.wait`` raises none of it."""
    return _last(function, call) == "wait" and call not in used_results(function)


class _Held:
    """All that holds a value in one function: names, containers, and what is made of it."""

    def __init__(
        self, function: Function, value: Expression, through: frozenset[str] | None
    ) -> None:
        """``through`` are the calls whose result holds what they are given; ``None``: all that are
        not awaited."""
        self._function = function
        self._values = {value}
        self.passing: set[int] = set()
        entered = {node.target: node.value for node in function.nodes if node.kind is Kind.ENTER}
        size = 0
        while size != len(self._values):
            size = len(self._values)
            for node in function.nodes:
                if node.kind in (Kind.ASSIGN, Kind.ITERATE) and self.is_in(node.value):
                    is_own = node.kind is Kind.ASSIGN or through is None
                    if type(node.target) is Name and is_own:
                        self._values.add(node.target)
            for number, one in enumerate(function.calls):
                if not self.is_given(number) or one.is_awaited:
                    continue
                last = _last(function, number)
                if last in _KEEPING and type(one.func) is Name:
                    self.passing.add(number)
                    self._values.add(Name(one.func.path.rpartition(".")[0]))
                elif through is None or last in through:
                    self.passing.add(number)
                    self._values.add(Result(number))
        self.groups = {
            entered.get(receiver_of(function.calls[number]))
            for number in self.passing
            if _last(function, number) in _GROUPING
        } - {None}

    def is_in(self, expression: Expression | None) -> bool:
        """Whether an expression is what is held, or has it in it."""
        if expression in self._values:
            return True
        if type(expression) is Operation:
            return any(self.is_in(part) for part in expression.args)
        return False

    def is_suspending(self, node: Node) -> bool:
        """Whether a node that is no call waits for what is held."""
        if node.kind is Kind.LEAVE:
            return node.value in self.groups
        return node.kind is Kind.AWAIT and self.is_in(node.value)

    def is_given(self, call: int) -> bool:
        """Whether a call gets what is held, as an argument or as its object."""
        one = self._function.calls[call]
        if type(one.func) is Attribute and self.is_in(one.func.value):
            return True
        if type(one.func) is Name and Name(one.func.path.rpartition(".")[0]) in self._values:
            return True
        return any(self.is_in(value) for value in arguments_of(one))


def _is_returned(function: Function, call: int) -> bool:
    return any(node.kind is Kind.RETURN and node.value == Result(call) for node in function.nodes)


def _is_manager(callee: Function) -> bool:
    return any(
        type(one) is Name and one.path.rpartition(".")[2] in _MANAGERS for one in callee.decorators
    )


def _last(function: Function, call: int) -> str:
    func = function.calls[call].func
    if type(func) is Name:
        return func.path.rpartition(".")[2]
    return func.name if type(func) is Attribute else ""
