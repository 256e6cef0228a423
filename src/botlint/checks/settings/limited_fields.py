"""Fields of classes of settings that have limits, and what the environment calls them.

Limits stand in the annotation (``Annotated[int, Field(ge=1)]``, ``conint(le=20)``), in the call
that makes the field (``Field(5, ge=1)``, ``attrs.field(validator=le(20))``), or in a type of the
program's own that stands for such an annotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from botlint.checks.kin import class_called
from botlint.checks.owners import modules_of
from botlint.checks.reads import last_segment
from botlint.checks.settings.constants import Unknown, fold, last_assignment
from botlint.checks.settings.field_names import names_in, prefix_of, variables_in
from botlint.checks.settings.literals import fold_deep
from botlint.configs.limits import LIMITING, WORDS, Limits, limits_of_call, read_limits
from botlint.configs.types import UNKNOWN
from botlint.facts.types import (
    Call,
    Class,
    Constant,
    Expression,
    Facts,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.program import ClassRef, FunctionRef
from botlint.model import Place
from botlint.project import Project

_MAKING = frozenset({"Field", "field", "attrib", "ib"})
_VALIDATORS = frozenset({"ge", "gt", "le", "lt", "max_len", "min_len"})
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_OPTIONAL = re.compile(r"^Optional\[(.*)\]$|\s*\|\s*None$")
_NO_FIELDS = ("ClassVar", "InitVar")


class Field(NamedTuple):
    """A field: ``place`` is where it is declared (its class, where it has no value) and ``around``
    the function that this is, mostly a module; ``names`` are what the environment calls it, in
    lower case. ``is_needed``: there is no object without a value for it."""

    cls: ClassRef
    name: str
    limits: Limits
    place: Place
    default: Expression | None
    names: tuple[str, ...]
    around: FunctionRef
    is_needed: bool


Fields = Mapping[str, Field]


def find_limited(project: Project) -> Mapping[ClassRef, Fields]:
    """The classes that limit a field, each with all its fields, those of its bases too."""
    return project.answer(("limited fields",), lambda: dict(_find(project)))


def limited_names(facts: Iterable[Facts]) -> frozenset[str]:
    """The names of all fields of the classes that seem to limit one, and of those that hold an
    object of such a class."""
    classes = [(one, cls) for one in facts for cls in one.classes]
    limiting = [cls for one, cls in classes if _may_limit(one, cls)]
    names = {cls.name for cls in limiting}
    found = {name for cls in limiting for name, _ in cls.attributes}
    for _, cls in classes if names else ():
        found.update(
            name for name, held in cls.attributes if names & set(_IDENTIFIER.findall(held))
        )
    return frozenset(found)


def _may_limit(facts: Facts, cls: Class) -> bool:
    """Whether a class seems to limit a field."""
    if any(LIMITING.search(annotation) for _, annotation in cls.attributes):
        return True
    around = facts.functions[max(cls.parent, 0)]
    wanted = {f"{cls.qualname}.{name}" for name, annotation in cls.attributes if annotation}
    return any(_is_limiting(node, around, wanted) for node in around.nodes) if wanted else False


def _is_limiting(node: Node, around: Function, wanted: set[str]) -> bool:
    if not (type(node.value) is Result and type(node.target) is Name):
        return False
    if node.target.path not in wanted:
        return False
    words = {word for word, _ in around.calls[node.value.call].keywords}
    return bool(words & {*WORDS, "validator"})


def _find(project: Project) -> Iterator[tuple[ClassRef, Fields]]:
    program = project.program
    own: dict[ClassRef, dict[str, Field]] = {}
    limiting: set[ClassRef] = set()
    for cls in program.classes():
        if _may_limit(program.sources[cls.source], program.cls(cls)):
            limiting.add(cls)
            limiting.update(program.subclasses(cls))
    for cls in sorted(limiting):
        fields: dict[str, Field] = {}
        for one in reversed(program.ancestry(cls)):
            if one not in own:
                own[one] = dict(_fields_of(project, one))
            fields.update(own[one])
        if any(field.limits.is_limiting for field in fields.values()):
            prefix = prefix_of(project, cls)
            yield cls, {name: _with_names(one, cls, prefix) for name, one in fields.items()}


def _with_names(field: Field, cls: ClassRef, prefix: str | None) -> Field:
    """A field with the names of the environment, where the class reads that."""
    if prefix is None:
        return field._replace(cls=cls)
    names = (*field.names, f"{prefix}{field.name}".lower())
    return field._replace(cls=cls, names=tuple(dict.fromkeys(names)))


def _fields_of(project: Project, cls: ClassRef) -> Iterator[tuple[str, Field]]:
    facts = project.program.cls(cls)
    around = FunctionRef(cls.source, max(facts.parent, 0))
    function = project.function(around)
    nodes = {
        node.target.path: node
        for node in function.nodes
        if node.kind is Kind.ASSIGN and isinstance(node.target, Name)
    }
    for name, annotation in facts.attributes:
        node = nodes.get(f"{facts.qualname}.{name}")
        if not annotation or annotation.startswith(_NO_FIELDS):
            continue
        limits = _annotated(project, around, annotation)
        default = node.value if node is not None else None
        names: tuple[str, ...] = ()
        call = function.calls[default.call] if isinstance(default, Result) else None
        if call is not None and last_segment(call.func) in _MAKING:
            limits = limits.joined(_limits_of(project, around, call))
            names = tuple(names_in(function, call))
            default = _default_of(call)
        elif call is not None:
            names = tuple(variables_in(function, call))
        span = node.span if node is not None else facts.span
        place = project.place(around, span)
        is_needed = default is None and not (call is not None and _has_factory(call))
        yield name, Field(cls, name, limits, place, default, names, around, is_needed)


def _annotated(project: Project, around: FunctionRef, annotation: str, depth: int = 0) -> Limits:
    """The limits of an annotation, also of one that a name of the program stands for."""
    module = project.function(FunctionRef(around.source, 0))
    if _IDENTIFIER.fullmatch(annotation) and depth < 3:
        found = _named_type(project, around.source, annotation)
        if found is not None:
            return _type_limits(project, *found, depth + 1)
    if not LIMITING.search(annotation):
        return read_limits(annotation, {})
    known: dict[str, Any] = {}
    for name in set(_IDENTIFIER.findall(annotation)):
        try:
            known[name] = fold(module, Name(name))
        except Unknown:
            continue
    return read_limits(annotation, known)


def _named_type(project: Project, source: int, name: str) -> tuple[FunctionRef, Expression] | None:
    """What a name stands for in its module, or in the one that it is imported from."""
    module = FunctionRef(source, 0)
    node = last_assignment(project.function(module), name)
    if node is not None and node.value is not None:
        return module, node.value
    modules = modules_of(project)
    for statement in project.program.sources[source].imports:
        if statement.local == name and statement.name:
            raw = modules.target(source, statement)
            there = modules.by_raw.get(raw) if raw is not None else None
            node = None
            if there is not None and there != source:
                module = FunctionRef(there, 0)
                node = last_assignment(project.function(module), statement.name)
            if node is not None and node.value is not None:
                return module, node.value
    return None


def _type_limits(project: Project, ref: FunctionRef, value: Expression, depth: int) -> Limits:
    if isinstance(value, Name):
        return _annotated(project, ref, value.path, depth)
    if isinstance(value, Result):
        return _limits_of(project, ref, project.function(ref).calls[value.call])
    if not isinstance(value, Item) or depth > 4:
        return Limits()
    parts = value.key.args if isinstance(value.key, Operation) else (value.key,)
    if last_segment(value.value) == "Literal":
        plain = [one.value for one in parts if isinstance(one, Constant)]
        return Limits(choices=tuple(plain) if len(plain) == len(parts) else ())
    if last_segment(value.value) != "Annotated":
        return Limits()
    found = Limits()
    for part in parts:
        found = found.joined(_type_limits(project, ref, part, depth + 1))
    return found


def _limits_of(project: Project, ref: FunctionRef, call: Call) -> Limits:
    given = {word or "**": fold_or_unknown(project, ref, value) for word, value in call.keywords}
    if call.args:
        given[""] = fold_or_unknown(project, ref, call.args[0])
    found = limits_of_call(last_segment(call.func), given)
    for word, value in call.keywords:
        if word == "validator":
            for inner in _validators(project.function(ref), value, 0):
                found = found.joined(_limits_of_validator(project, ref, inner))
    return found


def _validators(function: Function, value: Expression, depth: int) -> Iterator[Call]:
    """``le(20)``, ``[ge(1), le(20)]``, ``and_(ge(1), le(20))``, ``optional(le(20))``."""
    if depth > 3:
        return
    if isinstance(value, Operation) and value.kind in ("list", "tuple"):
        for part in value.args:
            yield from _validators(function, part, depth + 1)
    if isinstance(value, Result):
        call = function.calls[value.call]
        if last_segment(call.func) in ("and_", "optional"):
            for part in call.args:
                yield from _validators(function, part, depth + 1)
        else:
            yield call


def _limits_of_validator(project: Project, ref: FunctionRef, call: Call) -> Limits:
    name, first = last_segment(call.func), call.args[0] if call.args else None
    value = fold_or_unknown(project, ref, first)
    if name == "in_" and isinstance(value, list):
        return Limits(choices=tuple(value))
    return limits_of_call("", {name: value}) if name in _VALIDATORS else Limits()


def _has_factory(call: Call) -> bool:
    return any(word in ("default_factory", "factory") for word, _ in call.keywords)


def fold_or_unknown(project: Project, ref: FunctionRef, value: Expression | None) -> Any:
    """The value of an expression in a function, ``UNKNOWN`` where it can't be told."""
    if value is None:
        return UNKNOWN
    try:
        return fold_deep(project.function(ref), value)
    except Unknown:
        return UNKNOWN


def _default_of(call: Call) -> Expression | None:
    words = dict(call.keywords)
    default = words.get("default")
    if default is None and call.args and last_segment(call.func) == "Field":
        default = call.args[0]
    return None if default == Constant("Ellipsis") else default


def class_annotated(project: Project, source: int, annotation: str) -> ClassRef | None:
    """The class of the program that an annotation of a source means."""
    name = _OPTIONAL.sub(r"\1", annotation)
    return class_called(project.program, FunctionRef(source, 0), Name(name)) if name else None
