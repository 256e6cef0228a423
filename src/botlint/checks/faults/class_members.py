"""What the classes of a program have, and which of them may have more."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.kin import asks_above, family_of, has_known_bases, is_substitute, of_tuple
from botlint.checks.reads import last_segment
from botlint.facts.types import Attribute, Call, Constant, Expression, Function, Name
from botlint.flow.names import is_special
from botlint.flow.program import ClassRef
from botlint.project import Project

_OF_OBJECT = frozenset(dir(object)) | {"__dict__", "__name__", "__module__", "__slots__"}
_SETTING = frozenset({"setattr", "vars", "__setattr__"})


class Members:
    """What the classes of a program have, and which of them may have more."""

    def __init__(self, project: Project) -> None:
        self._program = project.program
        self._known: dict[ClassRef, frozenset[str] | None] = {}
        found = list(self._find_set())
        self._set_on_self = frozenset(one for one in found if one[0] is not None)
        self._set_from_outside = frozenset(name for cls, name in found if cls is None)
        self._open = frozenset(self._find_open())

    def all_of(self, cls: ClassRef) -> frozenset[str] | None:
        """All members of a class, its bases and its subclasses; ``None`` if there may be more."""
        if cls not in self._known:
            self._known[cls] = self._find(cls)
        return self._known[cls]

    def set_from_outside(self) -> frozenset[str]:
        """The members that code sets on objects other than its own, whatever they are."""
        return self._set_from_outside

    def lacks(self, cls: ClassRef, name: str) -> bool:
        """Whether no object of the class can have a member of that name."""
        return name not in self._set_from_outside and self.never_has(cls, name)

    def never_has(self, cls: ClassRef, name: str) -> bool:
        """The same, whatever code sets on objects that may be of any class."""
        if is_special(name) or name in _OF_OBJECT:
            return False
        members = self.all_of(cls)
        return members is not None and name not in members

    def _find(self, cls: ClassRef) -> frozenset[str] | None:
        if not self._program.subclasses(cls) and self._is_for_others(cls):
            return None  # What it is mixed into, or what derives from it, is elsewhere.
        if is_substitute(self._program, cls):
            return None
        found: set[str] = set()
        for one in family_of(self._program, cls):
            if one in self._open or not has_known_bases(self._program, one):
                return None
            if not self._program.is_closed(one) or asks_above(self._program, one):
                return None
            found |= self._own(one)
        return frozenset(found)

    def _is_for_others(self, cls: ClassRef) -> bool:
        """Whether a class is made to be derived from: by its name, or as nothing makes one."""
        bases = {base.rpartition(".")[2] for base in self._program.foreign_bases(cls)}
        name = self._program.cls(cls).name
        is_abstract = "ABC" in bases and not self._program.calls_named(name)
        return "Mixin" in name or name.startswith(("Base", "Abstract")) or is_abstract

    def _own(self, cls: ClassRef) -> frozenset[str]:
        declared = self._program.cls(cls)
        facts = self._program.sources[cls.source]
        methods = {facts.functions[one].name for one in declared.methods}
        prefix = f"{declared.qualname}."
        bound = {
            node.target.path[len(prefix) :]
            for node in facts.functions[declared.parent].nodes
            if type(node.target) is Name and node.target.path.startswith(prefix)
        }
        names = {name for name, _ in declared.attributes}
        given = of_tuple(self._program, cls)
        named = {name for one, name in self._set_on_self if one == cls}
        return frozenset({*methods, *bound, *names, *given, *named, *self._program.attributes(cls)})

    def _find_set(self) -> Iterator[tuple[ClassRef | None, str]]:
        """Names that code sets on objects other than its own, whatever they are; and those that
        methods set by a call on their own, with the class."""
        for ref in self._program.functions():
            function = self._program.function(ref)
            classes = self._program.sources[ref.source].classes
            bodies = {cls.qualname for cls in classes if cls.parent == ref.index}
            for node in function.nodes:
                for name in _paths(node.target):
                    head, _, last = name.rpartition(".")
                    if head and head != "self" and head not in bodies:
                        yield None, last
            for call in function.calls:
                named = _set_by_name(call)
                is_own = function.owner >= 0 and call.args[:1] == (Name("self"),)
                if named:
                    yield ClassRef(ref.source, function.owner) if is_own else None, named

    def _find_open(self) -> Iterator[ClassRef]:
        """Classes on which attributes are set by computed names, by their own methods or others."""
        for ref, number in self._program.calls_named("setattr"):
            call = self._program.function(ref).calls[number]
            first = call.args[0] if _sets_unknown(call) else None
            cls = self._program.class_named(ref, first.path) if isinstance(first, Name) else None
            if cls is not None:
                yield cls
        for ref in self._program.functions():
            function = self._program.function(ref)
            if (function.owner >= 0 and any(map(_sets_computed, function.calls))) or (
                function.owner >= 0 and any("self.__dict__" in p for p in _all_paths(function))
            ):
                yield ClassRef(ref.source, function.owner)


def members_of(project: Project) -> Members:
    """The members of the classes of a project."""
    return project.answer(("members",), lambda: Members(project))


def _set_by_name(call: Call) -> str | None:
    """The member that ``setattr(thing, "name", value)`` sets, in whatever form."""
    if last_segment(call.func) not in _SETTING or len(call.args) < 2:
        return None
    given = call.args[1]
    return given.value if isinstance(given, Constant) and isinstance(given.value, str) else None


def _sets_computed(call: Call) -> bool:
    if last_segment(call.func) not in _SETTING:
        return False
    if call.func == Name("vars"):
        return call.args[:1] == (Name("self"),)
    return call.args[:1] == (Name("self"),) and _sets_unknown(call)


def _sets_unknown(call: Call) -> bool:
    """Whether a call of ``setattr`` names the member by anything but a text."""
    return len(call.args) > 1 and not isinstance(call.args[1], Constant)


def _all_paths(function: Function) -> Iterator[str]:
    for node in function.nodes:
        yield from _paths(node.target)
    for call in function.calls:
        if type(call.func) is Name:
            yield call.func.path


def _paths(target: Expression | None) -> tuple[str, ...]:
    if type(target) is Name:
        return (target.path,)
    if type(target) is Attribute:
        return (f"().{target.name}",)
    parts = getattr(target, "args", ())
    return tuple(path for part in parts for path in _paths(part))
