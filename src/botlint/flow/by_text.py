"""Methods called by a name that is handed over as text: ``ask("create_order", symbol)``, where
``ask`` of the program calls ``getattr(client, name)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.facts.types import Attribute, Constant, Expression, Function, Name, Result
from botlint.flow.callers import Callers
from botlint.flow.callgraph import CallGraph
from botlint.flow.index import CallNumber
from botlint.flow.names import FunctionRef, written_name
from botlint.flow.values import External, Func

_LOOKING = frozenset({"callable", "isinstance", "hasattr", "getattr", "id", "repr", "str", "print"})


class _Chosen(NamedTuple):
    """A parameter of ``function`` that says which member of ``owner`` is called, which is written
    in ``home``."""

    function: FunctionRef
    parameter: str
    home: FunctionRef
    owner: Expression


def find_by_text(graph: CallGraph, callers: Callers) -> dict[CallNumber, tuple[str, ...]]:
    """From each call that hands over a method's name as a literal, to have that method called, to
    the method's names: ``client.create_order``."""
    found: dict[CallNumber, dict[str, None]] = {}
    waiting = list(_find_chosen(graph))
    seen = set(waiting)
    for one in waiting:
        for site in callers.of(one.function):
            given = graph.arguments.given(site, one.function, one.parameter)
            if type(given) is Constant and isinstance(given.value, str):
                names = dict.fromkeys(_names(graph, one, given.value))
                found.setdefault((site.function, site.call), {}).update(names)
            elif type(given) is Name:
                passed = one._replace(function=site.function, parameter=given.path)
                caller = graph.index.function(site.function)
                if _is_kept(caller, given.path) and passed not in seen:
                    seen.add(passed)
                    waiting.append(passed)
    return {call: tuple(names) for call, names in found.items() if names}


def calls_by_text(function: Function) -> Iterator[tuple[int, str, Expression]]:
    """The calls of a member that ``getattr`` has fetched by a plain name, or that get such a member
    first, each with that name and what the member is fetched of."""
    for number, call in enumerate(function.calls):
        if call.func != Name("getattr") or len(call.args) < 2:
            continue
        owner, name = call.args[:2]
        if type(name) is not Name or "." in name.path:
            continue
        nodes = (node for node in function.nodes if node.value == Result(number))
        given = {Result(number), *(node.target for node in nodes if node.target is not None)}
        for other, one in enumerate(function.calls):
            is_handed = not given.isdisjoint(one.args[:2]) and type(one.func) is Name
            if one.func in given or (is_handed and one.func.path not in _LOOKING):  # type: ignore[union-attr]  # is_handed
                yield other, name.path, owner


def _find_chosen(graph: CallGraph) -> Iterator[_Chosen]:
    """Also where a function within another one does the fetching."""
    index = graph.index
    for ref in dict.fromkeys(ref for ref, _ in index.calls_by_segment.get("getattr", ())):
        for _, name, owner in calls_by_text(index.function(ref)):
            around = ref
            while around.index and not _is_kept(index.function(around), name):
                around = FunctionRef(ref.source, index.function(around).parent)
            if around.index:
                yield _Chosen(around, name, ref, owner)


def _is_kept(function: Function, name: str) -> bool:
    """Whether a name is that of a parameter which the function never binds anew."""
    own = (one.name for one in function.parameters if not one.kind.startswith("*"))
    return name in own and Name(name) not in function.assigned


def _names(graph: CallGraph, one: _Chosen, text: str) -> tuple[str, ...]:
    """What a member would be called by, had it been written; nothing where it is a method of the
    program, which stands there."""
    if not text.isidentifier():
        return ()
    is_named = type(one.owner) is Name
    member = Name(f"{one.owner.path}.{text}") if is_named else Attribute(one.owner, text)  # type: ignore[union-attr]  # is_named
    values = graph.receivers.values(one.home, member)
    if any(type(value) is Func for value in values):
        return ()
    outside = (value.name for value in values if type(value) is External)
    return (written_name(member, graph.index.function(one.home).calls), *outside)
