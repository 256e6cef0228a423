"""One Python source as facts.

:func:`extract_facts` is total: any bytes give facts, and what can't be parsed gives facts whose
``error`` says why and where. It looks at no other file.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from botlint.facts.cfg import Graph
from botlint.facts.comments import find_comments
from botlint.facts.ending import ending_names
from botlint.facts.events import Event
from botlint.facts.expressions import Reader
from botlint.facts.imported import Import
from botlint.facts.notes import find_notes
from botlint.facts.places import Places
from botlint.facts.scope import MODULE, Scope, bound_names
from botlint.facts.seals import Seals, find_sightings
from botlint.facts.signatures import read_annotation, read_docstring, read_parameters
from botlint.facts.statements import lower_statement
from botlint.facts.types import EXIT, Class, Expression, Facts, Function, KeyUse, Kind, Parameter
from botlint.model import Span
from botlint.secrets.redaction import redact_text

NESTING = 12_000
"""Python frames that one source may need; syntax nested deeper than that is not analysed."""


def extract_facts(path: str, data: bytes) -> Facts:
    """The facts of the source ``data``, which stands at ``path`` (relative to the root)."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, NESTING))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
        return SourceReader(path, data).read(tree)
    except SyntaxError as error:
        return _broken(path, data, _reason(error), _error_span(error))
    except (ValueError, MemoryError, RecursionError, UnicodeError) as error:
        reason = (
            "nested too deeply" if isinstance(error, RecursionError | MemoryError) else str(error)
        )
        return _broken(path, data, reason or type(error).__name__, Span(1, 1, 1, 1))
    finally:
        sys.setrecursionlimit(limit)


def _broken(path: str, data: bytes, reason: str, span: Span) -> Facts:
    found = find_sightings(data)
    return Facts(path, sightings=found, error=reason, error_span=span)


def _reason(error: SyntaxError) -> str:
    reason = (error.msg or "invalid syntax").rstrip(".")
    if sys.version_info >= (3, 12):
        return reason
    newer = "more f-strings" if reason.startswith("f-string") else ""
    newer = "type parameters" if _TYPE_PARAMETERS.match(error.text or "") else newer
    if not newer:
        return reason
    return f"{reason} (in Python 3.11, which runs botlint here; 3.12 reads {newer})"


_TYPE_PARAMETERS = re.compile(r"\s*(((async\s+)?def|class)\s+\w+\s*\[|type\s+\w+.*=)")


def _error_span(error: SyntaxError) -> Span:
    line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    return Span(line, column, line, column + 1)


class Header(NamedTuple):
    """What is known of a function before its body is read."""

    name: str
    qualname: str
    span: Span
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expression, ...]
    returns: str
    owner: int
    parent: int


class SourceReader:
    """Reads one syntax tree.

    A function is numbered when its ``def`` is come to, and its body read when the present one is
    done, so that nesting costs no depth. ``classes``, ``imports`` and ``exports`` grow meanwhile.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.places = Places(data)
        self.known: dict[int, int] = {}
        self.classes: dict[int, Class] = {}
        self.sightings = find_sightings(data)
        self.seals = Seals(self.places.span_of, has_forms=bool(self.sightings))
        self.imports: list[Import] = []
        self.exports: set[str] = set()
        self._path = path
        self._data = data
        self._ending = ending_names(data)
        self._functions: list[Function | None] = []
        self._waiting: list[Callable[[], None]] = []
        self._keys: list[KeyUse] = []

    def read(self, tree: ast.Module) -> Facts:
        """All facts of ``tree``."""
        whole = Span(1, 1, self.places.count_lines(), 1)
        self._functions.append(None)
        self._read_body(0, Header(MODULE, MODULE, whole, (), (), "", -1, -1), tree)
        while self._waiting:
            self._waiting.pop()()
        functions = tuple([function for function in self._functions if function is not None])
        text = self._data.decode("utf-8", "replace") if b"botlint:" in self._data else ""
        return Facts(
            self._path,
            functions,
            tuple(self.classes[index] for index in sorted(self.classes)),
            tuple(self.imports),
            tuple(sorted(self.exports)),
            tuple(self._keys),
            find_comments(text) if text else (),
            find_notes(self._data),
            tuple(self.seals.found),
            self.sightings,
        )

    def number_of(
        self,
        node: Any,
        owner: int,
        parent: int,
        prefix: str,
        decorators: tuple[Expression, ...] = (),
        defaults: tuple[Expression | None, ...] = (),
    ) -> int:
        """The number of function ``node``, whose qualified name begins with ``prefix``."""
        known = self.known.get(id(node))
        if known is not None:
            return known
        number = len(self._functions)
        self._functions.append(None)
        self.known[id(node)] = number
        name = getattr(node, "name", "<lambda>")
        header = Header(
            name,
            name if prefix == MODULE else f"{prefix}.{name}",
            self.places.span_of(node),
            read_parameters(node.args, defaults, self.places),
            decorators,
            read_annotation(getattr(node, "returns", None)),
            owner,
            parent,
        )
        self._waiting.append(lambda: self._read_body(number, header, node))
        return number

    def _shown(self, text: str) -> str:
        """A text of the source without the known forms of credentials in it."""
        return redact_text(text) if self.sightings else text

    def _read_body(self, number: int, header: Header, node: Any) -> None:
        def use_key(record: Expression, key: str, mode: str, place: Span) -> None:
            self._keys.append(KeyUse(record, key, mode, number, place))

        def nested(inner: ast.Lambda) -> int:
            return self.number_of(inner, header.owner, number, header.qualname)

        reader = Reader(self.places.span_of, nested, use_key, self.seals)
        scope = Scope(self, number, header.qualname)
        graph = Graph(reader, self.places, lower_statement, scope, header.span, self._ending)
        entry = _lower_body(graph, reader, node, header.span)
        self._functions[number] = Function(
            *header,
            isinstance(node, ast.AsyncFunctionDef),
            reader.is_generator,
            self._shown(read_docstring(node)),
            tuple(reader.calls),
            tuple(graph.nodes),
            entry,
            tuple(graph.loops),
            tuple(graph.annotations),
            tuple(sorted(graph.outer)),
        )
        if number == 0:
            self.exports.update(bound_names(graph.nodes))


def _lower_body(graph: Graph, reader: Reader, node: Any, span: Span) -> int:
    """Lower the body of a function, a lambda or the module; the number of its entry."""
    ways = graph.top() if isinstance(node, ast.Module) else graph.inside()
    if isinstance(node, ast.Lambda):
        events: list[Event] = []
        value = reader.value(node.body, events)
        last = graph.add(Kind.RETURN, span, EXIT, value=value)
        entry = graph.chain(events, last, ways)
    else:
        entry = graph.block(node.body, EXIT, ways)
    return graph.add(Kind.ENTRY, span, entry)
