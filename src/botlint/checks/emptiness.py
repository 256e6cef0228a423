"""Methods that are meant to do nothing: of a null object, of a base whose heirs do the work."""

from __future__ import annotations

from botlint.checks.kin import is_aliased
from botlint.checks.reads import last_segment, parts_of
from botlint.checks.roots import arguments_of
from botlint.checks.stubs import is_stub
from botlint.facts.types import Kind, Name
from botlint.flow.names import ClassRef, FunctionRef
from botlint.project import Project

_MANY = 3
_ASKING = frozenset({"isinstance", "issubclass", "cast"})
_NULL = frozenset({"null", "noop", "no", "dummy", "base", "abstract", "interface", "stub"})


def is_meant_empty(project: Project, owner: ClassRef, name: str) -> bool:
    """Whether a class declares for others, overrides with nothing, or plays a part."""
    program = project.program
    lineage = program.ancestry(owner)
    bases = {base.rpartition(".")[2] for base in program.foreign_bases(owner)}
    if bases & {"ABC", "Protocol"} or bases - {"object"}:
        return True
    below = program.subclasses(owner)
    if any(name in program.class_members(one) for one in (*below, *lineage[1:])):
        return True
    is_mixin = "mixin" in project.vocabulary.words(program.cls(owner).name)
    own = program.class_members(owner).get(name)
    # What mixins lack may come from what they are mixed with.
    is_for_others = is_mixin and all(program.find_method(one, name) != own for one in below)
    return is_for_others or is_null_object(project, owner) or _is_all_empty(project, owner)


def is_declared(project: Project, ref: FunctionRef) -> bool:
    """Whether a method does nothing itself and leaves it to what overrides it."""
    function = project.function(ref)
    owner = project.program.owner(ref)
    if owner is None or not is_stub(function):
        return False
    if any(last_segment(one) == "abstractmethod" for one in function.decorators):
        return True
    return is_meant_empty(project, owner, function.name) and not is_null_object(project, owner)


def is_made(project: Project, cls: ClassRef) -> bool:
    """Whether the program uses the name of a class, or of one that derives from it, as it must to
    make an object: it calls it, hands it over, keeps it, asks something of it, or loads it."""
    program = project.program
    used = project.answer(("names used",), lambda: _names_used(project))
    kin = (cls, *program.subclasses(cls))
    if any(map(program.entries().is_loaded, kin)):
        return True
    names = (program.cls(one).name for one in kin)
    return any(name in used or is_aliased(program, name) for name in names)


def _names_used(project: Project) -> frozenset[str]:
    """The segments of all names in values and calls, but for those that only ask of what class
    something is."""
    found: set[str] = set()
    for ref in project.program.functions():
        function = project.function(ref)
        values = [node.value for node in function.nodes if node.kind is not Kind.EXCEPT]
        for call in function.calls:
            values.append(call.func)
            if last_segment(call.func) not in _ASKING:
                values += arguments_of(call)
        while values:
            value = values.pop()
            if type(value) is Name:
                found.update(value.path.split("."))
            elif value is not None and getattr(value, "kind", "") != "isinstance":
                values += parts_of(value)
    return frozenset(found)


def _is_all_empty(project: Project, cls: ClassRef) -> bool:
    """Whether no method of a class does anything: it stands in for one that does."""
    methods = project.program.class_members(cls)
    own = [ref for name, ref in methods.items() if not name.startswith("__")]
    return len(own) >= _MANY and all(is_stub(project.function(ref)) for ref in own)


def is_null_object(project: Project, cls: ClassRef) -> bool:
    """Whether a class is named for standing in where nothing is to happen."""
    name = project.program.cls(cls).name
    is_played = project.vocabulary.roles["simulator"].plays_name(name)
    return is_played or not project.vocabulary.words(name).isdisjoint(_NULL)
