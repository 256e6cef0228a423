"""Edits of lines: comments for botlint, and the names in an example of the environment."""

from __future__ import annotations

import re

from botlint.fixes.draft import Change, Draft, EditFault, parameter
from botlint.model import Edit

_CODES = re.compile(r"(?<=\[)[^\]\r\n]*(?=\])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def delete_comment(draft: Draft, edit: Edit) -> list[Change]:
    """Take a comment out: with its line if nothing else stands there."""
    start, end = _comment(draft, edit)
    line_start, line_end = draft.line_of(start)
    before = draft.text[line_start:start]
    if before.strip() or draft.text[end:line_end].strip():
        return [Change(line_start + len(before.rstrip()), end, "")]
    return [Change(line_start, draft.end_of_line(start), "")]


def narrow_comment(draft: Draft, edit: Edit) -> list[Change]:
    """Leave of the rules that a suppression names only those in ``codes``."""
    start, end = _comment(draft, edit)
    found = _CODES.search(draft.text, start, end)
    if found is None:
        raise EditFault("the comment names no rules")
    codes = ", ".join(parameter(edit, "codes"))
    return [Change(found.start(), found.end(), codes)]


def insert_text(draft: Draft, edit: Edit) -> list[Change]:
    """Put ``text`` before the place."""
    start, _ = draft.range_of(edit.place.span)
    return [Change(start, start, str(parameter(edit, "text")))]


def name_variable(draft: Draft, edit: Edit) -> list[Change]:
    """Add ``variable`` to an example of the environment, without a value."""
    variable = str(parameter(edit, "variable"))
    if _NAME.fullmatch(variable) is None:
        raise EditFault(f"`{variable}` is no name of a variable")
    there = re.compile(rf"^[ \t]*#?[ \t]*(?:export[ \t]+)?{variable}[ \t]*=", re.MULTILINE)
    if there.search(draft.text.replace("\r", "\n")):
        return []
    end = len(draft.text)
    is_cut = end and draft.text[-1] not in "\r\n"
    line = f"{variable}={draft.newline}"
    return [Change(end, end, draft.newline + line if is_cut else line)]


def _comment(draft: Draft, edit: Edit) -> tuple[int, int]:
    start, end = draft.range_of(edit.place.span)
    if not draft.text[start:end].startswith("#"):
        raise EditFault("no comment stands there")
    return start, end
