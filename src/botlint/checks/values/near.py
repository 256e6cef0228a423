"""The few functions in which a value could be dropped or made anew: a cheap look at names first.

Where no call is written like something that takes the value, places an order or makes an id, it is
not worth asking what is in scope.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.orders.orders import PLACE
from botlint.checks.values.records import COPYING
from botlint.checks.values.scope import Carried
from botlint.facts.types import Name
from botlint.flow.program import FunctionRef
from botlint.patterns import normalise_segment

MAKING = frozenset({"uuid4", "uuid1", "uuid7", "token_hex", "token_urlsafe", "ulid", "nanoid"})
MAKING_WORDS = ("new_", "generate_", "make_", "create_", "next_")


def functions_near(carried: Carried) -> list[FunctionRef]:
    """The functions with such a call, in the order of the program."""
    program = carried.project.program
    names = frozenset(_taking_names(carried))
    found = {call.function for call in carried.project.calls_playing(PLACE)}
    for segment in program.segments():
        bare = normalise_segment(segment)
        is_making = bare in MAKING or bare.startswith(MAKING_WORDS)
        if is_making or segment in names:
            found.update(ref for ref, _ in program.calls_named(segment))
    for segment in COPYING:
        for ref, number in program.calls_named(segment):
            keywords = [name for name, _ in program.function(ref).calls[number].keywords]
            if any(name == "update" or (name and carried.plays(name)) for name in keywords):
                found.add(ref)
    return sorted(found)


def _taking_names(carried: Carried) -> Iterator[str]:
    """What functions and classes are called that take the value, also where they are imported."""
    program = carried.project.program
    taking: set[str] = set()
    for ref in program.functions():
        function = program.function(ref)
        if any(one.kind == "**" or carried.plays(one.name) for one in function.parameters):
            owner = program.owner(ref)
            is_maker = owner is not None and function.name in ("__init__", "__new__")
            taking.add(program.cls(owner).name if owner and is_maker else function.name)
    for cls in program.classes():
        if carried.field_of(cls):
            taking.update(program.cls(one).name for one in (cls, *program.subclasses(cls)))
    taking.update(_reading_names(carried))
    yield from taking
    for name in sorted(taking):
        yield from program.aliases.get(name, ())


def _reading_names(carried: Carried) -> Iterator[str]:
    """What functions are called that read the value from a record which they are given."""
    program = carried.project.program
    for source, facts in enumerate(program.sources):
        for use in facts.keys:
            if use.mode == "read" and type(use.record) is Name and carried.plays(use.key):
                function = program.function(FunctionRef(source, use.function))
                if any(one.name == use.record.path for one in function.parameters):
                    yield function.name
