"""What is loaded by a name that stands as text in a registry: ``{"grid": "bots.grid:GridBot"}``,
``Plugin(module="bots.grid", cls="GridBot")``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from botlint.facts.types import Constant, Expression, Operation
from botlint.flow.index import Index
from botlint.flow.names import ClassRef, FunctionRef
from botlint.model import Place, Span

LOADING_BY_NAME = (
    *("import_module", "__import__", "import_string", "import_object", "import_from_string"),
    *("load_class", "load_object", "locate", "resolve_name", "entry_points"),
)
_SERVING = "run"


class Loaded(msgspec.Struct, frozen=True):
    """The classes and functions that are loaded by name, each with the place of its name."""

    classes: Mapping[ClassRef, Place]
    functions: Mapping[FunctionRef, Place]


def find_loaded(index: Index) -> Loaded:
    """Those whose module and name stand together as text in one call or one display, in a program
    that loads modules by name; elsewhere only what a server is told to run
    (``run("app.main:app")``)."""
    classes: dict[ClassRef, Place] = {}
    functions: dict[FunctionRef, Place] = {}
    for source, span, texts in _written(index):
        place = Place(index.sources[source].path, span)
        modules, names = _told_apart(index, source, texts)
        within = {index.modules.by_raw[raw] for raw in modules}
        for name in sorted(names) if within else ():
            for cls in index.classes_by_name.get(name, ()):
                if cls.source in within:
                    classes.setdefault(cls, place)
            for ref in index.functions_by_name.get(name, ()):
                if ref.source in within and index.function(ref).parent == 0:
                    functions.setdefault(ref, place)
    return Loaded(classes, functions)


def _written(index: Index) -> Iterator[tuple[int, Span, list[str]]]:
    """The texts of each call and of each display, where these may name what is loaded."""
    if not any(segment in index.calls_by_segment for segment in LOADING_BY_NAME):
        for ref, number in index.calls_by_segment.get(_SERVING, ()):
            call = index.call(ref, number)
            texts = [text for text in _texts(call.args[:1]) if ":" in text]
            yield ref.source, call.span, texts
        return
    for ref in index.functions():
        function = index.function(ref)
        for call in function.calls:
            values = (*call.args, *(value for _, value in call.keywords))
            yield ref.source, call.span, list(_texts(values))
        for node in function.nodes:
            if type(node.value) is Operation:
                yield ref.source, node.span, list(_texts((node.value,)))


def _texts(values: Iterable[Expression]) -> Iterator[str]:
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if type(value) is Constant and isinstance(value.value, str):
            yield value.value
        elif type(value) is Operation:
            waiting += value.args


def _told_apart(index: Index, source: int, texts: list[str]) -> tuple[set[str], set[str]]:
    """The modules of the program that texts name, and the names that stand beside them."""
    modules: set[str] = set()
    names: set[str] = set()
    for text in texts:
        path, colon, name = text.partition(":")
        raw = _module(index, source, path) if colon or "." in path else None
        if raw is None and not colon:
            path, _, name = text.rpartition(".")
            raw = _module(index, source, path) if "." in path else None
        if raw is not None:
            modules.add(raw)
        if raw is None or name:
            names.add(name or text)
    return modules, names


def _module(index: Index, source: int, path: str) -> str | None:
    if not path.replace(".", "").isidentifier():
        return None
    raw = index.modules.find(path, source)
    return raw if raw in index.modules.by_raw else None
