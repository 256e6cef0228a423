"""Settings in Python modules of constants: set, rename, add."""

from __future__ import annotations

from typing import Any

from botlint.configs.types import UNKNOWN, Path
from botlint.fixes.alone import ranges_in
from botlint.fixes.draft import Change, Draft, EditFault
from botlint.fixes.python_edits import line_start, replace
from botlint.fixes.spelling import plain_text, spell_key, spell_python
from botlint.fixes.trees import tree_of
from botlint.model import Span


def set_constant(draft: Draft, span: Span, value: Any) -> list[Change]:
    """Write a value; of ``int(os.getenv("X", "5"))`` the default, as the text that it is."""
    start, end = ranges_in(draft, span, lambda code, one: [code.value_at(one)])[0]
    old = draft.text[start:end]
    is_default = (start, end) != draft.range_of(span)
    given = plain_text(value) if is_default and old[:1] in "'\"" else value
    return [replace(draft, start, end, spell_python(given, old))]


def rename_constant(draft: Draft, span: Span, name: str) -> list[Change]:
    """Rename what is assigned, if nothing else in the file speaks of it."""
    start, end = draft.range_of(span)
    old = draft.text[start:end]
    is_key = old[:1] in "'\""
    if not is_key and (not old.isidentifier() or draft.code.counts(old) > 1):
        raise EditFault(f"`{old}` is used elsewhere in the file")
    if not is_key and draft.code.counts(name):
        raise EditFault(f"there is a `{name}` already")
    return [Change(start, end, spell_key("python", name, old))]


def add_constant(draft: Draft, path: Path, value: Any) -> list[Change]:
    """Add a constant below the last one of the module."""
    if len(path) != 1 or not isinstance(path[0], str):
        raise EditFault("only constants of the module can be added")
    if any(one.path == path for one in tree_of(draft).settings):
        raise EditFault("there is such a setting already")
    if value is UNKNOWN:
        raise EditFault("the value isn't known")
    line = draft.code.last_constant()
    at = line_start(draft, line + 1) if line else len(draft.text)
    text = f"{spell_key('python', path[0])} = {spell_python(value)}{draft.newline}"
    is_cut = at and draft.text[at - 1] not in "\r\n"
    return [Change(at, at, draft.newline + text if is_cut else text)]
