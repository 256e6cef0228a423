"""The stage of the ids: who gets one, and whether its caller had one."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from types import CodeType, FrameType, ModuleType
from typing import Any

from tests.oracle.exploring import Seen, Spot
from tests.oracle.feeding import Feed
from tests.oracle.program import Program, module_name
from tests.oracle.watching import BlockWatcher, Def, placed
from tests.oracle.world import Run

MARK = "id#"
_NAMES = ("decision_id", "dec_id")


class CarryStage:
    """Ids that can be told by their text, and functions that tell what they get."""

    def __init__(self, program: Program) -> None:
        self._paths = frozenset(program.files)
        self._feed = Feed(Run((), ()), is_async=program.is_async, values=lambda: MARK)
        self._calls: dict[Spot, set[tuple[bool, bool]]] = {}
        self._unrun: set[Spot] = set()
        self._constants: dict[CodeType, frozenset[object]] = {}
        self._is_bare = False
        """Whether the run has begun without an id, and the program has not dropped it itself."""

    def modules(self) -> Mapping[str, ModuleType]:
        return self._feed.modules()

    def members(self) -> Mapping[str, Any]:
        return {
            "__got__": self._got,
            "__at__": lambda *spot: self._unrun.discard(spot),
            "__cleared__": self._clear,
            "str": _Text,
        }

    def watch(self, tree: ast.Module, path: str) -> ast.Module:
        watcher = _Watcher(path)
        found = watcher.visit(tree)
        self._unrun |= watcher.blocks
        assert isinstance(found, ast.Module)
        return found

    def begin(self, prefix: tuple[int, ...]) -> Run:
        self._feed.run = Run(prefix, (RuntimeError,))
        self._is_bare = False
        return self._feed.run

    def after(self) -> None:
        pass

    def end(self) -> None:
        pass

    def value(self, name: str) -> object:
        """An id, or none: both are tried."""
        if name not in ("decision_id", "context", "record"):
            return name
        value = MARK if self._feed.run.take(2) == 0 else None
        self._is_bare |= value is None
        if name == "context":
            return self._context("symbol", value)
        return {"decision_id": value, "symbol": "symbol"} if name == "record" else value

    def _context(self, *values: object) -> object:
        """An object of the program's own class."""
        modules = (sys.modules[module_name(path)] for path in self._paths)
        made = next(one.Context for one in modules if hasattr(one, "Context"))
        return made(*values)

    def seen(self) -> Seen:
        """A call is wrong if its caller has an id in every run that a test for one leaves open,
        and what is called gets none."""
        wrong = {
            spot
            for spot, seen in self._calls.items()
            if (True, False) in seen and (False, False) not in seen
        }
        fine = {spot for spot, seen in self._calls.items() if (True, False) not in seen}
        return Seen(
            frozenset(frozenset({spot}) for spot in wrong),
            frozenset() if self._unrun else frozenset(fine),
        )

    def _got(self, values: dict[str, Any]) -> None:
        """A function that can take an id has been called with ``values``."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename not in self._paths:
            frame = frame.f_back
        if frame is None or self._feed.run.cuts:
            return
        spot = (frame.f_code.co_filename, frame.f_lineno)
        names = dict(frame.f_locals)
        if "record" in names and "decision_id" not in self._constants_of(frame.f_code):
            del names["record"]  # Nothing there says what it holds.
        pair = (_has_id(names), carries(values) or bool(values.get("decision_id")))
        known = self._calls.setdefault(spot, set())
        if pair[0] or not self._is_bare:
            known.add(pair)

    def _clear(self, value: object) -> None:
        """The program sets an id to nothing: what goes without one then has none by its doing."""
        self._is_bare = self._is_bare and not carries(value)

    def _constants_of(self, code: CodeType) -> frozenset[object]:
        found = self._constants.get(code)
        if found is None:
            found = self._constants[code] = _constants(code)
        return found


def _constants(code: CodeType) -> frozenset[object]:
    """What stands in a function, and in those nested in it."""
    inner = [_constants(one) for one in code.co_consts if isinstance(one, CodeType)]
    return frozenset(code.co_consts).union(*inner)


class _Text(str):
    """``str`` that makes no text of nothing, which would be no id and yet true."""

    def __new__(cls, value: object = "") -> _Text:
        return super().__new__(cls, "" if value is None else value)


def _has_id(names: Mapping[str, Any]) -> bool:
    """Whether there is an id under a name that says so."""
    for name, value in names.items():
        if name in _NAMES and carries(value):
            return True
        if name == "context" and carries(value.decision_id):
            return True
        if name == "record" and carries(value["decision_id"]):
            return True
    return False


def carries(value: object, depth: int = 3) -> bool:
    """Whether a value is an id, or is made of one."""
    if isinstance(value, str):
        return MARK in value
    if not depth:
        return False
    if isinstance(value, dict):
        return any(carries(one, depth - 1) for one in value.values())
    if isinstance(value, tuple | list):
        return any(carries(one, depth - 1) for one in value)
    return hasattr(value, "decision_id") and carries(value.decision_id, depth - 1)


class _Watcher(BlockWatcher, ast.NodeTransformer):
    """Tells what those get that can take an id."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        if node.decorator_list and node.name != "Context":
            text = "def __post_init__(self):\n    __got__(vars(self))"
            node.body.append(placed(ast.parse(text).body[0], node))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.AST]:
        is_cleared = isinstance(node.value, ast.Constant) and node.value.value is None
        name = ast.unparse(node.targets[0])
        if not is_cleared or name not in _NAMES:
            return node
        return [placed(ast.parse(f"__cleared__({name})").body[0], node), node]

    def change(self, node: Def) -> ast.AST:
        names = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
        is_taking = "decision_id" in names or node.args.kwarg is not None
        if is_taking and not node.name.startswith("step"):
            is_abstract = isinstance(node.body[0], ast.Raise)
            parts = () if is_abstract else ast.walk(node)
            if parts and not any(isinstance(part, ast.Call | ast.Attribute) for part in parts):
                raise SyntaxError("what does nothing takes nothing")
            if node.name.startswith("deed"):
                self.mark(node)
            node.body.insert(0, placed(ast.parse("__got__(locals())").body[0], node))
            return node
        self.mark(node)
        return node
