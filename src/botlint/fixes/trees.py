"""What an edit of a configuration must come to: its tree afterwards, and nothing else changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botlint.configs.read import form_of, read_tree
from botlint.configs.types import Path, Setting, Tree
from botlint.fixes.draft import Change, Draft, EditFault
from botlint.fixes.spelling import plain_text
from botlint.model import Span

Leaf = tuple[int, Path, str]
"""Document, path and value of what has no parts of its own."""


def tree_of(draft: Draft) -> Tree:
    """The settings of a draft; raises :class:`EditFault` if it is no configuration."""
    tree = draft.tree
    if tree.is_broken:
        raise EditFault(f"the file can't be read: {tree.faults[0].message}")
    return tree


def find_value(tree: Tree, span: Span) -> Setting:
    """The setting whose value stands at a place."""
    return _only([one for one in tree.settings if one.span == span])


def find_key(tree: Tree, span: Span) -> Setting:
    """The setting whose name stands at a place."""
    return _only([one for one in tree.settings if one.key_span == span])


def _only(found: list[Setting]) -> Setting:
    if not found:
        raise EditFault("the setting isn't there")
    if len(found) > 1 and found[0].path != found[1].path[: len(found[0].path)]:
        raise EditFault("what stands there counts for several settings")
    return found[0]


def parts_of(tree: Tree, setting: Setting) -> list[Setting]:
    """A setting with all within it; of a key that stands twice, what belongs to this one."""
    depth = len(setting.path)
    found = [
        one
        for one in tree.settings
        if one.document == setting.document and one.path[:depth] == setting.path
    ]
    if not any(one.path == setting.path and one is not setting for one in found):
        return found
    return [one for one in found if one is setting or is_within(one.span, setting.span)]


def is_within(inner: Span, outer: Span) -> bool:
    """Whether a span lies in another one."""
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def members_of(tree: Tree, path: Path, document: int = 0) -> list[Setting]:
    """The settings directly within a path, in the order of the file."""
    inner = [
        one
        for one in tree.settings
        if one.document == document and len(one.path) == len(path) + 1 and one.path[:-1] == path
    ]
    return sorted(inner, key=lambda one: one.span)


def leaves_of(document: int, path: Path, value: Any, form: str) -> list[Leaf]:
    """The leaves that a value at a path comes to."""
    if form in ("env", "ini"):
        return [(document, path, repr(plain_text(value)))]
    if isinstance(value, dict) and value:
        parts = [leaves_of(document, (*path, str(k)), v, form) for k, v in value.items()]
        return [leaf for part in parts for leaf in part]
    if isinstance(value, list | tuple) and value:
        parts = [leaves_of(document, (*path, n), v, form) for n, v in enumerate(value)]
        return [leaf for part in parts for leaf in part]
    plain = [] if isinstance(value, tuple) else value
    return [(document, path, repr(plain))]


def leaves(settings: Iterable[Setting], form: str) -> list[Leaf]:
    """The leaves of a tree, in its order."""
    found: list[Leaf] = []
    for one in settings:
        if not (isinstance(one.value, dict | list) and one.value):
            value = "" if form in ("env", "ini") and one.value is None else one.value
            found.append((one.document, one.path, repr(value)))
    return found


def expect(draft: Draft, changes: list[Change], wanted: list[Leaf]) -> list[Change]:
    """The changes, if they make just the tree that is wanted; raises :class:`EditFault`."""
    tree = read_tree(draft.path, draft.apply(changes))
    if tree.is_broken:
        raise EditFault("the file could not be read after it")
    if sorted(leaves(tree.settings, tree.form), key=repr) != sorted(wanted, key=repr):
        raise EditFault("it would change more than it should")
    return changes


def form_of_draft(draft: Draft) -> str:
    """The form of a draft; raises :class:`EditFault` for a file of none."""
    form = form_of(draft.path)
    if not form:
        raise EditFault("the file is no configuration")
    return form
