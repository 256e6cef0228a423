"""Edits of settings, in every form of configuration; each is read back before it counts."""

from __future__ import annotations

import re

from botlint.configs.types import Path, Setting, Tree
from botlint.fixes.draft import Change, Draft, EditFault, parameter
from botlint.fixes.inserting import insert_setting
from botlint.fixes.python_edits import delete_assignment
from botlint.fixes.python_settings import add_constant, rename_constant, set_constant
from botlint.fixes.spelling import spell_key, spell_value
from botlint.fixes.trees import (
    expect,
    find_key,
    find_value,
    form_of_draft,
    leaves,
    leaves_of,
    members_of,
    parts_of,
    tree_of,
)
from botlint.model import Edit

_LAST_PART = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\Z""")


def set_value(draft: Draft, edit: Edit) -> list[Change]:
    """Give the setting whose value stands at the place the value ``value``."""
    form, value = form_of_draft(draft), parameter(edit, "value")
    if form == "python":
        return set_constant(draft, edit.place.span, value)
    tree = tree_of(draft)
    setting = find_value(tree, edit.place.span)
    _refuse_continued(draft, form, setting)
    start, end = draft.range_of(setting.span)
    old = draft.text[start:end]
    # What PyYAML calls the end of a block is where the next thing begins.
    end -= len(old) - len(old.rstrip())
    change = Change(start, end, spell_value(form, value, old))
    inner = {id(one) for one in parts_of(tree, setting)}
    wanted = leaves((one for one in tree.settings if id(one) not in inner), form)
    wanted += leaves_of(setting.document, setting.path, value, form)
    return expect(draft, [change], wanted)


def rename_key(draft: Draft, edit: Edit) -> list[Change]:
    """Call the setting whose name stands at the place ``name``."""
    form, name = form_of_draft(draft), str(parameter(edit, "name"))
    if form == "python":
        return rename_constant(draft, edit.place.span, name)
    tree = tree_of(draft)
    setting = find_key(tree, edit.place.span)
    start, end = draft.range_of(setting.key_span)
    if not isinstance(setting.path[-1], str):
        raise EditFault("an element of a list has no name")
    renamed = (*setting.path[:-1], name)
    if any(one.path == renamed and one.document == setting.document for one in tree.settings):
        raise EditFault(f"there is a `{name}` already")
    if form == "toml":  # of `a.b = 1` only the last part
        last = _LAST_PART.search(draft.text, start, end)
        start = last.start() if last else start
    change = Change(start, end, spell_key(form, name, draft.text[start:end]))
    depth = len(setting.path)
    wanted = [
        (document, (*renamed, *path[depth:]) if path[:depth] == setting.path else path, value)
        if document == setting.document
        else (document, path, value)
        for document, path, value in leaves(tree.settings, form)
    ]
    return expect(draft, [change], wanted)


def add_setting(draft: Draft, edit: Edit) -> list[Change]:
    """Add ``value`` at ``path``, a list of keys, in the first document."""
    form, value = form_of_draft(draft), parameter(edit, "value")
    path: Path = tuple(parameter(edit, "path"))
    if form == "python":
        return add_constant(draft, path, value)
    tree = tree_of(draft)
    if any(one.path == path and one.document == 0 for one in tree.settings):
        raise EditFault("there is such a setting already")
    changes = insert_setting(draft, tree, path, value)
    wanted = [leaf for leaf in leaves(tree.settings, form) if not _is_above(leaf[1], path)]
    return expect(draft, changes, wanted + leaves_of(0, path, value, form))


def delete_setting(draft: Draft, edit: Edit) -> list[Change]:
    """Take out the setting whose name stands at the place, with its line if it has one."""
    form = form_of_draft(draft)
    if form == "python":
        return delete_assignment(draft, edit)
    tree = tree_of(draft)
    setting = find_key(tree, edit.place.span)
    _refuse_continued(draft, form, setting)
    inner = parts_of(tree, setting)
    gone = {id(one) for one in inner}
    wanted = leaves((one for one in tree.settings if id(one) not in gone), form)
    changes = _removal(draft, tree, setting, inner)
    parent = setting.path[:-1]
    is_written = any(one.path == parent for one in tree.settings)
    if is_written and not any(_is_above(parent, path) for _, path, _ in wanted):
        wanted.append((setting.document, parent, repr({})))
    return expect(draft, changes, wanted)


def _refuse_continued(draft: Draft, form: str, setting: Setting) -> None:
    """Of a value over several lines, an INI setting's place is the first."""
    end = draft.end_of_line(draft.range_of(setting.span)[1])
    following = draft.text[slice(*draft.line_of(end))] if end < len(draft.text) else ""
    if form == "ini" and following[:1].isspace() and following.strip():
        raise EditFault("its value goes over several lines")


def _is_above(path: Path, other: Path) -> bool:
    """Whether one path leads to another, or is the same."""
    return path == other[: len(path)]


def _removal(draft: Draft, tree: Tree, setting: Setting, inner: list[Setting]) -> list[Change]:
    start, _ = draft.range_of(setting.key_span)
    end = _end_of(draft, inner)
    line_start, _ = draft.line_of(start)
    _, line_end = draft.line_of(end)
    before, behind = draft.text[line_start:start], draft.text[end:line_end]
    follows = re.match(r"\s*,", draft.text[end:])
    siblings = members_of(tree, setting.path[:-1], setting.document)
    place = siblings.index(setting)
    is_alone = not before.strip() or before.strip() == "export"
    if is_alone and re.fullmatch(r"[ \t]*,?[ \t]*(?:[#;/].*)?", behind):
        whole = Change(line_start, draft.end_of_line(end), "")
        if tree.form == "json" and not follows and place:
            return [_comma_after(draft, tree, siblings[place - 1]), whole]
        return [whole]
    if follows:
        gap = re.match(r"[ \t]*", draft.text[end + follows.end() :])
        return [Change(start, end + follows.end() + (gap.end() if gap else 0), "")]
    if place:
        comma = _comma_after(draft, tree, siblings[place - 1])
        return [Change(comma.start, end, "")]
    return [Change(start, end, "")]


def _comma_after(draft: Draft, tree: Tree, setting: Setting) -> Change:
    at = _end_of(draft, parts_of(tree, setting))
    comma = re.compile(r"\s*,").match(draft.text, at)
    if comma is None:
        raise EditFault("it shares its line with other things")
    return Change(comma.end() - 1, comma.end(), "")


def _end_of(draft: Draft, inner: list[Setting]) -> int:
    """Where a setting with all within it ends, without the blanks that a YAML block ends in."""
    first, _ = draft.range_of(inner[0].span)
    if draft.text[first : first + 1] in ("{", "["):
        return draft.range_of(inner[0].span)[1]
    ends = [draft.range_of(one.span) for one in (inner[1:] or inner)]
    return max(start + len(draft.text[start:end].rstrip()) for start, end in ends)
