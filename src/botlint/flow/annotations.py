"""Annotations, read as far as they name classes."""

from __future__ import annotations

from collections.abc import Callable

from botlint.flow.values import Cls, External, Instance, Values, held_in, union

_UNKNOWN = frozenset(
    {"Any", "object", "None", "Callable", "T", "TypeVar", "NoReturn", "Never", "Literal", "..."}
)
_TRANSPARENT = frozenset(
    {"Optional", "Union", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly"}
    | {"Awaitable", "Coroutine", "Task", "Future", "InitVar"}
)
_MAPPINGS = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict"}
    | {"Counter", "ChainMap", "TypedDict"}
)
_SEQUENCES = frozenset(
    {"list", "List", "set", "Set", "frozenset", "FrozenSet", "tuple", "Tuple", "deque", "Deque"}
    | {"Sequence", "MutableSequence", "Iterable", "Iterator", "Collection", "AsyncIterator"}
    | {"AsyncIterable", "Generator", "AsyncGenerator", "Queue", "KeysView", "ValuesView"}
)
_BUILTINS = frozenset({"str", "int", "float", "bool", "bytes", "complex", "Decimal", "datetime"})

Lookup = Callable[[str], Values]


def read_annotation(text: str, lookup: Lookup) -> Values:
    """What a parameter or result with the annotation ``text`` can be.

    ``lookup`` says what a dotted name means where the annotation stands.
    """
    if len(text) > 300:
        return ()
    return _read(text, lookup, 0)


def _read(text: str, lookup: Lookup, depth: int) -> Values:
    text = text.strip().strip("'\"").strip()
    if not text or depth > 8:
        return ()
    parts = _split(text, "|")
    if len(parts) > 1:
        return union(_read(part, lookup, depth + 1) for part in parts)
    head, bracket, rest = text.partition("[")
    if not bracket:
        return _named(text, lookup)
    last = head.rpartition(".")[2].strip()
    arguments = _split(rest[: rest.rfind("]")], ",") if "]" in rest else []
    if last in _UNKNOWN or not arguments:
        return ()
    if last in ("Annotated",):
        return _read(arguments[0], lookup, depth + 1)
    if last == "Coroutine":
        return _read(arguments[-1], lookup, depth + 1)
    if last in _TRANSPARENT:
        return union(_read(argument, lookup, depth + 1) for argument in arguments)
    if last in ("Type", "type"):
        inner = _read(arguments[0], lookup, depth + 1)
        return tuple(Cls(value.ref, is_exact=False) for value in inner if type(value) is Instance)
    if last in _MAPPINGS:
        inner = _read(arguments[-1], lookup, depth + 1)
        return union([(External("dict"),), held_in(inner)])
    if last in _SEQUENCES:
        inner = union(_read(argument, lookup, depth + 1) for argument in arguments)
        return union([(External("list"),), held_in(inner)])
    return _named(head, lookup)


def _named(text: str, lookup: Lookup) -> Values:
    last = text.rpartition(".")[2]
    if last in _UNKNOWN or not all(part.isidentifier() for part in text.split(".")):
        return ()
    if last in _MAPPINGS:
        return (External("dict"),)
    if last in _SEQUENCES:
        return (External("list"),)
    found = lookup(text)
    if not found and text in _BUILTINS:
        return (External(text),)
    return union(
        (Instance(value.ref),) if type(value) is Cls else (value,)
        for value in found
        if type(value) is Cls or (type(value) is External and not _is_vague(value.name))
    )


def _is_vague(name: str) -> bool:
    module, _, last = name.rpartition(".")
    return module in ("typing", "typing_extensions", "types", "collections.abc") or last in _UNKNOWN


def _split(text: str, separator: str) -> list[str]:
    """``text`` at the separators that stand outside of brackets and quotes."""
    parts: list[str] = []
    depth = start = 0
    quote = ""
    for position, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "[(":
            depth += 1
        elif letter in "])":
            depth -= 1
        elif letter == separator and depth <= 0:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    return parts
