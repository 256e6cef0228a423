"""Functions handed to code outside, which calls them: executors, threads, ``map``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botlint.facts.types import Call, Expression, Lambda, Name, Operation, Result
from botlint.flow.names import FunctionRef, segment_of
from botlint.flow.values import Func, Partial, Value

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers

TASKS = {"submit": 0, "apply_async": 0, "to_thread": 0, "run_in_executor": 1, "run_sync": 0}
"""What runs a function elsewhere and gives its result back, with the function's position."""

THREADS = {"Thread": 1, "Process": 1, "Timer": 1, "start_new_thread": 0, "start_soon": 0}
SCHEDULES = {
    "call_later": 1,
    "call_at": 1,
    "call_soon": 0,
    "call_soon_threadsafe": 0,
    "add_job": 0,
    "add_task": 0,
    "do": 0,
    "add_done_callback": 0,
    "call_repeatedly": 1,
    "run_repeating": 0,
    "run_daily": 0,
    "run_once": 0,
    "enter": 2,
    "enterabs": 2,
}
SIGNALS = {"signal": 1, "add_signal_handler": 1, "register": 0}

POSITIONS: dict[str, int] = {**TASKS, **THREADS, **SCHEDULES}

NOW = frozenset(
    {"map", "filter", "sorted", "sort", "min", "max", "reduce", "starmap", "apply", "applymap"}
    | {"transform", "agg", "aggregate", "pipe", "filterfalse", "takewhile", "dropwhile", "groupby"}
    | {"partial", "wraps", "any", "all", "sum", "next", "iter", "zip", "run", "wait_for", "gather"}
    | {"defaultdict", "field", "attempt", "call"}
)
"""What calls a function that it gets before it returns, or only passes it on."""


ASKS = frozenset(
    {"callable", "isinstance", "issubclass", "hasattr", "getattr", "id", "hash", "repr", "str"}
    | {"type", "bool", "print", "format", "iscoroutinefunction", "iscoroutine", "isawaitable"}
    | {"isfunction", "ismethod", "isgeneratorfunction", "isasyncgenfunction", "isclass"}
    | {"isbuiltin", "signature", "getsource", "getfile", "getmodule", "getdoc", "get_type_hints"}
    | {"unwrap", "update_wrapper"}
)
"""What only asks about a function that it gets."""


def _way_of(segment: str, name: str = "") -> str:
    """By what way a function handed to something called ``segment`` is run."""
    if segment in TASKS:
        return "task"
    if segment in THREADS or segment in SCHEDULES:
        return "thread"
    if segment in SIGNALS and name.startswith(("signal.", "atexit.", "asyncio.")):
        return "thread"
    return "callback"


def functions_handed(
    receivers: Receivers, ref: FunctionRef, call: Call, segment: str
) -> Iterator[tuple[FunctionRef, str]]:
    """The functions that a call of something outside gets, each with the way it is run."""
    if segment in ASKS:
        return
    is_known = segment in POSITIONS
    for value in handed_expressions(call):
        if not is_known and not is_function_like(receivers, ref, value):
            continue
        for one in receivers.values(ref, value):
            function = bare_function(one)
            if function is not None:
                yield function, _way_of(segment)


def handed_expressions(call: Call) -> Iterator[Expression]:
    """The arguments of a call, and what stands in displays among them."""
    for value in call.args:
        yield value
        if type(value) is Operation and value.kind in ("list", "tuple", "dict"):
            yield from value.args
    for _, value in call.keywords:
        yield value
        if type(value) is Operation and value.kind in ("list", "tuple", "dict"):
            yield from value.args


def values_giving(
    receivers: Receivers, ref: FunctionRef, call: Call, function: FunctionRef
) -> list[Expression]:
    """The arguments of a call of ``ref`` that can be ``function``."""
    return [
        value
        for value in handed_expressions(call)
        if type(value) is Name or is_function_like(receivers, ref, value)
        if any(bare_function(one) == function for one in receivers.values(ref, value))
    ]


def is_function_like(receivers: Receivers, ref: FunctionRef, value: Expression) -> bool:
    """Whether an argument may be a function, by its looks."""
    if type(value) is Name:
        path = value.path
        last = path[path.rfind(".") + 1 :]
        return last in receivers.index.functions_by_name or last in receivers.index.alias_names
    if type(value) is Result:
        calls = receivers.index.function(ref).calls
        return segment_of(calls[value.call], calls) == "partial"
    return type(value) is Lambda


def bare_function(value: Value) -> FunctionRef | None:
    """The function behind a value, also behind ``partial``."""
    while type(value) is Partial:
        value = value.value
    return value.ref if type(value) is Func else None
