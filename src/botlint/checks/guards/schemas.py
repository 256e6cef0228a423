"""Schemas that check an order where they load it: marshmallow's ``load``, pydantic's validation.

A class counts if it derives from a schema class of a library, speaks of orders, by its name or by
its fields, and limits the value of at least one of them. Making an object of such a class from
values is no check of its own.
"""

from __future__ import annotations

import re

from botlint.checks.roots import receiver_of
from botlint.facts.types import Call, Function, Kind, Name, Result
from botlint.flow.names import ClassRef, FunctionRef
from botlint.flow.values import Cls, Instance
from botlint.project import CallRef, Project

_LOADING = frozenset({"load", "loads", "model_validate", "model_validate_json", "parse_obj"})
_BASES = frozenset({"Schema", "BaseModel", "SQLAlchemySchema", "Struct"})
_LIMITS = frozenset({"validate", "gt", "ge", "lt", "le", "min_value", "max_value", "multiple_of"})
_LIMITED = re.compile(r"\((?:[^()]*,)?\s*(?:gt|ge|lt|le|multiple_of)\s*=")
"""An annotation with a limit: ``Annotated[float, Field(gt=0, le=2)]``, ``confloat(le=2)``."""
FEWEST_FIELDS = 2
DEEPEST = 3


def is_checked_load(project: Project, ref: CallRef) -> bool:
    """Whether a call loads an order by a schema that limits what it may be, and else raises."""
    if project.written(ref).rpartition(".")[2] not in _LOADING:
        return False
    receiver = receiver_of(project.call(ref))
    if receiver is None:
        return False
    values = project.program.values_of(ref.function, receiver)
    classes = [value.ref for value in values if isinstance(value, Cls | Instance)]
    return bool(classes) and all(is_order_schema(project, cls) for cls in classes)


def is_order_schema(project: Project, cls: ClassRef) -> bool:
    program = project.program
    bases = {base.rpartition(".")[2] for base in program.foreign_bases(cls)}
    if bases.isdisjoint(_BASES):
        return False
    fields = [name for one in program.ancestry(cls) for name, _ in program.cls(one).attributes]
    order_field = project.vocabulary.roles["order-field"].plays_name
    is_of_orders = order_field(program.cls(cls).name) or (
        sum(order_field(name) for name in fields) >= FEWEST_FIELDS
    )
    return is_of_orders and any(_has_limit(project, one) for one in program.ancestry(cls))


def _has_limit(project: Project, cls: ClassRef, depth: int = 0) -> bool:
    """Whether a field of the class, or of a schema nested in it, limits its value."""
    if any(_LIMITED.search(written) for _, written in project.program.cls(cls).attributes):
        return True
    around = FunctionRef(cls.source, project.program.cls(cls).parent)
    function = project.function(around)
    prefix = project.program.cls(cls).qualname + "."
    for node in function.nodes:
        if node.kind is not Kind.ASSIGN or not isinstance(node.target, Name):
            continue
        if node.target.path.startswith(prefix) and isinstance(node.value, Result):
            for call in _calls_within(function, node.value.call):
                if any(name in _LIMITS for name, _ in call.keywords):
                    return True
                if depth < DEEPEST and _nests_limit(project, around, call, depth):
                    return True
    return False


def _nests_limit(project: Project, ref: FunctionRef, call: Call, depth: int) -> bool:
    named = [value.path for value in call.args if isinstance(value, Name)]
    classes = [project.program.class_named(ref, path) for path in named]
    return any(cls is not None and _has_limit(project, cls, depth + 1) for cls in classes)


def _calls_within(function: Function, number: int) -> list[Call]:
    """A call with those among its arguments."""
    call = function.calls[number]
    inner = [value.call for value in call.args if isinstance(value, Result)]
    return [call, *(one for other in inner for one in _calls_within(function, other))]
