"""Functions that a framework runs: decorated for it, or overriding a method of its classes."""

from __future__ import annotations

from botlint.flow.callgraph import CallGraph
from botlint.flow.names import FunctionRef
from botlint.flow.values import External, Func

_WRAPPING = frozenset(
    {"property", "staticmethod", "classmethod", "abstractmethod", "contextmanager", "wraps"}
    | {
        "asynccontextmanager",
        "lru_cache",
        "cache",
        "cached_property",
        "setter",
        "deleter",
        "getter",
    }
    | {"overload", "override", "final", "singledispatch", "singledispatchmethod", "deprecated"}
    | {
        "retry",
        "on_exception",
        "on_predicate",
        "njit",
        "jit",
        "vectorize",
        "guvectorize",
        "timeout",
    }
    | {"cached", "memoize", "timer", "profile", "limits", "sleep_and_retry", "rate_limited"}
    | {"typechecked", "beartype", "no_grad", "inference_mode", "total_ordering", "dataclass"}
    | {"cache_data", "cache_resource", "patch", "hybrid_property", "abstractproperty", "coroutine"}
    | {
        "validate_call",
        "validate_arguments",
        "sync_to_async",
        "async_to_sync",
        "remote",
        "register",
    }
)
"""Decorators from outside whose function the program goes on calling itself."""

_DATA = frozenset(
    {"pydantic", "pydantic_settings", "enum", "typing", "collections", "dict", "list", "str"}
    | {
        "int",
        "float",
        "tuple",
        "set",
        "msgspec",
        "json",
        "sqlalchemy",
        "attr",
        "attrs",
        "marshmallow",
    }
)
"""Modules and types whose subclasses hold data: nothing runs the methods added to them."""


def decorating_hook(graph: CallGraph, ref: FunctionRef) -> str:
    """The decorator from outside that takes a function for a framework, ``""`` if none does."""
    function = graph.index.function(ref)
    parent = graph.index.parent(ref)
    if not function.decorators or parent is None:
        return ""
    for number, decorator in enumerate(function.decorators):
        written = graph.index.decorator_name(ref, number)
        if written == "atexit.register":
            return written
        if written.rpartition(".")[2] in _WRAPPING or not written:
            continue
        values = graph.receivers.values(parent, decorator)
        if any(type(value) is Func for value in values):
            continue
        if any(type(value) is External for value in values) or "." in written:
            return written
    return ""


def overridden(graph: CallGraph, ref: FunctionRef, *, has_callers: bool) -> str:
    """The base from outside that runs a method, ``""`` if none is likely to."""
    owner = graph.index.owner(ref)
    name = graph.index.function(ref).name
    classes = graph.receivers.classes
    if owner is None or (name.startswith("_") and name != "__call__"):
        return ""
    lineage = classes.ancestry(owner)
    if not classes.has_foreign_base(owner):
        # A mixin: the class that it is mixed into may have a base whose methods it overrides.
        below = classes.subclasses(owner)
        lineage = tuple(dict.fromkeys(base for one in below for base in classes.ancestry(one)))
    if not lineage or classes.is_exception(owner):
        return ""
    if has_callers and not (name == "run" or name.startswith("on_")):
        return ""
    for one in lineage:
        for base in classes.outer_bases(one):
            if base.partition(".")[0] not in _DATA and base not in _PLAIN:
                return base if base != "?" else "a class outside of the program"
    return ""


_PLAIN = frozenset({"object", "abc.ABC"})
