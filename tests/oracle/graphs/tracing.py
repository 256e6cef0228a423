"""Executes a function over the outcomes of its calls, and keeps what happened in each run of it.

Before it is executed, its syntax tree is changed where nothing of its control flow depends on it:
each function opens an :class:`Activation`, each call of the scene is handed it, each ``except``
says that it caught, each ``yield`` that it was come to and come back from, and loops end once a run
has been long enough.
"""

from __future__ import annotations

import ast
import contextlib
import random
import sys
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.oracle.graphs import scene as world
from tests.oracle.graphs.scene import Activation, Event, Scene, Value

Place = tuple[int, int]
AT_RANDOM = 40
ALL = 120
_SCENE = frozenset({"w", "v", "call", *world.CALLS})


class Trace(NamedTuple):
    """What happened in one run of the function at ``place``, in order.

    It is a beginning only, where the run was cut short or the generator never asked again.
    """

    place: Place
    events: tuple[Event, ...]


class StrangeFunction(Exception):
    """The function fails by a fault of its own."""


def trace(source: str, seed: int) -> frozenset[Trace]:
    """All that happens in runs of ``target``; raises ``SyntaxError`` or
    :class:`StrangeFunction` if it is none to judge by."""
    tree = ast.fix_missing_locations(_Instrument().visit(ast.parse(source)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(tree, "target.py", "exec")
    chance = random.Random(seed)
    found: set[Trace] = set()
    with _quiet():
        for _ in range(AT_RANDOM):
            found |= _traces(code, Scene((), chance))
        if len(found) < AT_RANDOM // 2:
            found |= _all(code)
    return frozenset(found)


def _all(code: Any) -> set[Trace]:
    found: set[Trace] = set()
    prefix: tuple[int, ...] | None = ()
    for _ in range(ALL):
        if prefix is None:
            break
        scene = Scene(prefix, None)
        found |= _traces(code, scene)
        prefix = scene.following()
    return found


def _traces(code: Any, scene: Scene) -> set[Trace]:
    activations: list[Activation] = []

    def begin(line: int, column: int) -> Activation:
        activations.append(Activation(scene, (line, column)))
        return activations[-1]

    names = {
        "__begin__": begin,
        "__go__": scene.goes_on,
        "__run__": _run_lambda,
        "__resumed__": _resumed,
        **{name: world.plain_call(made) for name, made in world.CALLS.items()},
        **{name: getattr(world, name) for name in ("w", "v", "call", "E1", "E2", "K", "Value")},
        "suppress": contextlib.suppress,
        "ExitStack": contextlib.ExitStack,
        "contextmanager": contextlib.contextmanager,
        "asynccontextmanager": contextlib.asynccontextmanager,
    }
    exec(code, names)
    with contextlib.suppress(Exception, world.Cancelled, BaseExceptionGroup):
        _drive(names["target"](Value(scene), Value(scene)), scene)
    if scene.strange:
        raise StrangeFunction(scene.strange)
    return {Trace(one.place, _told(one.events)) for one in activations if one.events}


def _told(events: list[Event]) -> tuple[Event, ...]:
    """Each ``yield`` with how it was come back from, in one event."""
    found: list[Event] = []
    for event, following in zip(events, [*events[1:], ("cut",)], strict=True):
        if event[0] == "yield":
            outcome = {"resumed": "ok", "cut": "ok"}.get(following[0], "raised")
            found.append(("yield", outcome))
        elif event[0] != "resumed":
            found.append(event)
    return tuple(found)


def _run_lambda(activation: Activation, body: Any) -> object:
    with activation:
        return body(activation)


def _resumed(activation: Activation, value: object) -> object:
    activation.note("resumed")
    return value


def _drive(result: Any, scene: Scene) -> None:
    """Run what a generator or a coroutine function gave, up to its end or nearly."""
    if hasattr(result, "asend"):
        _ask(lambda: _await(result.asend(None)), lambda: _await(result.athrow(world.E1)), scene)
        _close(lambda: _await(result.aclose()))
    elif hasattr(result, "cr_frame"):
        _await(result)
    elif hasattr(result, "gi_frame"):
        _ask(lambda: result.send(None), lambda: result.throw(world.E1), scene)
        _close(result.close)


def _ask(send: Any, throw: Any, scene: Scene) -> None:
    with contextlib.suppress(StopIteration, StopAsyncIteration):
        send()
        for _ in range(5):
            ask = (send, send, throw, lambda: None)[scene.choose(4)]
            ask()


def _await(coroutine: Any) -> object:
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("nothing suspends")


def _close(close: Any) -> None:
    """Generators that go on when they are closed are closed again."""
    for _ in range(100):
        try:
            close()
        except RuntimeError:
            continue
        return


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nobody hears of generators that are collected and go on nevertheless."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = before


class _Instrument(ast.NodeTransformer):
    def visit_FunctionDef(self, node: Any) -> ast.AST:
        self.generic_visit(node)
        item = ast.withitem(_begin(node), ast.Name("a__", ast.Store()))
        node.body = [ast.With([item], node.body)]
        return node  # type: ignore[no-any-return]

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        begin = _begin(node)
        self.generic_visit(node)
        taken = ast.arguments([], [ast.arg("a__")], kwonlyargs=[], kw_defaults=[], defaults=[])
        node.body = _call("__run__", begin, ast.Lambda(taken, node.body))
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in _SCENE:
            node.args.insert(1, _name("a__"))
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        place = ast.Tuple([ast.Constant(node.lineno), ast.Constant(node.col_offset)], ast.Load())
        node.body.insert(0, ast.Expr(_note(ast.Constant("caught"), place)))
        return node

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        self.generic_visit(node)
        both = [node.value or ast.Constant(None), _note(ast.Constant("yield"))]
        node.value = ast.Tuple(both, ast.Load())
        return _call("__resumed__", _name("a__"), node)

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.test = ast.BoolOp(ast.And(), [_call("__go__"), node.test])
        return node


def _begin(node: Any) -> ast.Call:
    return _call("__begin__", ast.Constant(node.lineno), ast.Constant(node.col_offset))


def _note(*parts: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(_name("a__"), "note", ast.Load()), list(parts), [])


def _call(name: str, *parts: ast.expr) -> ast.Call:
    return ast.Call(_name(name), list(parts), [])


def _name(text: str) -> ast.Name:
    return ast.Name(text, ast.Load())
