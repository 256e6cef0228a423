"""Mutants of orders: the stop after an entry, the cancel before it, a look at its price is gone.

A mutant *counts* if it really takes away what protects something, and another order of the program
keeps it. That is decided here from the syntax alone, without asking botlint: functions are told
by the calls that stand in their own bodies.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.lock_mutants import Mutant, Parsed, Tree
from tests.order_mutants import with_span

_ENTRY = re.compile(r"(?i)market_buy|market_sell|['\"]market['\"]|type=['\"]market")
_STOP = re.compile(r"(?i)stop_?(market|loss|limit|order)|['\"]stop_")
_CLEAR = re.compile(r"(cancel_\w*orders?|(fetch|get)_open_orders)\b")
_LIMIT = re.compile(r"(?i)create_\w*limit\w*order|['\"]limit['\"]")
_DEF = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVING = (ast.Return, ast.Raise, ast.Continue)

Test = Callable[[str], bool]


def drop_stop(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """The statement that places a stop after an entry does nothing."""

    def places(text: str) -> bool:
        return bool(_STOP.search(text))

    def enters(text: str) -> bool:
        return bool(_ENTRY.search(text)) and not _STOP.search(text)

    for around, statement in _following(file, enters, places):
        peers = [one for one in _functions(tree) if one.name != around.name]
        counts = any(_has(one, enters) and _has(one, places) for one in peers)
        yield _without("drop-stop", file, statement, counts=counts)


def drop_cancel(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """The statement that clears the book before a limit order does nothing."""

    def clears(text: str) -> bool:
        return bool(_CLEAR.search(text))

    def rests(text: str) -> bool:
        return bool(_LIMIT.search(text))

    for around, statement in _following(file, clears, rests, is_first=True):
        peers = [one for one in _functions(tree) if one.name != around.name]
        is_kept = any(_has(one, clears) and _has(one, rests) for one in peers)
        only = sum(clears(ast.unparse(one)) for one in around.body) == 1
        yield _without("drop-cancel", file, statement, counts=is_kept and only)


def drop_staleness(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """The test that leaves if a price is old or far off never holds."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.If) or not _is_look(node):
            continue
        around = _function_around(file, node)
        others = [one for one in _functions(tree) if around is None or one.name != around.name]
        text = with_span(file, node.test, "False")
        counts = any(_is_look(one) for each in others for one in ast.walk(each))
        what = ast.unparse(node.test)
        yield Mutant("drop-staleness", file.path, node.lineno, what, text, counts)


def _is_look(node: ast.AST) -> bool:
    if not isinstance(node, ast.If) or not isinstance(node.body[-1], _LEAVING):
        return False
    test = ast.unparse(node.test)
    is_ordered = isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.Gt)
    return is_ordered and ("time.time() -" in test or test.startswith("abs("))


def _following(
    file: Parsed, first: Test, second: Test, *, is_first: bool = False
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.stmt]]:
    """The statements of a body that do ``second`` after one that does ``first``; or the first."""
    for node in ast.walk(file.tree):
        if not isinstance(node, _DEF):
            continue
        texts = [ast.unparse(one) for one in node.body]
        for number, statement in enumerate(node.body):
            done, other = (first, second) if is_first else (second, first)
            near = texts[number + 1 :] if is_first else texts[:number]
            if done(texts[number]) and any(other(text) for text in near):
                yield node, statement


def _without(operator: str, file: Parsed, statement: ast.stmt, *, counts: bool) -> Mutant:
    text = with_span(file, statement, "pass")
    what = ast.unparse(statement).split("\n")[0]
    return Mutant(operator, file.path, statement.lineno, what, text, counts)


def _functions(tree: Tree) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for file in tree.files for node in ast.walk(file.tree) if isinstance(node, _DEF)]


def _has(function: ast.FunctionDef | ast.AsyncFunctionDef, test: Test) -> bool:
    return any(test(ast.unparse(statement)) for statement in function.body)


def _function_around(file: Parsed, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    while node in file.parents:
        node = file.parents[node]
        if isinstance(node, _DEF):
            return node
    return None
