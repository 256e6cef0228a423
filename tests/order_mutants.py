"""Mutants of orders: the lookup of a duplicate, the branch for a part, a raise, or an id is gone;
or what was asked for is booked.

A mutant *counts* if it really takes away what protects something. That is decided here from the
syntax alone, without asking botlint: the lookup is the only one of its handler; beside the branch
for a part the function has one for the whole, and the branch tests a status that the library in use
reports (ccxt never says ``partial``); the function with the raise sells, or is called by one that
does, and doesn't swallow it; the order with the id stands in a ``try`` in a loop, in which the id
isn't made, and no ``**mapping`` may hold another; what is booked is bound once, and got from the
answer of the one order of its function.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.lock_mutants import Mutant, Parsed, Tree

_LOOKUPS = re.compile(r"(fetch|get|query|find|lookup)\w*_orders?(_\w+)?$|_by_(client|coid|link)")
_DUPLICATE = re.compile(r"(?i)duplicate|110072")
_PARTIAL = re.compile(r"(?i)^part")
_FULL = re.compile(r"(?i)^(closed|filled|complete)")
_PART_IN_CCXT = re.compile(r"(?i)^(open|cancell?ed|expired)$")
_OTHER_LIBRARY = re.compile(r"(?m)^\s*(from|import) (binance|alpaca|pybit|ib_|kraken|hyperliquid)")
_CCXT = re.compile(r"(?m)^\s*(from|import) ccxt")
_PRICE = re.compile(r"(?i)slip|entry|floor|price|bid|loss")
_PLACING = re.compile(r"(create|place|submit)_\w*order|order_(limit|market)")
_SELL = re.compile(r"(?i)sell")
_FILLED = re.compile(r"(?i)['\"](filled|executedqty|filled_qty)['\"]|\.filled_qty")
_AMOUNT = re.compile(r"(?i)^(qty|quantity|amount|size)$")
_BOOKING = re.compile(r"(?i)(add|open|record|update)_(position|trade|fill)$")
_ID = re.compile(r"(?i)client_?order_?id|order_?link_?id|cloid")
_DEF = (ast.FunctionDef, ast.AsyncFunctionDef)


def drop_lookup(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """The branch for a duplicate gets ``None`` instead of the order that exists."""
    for branch in ast.walk(file.tree):
        if not isinstance(branch, ast.ExceptHandler | ast.If) or not _is_duplicate(branch):
            continue
        calls = [
            node
            for statement in branch.body
            for node in ast.walk(statement)
            if isinstance(node, ast.Call) and _LOOKUPS.search(ast.unparse(node.func))
        ]
        for call in calls:
            gone = "()" if isinstance(file.parents[call], ast.For) else "None"
            text = with_span(file, call, gone)
            what = ast.unparse(call.func)
            is_raised = any(isinstance(one, ast.Raise) for one in ast.walk(branch))
            counts = len(calls) == 1 and not is_raised
            yield Mutant("drop-lookup", file.path, call.lineno, what, text, counts)


def drop_partial_branch(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """The test for an order that is filled in part never holds."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.If) or not _compares_text(node.test, _PARTIAL):
            continue
        around = function_around(file, node)
        others = [one for one in ast.walk(around) if isinstance(one, ast.If) and one is not node]
        counts = any(_has_text(one.test, _FULL) for one in others)
        is_whole = _has_text(node.test, _FULL)
        text = with_span(file, node.test, "False")
        what = ast.unparse(node.test)
        counts = counts and not is_whole and _is_reported(tree, node.test)
        yield Mutant("drop-partial-branch", file.path, node.lineno, what, text, counts)


def log_instead_of_raise(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """What stops a sell whose price is too bad is printed, and the sell goes on."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.If) or not isinstance(node.body[-1], ast.Raise):
            continue
        if not _is_price_test(node.test):
            continue
        around = function_around(file, node)
        text = with_span(file, node.body[-1], 'print("breach")')
        what = ast.unparse(node.test)
        counts = _is_selling(tree, around) and not node.orelse and not _is_swallowed(file, node)
        yield Mutant("log-instead-of-raise", file.path, node.lineno, what, text, counts)


def drop_order_id(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """An order that is tried again goes without its client order id."""
    for call in ast.walk(file.tree):
        if not isinstance(call, ast.Call) or not _PLACING.search(ast.unparse(call.func)):
            continue
        is_open = any(one.arg is None for one in call.keywords)
        for value, start, end, key in _ids(call):
            text = with_lines(file, start, end)
            counts = _is_tried_again(file, call, value) and not is_open
            yield Mutant("drop-order-id", file.path, call.lineno, key, text, counts)


def book_as_asked(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """What is booked as filled is what the order was asked for."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        if not _FILLED.search(ast.unparse(node.value)):
            continue
        around = function_around(file, node)
        calls = [one for one in ast.walk(around) if isinstance(one, ast.Call)]
        orders = [one for one in calls if _PLACING.search(ast.unparse(one.func))]
        asked = _quantity(orders[0]) if len(orders) == 1 else ""
        if not asked:
            continue
        name = node.targets[0].id
        text = with_span(file, node.value, f"float({asked})")
        tests = [one for one in ast.walk(around) if isinstance(one, ast.If | ast.IfExp)]
        counts = not tests and _is_booked(calls, name) and _bound(around, name) == 1
        yield Mutant("book-as-asked", file.path, node.lineno, name, text, counts)


def _quantity(order: ast.Call) -> str:
    """The name of the quantity that an order is given."""
    given = [*order.args, *(one.value for one in order.keywords)]
    names = [one.id for one in given if isinstance(one, ast.Name)]
    return next((name for name in names if _AMOUNT.search(name)), "")


def _is_booked(calls: list[ast.Call], name: str) -> bool:
    return any(
        _BOOKING.search(ast.unparse(one.func))
        and name in [ast.unparse(value) for value in one.args]
        for one in calls
    )


def _bound(around: ast.AST, name: str) -> int:
    """How often a name is bound in a function."""
    return sum(
        isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Store)
        for one in ast.walk(around)
    )


def _ids(call: ast.Call) -> Iterator[tuple[ast.expr, tuple[int, int], tuple[int, int], str]]:
    """The ids that a call is given, each with where its entry begins and ends, and its key."""
    for keyword in call.keywords:
        if keyword.arg and _ID.search(keyword.arg):
            end = (keyword.value.end_lineno or 0, keyword.value.end_col_offset or 0)
            yield keyword.value, (keyword.lineno, keyword.col_offset), end, keyword.arg
    for value in call.args:
        if isinstance(value, ast.Dict):
            for key, entry in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant) and _ID.search(str(key.value)):
                    end = (entry.end_lineno or 0, entry.end_col_offset or 0)
                    yield entry, (key.lineno, key.col_offset), end, str(key.value)


def _is_duplicate(branch: ast.ExceptHandler | ast.If) -> bool:
    test = branch.type if isinstance(branch, ast.ExceptHandler) else branch.test
    return test is not None and bool(_DUPLICATE.search(ast.unparse(test)))


def _is_price_test(test: ast.expr) -> bool:
    compared = [node for node in ast.walk(test) if isinstance(node, ast.Compare)]
    return any(
        isinstance(one.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)
        and len(_PRICE.findall(ast.unparse(one))) > (not _is_number(one.comparators[0]))
        for one in compared
    )


def _is_number(node: ast.expr) -> bool:
    """Whether a price is compared with a number as it is written, ``price_change < -10``."""
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(node, ast.Constant) and node.value not in (0, 0.0)


def _is_swallowed(file: Parsed, node: ast.AST) -> bool:
    """Whether a ``try`` around a raise catches whatever is raised, and goes on."""
    inner = node
    while inner in file.parents and not isinstance(inner, _DEF):
        inner, below = file.parents[inner], inner
        if isinstance(inner, ast.Try) and below in inner.body:
            for handler in inner.handlers:
                is_broad = handler.type is None or "Exception" in ast.unparse(handler.type)
                if is_broad and not isinstance(handler.body[-1], ast.Raise):
                    return True
    return False


def _is_selling(tree: Tree, around: ast.AST) -> bool:
    if not isinstance(around, _DEF):
        return False
    body = "\n".join(ast.unparse(one) for one in around.body)
    if _SELL.search(f"{around.name}\n{body}"):
        return True
    callers = tree.callers.get(around.name, frozenset())
    functions = [
        node
        for file in tree.files
        for node in ast.walk(file.tree)
        if isinstance(node, _DEF) and node.name in {one.rpartition(".")[2] for one in callers}
    ]
    return any(_SELL.search(ast.unparse(node)) for node in functions)


def _is_tried_again(file: Parsed, node: ast.AST, value: ast.expr) -> bool:
    """Whether a loop tries ``node`` again with the ``value`` that was made before it."""
    is_tried = False
    while node in file.parents:
        node = file.parents[node]
        is_tried = is_tried or isinstance(node, ast.Try)
        if is_tried and isinstance(node, ast.For | ast.While):
            return not _is_made_in(node, value)
    return False


def _is_made_in(loop: ast.AST, value: ast.expr) -> bool:
    names = {one.id for one in ast.walk(value) if isinstance(one, ast.Name)}
    made = [one for one in ast.walk(loop) if isinstance(one, ast.Assign)]
    bound = {ast.unparse(target) for one in made for target in one.targets}
    return not names or not names.isdisjoint(bound)


def _is_reported(tree: Tree, test: ast.expr) -> bool:
    """Whether some status that a test holds is one that the library in use reports for a part."""
    texts = [file.text for file in tree.files]
    if any(_OTHER_LIBRARY.search(text) for text in texts) or not any(map(_CCXT.search, texts)):
        return True
    return _has_text(test, _PART_IN_CCXT)


def _compares_text(test: ast.expr, pattern: re.Pattern[str]) -> bool:
    compared = [one for one in ast.walk(test) if isinstance(one, ast.Compare)]
    return any(_has_text(one, pattern) for one in compared)


def _has_text(test: ast.expr, pattern: re.Pattern[str]) -> bool:
    return any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and pattern.search(node.value)
        for node in ast.walk(test)
    )


def function_around(file: Parsed, node: ast.AST) -> ast.AST:
    while node in file.parents and not isinstance(node, _DEF):
        node = file.parents[node]
    return node


def with_span(file: Parsed, node: ast.expr | ast.stmt, new: str) -> str:
    start = (node.lineno, node.col_offset)
    return _changed(file, start, (node.end_lineno or 0, node.end_col_offset or 0), new)


def with_lines(file: Parsed, start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text without a stretch, and without the comma that follows or precedes it."""
    text = _changed(file, start, end, "\0")
    text = re.sub(r"\0\s*,\s*", "", text)
    return re.sub(r",?\s*\0", "", text)


def _changed(file: Parsed, start: tuple[int, int], end: tuple[int, int], new: str) -> str:
    lines = file.text.split("\n")
    first, last = lines[start[0] - 1], lines[end[0] - 1]
    before = first.encode()[: start[1]].decode()
    after = last.encode()[end[1] :].decode()
    return "\n".join([*lines[: start[0] - 1], before + new + after, *lines[end[0] :]])
