"""Literals that may be credentials are sealed: the facts hold their looks, not their text.

A literal is sealed for what it looks like, wherever it stands; and one that looks only like a
password, where its place has a name that speaks of credentials. Which of them is a fault is not
decided here: a rule does that, with the program before it.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable
from typing import Any

import msgspec

from botlint.facts.constants import plain_of, text_of
from botlint.facts.types import Call, Constant, Expression, Operation, Sealed
from botlint.model import Span
from botlint.secrets.forms import Sighting, find_forms, find_key_bytes, form_of
from botlint.secrets.inner import find_inner
from botlint.secrets.phrases import find_phrases, is_phrase
from botlint.secrets.redaction import EXPECTING, show
from botlint.secrets.seal import Seal
from botlint.secrets.shapes import Shape, is_point, is_typed, is_uuid, judge

LEAST = 10
"""Shorter literals are only sealed where a name speaks of credentials."""

LARGEST_KEY_FILE = 20_000
"""In longer files, lists of numbers are data."""

_PHRASE = "recovery phrase"
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_CANDIDATE = re.compile(r"(?=.*[0-9A-Z])[!-~]{16,1024}|(?=.*[0-9])(?=.*[!#$%^&*?])[!-~]{10,15}")
_LEADING = ("Bearer ", "Basic ", "Token ", "Bot ", "token ", "bearer ")
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Seals:
    """The seals of one source, growing as it is read.

    ``span_of`` places a syntax node; ``has_forms``: the bytes of the source hold known forms.
    """

    def __init__(self, span_of: Callable[[Any], Span], *, has_forms: bool) -> None:
        self.found: list[Seal] = []
        self._span_of = span_of
        self._has_forms = has_forms
        self._first: dict[str, int] = {}

    def constant(self, node: ast.Constant) -> Expression:
        """A literal as an expression, sealed if it looks like a credential wherever it stands."""
        value = node.value
        if (type(value) is str or type(value) is bytes) and len(value) >= LEAST:
            sealed = self.by_look(text_of(value), self._span_of(node))
            if sealed is not None:
                return sealed
        return Constant(plain_of(value))

    def named(self, name: str, node: ast.expr, value: Expression) -> Expression:
        """``value``, sealed if it is a literal that may be a credential in a place of that name."""
        if type(value) is Constant and type(node) is ast.Constant:
            return self.by_name(name, text_of(node.value), self._span_of(node)) or value
        if type(value) is Operation and isinstance(node, ast.List | ast.Tuple | ast.Set):
            return self._operation(name, node.elts, value)
        if type(value) is Operation and isinstance(node, ast.BoolOp):
            return self._operation(name, node.values, value)
        return value

    def following_names(
        self, nodes: list[ast.expr], values: tuple[Expression, ...]
    ) -> tuple[Expression, ...]:
        """``getenv("API_KEY", "...")``: a text before an argument names it."""
        first, second = values[:2]
        if type(first) is Constant and type(first.value) is str and type(second) is Constant:
            return (first, self.named(first.value, nodes[1], second), *values[2:])
        return values

    def given(self, name: str, node: ast.Call, call: Call) -> Call:
        """A call whose result is bound to ``name``, with the literals that it gets by position, or
        as a default, sealed as if they were bound to it: ``Secret("...")``."""
        if len(node.args) > 2 or EXPECTING.search(name) is None:
            return call
        given = zip(node.args, call.args, strict=True)
        args = tuple([self.named(name, *pair) for pair in given])
        pairs = zip(node.keywords, call.keywords, strict=True)
        keywords = tuple(
            [
                (word, self.named(name, keyword.value, value) if word == "default" else value)
                for keyword, (word, value) in pairs
            ]
        )
        if args == call.args and keywords == call.keywords:
            return call
        return Call(call.func, args, keywords, call.span, call.is_awaited)

    def _operation(self, name: str, nodes: list[ast.expr], value: Operation) -> Operation:
        if len(nodes) != len(value.args):
            return value
        pairs = zip(nodes, value.args, strict=True)
        return Operation(value.kind, tuple([self.named(name, *pair) for pair in pairs]))

    def by_look(self, text: str, span: Span) -> Sealed | None:
        """Seal a literal if it looks like a credential wherever it stands."""
        if "=" in text and EXPECTING.search(text):
            inner = find_inner(text)
            if inner is not None:
                shown = show(text[inner.start : inner.end])
                seal = Seal(span, shown, inner.kind, int(Shape.RANDOM), "", is_part=True)
                return self._keep(seal)
        if not (self._has_forms or _is_candidate(text)):
            return None
        form, shape = look_at(text)
        if not (form or shape is Shape.RANDOM or _is_typed(text, shape)):
            return None
        return self._seal(text, span, form, shape)

    def by_name(self, name: str, text: str, span: Span) -> Sealed | None:
        """Seal a literal whose place is called ``name``, if that speaks of credentials."""
        if len(text) < 6 or EXPECTING.search(name) is None:
            return None
        form, shape = look_at(text)
        if not form and shape is Shape.PLAIN and not is_uuid(text):
            return None
        return self._seal(text, span, form, shape)

    def _seal(self, text: str, span: Span, form: str, shape: Shape) -> Sealed:
        first = self._first.setdefault(_secret_in(text, form), len(self.found))
        seal = make_seal(text, span, form, shape)
        if first < len(self.found):
            seal = msgspec.structs.replace(seal, same=first)
        return self._keep(seal)

    def _keep(self, seal: Seal) -> Sealed:
        self.found.append(seal)
        return Sealed(len(self.found) - 1)


@functools.lru_cache(maxsize=1 << 14)
def look_at(text: str) -> tuple[str, Shape]:
    """The known form and the shape of a text."""
    if is_phrase(text):
        return (_PHRASE, Shape.RANDOM)
    return (form_of(text), judge(text))


def make_seal(text: str, span: Span, form: str, shape: Shape) -> Seal:
    """What may be known of a credential."""
    bare = text.split(" ", 1)[1] if text.startswith(_LEADING) else text
    is_part = form != _PHRASE and any(character.isspace() for character in bare)
    shown = show(_secret_in(text, form) if is_part else text)
    return Seal(span, shown, form, int(shape), _trait(text), is_part)


def _secret_in(text: str, form: str) -> str:
    """What is secret of a text of a known form: of a command, the key that stands in it."""
    data = text.encode("utf-8", "surrogatepass") if form and form != _PHRASE else b""
    found = next(iter(find_forms(data)), None)
    return text if found is None else data[found.start : found.end].decode("utf-8", "replace")


def find_sightings(data: bytes) -> tuple[Seal, ...]:
    """Known forms anywhere in the bytes of a text."""
    return _make_sightings(data, list(find_forms(data)))


def find_sightings_in_prose(data: bytes) -> tuple[Seal, ...]:
    """The same with recovery phrases, which stand in literals in code, and with what is a key as a
    whole."""
    keys = find_key_bytes(data) if len(data) <= LARGEST_KEY_FILE else ()
    phrases = [Sighting(_PHRASE, start, end) for start, end in find_phrases(data)]
    return _make_sightings(data, [*find_forms(data), *keys, *phrases])


def _make_sightings(data: bytes, found: list[Sighting]) -> tuple[Seal, ...]:
    if not found:
        return ()
    starts = [0, *(match.end() for match in _LINE_END.finditer(data))]
    return tuple(_make_sighting(data, starts, one) for one in sorted(found, key=lambda s: s.start))


def _make_sighting(data: bytes, starts: list[int], one: Sighting) -> Seal:
    from bisect import bisect_right

    def place(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        before = data[starts[line - 1] : offset].decode("utf-8", "replace")
        return line, len(before.removeprefix("\ufeff")) + 1

    line, column = place(one.start)
    end_line, end_column = place(one.end)
    text = data[one.start : one.end].decode("utf-8", "replace")
    return make_seal(text, Span(line, column, end_line, end_column), one.kind, Shape.RANDOM)


def _is_candidate(text: str) -> bool:
    if text.startswith(_LEADING):
        return True
    return _CANDIDATE.fullmatch(text) is not None or (text.count(" ") >= 11 and is_phrase(text))


def _is_typed(text: str, shape: Shape) -> bool:
    """What a person types for a password that has to have everything; or what some exchanges give
    out as a key. It may reach a key slot from here, whatever it is called."""
    if shape is Shape.ODD:
        return is_typed(text)
    return is_uuid(text)


def _trait(text: str) -> str:
    if is_uuid(text):
        return "uuid"
    if _HEX.fullmatch(text) is None:
        return "point" if is_point(text) else ""
    return "hex64" if len(text.removeprefix("0x")) == 64 else "hex"
