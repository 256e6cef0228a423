"""What things of a program are called: references to them, and the names calls are written by."""

from __future__ import annotations

from typing import NamedTuple

from botlint.facts.types import Attribute, Call, Expression, Item, Name, Operation, Result


class FunctionRef(NamedTuple):
    """Function number ``index`` of source number ``source``; number 0 is the module's body."""

    source: int
    index: int  # type: ignore[assignment]  # the method of tuples is not missed


class ClassRef(NamedTuple):
    """Class number ``index`` of source number ``source``."""

    source: int
    index: int  # type: ignore[assignment]  # the method of tuples is not missed


class CallSite(NamedTuple):
    """A call that can run a function, and by what way.

    ``via`` is ``call``, or where the function isn't called by its name: ``callback`` (handed over),
    ``table`` (taken out of a dict or list), ``topic`` (from ``publish`` to ``subscribe``), ``task``
    (an executor runs it and its result is waited for), ``thread`` (it runs on its own from here),
    ``decorator`` (it wraps the function that is called).
    """

    function: FunctionRef
    call: int
    via: str


_SEEN_THROUGH = frozenset({"await", "entered", "or", "element"})


def written_name(expression: Expression, calls: tuple[Call, ...]) -> str:
    """The name by which something is written, as far as it has one.

    A subscript speaks of its container (``self.clients[key].buy`` → ``self.clients.buy``), the
    result of a call of what made it (``get_client().buy`` → ``get_client.buy``).
    """
    behind: list[str] = []
    while True:
        if type(expression) is Name:
            behind.append(expression.path)
            break
        if type(expression) is Attribute:
            behind.append(expression.name)
            expression = expression.value
        elif type(expression) is Item:
            expression = expression.value
        elif type(expression) is Result and expression.call < len(calls):
            expression = calls[expression.call].func
        elif type(expression) is Operation and expression.kind in _SEEN_THROUGH and expression.args:
            expression = expression.args[0]
        else:
            if behind:
                behind.append("?")
            break
    behind.reverse()
    return ".".join(behind)


def segment_of(call: Call, calls: tuple[Call, ...]) -> str:
    """The last segment of the name a call is written by."""
    func = call.func
    if type(func) is Name:
        path = func.path
        return path[path.rfind(".") + 1 :]
    if type(func) is Attribute:
        return func.name
    name = written_name(func, calls)
    return name[name.rfind(".") + 1 :]


def is_special(name: str) -> bool:
    """Whether a name is one of Python's own, which it looks up itself: ``__init__``."""
    return name.startswith("__") and name.endswith("__")


def split_member(func: Expression) -> tuple[Expression | None, str]:
    """The receiver and the member's name of what is called; no receiver for a plain name."""
    if type(func) is Name:
        base, _, name = func.path.rpartition(".")
        return (Name(base) if base else None), name
    if type(func) is Attribute:
        return func.value, func.name
    return None, ""


COMMON = frozenset(
    name
    for kind in (str, bytes, list, dict, set, tuple, int, float)
    for name in dir(kind)
    if not name.startswith("_")
) | frozenset(
    {"put", "get_nowait", "close", "run", "start", "stop", "send", "recv", "read", "write", "open"}
    | {"join", "wait", "notify", "acquire", "release", "set", "is_set", "submit", "shutdown"}
    | {"cancel", "result", "done", "info", "debug", "warning", "error", "exception", "critical"}
    | {"log", "flush", "seek", "readline", "readlines", "connect", "commit", "rollback", "execute"}
    | {"fetchone", "fetchall", "cursor", "post", "delete", "patch", "request", "json", "text"}
    | {"publish", "subscribe", "emit", "on", "register", "next", "save", "load", "exists"}
    | {"mkdir", "unlink", "name", "mean", "sum", "min", "max", "std", "apply", "map", "filter"}
    | {"group", "match", "search", "sub", "now", "time", "sleep", "date", "main", "fit", "predict"}
    | {"transform", "plot", "show", "head", "tail", "reset", "step", "process", "handle", "init"}
    | {"initialize", "setup", "dump", "dumps", "loads", "call", "status", "check", "validate"}
)
"""Names that built-in types, files, threads, loggers and the usual libraries have too."""
