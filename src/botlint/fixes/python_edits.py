"""Edits of Python sources."""

from __future__ import annotations

import re
from functools import partial

from botlint.fixes.alone import ranges_alone, ranges_in
from botlint.fixes.draft import Change, Draft, EditFault, parameter
from botlint.fixes.spelling import plain_text, spell_python
from botlint.fixes.values import find_assigned, find_literal, find_names
from botlint.model import Edit

_SCHEME = re.compile(r"((?:Bearer|Basic|Token|Bot|bearer|token) +)(\S+)")


def read_from_environment(draft: Draft, edit: Edit) -> list[Change]:
    """Put ``os.environ["NAME"]`` where a literal stands; ``variable`` is the name."""
    literal = draft.code.literal_at(edit.place.span)
    variable = literal.variable or str(parameter(edit, "variable"))
    written = f'os.environ["{variable}"]'
    text = literal.value if isinstance(literal.value, str) else ""
    scheme = _SCHEME.fullmatch(text)
    if scheme and not literal.variable:
        written = f"f\"{scheme[1]}{{os.environ['{variable}']}}\""
    elif isinstance(literal.value, bytes):
        written += ".encode()"
    return [replace(draft, *draft.range_of(literal.span), written), *_import(draft, "os")]


def align_fallback(draft: Draft, edit: Edit) -> list[Change]:
    """Give ``getattr(x, "K", fallback)`` or ``x.get("K", fallback)`` the fallback ``value``."""
    found = ranges_alone(draft, edit.place.span, lambda code, span: [code.fallback_at(span)])
    first, last = found[0]
    written = spell_python(parameter(edit, "value"), draft.text[first:last])
    return [replace(draft, first, last, written)]


def set_default(draft: Draft, edit: Edit) -> list[Change]:
    """Give the name that is assigned at the place the value ``value``: of a field its default."""
    span = find_assigned(draft.code, edit.place.span)
    start, end = draft.range_of(span)
    value, old = parameter(edit, "value"), draft.text[start:end]
    is_text = old[:1] in "'\"" and not isinstance(value, str)
    return [replace(draft, start, end, spell_python(plain_text(value) if is_text else value, old))]


def read_setting(draft: Draft, edit: Edit) -> list[Change]:
    """Put ``name`` where the literal ``value`` stands within the place (of several, where it is
    given for ``word``), and import ``module`` if one is named."""
    value, word = parameter(edit, "value"), str(parameter(edit, "word"))
    span = find_literal(draft.code, edit.place.span, value, word)
    changes = [replace(draft, *draft.range_of(span), str(parameter(edit, "name")))]
    return changes + _import(draft, str(edit.parameters.get("module", "")))


def rename_read(draft: Draft, edit: Edit) -> list[Change]:
    """Say ``name`` where the name ``key`` of a setting stands within the place."""
    key, name = str(parameter(edit, "key")), str(parameter(edit, "name"))
    changes = []
    for start, end in ranges_in(draft, edit.place.span, partial(find_names, name=key)):
        old = draft.text[start:end]
        written = spell_python(name, old) if old[:1] in "'\"" else name
        changes.append(Change(start, end, written))
    return changes


def _import(draft: Draft, name: str) -> list[Change]:
    opening = draft.code.opening_for(name) if name else None
    if opening is None:
        return []
    lines = opening.text.replace("\n", draft.newline)
    at = line_start(draft, opening.line)
    is_cut = at and draft.text[at - 1] not in "\r\n"
    return [Change(at, at, draft.newline + lines if is_cut else lines)]


def delete_assignment(draft: Draft, edit: Edit) -> list[Change]:
    """Take an assignment of one name out; a comment behind it stays."""
    statement = draft.code.statement_at(edit.place.span)
    start, end = draft.range_of(statement.span)
    if statement.is_only:
        return [Change(start, end, "pass")]
    line_start, _ = draft.line_of(start)
    _, line_end = draft.line_of(end)
    behind = draft.text[end:line_end]
    if behind.strip():
        return [Change(start, end + len(behind) - len(behind.lstrip()), "")]
    return [Change(line_start, draft.end_of_line(end), "")]


def replace(draft: Draft, start: int, end: int, written: str) -> Change:
    """A replacement that runs into no word beside it: ``return"x"``."""
    before = draft.text[start - 1] if start else ""
    after = draft.text[end] if end < len(draft.text) else ""
    head = " " if _is_of_word(before) and _is_of_word(written[0]) else ""
    tail = " " if _is_of_word(after) and _is_of_word(written[-1]) else ""
    return Change(start, end, head + written + tail)


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def line_start(draft: Draft, line: int) -> int:
    """Where a line begins; the end of the text for the one behind the last."""
    at = 0
    for _ in range(line - 1):
        following = draft.end_of_line(at)
        if following == at:
            raise EditFault("the place isn't there")
        at = following
    return at
