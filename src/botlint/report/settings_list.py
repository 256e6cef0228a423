"""All settings of a bot with their places, what they override and who reads them.

What may be a credential is never shown: of a ``.env`` no value at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

import msgspec

from botlint.configs.environment import is_compose
from botlint.configs.types import UNKNOWN, Fault, Setting, Tree
from botlint.model import Place
from botlint.report.matrix import Paint
from botlint.report.presentation import clean
from botlint.report.summary import number
from botlint.secrets.redaction import EXPECTING, redact_text, show

_BOLD, _DIM, _ODD = "1", "2", "33"
_SHOWN = 2
_LONG = 12


class Listing(msgspec.Struct, frozen=True):
    """The settings of all files; ``readers`` are the places that name each of them."""

    trees: tuple[Tree, ...]
    readers: Mapping[str, tuple[Place, ...]]


def list_text(listing: Listing, paint: Paint) -> str:
    """For people: one line a setting."""
    return "\n".join(_describe(listing, paint))


def _describe(listing: Listing, paint: Paint) -> Iterator[str]:
    count = 0
    for tree in listing.trees:
        yield paint(clean(tree.path), _BOLD)
        for setting in _leaves(tree):
            count += 1
            notes = "".join(f"  {note}" for note in _notes(setting))
            place = paint(clean(f"{setting.source}:{setting.key_span.line}"), _DIM)
            read = _read_by(listing, setting)
            read = "  " + paint(f"read {read}", _DIM) if read else ""
            yield f"  {clean(setting.dotted)} = {clean(_shown(setting))}{notes}  {place}{read}"
        for fault in _told(tree):
            place = f"{tree.path}:{fault.span.line}:{fault.span.column}"
            yield "  " + paint(clean(f"{place}: {fault.message}"), _ODD)
        yield ""
    yield f"{number(count, 'setting')} in {number(len(listing.trees), 'file')}"


def list_markdown(listing: Listing, paint: Paint) -> str:
    """A table for each file."""
    lines: list[str] = []
    for tree in listing.trees:
        lines += [f"### {_cell(tree.path)}", ""]
        lines += ["| setting | value | line | | read |", "|---|---|---|---|---|"]
        for setting in _leaves(tree):
            notes = " ".join(_notes(setting))
            cells = (f"`{clean(setting.dotted)}`", _shown(setting), str(setting.key_span.line))
            row = (*cells, notes, _read_by(listing, setting))
            lines.append("| " + " | ".join(map(_cell, row)) + " |")
        for one in _told(tree):
            lines += ["", f"{_cell(tree.path)}:{one.span.line}: {_cell(one.message)}"]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return clean(text).replace("|", "\\|").replace("\n", " ")


def list_json(listing: Listing, paint: Paint) -> str:
    """One object a file."""
    return json.dumps([_as_json(listing, tree) for tree in listing.trees], indent=2)


def _as_json(listing: Listing, tree: Tree) -> dict[str, object]:
    return {
        "path": tree.path,
        "form": tree.form,
        "settings": [
            {
                "name": setting.dotted,
                "value": None if setting.value is UNKNOWN else _shown(setting),
                "is_known": setting.value is not UNKNOWN,
                "line": setting.key_span.line,
                "column": setting.key_span.column,
                "value_at": list(msgspec.structs.astuple(setting.span)),
                "environment": setting.environment,
                "overrides": [f"{one.path}:{one.span.line}" for one in setting.overrides],
                "overridden": [f"{one.path}:{one.span.line}" for one in setting.overridden],
                "read": [f"{one.path}:{one.span.line}" for one in _readers(listing, setting)],
            }
            for setting in _leaves(tree)
        ],
        "faults": [
            {"line": one.span.line, "column": one.span.column, "message": one.message}
            for one in _told(tree)
        ],
    }


LISTINGS: Mapping[str, Callable[[Listing, Paint], str]] = {
    "json": list_json,
    "markdown": list_markdown,
    "text": list_text,
}


def _leaves(tree: Tree) -> Iterator[Setting]:
    return (one for one in tree.settings if not (isinstance(one.value, dict | list) and one.value))


def _told(tree: Tree) -> Iterator[Fault]:
    return (one for one in tree.faults if one.kind in ("open", "trap", "duplicate"))


def _readers(listing: Listing, setting: Setting) -> tuple[Place, ...]:
    name = str(setting.path[-1]) if setting.path else ""
    return tuple(one for one in listing.readers.get(name, ()) if one.path != setting.source)


def _read_by(listing: Listing, setting: Setting) -> str:
    places = _readers(listing, setting)
    text = ", ".join(f"{one.path}:{one.span.line}" for one in places[:_SHOWN])
    return f"{text} and {len(places) - _SHOWN} more" if len(places) > _SHOWN else text


def _notes(setting: Setting) -> Iterator[str]:
    if setting.environment:
        yield f"(or ${setting.environment})"
    if setting.is_conditional:
        yield "(in a branch)"
    if setting.overridden:
        later = setting.overridden[-1]
        yield f"(overridden at {later.path}:{later.span.line})"
    elif setting.overrides:
        earlier = setting.overrides[0]
        yield f"(overrides {earlier.path}:{earlier.span.line})"


def _shown(setting: Setting) -> str:
    """The value as one line, without what may be a credential."""
    value = setting.value
    if value is UNKNOWN:
        return "unknown until it runs"
    if not isinstance(value, str):
        is_secret = EXPECTING.search(setting.dotted) is not None and isinstance(value, int | float)
        return repr(value) if not is_secret or isinstance(value, bool) else _measured(value)
    if setting.source.rpartition("/")[2].startswith(".env") or EXPECTING.search(setting.dotted):
        return show(value)
    name, equals, inner = value.partition("=")
    if is_compose(setting.source) and equals and EXPECTING.search(name):
        return f"{name}={show(inner)}"
    return repr(redact_text(value))


def _measured(value: float) -> str:
    """A number under a name that may be of a credential: ``max_tokens`` is none, a long one may
    be."""
    text = repr(value)
    return text if len(text) < _LONG else show(text)
