"""What a body does with the definitions and imports in it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from botlint.facts.cfg import Graph, Ways
from botlint.facts.events import Event
from botlint.facts.imported import Import
from botlint.facts.signatures import find_methods, name_defaults, read_attributes
from botlint.facts.types import Class, Kind, Name, Node, Operation

if TYPE_CHECKING:
    from botlint.facts.extract import SourceReader

MODULE = "<module>"


class Scope:
    """What a body does with the definitions and imports in it."""

    def __init__(self, source: SourceReader, number: int, qualname: str) -> None:
        self._source = source
        self._number = number
        self._class = -1
        self._prefix = qualname

    def define(self, graph: Graph, node: Any, after: int, ways: Ways) -> int:
        """Lower a nested function or class statement before ``after``."""
        if isinstance(node, ast.ClassDef):
            return self._define_class(graph, node, after, ways)
        source = self._source
        events: list[Event] = []
        decorators = tuple([graph.reader.value(d, events) for d in node.decorator_list])
        arguments = (*node.args.defaults, *node.args.kw_defaults)
        values = [graph.evaluate(default, events) for default in arguments]
        defaults = name_defaults(graph.reader, node.args, tuple(values))
        source.number_of(node, self._class, self._number, self._prefix, decorators, defaults)
        name = f"{graph.prefix}.{node.name}" if graph.prefix else node.name
        defined = graph.add(Kind.DEFINE, source.places.head_of(node), after, target=Name(name))
        return graph.chain(events, defined, ways)

    def _define_class(self, graph: Graph, node: ast.ClassDef, after: int, ways: Ways) -> int:
        source = self._source
        known = source.known.get(id(node))
        number = len(source.classes) if known is None else known
        source.known[id(node)] = number
        qualname = node.name if self._prefix == MODULE else f"{self._prefix}.{node.name}"
        events: list[Event] = []
        bases = tuple([graph.reader.value(base, events) for base in node.bases])
        given = {one.arg: graph.reader.value(one.value, events) for one in node.keywords}
        decorators = tuple([graph.reader.value(d, events) for d in node.decorator_list])
        decorators += tuple([value for name, value in given.items() if name == "metaclass"])
        source.classes[number] = Class(
            node.name,
            qualname,
            source.places.span_of(node),
            bases,
            decorators,
            (),
            (),
            self._number,
        )
        outer = (self._class, self._prefix, graph.prefix)
        self._class, self._prefix, graph.prefix = number, qualname, qualname
        entry = graph.block(node.body, after, ways.only("raise"))
        self._class, self._prefix, graph.prefix = outer
        methods = tuple(
            source.known[id(part)] for part in find_methods(node) if id(part) in source.known
        )
        source.classes[number] = Class(
            node.name,
            qualname,
            source.places.span_of(node),
            bases,
            decorators,
            read_attributes(node),
            methods,
            self._number,
        )
        name = f"{graph.prefix}.{node.name}" if graph.prefix else node.name
        span = source.places.head_of(node)
        defined = graph.add(Kind.DEFINE, span, entry, target=Name(name))
        return graph.chain(events, defined, ways)

    def bind_import(self, node: ast.Import | ast.ImportFrom, guards: int) -> None:
        """Record what an import statement binds."""
        source = self._source
        span = source.places.span_of(node)
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                local = alias.asname or alias.name
                module, name, level = node.module or "", alias.name, node.level
            else:
                local = alias.asname or alias.name.partition(".")[0]
                module, name, level = alias.name, "", 0
            source.imports.append(
                Import(local, module, name, level, self._number, span, guards > 0)
            )
            if self._number == 0:
                source.exports.add(local)


def bound_names(nodes: list[Node]) -> set[str]:
    """The names that a module body binds by statements of its own."""
    found: set[str] = set()
    for node in nodes:
        targets = [node.target] if node.target is not None else []
        while targets:
            target = targets.pop()
            if type(target) is Name:
                found.add(target.path)
            elif type(target) is Operation and target.kind in ("tuple", "star"):
                targets.extend(target.args)
    return found
