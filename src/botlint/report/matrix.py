"""The matrix of flows: settings and guards down, flows across, the place behind every cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from botlint import __version__
from botlint.checks.flows.flow_guards import GuardCell, GuardRow
from botlint.checks.flows.views import Cell, Row, View
from botlint.model import Place
from botlint.report.presentation import clean
from botlint.secrets.redaction import EXPECTING, redact_text, show

_MOST = 3
_WIDEST = 46
_NARROWEST = 12
_BREAKS = (" /", "._,")  # the first are better
_DEEPEST = 4
_PLAIN, _DIFFERENT, _DIM, _BOLD = "", "31", "2", "1"


Paint = Callable[[str, str], str]
"""A text in a style (an ANSI number, ``""`` for none)."""


def paint_plainly(text: str, style: str) -> str:
    """The text as it is."""
    return text


def paint_in_color(text: str, style: str) -> str:
    """The text in colour."""
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


class Matrix(msgspec.Struct, frozen=True):
    """What each of ``flows`` sees, and which guards run before its orders."""

    flows: tuple[str, ...]
    rows: tuple[Row, ...]
    guards: tuple[GuardRow, ...]


class _Piece(msgspec.Struct, frozen=True):
    text: str
    style: str = _PLAIN


def show_json(matrix: Matrix, paint: Paint, width: int) -> str:
    """The document that ``schemas/parity.schema.json`` describes."""
    document = {
        "botlint": __version__,
        "flows": list(matrix.flows),
        "settings": [_row(row) for row in matrix.rows],
        "guards": [_guard_row(row) for row in matrix.guards],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _row(row: Row) -> dict[str, Any]:
    return {
        "quantity": row.quantity,
        "names": list(row.names),
        "is_alike": row.is_alike,
        "cells": [
            {"flow": cell.flow, "views": [_view(view) for view in cell.views]} for cell in row.cells
        ],
    }


def _view(view: View) -> dict[str, Any]:
    return {
        "setting": view.setting,
        "kind": view.kind,
        "value": _masked(view),
        "is_known": view.is_known,
        "place": _place(view.place),
        "reads": [_place(one) for one in view.reads],
    }


def _guard_row(row: GuardRow) -> dict[str, Any]:
    return {
        "guard": row.guard,
        "is_alike": is_guarded_alike(row),
        "cells": [
            {
                "flow": cell.flow,
                "number": cell.number,
                "is_missing": cell.is_missing,
                "place": _place(cell.place),
            }
            for cell in row.cells
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.span.line, "column": place.span.column}


def is_guarded_alike(row: GuardRow) -> bool:
    """Whether no flow is known to go without the guard."""
    return not any(cell.is_missing for cell in row.cells)


def show_terminal(matrix: Matrix, paint: Paint, width: int) -> str:
    """Two tables for people, of at most ``width`` columns: what differs is red."""
    lines: list[str] = []
    head = [_Piece(name, _BOLD) for name in matrix.flows]
    table = [([_Piece(row.quantity, _style(row))], _cells(row)) for row in matrix.rows]
    lines += _draw("setting", head, table, paint, width)
    guards = [
        ([_Piece(row.guard, _guard_style(row))], [_guard_pieces(cell) for cell in row.cells])
        for row in matrix.guards
    ]
    if guards:
        lines += ["", *_draw("guard before orders", head, guards, paint, width)]
    return "\n".join((*lines, "", _summary(matrix)))


def _style(row: Row) -> str:
    return _PLAIN if row.is_alike else _DIFFERENT


def _guard_style(row: GuardRow) -> str:
    return _PLAIN if is_guarded_alike(row) else _DIFFERENT


def _summary(matrix: Matrix) -> str:
    settings = sum(not row.is_alike for row in matrix.rows)
    guards = sum(not is_guarded_alike(row) for row in matrix.guards)
    return (
        f"{settings} of {len(matrix.rows)} settings and {guards} of {len(matrix.guards)} guards "
        f"differ between {' and '.join(matrix.flows)}"
    )


def _cells(row: Row) -> list[list[_Piece]]:
    first = {view.identity for view in row.cells[0].views}
    return [_cell_pieces(cell, first, is_first=cell is row.cells[0]) for cell in row.cells]


def _cell_pieces(cell: Cell, first: set[object], *, is_first: bool) -> list[_Piece]:
    pieces: list[_Piece] = []
    for view in cell.views:
        style = _PLAIN if is_first or view.identity in first else _DIFFERENT
        pieces.append(_Piece(said(view, cell), style))
        pieces.append(_Piece(f"  {_at(view.place)}", _DIM))
        reads = [one for one in view.reads[:_MOST] if one != view.place]
        pieces += (_Piece(f"  read {_at(one)}", _DIM) for one in reads)
        if len(view.reads) > _MOST:
            pieces.append(_Piece(f"  and {len(view.reads) - _MOST} more", _DIM))
    return pieces or [_Piece("nothing", _PLAIN if is_first and not first else _DIFFERENT)]


def said(view: View, cell: Cell) -> str:
    """A view as words: ``50``, ``fallback 3.0``, ``literal 500``."""
    text = json.dumps(_masked(view), ensure_ascii=False) if view.is_known else "unknown"
    if view.kind == "undefined":
        text = "undefined"
    elif view.kind != "configured":
        text = f"{view.kind} {text}"
    many = len({one.setting for one in cell.views}) > 1
    return clean(f"{view.setting} = {text}" if many or view.kind != "configured" else text)


def _masked(view: View) -> Any:
    """The value of a view, without what may be a credential."""
    if not isinstance(view.value, str):
        return view.value
    is_secret = EXPECTING.search(view.setting) is not None
    return show(view.value) if is_secret else redact_text(view.value)


def _guard_pieces(cell: GuardCell) -> list[_Piece]:
    if cell.number:
        return [_Piece(f"{cell.number}."), _Piece(f"  {_at(cell.place)}", _DIM)]
    if cell.is_missing:
        where = _Piece(f"  order {_at(cell.place)}", _DIM)
        return [_Piece("none", _DIFFERENT), where]
    return [_Piece("runs, not before every order", _DIM)]


def _at(place: Place) -> str:
    return clean(f"{place.path}:{place.span.line}")


def _draw(
    title: str,
    head: list[_Piece],
    table: list[tuple[list[_Piece], list[list[_Piece]]]],
    paint: Paint,
    width: int,
) -> Iterator[str]:
    columns = [[_Piece(title, _BOLD)], *([one] for one in head)]
    rows = [columns, *([name, *cells] for name, cells in table)]
    widths = [
        min(max(len(piece.text) for row in rows for piece in row[number]), _WIDEST)
        for number in range(len(columns))
    ]
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    for row in rows:
        wrapped = [list(_wrap(cell, most)) for cell, most in zip(row, widths, strict=True)]
        for line in range(max(len(cell) for cell in wrapped)):
            parts = [
                _fill(cell[line] if line < len(cell) else _Piece(""), most, paint)
                for cell, most in zip(wrapped, widths, strict=True)
            ]
            yield "  ".join(parts).rstrip()


def _fill(piece: _Piece, width: int, paint: Paint) -> str:
    return paint(piece.text.ljust(width), piece.style)


def _wrap(pieces: list[_Piece], width: int) -> Iterator[_Piece]:
    for piece in pieces:
        text = piece.text
        indent = text[: len(text) - len(text.lstrip())][:_DEEPEST]
        while len(text) > width:
            found = (max(text.rfind(one, width // 2, width) for one in few) for few in _BREAKS)
            at = next((one + 1 for one in found if one >= 0), width)
            yield _Piece(text[:at], piece.style)
            text = indent + text[at:].lstrip()
        yield _Piece(text, piece.style)


def show_markdown(matrix: Matrix, paint: Paint, width: int) -> str:
    """Two tables for a pull request; what differs is bold."""
    lines = [*_header("setting", matrix.flows)]
    for row in matrix.rows:
        cells = [_markdown_cell(pieces) for pieces in _cells(row)]
        lines.append(_line([_strong(row.quantity, _style(row)), *cells]))
    if matrix.guards:
        lines += ["", *_header("guard before orders", matrix.flows)]
    for guard in matrix.guards:
        cells = [_markdown_cell(_guard_pieces(cell)) for cell in guard.cells]
        lines.append(_line([_strong(guard.guard, _guard_style(guard)), *cells]))
    return "\n".join((*lines, "", _summary(matrix)))


def _header(title: str, flows: tuple[str, ...]) -> tuple[str, str]:
    return _line([title, *flows]), _line(["---"] * (len(flows) + 1))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _strong(text: str, style: str) -> str:
    return f"**{_escape(text)}**" if style else _escape(text)


def _markdown_cell(pieces: list[_Piece]) -> str:
    texts = (
        f"**{_escape(piece.text)}**" if piece.style == _DIFFERENT else _escape(piece.text.strip())
        for piece in pieces
    )
    return "<br>".join(texts)


def _escape(text: str) -> str:
    for mark in "\\|*_`<[":
        text = text.replace(mark, f"\\{mark}")
    return text


MATRICES: Mapping[str, Callable[[Matrix, Paint, int], str]] = {
    "json": show_json,
    "markdown": show_markdown,
    "terminal": show_terminal,
}
