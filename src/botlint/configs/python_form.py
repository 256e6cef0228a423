"""Python modules of constants, and the defaults of dataclasses, attrs and pydantic classes.

Nothing is run: what a text does not tell is :data:`~botlint.configs.types.UNKNOWN`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from typing import Any

from botlint.configs.folding import fold
from botlint.configs.types import UNKNOWN, Fault, Path, Setting
from botlint.facts.places import Places
from botlint.model import Span

_FIELD = frozenset({"field", "Field", "attrib", "ib"})
_OPENING = frozenset({"globals", "exec", "eval", "vars"})
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")


def read_python(path: str, text: str) -> tuple[list[Setting], list[Fault]]:
    """The constants of a module and of its classes, in the order of their assignments."""
    data = text.encode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except SyntaxError as error:
        line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
        span = Span(line, column, line, column + 1)
        return [], [Fault(span, "syntax", (error.msg or "invalid syntax").rstrip("."))]
    reader = _Reader(path, Places(data))
    reader.block((), tree.body)
    return reader.settings, reader.faults


class _Reader:
    """Reads the statements of one module; ``settings`` and ``faults`` grow meanwhile."""

    def __init__(self, path: str, places: Places) -> None:
        self.settings: list[Setting] = []
        self.faults: list[Fault] = []
        self._path = path
        self._places = places
        self._known: dict[str, Any] = {}
        self._depth = 0

    def block(self, at: Path, body: list[Any]) -> None:
        """Read statements, those of branches too; functions are left alone."""
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if node.name == "__getattr__" and not at:
                    self._open(node)
            elif isinstance(node, ast.ClassDef):
                self.block((*at, node.name), node.body)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(at, target, node.value)
            elif isinstance(node, ast.AnnAssign):
                self._annotated(at, node)
            elif isinstance(node, ast.AugAssign):
                self._augment(at, node)
            elif isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names):
                self._open(node)
            else:
                self._inside(at, node)

    def _inside(self, at: Path, node: ast.stmt) -> None:
        if any(_opens(part) for part in _own_expressions(node)):
            self._open(node)
        is_block = not isinstance(node, ast.With | ast.AsyncWith)
        self._depth += is_block
        for field in _BLOCKS:
            for part in getattr(node, field, ()):
                if isinstance(part, ast.ExceptHandler | ast.match_case):
                    self.block(at, part.body)
                else:
                    self.block(at, [part])
        self._depth -= is_block

    def _assign(self, at: Path, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            fits = len(values) == len(target.elts)
            for number, part in enumerate(target.elts):
                self._assign(at, part, values[number] if fits else ast.Name("?"))
        elif isinstance(target, ast.Name):
            self._set((*at, target.id), target, value)
        elif isinstance(target, ast.Subscript):
            self._set_item(at, target, value)

    def _annotated(self, at: Path, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and (node.value is not None or at):
            self._set((*at, node.target.id), node.target, node.value)

    def _augment(self, at: Path, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            value = ast.BinOp(ast.Name(node.target.id), node.op, node.value)
            self._set((*at, node.target.id), node.target, value, node.value)

    def _set_item(self, at: Path, target: ast.Subscript, value: ast.expr) -> None:
        if isinstance(target.value, ast.Call) and _opens(target.value):
            self._open(target)
        elif isinstance(target.value, ast.Name) and isinstance(target.slice, ast.Constant):
            key = target.slice.value
            if isinstance(key, str | int):
                self._set((*at, target.value.id, key), target, value)

    def _set(
        self,
        path: Path,
        target: ast.expr | ast.keyword,
        value: ast.expr | None,
        written: ast.expr | None = None,
    ) -> None:
        given, environment = _unwrap(value, path)
        folded = fold(given, self._known) if given is not None else None
        result = UNKNOWN if folded is None else folded.value
        key = self._places.span_of(target)
        shown = written or value
        is_shown = getattr(shown, "col_offset", None) is not None
        self.settings.append(
            Setting(
                path,
                result,
                self._places.span_of(shown) if is_shown else key,
                key,
                self._path,
                environment=environment or (folded.environment if folded else ""),
                is_conditional=self._depth > 0,
            )
        )
        dotted = ".".join(map(str, path))
        is_certain = self._depth == 0 or dotted not in self._known
        self._known[dotted] = result if is_certain else UNKNOWN
        if isinstance(given, ast.Dict | ast.List | ast.Tuple | ast.Call):
            self._parts(path, given)

    def _parts(self, path: Path, node: ast.Dict | ast.List | ast.Tuple | ast.Call) -> None:
        if isinstance(node, ast.Call):
            if _makes_record(node):
                for word in node.keywords:
                    self._set((*path, word.arg or ""), word, word.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                name = fold(key, self._known).value if key is not None else UNKNOWN
                if key is not None and isinstance(name, str | int):
                    self._set((*path, name), key, value)
        else:
            for number, value in enumerate(node.elts):
                self._set((*path, number), value, value)

    def _open(self, node: Any) -> None:
        message = "names are made here that the text does not show"
        self.faults.append(Fault(self._places.span_of(node), "open", message))


def _unwrap(value: ast.expr | None, path: Path) -> tuple[ast.expr | None, str]:
    """What ``field(default=1)`` and ``Field(1, env="X")`` give, and the variable they name."""
    if not isinstance(value, ast.Call) or len(path) < 2:
        return value, ""
    name = ast.unparse(value.func).rpartition(".")[2]
    if name not in _FIELD:
        return value, ""
    words = {one.arg: one.value for one in value.keywords}
    variable = words.get("env") or words.get("validation_alias") or words.get("alias")
    named = variable.value if isinstance(variable, ast.Constant) else ""
    default = words.get("default") or (value.args[0] if name == "Field" and value.args else None)
    factory = words.get("default_factory") or words.get("factory")
    if default is None and isinstance(factory, ast.Lambda):
        default = factory.body
    if isinstance(default, ast.Constant) and default.value is ...:
        default = None
    return default, named if isinstance(named, str) else ""


def _makes_record(node: ast.Call) -> bool:
    """``Limits(daily=1, weekly=2)``: an object whose fields are all named."""
    name = ast.unparse(node.func).rpartition(".")[2] if not node.args else ""
    is_class = name[:1].isupper() or name == "dict"
    return is_class and bool(node.keywords) and all(word.arg for word in node.keywords)


def _own_expressions(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, not of the blocks in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child


def _opens(node: ast.expr) -> bool:
    """``globals()[name] = ...``, ``globals().update(...)``, ``exec(text)``, ``setattr(module)``."""
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call):
        return func.attr in ("update", "setdefault", "__setitem__") and _opens(func.value)
    return isinstance(func, ast.Name) and func.id in (*_OPENING, "setattr")
