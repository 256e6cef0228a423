"""Mutants of locks: a lock is taken off a block, a statement moved out of it, a decorator dropped.

A mutant *counts* if it really takes away what protects something. That is decided here from the
syntax alone, without asking botlint: the store that is now changed without a lock is changed under
one of the same name at some other place, outside of constructors and loaders; no other lock is
around it; nothing in the tree calls the function under a lock, and not only constructors and the
bodies of modules call it; and where the lock is one of coroutines, one of them waits under it.
Numbers that only count what happened are no stores.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Mutant(NamedTuple):
    """A program with one protection less: ``text`` is what ``path`` holds now."""

    operator: str
    path: str
    line: int
    what: str
    text: str
    counts: bool


class Changed(NamedTuple):
    """A store is changed under a lock at a line of a file."""

    store: str
    lock: str
    path: str
    line: int
    is_waiting: bool


class Parsed(NamedTuple):
    """One file: its text, its tree, and the parent of each node."""

    path: str
    text: str
    tree: ast.Module
    parents: Mapping[ast.AST, ast.AST]


class Tree(NamedTuple):
    """All files, with what is known of them together: ``compared`` is what stands in comparisons,
    ``coroutines`` are the names of what is defined by ``async def``."""

    files: tuple[Parsed, ...]
    changed: tuple[Changed, ...]
    called_under_lock: frozenset[str]
    callers: Mapping[str, frozenset[str]]
    compared: frozenset[str]
    coroutines: frozenset[str]


_LOCK = re.compile(r"(?i)(^|_)(r?lock|mutex)s?(_|$)|lock$|mutex$")
_NO_STORE = re.compile(r"(?i)stat(istic)?s$|metrics$|count(er)?s?$|hits$|misses$|history$|_log$")
_FIRST = re.compile(r"^(__\w+__|load.*|restore.*|from_.*|init.*|setup.*|.*_locked|.*_unsafe)$")
_CHANGING = frozenset(
    {"append", "appendleft", "add", "extend", "insert", "pop", "popleft", "popitem", "remove"}
    | {"discard", "clear", "update", "setdefault"}
)
_WITH = (ast.With, ast.AsyncWith)
_DEF = (ast.FunctionDef, ast.AsyncFunctionDef)


def parse(files: Mapping[str, str]) -> Tree:
    """Read a program; files that don't parse are left out."""
    parsed = []
    for path, text in sorted(files.items()):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        parsed.append(Parsed(path, text, tree, parents))
    changed = [one for file in parsed for one in _changed_under_locks(file)]
    called = [name for file in parsed for name in _called_under_locks(file)]
    callers: dict[str, set[str]] = {}
    compared: set[str] = set()
    coroutines: set[str] = set()
    for file in parsed:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                callers.setdefault(name, set()).add(_function_of(file, node))
            elif isinstance(node, ast.Compare):
                compared |= {ast.unparse(part) for part in (node.left, *node.comparators)}
            elif isinstance(node, ast.AsyncFunctionDef):
                coroutines.add(node.name)
    known = {name: frozenset(functions) for name, functions in callers.items()}
    return Tree(
        tuple(parsed),
        tuple(changed),
        frozenset(called),
        known,
        frozenset(compared),
        frozenset(coroutines),
    )


def unwrap_lock(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """``with LOCK:`` is gone, and its body stays."""
    for block, lock in _lock_blocks(file):
        stores = sorted({store for one in block.body for store in _stores(file, one)})
        if not stores:
            continue
        body = file.text.split("\n")[block.body[0].lineno - 1 : block.end_lineno]
        text = _replaced(file, block, _dedented(body, _indent_in(block)))
        if text is not None:
            counts = any(_is_protected(tree, file, block, store, lock) for store in stores)
            yield Mutant("unwrap-lock", file.path, block.lineno, _listed(stores), text, counts)


def move_out_of_lock(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """The last statement under a lock, a change of a store, comes after it."""
    for block, lock in _lock_blocks(file):
        last = block.body[-1]
        stores = sorted(set(_stores(file, last)))
        is_simple = isinstance(last, ast.Assign | ast.AugAssign | ast.Delete | ast.Expr)
        if not stores or not is_simple or len(block.body) < 2:
            continue
        lines = file.text.split("\n")
        kept = lines[block.lineno - 1 : last.lineno - 1]
        moved = _dedented(lines[last.lineno - 1 : last.end_lineno], _indent_in(block))
        text = _replaced(file, block, [*kept, *moved])
        if text is not None:
            counts = any(_is_protected(tree, file, block, store, lock) for store in stores)
            yield Mutant("move-out-of-lock", file.path, last.lineno, _listed(stores), text, counts)


def drop_lock_decorator(tree: Tree, file: Parsed) -> Iterator[Mutant]:
    """A decorator that holds a lock is gone."""
    for node in ast.walk(file.tree):
        if not isinstance(node, _DEF):
            continue
        for decorator in node.decorator_list:
            name = ast.unparse(decorator).partition("(")[0]
            stores = sorted({store for one in node.body for store in _stores(file, one)})
            if "synchronized" not in name or not stores:
                continue
            lines = file.text.split("\n")
            text = "\n".join([*lines[: decorator.lineno - 1], *lines[decorator.end_lineno or 0 :]])
            counts = any(
                one.store == store and one.line not in range(node.lineno, node.end_lineno or 0)
                for store in stores
                for one in tree.changed
            ) and not _is_first(tree, node)
            yield Mutant(
                "drop-lock-decorator", file.path, node.lineno, _listed(stores), text, counts
            )


def _lock_blocks(file: Parsed) -> Iterator[tuple[ast.With | ast.AsyncWith, str]]:
    for node in ast.walk(file.tree):
        if isinstance(node, _WITH) and len(node.items) == 1 and node.body[0].lineno > node.lineno:
            lock = _lock_name(node.items[0].context_expr)
            if lock:
                yield node, lock


def _lock_name(expression: ast.expr) -> str:
    while isinstance(expression, ast.Call | ast.Subscript):
        is_call = isinstance(expression, ast.Call)
        expression = expression.func if is_call else expression.value
    name = ast.unparse(expression).rpartition(".")[2]
    return name if _LOCK.search(name) else ""


def _changed_under_locks(file: Parsed) -> Iterator[Changed]:
    for block, lock in _lock_blocks(file):
        if _FIRST.match(_function_of(file, block)):
            continue
        is_waiting = isinstance(block, ast.With) or any(
            isinstance(node, ast.Await) for node in ast.walk(block)
        )
        for node in ast.walk(block):
            for store in _stores_of(file, node):
                yield Changed(store, lock, file.path, getattr(node, "lineno", 0), is_waiting)
    for node in ast.walk(file.tree):
        if isinstance(node, _DEF):
            names = [ast.unparse(one) for one in node.decorator_list]
            if any("synchronized" in name for name in names) and not _FIRST.match(node.name):
                for inner in ast.walk(node):
                    for store in _stores_of(file, inner):
                        line = getattr(inner, "lineno", 0)
                        yield Changed(store, "", file.path, line, is_waiting=True)


def _called_under_locks(file: Parsed) -> Iterator[str]:
    for block, _ in _lock_blocks(file):
        for node in ast.walk(block):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func).rpartition(".")[2]


def _stores(file: Parsed, statement: ast.stmt) -> Iterator[str]:
    """The stores that a statement changes, with what stands in it; nested functions don't run."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*_DEF, ast.Lambda)):
            continue
        yield from _stores_of(file, node)
        waiting += ast.iter_child_nodes(node)


def _stores_of(file: Parsed, node: ast.AST) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = [target for target in node.targets if isinstance(target, ast.Subscript)]
    elif isinstance(node, ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, ast.Delete):
        targets = [target for target in node.targets if isinstance(target, ast.Subscript)]
    elif isinstance(node, ast.Call) and _is_changing(node.func):
        targets = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    for target in targets:
        store = _store_name(file, node, target)
        if store and not _NO_STORE.search(store):
            yield store


def _is_changing(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and func.attr in _CHANGING


def _store_name(file: Parsed, node: ast.AST, target: ast.expr) -> str:
    """``Class.attribute`` of ``self.attribute``, ``.attribute`` of another object's, a global."""
    while isinstance(target, ast.Subscript):
        target = target.value
    if isinstance(target, ast.Attribute):
        is_own = isinstance(target.value, ast.Name) and target.value.id == "self"
        return f"{_class_of(file, node) if is_own else ''}.{target.attr}"
    if isinstance(target, ast.Name) and _is_global(file, target.id):
        return f"{file.path}:{target.id}"
    return ""


def _is_global(file: Parsed, name: str) -> bool:
    return any(
        isinstance(target, ast.Name) and target.id == name
        for statement in file.tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    )


def _is_protected(
    tree: Tree, file: Parsed, block: ast.With | ast.AsyncWith, store: str, lock: str
) -> bool:
    """Whether a mutant of this block takes a protection away; see the module's docstring."""
    function = _around(file, block, _DEF)
    if function is None or _is_first(tree, function):
        return False
    outer = _around(file, block, _WITH)
    while outer is not None:
        if any(_lock_name(item.context_expr) for item in outer.items):
            return False
        outer = _around(file, outer, _WITH)
    own = range(block.lineno, (block.end_lineno or block.lineno) + 1)
    others = [
        one
        for one in tree.changed
        if one.store == store
        and one.lock in (lock, "")
        and not (one.path == file.path and one.line in own)
    ]
    return any(one.is_waiting for one in others)


def _is_first(tree: Tree, function: ast.AST) -> bool:
    name = getattr(function, "name", "")
    if _is_first_name(name) or name in tree.called_under_lock:
        return True
    callers = tree.callers.get(name, frozenset())
    return bool(callers) and all(not one or _is_first_name(one) for one in callers)


def _is_first_name(name: str) -> bool:
    return bool(_FIRST.match(name.lstrip("_")) or _FIRST.match(name))


def _around(file: Parsed, node: ast.AST, kinds: tuple[type, ...]) -> ast.AST | None:
    above = file.parents.get(node)
    while above is not None and not isinstance(above, kinds):
        above = file.parents.get(above)
    return above


def _function_of(file: Parsed, node: ast.AST) -> str:
    return getattr(_around(file, node, _DEF), "name", "")


def _class_of(file: Parsed, node: ast.AST) -> str:
    return getattr(_around(file, node, (ast.ClassDef,)), "name", "")


def _indent_in(block: ast.With | ast.AsyncWith) -> int:
    return block.body[0].col_offset - block.col_offset


def _dedented(lines: list[str], by: int) -> list[str]:
    return [line[by:] if line.startswith(" " * by) else line for line in lines]


def _replaced(file: Parsed, block: ast.stmt, lines: list[str]) -> str | None:
    all_ = file.text.split("\n")
    text = "\n".join([*all_[: block.lineno - 1], *lines, *all_[block.end_lineno or 0 :]])
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text


def _listed(stores: list[str]) -> str:
    return ", ".join(store.lstrip(".") for store in stores)
