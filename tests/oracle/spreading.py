"""One module made into two or three that mean the same.

Functions, classes and variables go, by chance, into modules that those left behind import. What
needs each other stays together, so that imports go one way; only a function may import, while it
runs, from a module that comes later.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from tests.oracle.choices import Choices
from tests.oracle.importing import Imports, Modules
from tests.oracle.names import read_in, rebound_in
from tests.oracle.program import Program

_NAMES = ("lower", "common", "parts", "bottom", "shared", "pieces")
_PACKAGES = ("", "", "tools", "inner.tools")
_Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class _Piece(NamedTuple):
    """A statement of the module: what it binds, and what it reads of the others: whether only
    when a function runs."""

    node: ast.stmt
    binds: frozenset[str]
    reads: dict[int, bool]


def spread(program: Program, choices: Choices) -> Program:
    """The program of one module in one to three."""
    number = choices.pick((1, 1, 2, 3, 3))
    if number == 1:
        return program
    text = program.files[program.main]
    pieces = _pieces(ast.parse(text))
    places = _places(pieces, frozenset(program.entries()), number, choices)
    used = sorted({place for place in places if place >= 0})
    if len(used) == 1:
        return program
    places = [used.index(place) if place in used else place for place in places]
    number = len(used)
    modules = _modules(text, number, choices)
    homes = {
        name: place
        for piece, place in zip(pieces, places, strict=True)
        for name in piece.binds
        if not isinstance(piece.node, ast.Import | ast.ImportFrom)
    }
    imports = Imports(modules, homes, _foreign(pieces), _rebound(pieces), choices)
    files = {
        modules.path(place): imports.module(place, [pieces[one].node for one in own])
        for place in range(number)
        for own in [[one for one, where in enumerate(places) if where == place]]
    }
    main = files.pop(modules.path(number - 1))
    files |= imports.packages()
    return program._replace(files={**files, program.main: main})


def _modules(text: str, number: int, choices: Choices) -> Modules:
    """Names that nothing in ``text`` has."""
    free = [name for name in _NAMES if name not in text]
    first = choices.number(0, len(free) - 1)
    names = [free[(first + place) % len(free)] for place in range(number - 1)]
    package = choices.pick(_PACKAGES)
    # A function called like the package would hide it.
    return Modules(
        (*names, "main"), package.replace("inner", "deep") if "inner(" in text else package
    )


def _pieces(tree: ast.Module) -> list[_Piece]:
    bound = [_bound(node) for node in tree.body]
    reads: list[dict[int, bool]] = []
    for node in tree.body:
        names = read_in(node) | dict.fromkeys(rebound_in(node), True)
        found = [(place, name) for place, own in enumerate(bound) for name in own & set(names)]
        reads.append({place: all(names[n] for p, n in found if p == place) for place, _ in found})
    return [_Piece(*one) for one in zip(tree.body, bound, reads, strict=True)]


def _bound(node: ast.stmt) -> frozenset[str]:
    if isinstance(node, _Def):
        return frozenset({node.name})
    if isinstance(node, ast.Import | ast.ImportFrom):
        return frozenset(one.asname or one.name.partition(".")[0] for one in node.names)
    stored = (one for one in ast.walk(node) if isinstance(one, ast.Name))
    return frozenset(one.id for one in stored if isinstance(one.ctx, ast.Store))


def _foreign(pieces: Sequence[_Piece]) -> dict[str, ast.stmt]:
    """The statement that imports a foreign name."""
    return {
        name: piece.node
        for piece in pieces
        if isinstance(piece.node, ast.Import | ast.ImportFrom)
        for name in piece.binds
    }


def _rebound(pieces: Sequence[_Piece]) -> frozenset[str]:
    return frozenset[str]().union(*(rebound_in(piece.node) for piece in pieces))


def _places(
    pieces: Sequence[_Piece], entries: frozenset[str], number: int, choices: Choices
) -> list[int]:
    """The number of the module of each piece: that of an import of what is foreign is -1."""
    top = number - 1
    reached = _reached(pieces)
    found = [-1] * len(pieces)
    for one in sorted(range(len(pieces)), key=lambda one: (len(reached[one]), one)):
        piece = pieces[one]
        if found[one] >= 0 or isinstance(piece.node, ast.Import | ast.ImportFrom):
            continue
        group = [other for other in reached[one] if one in reached[other]] or [one]
        low = max((found[other] for other in reached[one]), default=0)
        low = max(low, 0)
        place = low if choices.chance(50) else choices.number(low, top)
        is_fixed = any(not _is_movable(pieces[other], entries) for other in group)
        for other in group:
            found[other] = top if is_fixed else place
    return _later(pieces, found, choices) if number > 2 else found


def _later(pieces: Sequence[_Piece], places: list[int], choices: Choices) -> list[int]:
    """Some functions of the first module stand in the second though the first calls them, but for
    what is needed while it is imported."""
    early = {one for piece in pieces for one, is_late in piece.reads.items() if not is_late}
    for one, piece in enumerate(pieces):
        users = [n for n, other in enumerate(pieces) if one in other.reads and other is not piece]
        is_free = all(pieces[n].reads[one] and isinstance(pieces[n].node, _Def) for n in users)
        is_free &= early.isdisjoint(users)
        is_kept = bool(rebound_in(piece.node)) or not isinstance(piece.node, _Def)
        if places[one] == 0 and is_free and not is_kept and choices.chance(15):
            places[one] = 1
    return places


def _is_movable(piece: _Piece, entries: frozenset[str]) -> bool:
    is_plain = isinstance(piece.node, _Def | ast.Assign | ast.AnnAssign)
    return is_plain and not piece.binds & entries


def _reached(pieces: Sequence[_Piece]) -> list[frozenset[int]]:
    """What each piece needs, at once or later; those that bind one name need each other."""
    needs = [set(piece.reads) for piece in pieces]
    for one, piece in enumerate(pieces):
        needs[one] |= {two for two, other in enumerate(pieces) if other.binds & piece.binds}
        for two in tuple(piece.reads):
            if rebound_in(piece.node) & pieces[two].binds:
                needs[two].add(one)
    while True:
        wider = [own | {far for near in own for far in needs[near]} for own in needs]
        if wider == needs:
            return [frozenset(own) for own in needs]
        needs = wider
