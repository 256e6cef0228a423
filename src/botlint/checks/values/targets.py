"""What a call of the program can take: the parameters of its callees, the fields of a class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.fields import constructor_parameters
from botlint.checks.kin import class_called
from botlint.checks.stubs import is_stub
from botlint.checks.values.scope import Carried, is_same
from botlint.facts.types import Constant, Expression, Name, Parameter
from botlint.flow.program import ClassRef, FunctionRef, Program
from botlint.model import Confidence, Place
from botlint.project import CallRef

_RECORDS = frozenset({"BaseModel", "BaseSettings", "NamedTuple"})
_NOTHING = (Constant(None), Constant(""))


class Target(NamedTuple):
    """What a call hands values to: the name it is shown by, its place, what it takes."""

    name: str
    place: Place
    parameters: tuple[Parameter, ...]
    confidence: Confidence
    ref: FunctionRef | None = None
    keys: frozenset[str] = frozenset()

    def takes(self, name: str) -> str:
        """The optional parameter or key that takes the value ``name``, ``""`` if none does."""
        for parameter in self.parameters:
            if is_same(parameter.name, name):
                return parameter.name if parameter.default is not None else ""
        return next((key for key in sorted(self.keys) if is_same(key, name)), "")

    def demands(self, name: str) -> str:
        """The parameter without a default that takes the value ``name``, ``""`` if none does."""
        named = (one for one in self.parameters if one.default is None)
        return next((one.name for one in named if is_same(one.name, name)), "")

    def is_open(self) -> bool:
        """Whether it takes any keyword."""
        return any(parameter.kind == "**" for parameter in self.parameters)


def target_of(carried: Carried, call: CallRef) -> Target | None:
    """What a call of the program hands its arguments to, if that is one thing and known."""
    program = carried.project.program
    facts = carried.project.call(call)
    cls = class_called(program, call.function, facts.func)
    if cls is not None:
        return _constructor(carried, cls)
    resolution = program.resolution(call.function, call.call)
    if resolution.kind not in ("exact", "unique-name") or not resolution.callees:
        return None
    own = [ref for ref in resolution.callees if not is_stub(program.function(ref))]
    segment = carried.project.written(call).rpartition(".")[2]
    if not own or any(not _is_called(program, ref, segment) for ref in own):
        return None
    ref = own[0]
    parameters = program.function(ref).parameters
    for other in own[1:]:
        names = {one.name for one in program.function(other).parameters}
        parameters = tuple(one for one in parameters if one.name in names)
    sure = Confidence.HIGH if resolution.kind == "exact" else Confidence.MEDIUM
    function = program.function(ref)
    place = carried.project.place(ref, function.span)
    return Target(program.display(ref), place, parameters, sure, ref, _keys(carried, ref))


def _is_called(program: Program, ref: FunctionRef, segment: str) -> bool:
    """Whether a call written so means the function itself: by its name, or as it is imported."""
    name = program.function(ref).name
    return segment == name or segment in program.aliases.get(name, ())


def _keys(carried: Carried, ref: FunctionRef, depth: int = 3) -> frozenset[str]:
    """The names of the value that a function takes out of its ``**mapping``, or that what it hands
    the mapping on to takes."""
    function = carried.project.function(ref)
    name = next((one.name for one in function.parameters if one.kind == "**"), "")
    if not name:
        return frozenset()
    keys = {key for key in carried.keys_of(ref, name) if carried.plays(key)}
    for number, call in enumerate(function.calls):
        if (None, Name(name)) in call.keywords and depth:
            keys |= _taken(carried, CallRef(ref, number), depth)
    return frozenset(keys)


def _taken(carried: Carried, call: CallRef, depth: int) -> frozenset[str]:
    """The names of the value that the function which a call runs takes, and can do without."""
    program = carried.project.program
    callees = program.callees(call.function, call.call)
    if len(callees) != 1:
        return frozenset()
    given = {name for name, _ in carried.project.call(call).keywords}
    own = frozenset(
        one.name
        for one in program.function(callees[0]).parameters
        if one.default is not None and carried.plays(one.name) and one.name not in given
    )
    return own | _keys(carried, callees[0], depth - 1)


def _constructor(carried: Carried, cls: ClassRef) -> Target | None:
    project = carried.project
    program = project.program
    parameters = constructor_parameters(project, cls)
    if parameters is None and program.foreign_bases(cls) & _RECORDS:
        parameters = _fields(carried, cls)
    if parameters is None:
        return None
    place = Place(program.sources[cls.source].path, program.cls(cls).span)
    return Target(program.cls(cls).name, place, parameters, Confidence.HIGH)


def _fields(carried: Carried, cls: ClassRef) -> tuple[Parameter, ...]:
    """The fields of a pydantic model or a named tuple that have a default."""
    program = carried.project.program
    found: list[Parameter] = []
    for one in program.ancestry(cls):
        declared = program.cls(one)
        around = program.function(FunctionRef(one.source, declared.parent))
        bound = {node.target for node in around.nodes if node.target is not None}
        names = {getattr(target, "path", "") for target in bound}
        for name, annotation in declared.attributes:
            is_optional = f"{declared.qualname}.{name}" in names
            default: Expression | None = Constant(None) if is_optional else None
            found.append(Parameter(name, "keyword", annotation, default))
    return tuple(found)


def handed_by_name(
    carried: Carried, call: CallRef, target: Target | None
) -> Iterator[tuple[str, Expression]]:
    """What a call hands to the parameters of its target, with their names."""
    if target is None:
        return
    facts = carried.project.call(call)
    program = carried.project.program
    named = dict(facts.keywords)
    for place, parameter in enumerate(target.parameters):
        value = named.get(parameter.name)
        if target.ref is not None:
            value = program.argument_of(call.function, call.call, target.ref, parameter.name)
        elif value is None and place < len(facts.args):
            value = facts.args[place]
        if value is not None:
            yield parameter.name, value


def is_nothing(value: Expression | None) -> bool:
    """Whether an argument hands over no value: ``None`` or an empty text."""
    return value in _NOTHING
