"""Where a new setting goes, and how it is written there, form by form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from botlint.configs.types import Path, Setting, Tree
from botlint.fixes.draft import Change, Draft, EditFault
from botlint.fixes.spelling import spell_key, spell_value
from botlint.fixes.trees import members_of, parts_of

_COMMENT = r"(?://[^\r\n]*|/\*.*?\*/|\s)*"


def insert_setting(draft: Draft, tree: Tree, path: Path, value: Any) -> list[Change]:
    """The changes that put ``value`` at ``path``; raises :class:`EditFault`."""
    return [_INSERTERS[tree.form](draft, tree, path, value)]


def _nest(tree: Tree, path: Path, value: Any) -> tuple[Path, str, Any]:
    """The deepest mapping on the way that is there; the key that it gets, and its value."""
    there = {one.path for one in tree.settings if one.document == 0 and isinstance(one.value, dict)}
    depth = len(path) - 1
    while depth and path[:depth] not in there:
        depth -= 1
    for key in reversed(path[depth + 1 :]):
        value = {str(key): value}
    if not isinstance(path[depth], str):
        raise EditFault("a list can't be added to")
    return path[:depth], str(path[depth]), value


def _insert_env(draft: Draft, tree: Tree, path: Path, value: Any) -> Change:
    if len(path) != 1:
        raise EditFault("this form has no tables")
    line = f"{spell_key('env', str(path[0]))}={spell_value('env', value)}{draft.newline}"
    return _append(draft, line)


def _insert_ini(draft: Draft, tree: Tree, path: Path, value: Any) -> Change:
    if len(path) != 2:
        raise EditFault("a setting of this form has a section and a name")
    section, key = map(str, path)
    siblings = members_of(tree, (section,))
    name, written = spell_key("ini", key), spell_value("ini", value)
    if not siblings:
        if re.search(rf"^\[{re.escape(section)}\]", draft.text.replace("\r", "\n"), re.MULTILINE):
            raise EditFault("the section is there, and empty")
        gap = draft.newline if draft.text else ""
        return _append(draft, f"{gap}[{section}]{draft.newline}{name} = {written}{draft.newline}")
    last = siblings[-1]
    sign = draft.text[draft.range_of(last.key_span)[1] : draft.range_of(last.span)[0]] or " = "
    _, at = draft.line_of(draft.range_of(last.span)[1])
    return Change(at, at, f"{draft.newline}{name}{sign}{written}")


def _append(draft: Draft, text: str) -> Change:
    end = len(draft.text)
    is_cut = end and draft.text[-1] not in "\r\n"
    return Change(end, end, draft.newline + text if is_cut else text)


def _insert_json(draft: Draft, tree: Tree, path: Path, value: Any) -> Change:
    parent, key, value = _nest(tree, path, value)
    pair = f"{spell_key('json', key)}: {spell_value('json', value)}"
    siblings = members_of(tree, parent)
    if siblings:
        return _after_last(draft, tree, siblings[-1], pair)
    holder = next((one for one in tree.settings if one.path == parent), None)
    at = draft.range_of(holder.span)[0] if holder else draft.text.find("{")
    if at < 0:
        raise EditFault("there is no object to add to")
    return Change(at + 1, at + 1, pair)


def _after_last(draft: Draft, tree: Tree, last: Setting, pair: str) -> Change:
    """A member behind the last one of an object or a flow mapping, spaced as that is."""
    start = draft.range_of(last.key_span)[0]
    end = draft.range_of(last.span)[1]
    line_start, _ = draft.line_of(start)
    indent = draft.text[line_start:start]
    gap = draft.newline + indent if not indent.strip() else " "
    comma = re.compile(_COMMENT + ",", re.DOTALL).match(draft.text, end)
    if comma:
        return Change(comma.end(), comma.end(), f"{gap}{pair},")
    return Change(end, end, f",{gap}{pair}")


def _insert_yaml(draft: Draft, tree: Tree, path: Path, value: Any) -> Change:
    parent, key, value = _nest(tree, path, value)
    siblings = members_of(tree, parent)
    if not siblings and parent:
        raise EditFault("there is nothing to add it to")
    holder = next((one for one in tree.settings if one.path == parent), None)
    pair = f"{spell_key('yaml', key)}: {spell_value('yaml', value)}"
    if not siblings:
        return _append(draft, pair + draft.newline)
    opens = draft.text[draft.range_of(holder.span)[0]] if holder else draft.text.lstrip()[:1]
    if opens == "{":
        return _after_last(draft, tree, siblings[-1], pair)
    last = siblings[-1]
    line_start, _ = draft.line_of(draft.range_of(last.key_span)[0])
    indent = draft.text[line_start : draft.range_of(last.key_span)[0]]
    if indent.strip():
        indent = re.sub(r"[^ ]", " ", indent)  # behind the dash of a list
    ends = [draft.range_of(one.span) for one in parts_of(tree, last)]
    end = max(start + len(draft.text[start:stop].rstrip()) for start, stop in ends)
    _, at = draft.line_of(end)
    return Change(at, at, f"{draft.newline}{indent}{pair}")


def _insert_toml(draft: Draft, tree: Tree, path: Path, value: Any) -> Change:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    holding = next((one for one in tree.settings if one.path == path[:-1]), None)
    siblings = members_of(tree, path[:-1])
    if holding and siblings and draft.text[draft.range_of(holding.span)[0]] == "{":
        pair = f"{spell_key('toml', str(path[-1]))} = {spell_value('toml', value)}"
        return _after_last(draft, tree, siblings[-1], pair)
    plain = draft.text.replace("\r\n", "\n")
    try:
        document = tomlkit.parse(plain)
        holder: Any = document
        for part in path[:-1]:
            if isinstance(part, str) and part not in holder:
                holder[part] = tomlkit.table()
            holder = holder[part]
        holder[path[-1]] = value
        after = tomlkit.dumps(document)
    except (TOMLKitError, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise EditFault("tomlkit finds no place for it") from error
    at = _common(plain, after)
    added = after[at : at + len(after) - len(plain)]
    if plain[:at] + added + plain[at:] != after:
        raise EditFault("tomlkit would change more than that")
    # An insertion may be told of in several ways: whole lines read best.
    while added and not added.endswith("\n") and at and plain[at - 1] == added[-1]:
        added, at = added[-1] + added[:-1], at - 1
    if draft.newline == "\r\n":
        at += plain[:at].count("\n")
        added = added.replace("\n", "\r\n")
    return Change(at, at, added)


def _common(one: str, other: str) -> int:
    """The length of what two texts begin with in common."""
    size = min(len(one), len(other))
    return next((n for n in range(size) if one[n] != other[n]), size)


_INSERTERS: Mapping[str, Callable[[Draft, Tree, Path, Any], Change]] = {
    "env": _insert_env,
    "ini": _insert_ini,
    "json": _insert_json,
    "toml": _insert_toml,
    "yaml": _insert_yaml,
}
