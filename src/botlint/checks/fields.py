"""What the constructor of a class of the program takes."""

from __future__ import annotations

from botlint.checks.kin import has_plain_bases, is_named_tuple
from botlint.checks.reads import last_segment
from botlint.facts.types import (
    Class,
    Constant,
    Expression,
    Kind,
    Name,
    Parameter,
    Result,
)
from botlint.flow.program import ClassRef, FunctionRef
from botlint.project import Project

_NO_VALUE = Constant(None)


def constructor_parameters(project: Project, cls: ClassRef) -> tuple[Parameter, ...] | None:
    """The parameters of ``cls(...)`` without ``self``; ``None`` where they can't be told."""
    program = project.program
    if is_named_tuple(program, cls):
        return _tuple_fields(project, cls)
    if not program.is_closed(cls) or not has_plain_bases(program, cls):
        return None
    if any(
        program.cls(one).decorators and not is_dataclass(project, one)
        for one in program.ancestry(cls)
    ):
        return None
    if program.find_method(cls, "__new__") is not None:
        return None
    found = program.find_method(cls, "__init__")
    own = program.cls(cls)
    if is_dataclass(project, cls) and not _defines(project, cls, "__init__"):
        return _fields(project, cls)
    if found is None:
        return () if not own.bases else None
    function = program.function(found)
    if function.decorators or not function.parameters:
        return None
    defined = _definitions(project, found, function.qualname)
    return function.parameters[1:] if defined == 1 else None


def _tuple_fields(project: Project, cls: ClassRef) -> tuple[Parameter, ...] | None:
    """The fields of a ``NamedTuple``, in order."""
    program = project.program
    making = [one for one in program.ancestry(cls) if not program.bases(one)]
    is_made_otherwise = any(program.find_method(cls, one) for one in ("__new__", "__init__"))
    if len(making) != 1 or is_made_otherwise or program.cls(making[0]).decorators:
        return None
    declared = program.cls(making[0])
    defaults = _defaults(project, making[0], declared)
    return tuple(
        Parameter(name, "normal", annotation, defaults.get(name))
        for name, annotation in declared.attributes
        if annotation
    )


def is_dataclass(project: Project, cls: ClassRef) -> bool:
    """Whether a class has no decorator but a plain ``@dataclass``."""
    decorators = project.program.cls(cls).decorators
    names = {"dataclass", *project.program.aliases.get("dataclass", ())}
    return len(decorators) == 1 and _decorator(project, cls, decorators[0]) in names


def _decorator(project: Project, cls: ClassRef, decorator: Expression) -> str:
    if not isinstance(decorator, Result):
        return last_segment(decorator)
    parent = project.program.function(FunctionRef(cls.source, project.program.cls(cls).parent))
    call = parent.calls[decorator.call]
    keywords = {name for name, _ in call.keywords}
    return last_segment(call.func) if not keywords & {None, "init", "kw_only"} else ""


def _defines(project: Project, cls: ClassRef, name: str) -> bool:
    facts = project.program.sources[cls.source]
    return any(facts.functions[one].name == name for one in project.program.cls(cls).methods)


def _definitions(project: Project, ref: FunctionRef, qualname: str) -> int:
    facts = project.program.sources[ref.source]
    return sum(one.qualname == qualname for one in facts.functions)


def _fields(project: Project, cls: ClassRef) -> tuple[Parameter, ...] | None:
    """The fields of a dataclass and of the dataclasses it is made from, in order."""
    fields: dict[str, Parameter] = {}
    for one in reversed(project.program.ancestry(cls)):
        declared = project.program.cls(one)
        if not is_dataclass(project, one):
            if declared.attributes:
                return None
            continue
        defaults = _defaults(project, one, declared)
        for name, annotation in declared.attributes:
            if not annotation or "ClassVar" in annotation:
                continue
            if "KW_ONLY" in annotation:
                return None
            default = defaults.get(name)
            option = _field_option(project, one, default)
            if option == "unknown":
                return None
            if option == "none":
                fields.pop(name, None)
                continue
            value = default if option == "default" else None
            fields[name] = Parameter(name, "normal", annotation, value)
    return tuple(fields.values())


def _defaults(project: Project, ref: ClassRef, cls: Class) -> dict[str, Expression]:
    parent = project.program.function(FunctionRef(ref.source, cls.parent))
    prefix = f"{cls.qualname}."
    return {
        node.target.path[len(prefix) :]: node.value
        for node in parent.nodes
        if node.kind is Kind.ASSIGN
        and type(node.target) is Name
        and node.target.path.startswith(prefix)
        and node.value is not None
    }


def _field_option(project: Project, cls: ClassRef, default: Expression | None) -> str:
    """``default``, ``required``, ``none`` (no parameter) or ``unknown``."""
    if default is None:
        return "required"
    if not isinstance(default, Result):
        return "default"
    parent = project.program.function(FunctionRef(cls.source, project.program.cls(cls).parent))
    call = parent.calls[default.call]
    if last_segment(call.func) != "field":
        return "default"
    given = dict(call.keywords)
    if None in given or "kw_only" in given:
        return "unknown"
    if "init" in given:
        return "none" if given["init"] == Constant(value=False) else "unknown"
    return "default" if {"default", "default_factory"} & set(given) else "required"
