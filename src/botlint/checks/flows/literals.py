"""Literals that one flow has where another flow has the setting.

They are compared by where they go: the same parameter of the same function (by the same name,
where the function isn't known), an attribute or a key of the same name, or what the same thing is
compared with. Places that both flows run say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from botlint.checks.flows.flows import Stretch, find_stretches
from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, keyed_entries
from botlint.checks.settings.setting_names import Named, setting_names
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.model import Place
from botlint.patterns import normalise_segment
from botlint.project import Project
from botlint.settings.flows import Flows

Sink = tuple[object, ...]
"""Where a value goes; equal for what is the same in two flows."""

_FLIPPED = {"gt": "lt", "ge": "lt", "lt": "gt", "le": "gt"}
_INITIAL = (0, 1, -1)


class Shadow(NamedTuple):
    """A literal in ``flow`` where ``other`` has the setting, at ``there``; ``word`` is the keyword,
    key or attribute that it is given for."""

    flow: str
    other: str
    named: Named
    value: object
    what: str
    function: FunctionRef
    place: Place
    there: Place
    word: str


class _Goes(NamedTuple):
    sink: Sink
    what: str
    value: Expression
    function: FunctionRef
    place: Place


def find_shadows(project: Project, flows: Flows) -> tuple[Shadow, ...]:
    """All literals in the place of a setting, by place."""
    key = ("shadows", msgspec.json.encode(flows))
    return project.answer(key, lambda: tuple(sorted(_find(project, flows), key=_place)))


def _place(shadow: Shadow) -> tuple[Place, str]:
    return shadow.place, shadow.other


def _find(project: Project, flows: Flows) -> Iterator[Shadow]:
    stretches = find_stretches(project, flows)
    if len(stretches) < 2:
        return
    named = frozenset(
        (*flows.parity.settings, *(
            name
            for one in flows.parity.quantities
            for given in one.names.values()
            for name in given
        ))
    )  # fmt: skip
    common = frozenset.intersection(*(one.all for one in stretches))
    ending = {one.name: _gathered(project, one, common) for one in stretches}
    for one in stretches:
        for other in stretches:
            if one.name != other.name:
                yield from _between(one.name, other.name, ending, named)


class _Ends(NamedTuple):
    settings: dict[Sink, tuple[_Goes, Named]]
    literals: dict[Sink, list[tuple[_Goes, object]]]


def _gathered(project: Project, stretch: Stretch, common: frozenset[FunctionRef]) -> _Ends:
    names = setting_names(project)
    ends = _Ends({}, {})
    for ref in sorted(stretch.all - common):
        for goes in _all_goings(project, ref):
            literal = _literal(goes.value)
            if literal is not None:
                ends.literals.setdefault(goes.sink, []).append((goes, literal.value))
                continue
            setting = names.of(ref, goes.value)
            if setting is not None and names.is_defined(setting):
                ends.settings.setdefault(goes.sink, (goes, setting))
    return ends


def _between(
    flow: str, other: str, ending: dict[str, _Ends], named: frozenset[str]
) -> Iterator[Shadow]:
    mine, theirs = ending[flow], ending[other]
    for sink, found in mine.literals.items():
        if sink in mine.settings or sink not in theirs.settings:
            continue
        there, setting = theirs.settings[sink]
        if not _is_telling(sink, setting.key, named):
            continue
        for goes, value in found:
            if sink[0] != "attribute" or value not in _INITIAL:
                place = goes.place
                word = str(sink[-1])
                what, by = goes.what, goes.function
                yield Shadow(flow, other, setting, value, what, by, place, there.place, word)


def _is_telling(sink: Sink, key: str, named: frozenset[str]) -> bool:
    """Whether a place may be one for the setting by what it is called: names of places are common,
    and a ``timeout`` is not every timeout."""
    words = set(normalise_segment(str(sink[-1])).split("_"))
    shared = len(words & set(normalise_segment(key).split("_")))
    return shared >= (1 if key in named or sink[0] == "parameter" else 2)


def _literal(value: Expression) -> Constant | None:
    if type(value) is Operation and value.kind == "neg" and len(value.args) == 1:
        inner = _literal(value.args[0])
        if inner is None or not isinstance(inner.value, int | float):
            return None
        return Constant(-inner.value)
    if type(value) is Constant and value.value is not None and value.value != "":
        return value
    return None


def _all_goings(project: Project, ref: FunctionRef) -> Iterator[_Goes]:
    function = project.function(ref)
    seen: set[int] = set()
    for node in function.nodes:
        if node.kind is Kind.CALL and node.call >= 0 and node.call not in seen:
            seen.add(node.call)
            yield from _arguments(project, ref, function, node.call)
        for sink, what, value in _bound(node):
            yield _Goes(sink, what, value, ref, project.place(ref, node.span))
        yield from _inside(project, ref, node, node.value)


def _arguments(
    project: Project, ref: FunctionRef, function: Function, number: int
) -> Iterator[_Goes]:
    call = function.calls[number]
    place = project.place(ref, call.span)
    callees = project.program.callees(ref, number)
    written = last_segment(call.func)
    for name, value in _by_parameter(project, call, callees):
        sink: Sink = ("parameter", callees[0], name) if callees else ("keyword", written, name)
        yield _Goes(sink, f"`{name}` of `{written}`", value, ref, place)
    for value in arguments_of(call):
        if type(value) is Operation:
            for sink, what, part in _keys(value):
                yield _Goes(sink, what, part, ref, place)


def _by_parameter(
    project: Project, call: Call, callees: tuple[FunctionRef, ...]
) -> Iterator[tuple[str, Expression]]:
    yield from ((name, value) for name, value in call.keywords if name is not None)
    if not callees:
        return
    parameters = project.function(callees[0]).parameters
    names = [one.name for one in parameters if one.kind in ("positional", "normal")]
    bound = names[1:] if names[:1] in (["self"], ["cls"]) else names
    for name, value in zip(bound, call.args, strict=False):
        if isinstance(value, Operation) and value.kind == "star":
            return
        yield name, value


def _bound(node: Node) -> Iterator[tuple[Sink, str, Expression]]:
    if node.kind is not Kind.ASSIGN or node.value is None:
        return
    target = node.target
    if type(target) is Name and "." in target.path:
        name = target.path.rpartition(".")[2]
        yield ("attribute", name), f"`{target.path}`", node.value
    if type(target) is Item and type(target.key) is Constant:
        yield ("key", str(target.key.value)), f"the key `{target.key.value}`", node.value


def _inside(
    project: Project, ref: FunctionRef, node: Node, value: Expression | None
) -> Iterator[_Goes]:
    place = project.place(ref, node.span)
    for sink, what, part in _keys(value):
        yield _Goes(sink, what, part, ref, place)
    for sink, what, part in _operands(value):
        yield _Goes(sink, what, part, ref, place)


def _keys(value: Expression | None) -> Iterator[tuple[Sink, str, Expression]]:
    for key, part in keyed_entries(value):
        yield ("key", key), f"the key `{key}`", part


def _operands(value: Expression | None) -> Iterator[tuple[Sink, str, Expression]]:
    if type(value) is not Operation:
        return
    if value.kind in ("and", "or", "not"):
        for part in value.args:
            yield from _operands(part)
    if value.kind not in _FLIPPED:
        return
    left, right = value.args
    for held, limit, way in ((left, right, value.kind), (right, left, _FLIPPED[value.kind])):
        name = last_segment(held)
        if name and type(held) is not Result:
            side = "above" if way in ("gt", "ge") else "below"
            yield ("operand", side, name), f"what `{name}` is compared with", limit
