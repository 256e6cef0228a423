"""Keys that a guard reads from a record to which no code writes them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

import msgspec

from botlint.checks.faults.records import Records
from botlint.checks.faults.writes import Contents
from botlint.checks.hits import hit_in
from botlint.checks.reads import Key, is_decisive, is_read, walk
from botlint.checks.roots import arguments_of, receiver_of
from botlint.checks.showing import ALL
from botlint.checks.spelling import nearest_name
from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Function,
    Item,
    KeyUse,
    Kind,
    Name,
    Operation,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project

GUARDS = ("preflight", "risk-gate", "kill-switch", "price-check")
MOST_PLACES = 5
LIKE = 0.75
"""How alike two keys are of which one may be the other, misspelt: a ratio of `difflib`."""

_ORDERS = ("place-order", "close-order")


def find_unwritten_keys(project: Project) -> Iterable[Hit]:
    """One hit for each record, key and function, at its first read."""
    records = project.answer(("records",), lambda: Records(project))
    for ref, reads in sorted(_reads_by_function(project).items()):
        by_key: dict[Key, list[KeyUse]] = {}
        for use in reads:
            by_key.setdefault(Key(use.record, use.key), []).append(use)
        for key, uses in by_key.items():
            hit = _unwritten(project, records, ref, key, uses)
            if hit is not None:
                yield hit


def _reads_by_function(project: Project) -> dict[FunctionRef, list[KeyUse]]:
    found: dict[FunctionRef, list[KeyUse]] = {}
    for source, facts in enumerate(project.program.sources):
        for use in facts.keys:
            if use.mode == "read" and type(use.record) is Name:
                found.setdefault(FunctionRef(source, use.function), []).append(use)
    return found


def _unwritten(
    project: Project, records: Records, ref: FunctionRef, key: Key, uses: list[KeyUse]
) -> Hit | None:
    function = project.function(ref)
    if not _is_followed(project, ref, key.record):
        return None

    def is_source(value: Expression) -> bool:
        return is_read(value, key, function.calls)

    contents = project.answer(
        ("contents", ref, key.record), lambda: records.contents(ref, key.record)
    )
    # A record to which nothing at all is written is filled by means that we don't see.
    if contents is None or not contents.keys or key.name in contents.keys:
        return None
    if _is_other_spelling(function, key, contents.keys):
        return None
    is_given = any(Name(one.name) == key.record for one in function.parameters)
    is_filled = is_given or records.is_table(ref, key.record)
    if is_filled and _is_optional(function, key) and not _is_misspelt(project, key, contents):
        return None
    if not is_decisive(function, is_source, _deciding(project, ref)):
        return None
    if _is_alternative(function, is_source, key, contents):
        return None
    first = min(uses, key=lambda use: use.span)
    hit = _hit(project, ref, key, project.place(ref, first.span), contents)
    chains = _chains_of(function, key)
    if len(chains) < len(uses):
        return hit
    saw = {**hit.saw, "chain": repr(chains[0])}
    return msgspec.structs.replace(hit, saw=saw, mitigation=ALL)


def _chains_of(function: Function, key: Key) -> list[Operation]:
    """The chains of ``or`` in which a key is asked for in front of something else that may be
    there: ``meta.get(key) or params.get(key) or 1``, where it is an override that nobody uses."""
    calls = function.calls
    given = [node.value for node in function.nodes]
    given += [value for call in calls for value in arguments_of(call)]
    parts = dict.fromkeys(part for value in given for part in walk(value, calls))
    return [
        part
        for part in parts
        if isinstance(part, Operation) and part.kind == "or" and _is_in_front(part, key, calls)
    ]


def _is_in_front(chain: Operation, key: Key, calls: tuple[Call, ...]) -> bool:
    own = [number for number, one in enumerate(chain.args) if is_read(one, key, calls)]
    return bool(own) and any(
        not isinstance(one, Constant) and not _is_of(one, key.record, calls)
        for one in chain.args[own[-1] + 1 :]
    )


def _is_of(value: Expression, record: Expression, calls: tuple[Call, ...]) -> bool:
    """Whether a value is read from a record."""
    if isinstance(value, Result) and value.call < len(calls):
        return receiver_of(calls[value.call]) == record
    return isinstance(value, Item) and value.value == record


def _is_optional(function: Function, key: Key) -> bool:
    """Whether each read of what others fill says that it may be missing: ``r.get(key)``, with no
    number and no text instead."""
    values = [part for node in function.nodes for part in walk(node.value, function.calls)]
    if Item(key.record, Constant(key.name)) in values:
        return False
    fallbacks = [
        one
        for call in function.calls
        if receiver_of(call) == key.record and call.args[:1] == (Constant(key.name),)
        for one in call.args[1:]
    ]
    return all(_is_nothing(one) for one in fallbacks)


def _is_misspelt(project: Project, key: Key, contents: Contents) -> bool:
    """Whether a key much like this one is written, and nothing in the program reads that."""
    read = project.answer(("keys read",), lambda: _keys_read(project))
    idle = sorted(contents.keys - read)
    return bool(difflib.get_close_matches(key.name, idle, 1, cutoff=LIKE))


def _keys_read(project: Project) -> frozenset[str]:
    uses = (use for facts in project.program.sources for use in facts.keys)
    return frozenset(use.key for use in uses if use.mode == "read")


def _is_nothing(value: Expression) -> bool:
    if isinstance(value, Constant):
        return value.value is False or value.value in (None, "")
    return isinstance(value, Operation) and not value.args


def _is_other_spelling(function: Function, key: Key, known: frozenset[str]) -> bool:
    """Whether a key is read beside one that is there: ``r.get("price") or r.get("last")``."""
    calls = function.calls
    given = [node.value for node in function.nodes]
    given += [value for call in calls for value in arguments_of(call)]
    for value in given:
        for part in walk(value, calls):
            if not isinstance(part, Operation) or part.kind != "or":
                continue
            if any(is_read(one, key, calls) for one in part.args) and any(
                is_read(one, Key(key.record, name), calls) for one in part.args for name in known
            ):
                return True
    return False


def _is_alternative(
    function: Function, is_source: Callable[[Expression], bool], key: Key, contents: Contents
) -> bool:
    """Whether each test of the key stands in an ``or`` beside one of a key that is written: records
    of more than one shape come here, or may."""
    calls = function.calls
    tests = [node for node in function.nodes if node.kind is Kind.TEST]
    asking = [node for node in tests if any(map(is_source, walk(node.value, calls)))]
    others = {
        node.next
        for node in tests
        for part in walk(node.value, calls)
        if any(is_read(part, Key(key.record, one), calls) for one in contents.keys)
    }
    return bool(asking) and all(node.next in others for node in asking)


def _deciding(project: Project, ref: FunctionRef) -> Callable[[int], bool]:
    """Which calls of a function guard, or place an order."""
    is_guarding = guarding(project, ref)
    return lambda number: (
        is_guarding(number) or any(project.plays(CallRef(ref, number), role) for role in _ORDERS)
    )


def guarding(project: Project, ref: FunctionRef) -> Callable[[int], bool]:
    """Which calls of a function guard."""
    guards = project.answer(("guarding calls",), lambda: _guards_by_function(project))
    return guards.get(ref, frozenset()).__contains__


def _guards_by_function(project: Project) -> dict[FunctionRef, frozenset[int]]:
    found: dict[FunctionRef, set[int]] = {}
    for role in GUARDS:
        for call in project.calls_playing(role):
            found.setdefault(call.function, set()).add(call.call)
    return {ref: frozenset(numbers) for ref, numbers in found.items()}


def _is_followed(project: Project, ref: FunctionRef, record: Expression) -> bool:
    """Whether a record is one that can be told: an attribute, or a local that is no parameter."""
    if type(record) is not Name:
        return False
    if "." in record.path:
        return True
    function = project.function(ref)
    return function.parent >= 0


def _hit(project: Project, ref: FunctionRef, key: Key, place: Place, contents: Contents) -> Hit:
    assert isinstance(key.record, Name)
    record = key.record.path
    places = sorted(contents.places)
    near = nearest_name(key.name, contents.keys)
    name = project.program.display(ref)
    known = ", ".join(f"'{one}'" for one in sorted(contents.keys)[:8])
    more = f" and {len(contents.keys) - 8} more" if len(contents.keys) > 8 else ""
    trace = [
        Step(place, f"`{name}` reads '{key.name}' from `{record}` and decides by it"),
        *(Step(one, "keys are written to it here") for one in places[:MOST_PLACES]),
    ]
    if len(places) > MOST_PLACES:
        trace[-1] = Step(trace[-1].place, f"here, and in {len(places) - MOST_PLACES} more places")
    trace.append(Step(place, f"all it ever has: {known}{more}; so '{key.name}' is never there"))
    return hit_in(
        project,
        ref,
        place,
        {
            "what": f"no code writes the key '{key.name}' to `{record}`",
            "where": f"{record}['{key.name}']",
            "name": key.name,
        },
        tuple(trace),
        Confidence.HIGH if "." in record else Confidence.MEDIUM,
        related=(Step(places[0], f"did you mean '{near}'?"),) if near and places else (),
    )
