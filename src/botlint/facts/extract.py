"""One Python source as facts.

:func:`extract_facts` is total: any bytes give facts, and what can't be parsed gives facts whose
``error`` says why and where. It looks at no other file.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import warnings
from collections.abc import Callable
from typing import Any

from botlint.facts.cfg import EXIT, Graph, Ways
from botlint.facts.comments import find_comments
from botlint.facts.events import Event
from botlint.facts.expressions import Reader
from botlint.facts.signatures import (
    find_methods,
    read_annotation,
    read_attributes,
    read_docstring,
    read_parameters,
)
from botlint.facts.statements import lower_statement
from botlint.facts.types import (
    Class,
    Expression,
    Facts,
    Function,
    Import,
    KeyUse,
    Kind,
    Name,
    Operation,
    Parameter,
)
from botlint.model import Span

NESTING = 12_000
"""Python frames that one source may need; syntax nested deeper than that is not analysed."""

_NEWLINE = re.compile(rb"\r\n|\r|\n")


def extract_facts(path: str, data: bytes) -> Facts:
    """The facts of the source ``data``, which stands at ``path`` (relative to the root)."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, NESTING))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
        return _Source(path, data).read(tree)
    except SyntaxError as error:
        return Facts(path, error=_reason(error), error_span=_error_span(error))
    except (ValueError, MemoryError, RecursionError, UnicodeError) as error:
        reason = (
            "nested too deeply" if isinstance(error, RecursionError | MemoryError) else str(error)
        )
        return Facts(path, error=reason or type(error).__name__, error_span=Span(1, 1, 1, 1))
    finally:
        sys.setrecursionlimit(limit)


def _reason(error: SyntaxError) -> str:
    return (error.msg or "invalid syntax").rstrip(".")


def _error_span(error: SyntaxError) -> Span:
    line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    return Span(line, column, line, column + 1)


class _Source:
    """Reads one syntax tree; functions and classes are numbered in the order of their ``def``."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data
        self._functions: list[Function | None] = []
        self._waiting: list[Callable[[], None]] = []
        self._known: dict[int, int] = {}
        self._classes: dict[int, Class] = {}
        self._imports: list[Import] = []
        self._keys: list[KeyUse] = []
        self._exports: set[str] = set()
        self._lines: list[bytes] | None = None
        self._rows = None if data.isascii() else _NEWLINE.split(_utf8(data))

    def read(self, tree: ast.Module) -> Facts:
        """All facts of ``tree``."""
        lines = len(_NEWLINE.findall(self._data)) + 1
        self._functions.append(None)
        whole = Span(1, 1, lines, 1)
        self._read_body(0, "<module>", "<module>", whole, tree, (), (), "", -1, -1)
        while self._waiting:
            self._waiting.pop()()
        functions = tuple([function for function in self._functions if function is not None])
        text = self._data.decode("utf-8", "replace") if b"botlint:" in self._data else ""
        return Facts(
            self._path,
            functions,
            tuple(self._classes[index] for index in sorted(self._classes)),
            tuple(self._imports),
            tuple(sorted(self._exports)),
            tuple(self._keys),
            find_comments(text) if text else (),
        )

    def _span(self, node: Any) -> Span:
        if self._rows is None:
            return Span(node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)
        return Span(
            node.lineno,
            self._column(node.lineno, node.col_offset),
            node.end_lineno,
            self._column(node.end_lineno, node.end_col_offset),
        )

    def _head(self, node: Any) -> Span:
        """The first line of a ``def`` or ``class``, from its keyword to its name."""
        span = self._span(node)
        word = 6 if isinstance(node, ast.ClassDef) else 4
        word += 6 if isinstance(node, ast.AsyncFunctionDef) else 0
        end = span.column + word + len(node.name)
        return Span(span.line, span.column, span.line, end)

    def _keyword(self, word: str, first: int, last: int) -> Span:
        """Where ``word`` begins a line between two lines, both included."""
        if self._lines is None:
            self._lines = _NEWLINE.split(self._data)
        for number in range(last, first - 1, -1):
            row = self._lines[number - 1] if number <= len(self._lines) else b""
            if row.lstrip().startswith(word.encode()):
                column = len(row) - len(row.lstrip()) + 1
                return Span(number, column, number, column + len(word))
        return Span(last, 1, last, 1)

    def _column(self, line: int, offset: int) -> int:
        assert self._rows is not None
        row = self._rows[line - 1] if line <= len(self._rows) else b""
        return len(row[:offset].decode("utf-8", "replace")) + 1

    def _read_body(
        self,
        number: int,
        name: str,
        qualname: str,
        span: Span,
        node: Any,
        parameters: tuple[Parameter, ...],
        decorators: tuple[Expression, ...],
        returns: str,
        owner: int,
        parent: int,
    ) -> None:
        def use_key(record: Expression, key: str, mode: str, place: Span) -> None:
            self._keys.append(KeyUse(record, key, mode, number, place))

        def nested(node: ast.Lambda) -> int:
            return self._number(node, owner, number, qualname, (), ())

        reader = Reader(self._span, nested, use_key)
        scope = _Scope(self, number, qualname, owner)
        graph = Graph(
            reader,
            self._span,
            self._keyword,
            lower_statement,
            scope.define,
            scope.bind_import,
            span,
        )
        ways = graph.top()
        if isinstance(node, ast.Lambda):
            events: list[Event] = []
            value = reader.value(node.body, events)
            last = graph.add(Kind.RETURN, span, EXIT, value=value)
            entry = graph.chain(events, last, ways)
        else:
            entry = graph.block(node.body, EXIT, ways)
        entry = graph.add(Kind.ENTRY, span, entry)
        self._functions[number] = Function(
            name,
            qualname,
            span,
            parameters,
            decorators,
            returns,
            owner,
            parent,
            isinstance(node, ast.AsyncFunctionDef),
            reader.is_generator,
            read_docstring(node),
            tuple(reader.calls),
            tuple(graph.nodes),
            entry,
            tuple(graph.loops),
        )
        if number == 0:
            self._exports.update(_bound_names(graph))

    def _number(
        self,
        node: Any,
        owner: int,
        parent: int,
        prefix: str,
        decorators: tuple[Expression, ...],
        defaults: tuple[Expression | None, ...],
    ) -> int:
        """The number of function ``node``; its body is read when the present one is done."""
        known = self._known.get(id(node))
        if known is not None:
            return known
        number = len(self._functions)
        self._functions.append(None)
        self._known[id(node)] = number
        name = getattr(node, "name", "<lambda>")
        qualname = name if prefix == "<module>" else f"{prefix}.{name}"
        parameters = read_parameters(node.args, defaults)
        returns = read_annotation(getattr(node, "returns", None))
        span = self._span(node)
        self._waiting.append(
            lambda: self._read_body(
                number, name, qualname, span, node, parameters, decorators, returns, owner, parent
            )
        )
        return number


class _Scope:
    """What a body does with the definitions and imports in it."""

    def __init__(self, source: _Source, number: int, qualname: str, owner: int) -> None:
        self._source = source
        self._number = number
        self._qualname = qualname
        self._owner = owner
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
        defaults = tuple([graph.evaluate(default, events) for default in arguments])
        source._number(node, self._class, self._number, self._prefix, decorators, defaults)
        name = f"{graph.prefix}.{node.name}" if graph.prefix else node.name
        defined = graph.add(Kind.DEFINE, source._head(node), after, target=Name(name))
        return graph.chain(events, defined, ways)

    def _define_class(self, graph: Graph, node: ast.ClassDef, after: int, ways: Ways) -> int:
        source = self._source
        known = source._known.get(id(node))
        number = len(source._classes) if known is None else known
        source._known[id(node)] = number
        qualname = node.name if self._prefix == "<module>" else f"{self._prefix}.{node.name}"
        events: list[Event] = []
        bases = tuple([graph.reader.value(base, events) for base in node.bases])
        for keyword in node.keywords:
            graph.reader.value(keyword.value, events)
        decorators = tuple([graph.reader.value(d, events) for d in node.decorator_list])
        source._classes[number] = Class(
            node.name, qualname, source._span(node), bases, decorators, (), (), self._number
        )
        outer = (self._class, self._prefix, graph.prefix)
        self._class, self._prefix, graph.prefix = number, qualname, qualname
        entry = graph.block(node.body, after, ways)
        self._class, self._prefix, graph.prefix = outer
        methods = tuple(
            source._known[id(part)] for part in find_methods(node) if id(part) in source._known
        )
        source._classes[number] = Class(
            node.name,
            qualname,
            source._span(node),
            bases,
            decorators,
            read_attributes(node),
            methods,
            self._number,
        )
        name = f"{graph.prefix}.{node.name}" if graph.prefix else node.name
        span = source._head(node)
        defined = graph.add(Kind.DEFINE, span, entry, target=Name(name))
        return graph.chain(events, defined, ways)

    def bind_import(self, node: ast.Import | ast.ImportFrom, guards: int) -> None:
        """Record what an import statement binds."""
        source = self._source
        span = source._span(node)
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                local = alias.asname or alias.name
                module, name, level = node.module or "", alias.name, node.level
            else:
                local = alias.asname or alias.name.partition(".")[0]
                module, name, level = alias.name, "", 0
            source._imports.append(
                Import(local, module, name, level, self._number, span, guards > 0)
            )
            if self._number == 0:
                source._exports.add(local)


def _bound_names(graph: Graph) -> set[str]:
    """The names that a module body binds by statements of its own."""
    found: set[str] = set()
    for node in graph.nodes:
        targets = [node.target] if node.target is not None else []
        while targets:
            target = targets.pop()
            if isinstance(target, Name):
                found.add(target.path)
            elif isinstance(target, Operation) and target.kind in ("tuple", "star"):
                targets.extend(target.args)
    return found


def _utf8(data: bytes) -> bytes:
    """``data`` as the UTF-8 that ``ast`` counts its columns in, without a byte order mark."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding).encode("utf-8", "replace")
