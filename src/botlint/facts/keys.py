"""Keys of records that calls read and write: ``get``, ``pop``, ``setdefault``, ``update``."""

from __future__ import annotations

from collections.abc import Callable

from botlint.facts.types import Attribute, Constant, Expression, Name, Operation
from botlint.model import Span

UseKey = Callable[[Expression, str, str, Span], None]


def note_keys(
    use_key: UseKey,
    func: Expression,
    args: tuple[Expression, ...],
    keywords: tuple[tuple[str | None, Expression], ...],
    span: Span,
) -> None:
    """Tell ``use_key`` of the key that a method of a record uses."""
    if type(func) is Name:
        base, _, method = func.path.rpartition(".")
        record: Expression = Name(base)
    elif type(func) is Attribute:
        record, method = func.value, func.name
    else:
        return
    mode = _KEY_METHODS.get(method)
    if mode is None or record == Name(""):
        return
    if mode == "update":
        _note_update(use_key, record, args, keywords, span)
        return
    key = args[0] if args else None
    if type(key) is Constant and type(key.value) is str:
        use_key(record, key.value, mode, span)
    elif mode == "write" and not isinstance(key, Constant):
        use_key(record, "", "open", span)


def _note_update(
    use_key: UseKey,
    record: Expression,
    args: tuple[Expression, ...],
    keywords: tuple[tuple[str | None, Expression], ...],
    span: Span,
) -> None:
    for name, _ in keywords:
        use_key(record, name or "", "write" if name else "open", span)
    for argument in args:
        is_display = isinstance(argument, Operation) and argument.kind == "dict"
        for key in argument.args[::2] if isinstance(argument, Operation) and is_display else [None]:
            if isinstance(key, Constant) and isinstance(key.value, str):
                use_key(record, key.value, "write", span)
            else:
                use_key(record, "", "open", span)


_KEY_METHODS = {"get": "read", "pop": "read", "setdefault": "write", "update": "update"}
