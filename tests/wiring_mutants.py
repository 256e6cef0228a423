"""Mutants of what must run: a required call, a handler of a signal, a count or an await is gone; or
a second source of nonces is there.

A mutant *counts* if it really takes away the protection. That is decided here from the syntax
alone, without asking botlint: the call is the only one of that function in the program, the signal
is registered once, the count is what a comparison in the loop around the handler holds against a
limit, and nothing else counts it, the coroutine that is no longer awaited stands alone as a
statement, and what makes the second nonce is a clock in the function that sends the first.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.lock_mutants import Mutant, Parsed, Tree
from tests.order_mutants import with_span

REQUIRED = ("check_position_ttl", "validate_config")


def drop_required_call(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """Nothing is called where a required function was."""
    for call in _calls(file):
        name = _last(call.func)
        if name not in REQUIRED:
            continue
        others = [one for other in tree.files for one in _calls(other) if _last(one.func) == name]
        gone = "()" if isinstance(file.parents[call], ast.For) else "None"
        text = with_span(file, call, gone)
        yield Mutant("drop-required-call", file.path, call.lineno, name, text, len(others) == 1)


def drop_signal(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """A signal is left to what it does by default."""
    for call in _calls(file):
        if _last(call.func) not in ("signal", "add_signal_handler") or len(call.args) < 2:
            continue
        name = _last(call.args[0])
        if name not in ("SIGTERM", "SIGINT"):
            continue
        text = with_span(file, call, "None")
        yield Mutant("drop-signal", file.path, call.lineno, name, text, name == "SIGTERM")


def add_nonce(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """What is sent under a nonce of the one source gets one of the clock."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        target = node.targets[0]
        is_sent = isinstance(target, ast.Subscript) and ast.unparse(target.slice) == "'nonce'"
        name = _last(node.value.func)
        if is_sent and "nonce" in name:
            new = f"{ast.unparse(node.value)} if params else int(time.time() * 1000)"
            text = with_span(file, node.value, new)
            yield Mutant("add-nonce", file.path, node.lineno, name, text, counts=True)


def drop_count(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """A handler no longer counts the error that it gets."""
    for handler in ast.walk(file.tree):
        if not isinstance(handler, ast.ExceptHandler):
            continue
        for node in ast.walk(handler):
            if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
                what = ast.unparse(node.target)
                text = with_span(file, node, "pass")
                counts = not _leaves(handler) and _is_only_count(file, node, what)
                yield Mutant("drop-count", file.path, node.lineno, what, text, counts)


def drop_await(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """A coroutine of the program is made and not awaited."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Await) or not isinstance(node.value, ast.Call):
            continue
        name = _last(node.value.func)
        text = with_span(file, node, ast.unparse(node.value))
        counts = name in tree.coroutines and isinstance(file.parents[node], ast.Expr)
        yield Mutant("drop-await", file.path, node.lineno, name, text, counts)


def _is_only_count(file: Parsed, count: ast.AugAssign, what: str) -> bool:
    """Whether a ``while`` around a count asks how much it is, and it is counted nowhere else."""
    loop: ast.AST = count
    while loop in file.parents and not isinstance(loop, ast.While):
        loop = file.parents[loop]
    asked = [
        one
        for one in ast.walk(loop)
        if isinstance(one, ast.Compare)
        and isinstance(one.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)
        and what in (ast.unparse(one.left), ast.unparse(one.comparators[0]))
    ]
    counted = [
        one
        for one in ast.walk(file.tree)
        if isinstance(one, ast.AugAssign) and ast.unparse(one.target) == what
    ]
    return isinstance(loop, ast.While) and bool(asked) and len(counted) == 1


def _leaves(handler: ast.ExceptHandler) -> bool:
    """Whether a handler leaves the loop whatever is counted."""
    return isinstance(handler.body[-1], ast.Raise | ast.Return | ast.Break)


def _calls(file: Parsed) -> list[ast.Call]:
    return [node for node in ast.walk(file.tree) if isinstance(node, ast.Call)]


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
