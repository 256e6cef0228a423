"""Whose member is it: the class of an object, where *every* way in which it is bound says the same.

The call graph asks what a receiver can be, and one known origin is enough for it. A check that says
"this class doesn't have that" needs the opposite: one unknown origin, and nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.annotated import named_in, says_nothing
from botlint.checks.kin import bound_names, class_called, family_of, is_believed, value_bound
from botlint.checks.reads import last_segment
from botlint.facts.imported import Import
from botlint.facts.types import (
    Attribute,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Parameter,
    Result,
)
from botlint.flow.modules import Modules
from botlint.flow.program import ClassRef, FunctionRef
from botlint.flow.scopes import is_method, is_object
from botlint.project import Project

DEEPEST = 8
_NOTHING = "nothing"
"""The value is ``None``: it says nothing about the class of the others."""

Answer = ClassRef | str | None
_Question = tuple[FunctionRef, Expression]
_PROPERTIES = frozenset({"property", "cached_property"})
_UNBOUND = frozenset({"staticmethod", "classmethod"})


class Owners:
    """Classes of objects, worked out when asked for."""

    def __init__(self, project: Project) -> None:
        self._program = project.program
        self._modules = modules_of(project)
        self._known: dict[_Question, Answer] = {}
        self._cut: set[tuple[_Question, int]] = set()
        self._cut_off = 0
        self._bound: dict[FunctionRef, dict[str, list[Node]]] = {}
        self._outside = self._find_assigned()

    def of(self, ref: FunctionRef, value: Expression) -> ClassRef | None:
        """The one class that ``value`` is an object of, or of a subclass of."""
        answer = self._of(ref, value, 0)
        return answer if isinstance(answer, ClassRef) else None

    def assigned(self, attribute: str) -> list[tuple[FunctionRef, Node]]:
        """All assignments to a member of that name, of whatever object."""
        return self._outside.get(attribute, [])

    def _find_assigned(self) -> dict[str, list[tuple[FunctionRef, Node]]]:
        found: dict[str, list[tuple[FunctionRef, Node]]] = {}
        for ref in self._program.functions():
            for node in self._program.function(ref).nodes:
                for path in bound_names(node.target):
                    if "." in path:
                        found.setdefault(path.rpartition(".")[2], []).append((ref, node))
        return found

    def _of(self, ref: FunctionRef, value: Expression, depth: int) -> Answer:
        key = (ref, value)
        if depth > DEEPEST or (key, depth) in self._cut:
            self._cut_off += 1
            return None
        if key in self._known:
            return self._known[key]
        cut_off, self._known[key] = self._cut_off, _NOTHING
        answer = self._find(ref, value, depth)
        if depth:
            del self._known[key]
        is_cut = answer is None and self._cut_off > cut_off
        if is_cut and depth:
            self._cut.add((key, depth))  # Who asks nearer by may be told more.
        elif answer != _NOTHING or not depth:
            self._known[key] = answer
        return answer

    def _find(self, ref: FunctionRef, value: Expression, depth: int) -> Answer:
        if type(value) is Constant:
            return _NOTHING if value.value is None else None
        if type(value) is Name:
            base, _, last = value.path.rpartition(".")
            return (
                self._member(ref, Name(base), last, depth) if base else self._root(ref, last, depth)
            )
        if type(value) is Attribute:
            return self._member(ref, value.value, value.name, depth)
        if type(value) is Result:
            return self._returned(ref, value.call, depth)
        if type(value) is Operation and value.kind in ("or", "if"):
            parts = value.args[1:] if value.kind == "if" else value.args
            return _agreed(self._of(ref, part, depth + 1) for part in parts)
        return None

    def _root(self, ref: FunctionRef, name: str, depth: int) -> Answer:
        """What a plain name is, in the innermost function around that binds it."""
        where = ref
        while True:
            function = self._program.function(where)
            answers = list(self._bindings(where, function, name, depth))
            if answers or function.parent < 0:
                break
            where = FunctionRef(where.source, function.parent)
        if where.index == 0 and where != ref:
            answers += self._set_in_functions(where, name, depth)
        return _agreed(iter(answers)) if answers else None

    def _bindings(
        self, ref: FunctionRef, function: Function, name: str, depth: int
    ) -> Iterator[Answer]:
        for position, parameter in enumerate(function.parameters):
            if parameter.name == name:
                yield self._parameter(ref, function, parameter, position, depth)
        for node in self._bound_in(ref).get(name, ()):
            if node.kind is not Kind.DELETE:
                given = value_bound(node.target, node.value, name)
                is_plain = node.kind is Kind.ASSIGN and given is not None
                yield self._of(ref, given, depth + 1) if is_plain and given else None
        for statement in self._program.sources[ref.source].imports:
            if statement.function == ref.index and statement.local == name:
                yield self._imported(ref.source, statement, depth)

    def _imported(self, source: int, statement: Import, depth: int) -> Answer:
        raw = self._modules.target(source, statement) if statement.name else None
        module = self._modules.by_raw.get(raw) if raw is not None else None
        if module is None or module == source:
            return None
        return self._root(FunctionRef(module, 0), statement.name, depth + 1)

    def _set_in_functions(self, module: FunctionRef, name: str, depth: int) -> Iterator[Answer]:
        """What functions bind to a name of the module, as ``global`` lets them."""
        facts = self._program.sources[module.source]
        for index in range(1, len(facts.functions)):
            where = FunctionRef(module.source, index)
            for node in self._bound_in(where).get(name, ()):
                if node.kind is Kind.ASSIGN and node.target == Name(name) and node.value:
                    yield self._of(where, node.value, depth + 1)

    def _bound_in(self, ref: FunctionRef) -> dict[str, list[Node]]:
        """The nodes of a function that bind a name, by name."""
        known = self._bound.get(ref)
        if known is None:
            known = self._bound[ref] = {}
            for node in self._program.function(ref).nodes:
                for name in dict.fromkeys(bound_names(node.target)):
                    known.setdefault(name, []).append(node)
        return known

    def _parameter(
        self, ref: FunctionRef, function: Function, parameter: Parameter, position: int, depth: int
    ) -> Answer:
        if parameter.kind in ("*", "**"):
            return None
        is_own = not parameter.annotation or parameter.name in ("self", "cls")
        if position == 0 and is_own and self._is_bound(function):
            if not is_object(self._program.sources[ref.source], function, parameter.name):
                return None
            return ClassRef(ref.source, function.owner)
        if not says_nothing(parameter.annotation):
            return self._annotated(ref, parameter.annotation)
        sites = self._program.callers(ref)
        entry = self._program.entries().get(ref)
        if entry is not None and entry.kind != "uncalled":
            return None
        if not sites:
            return _NOTHING  # What calls it is not here, and says nothing about the other ways.
        answers: list[Answer] = []
        for site in sites:
            given = self._program.argument_of(site.function, site.call, ref, parameter.name)
            if site.via != "call" or (given is None and parameter.default is None):
                return None
            if self._program.resolution(site.function, site.call).kind != "exact":
                return None
            value = given if given is not None else parameter.default
            around = FunctionRef(ref.source, max(function.parent, 0))
            where = site.function if given is not None else around
            answers.append(self._of(where, value, depth + 1) if value is not None else None)
        return _agreed(iter(answers))

    def _annotated(self, ref: FunctionRef, annotation: str) -> Answer:
        """The class that an annotation names, alone or with ``None``."""
        plain = named_in(annotation)
        if not plain.replace(".", "").isidentifier():
            return None
        return self._program.class_named(ref, plain)

    def _is_bound(self, function: Function) -> bool:
        """Whether the first parameter is the object itself."""
        if not is_method(function):
            return False
        names = {last_segment(one) for one in function.decorators}
        return not names & _UNBOUND and function.name not in ("__new__", "__init_subclass__")

    def _member(self, ref: FunctionRef, base: Expression, name: str, depth: int) -> Answer:
        owner = self._of(ref, base, depth + 1)
        if not isinstance(owner, ClassRef):
            return None
        method = self._program.find_method(owner, name)
        if method is not None:
            decorators = {last_segment(one) for one in self._program.function(method).decorators}
            return self._result_of(method, depth) if decorators & _PROPERTIES else None
        family = family_of(self._program, owner)
        answers = list(self._declared(family, name))
        if answers and _agreed(iter(answers)) is not None:
            return _agreed(iter(answers))
        is_shown = False
        for where, node in self.assigned(name):
            paths = [one for one in bound_names(node.target) if one.rpartition(".")[2] == name]
            holder = self._holder(where, paths[0].rpartition(".")[0], depth)
            if holder is not None and holder not in family:
                continue
            given = value_bound(node.target, node.value, paths[0])
            value = given if node.kind is Kind.ASSIGN else None
            answers.append(self._of(where, value, depth + 1) if value is not None else None)
            is_shown = is_shown or (holder is not None and isinstance(answers[-1], ClassRef))
        # What is set on objects that can't be told speaks against a class, and never for one.
        return _agreed(iter(answers)) if is_shown else None

    def _holder(self, ref: FunctionRef, head: str, depth: int) -> ClassRef | None:
        """Whose attribute an assignment to ``head.name`` sets."""
        own = self._program.function(ref).parameters[:1]
        owner = self._program.function(ref).owner
        if own and own[0].name == head and owner >= 0:
            return ClassRef(ref.source, owner)
        named = self._program.class_named(ref, head)
        if named is not None:
            return named
        answer = self._of(ref, Name(head), depth + 2)
        return answer if isinstance(answer, ClassRef) else None

    def _declared(self, family: frozenset[ClassRef], name: str) -> Iterator[Answer]:
        for one in sorted(family):
            cls = self._program.cls(one)
            around = FunctionRef(one.source, cls.parent)
            for attribute, annotation in cls.attributes:
                if attribute == name and not says_nothing(annotation):
                    yield self._annotated(around, annotation)

    def _returned(self, ref: FunctionRef, number: int, depth: int) -> Answer:
        call = self._program.function(ref).calls[number]
        if type(call.func) is Name:
            made = class_called(self._program, ref, call.func)
            if made is not None:
                plain = self._program.find_method(made, "__new__") is None
                return made if plain and call.func.path != "cls" else None
        callees = self._program.callees(ref, number)
        if len(callees) != 1 or self._program.resolution(ref, number).kind != "exact":
            return None
        function = self._program.function(callees[0])
        if function.is_async != call.is_awaited:
            return None
        return self._result_of(callees[0], depth)

    def _result_of(self, callee: FunctionRef, depth: int) -> Answer:
        function = self._program.function(callee)
        known = {last_segment(one) for one in function.decorators} <= _PROPERTIES | _UNBOUND
        if function.is_generator or not known:
            return None
        if function.returns:
            around = FunctionRef(callee.source, max(function.parent, 0))
            said = self._annotated(around, function.returns)
            if not isinstance(said, ClassRef):
                return said
            return said if is_believed(self._program, callee, said) else None
        returned = [node.value for node in function.nodes if node.kind is Kind.RETURN]
        answers = [self._of(callee, value, depth + 1) for value in returned if value is not None]
        return _agreed(iter(answers)) if answers else None


def modules_of(project: Project) -> Modules:
    """The modules of a project by name."""
    return project.answer(("modules",), lambda: Modules(project.program.sources))


def owners_of(project: Project) -> Owners:
    """The classes of the objects of a project."""
    return project.answer(("owners",), lambda: Owners(project))


def _agreed(answers: Iterator[Answer]) -> Answer:
    found: set[Answer] = set(answers)
    found.discard(_NOTHING)
    if not found:
        return _NOTHING
    return found.pop() if len(found) == 1 else None
