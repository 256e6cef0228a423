"""Members that code asks of an object of settings, ``settings.leverage``, and its class lacks.

Only classes that read the environment count (``BaseSettings``): of these all fields are written
down. One that takes what it doesn't know, or has a ``__getattr__``, may have any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.owners import owners_of
from botlint.checks.reads import walk
from botlint.checks.settings.field_names import word_of_config
from botlint.facts.types import Constant, Expression, Function, Name
from botlint.flow.program import ClassRef, FunctionRef
from botlint.model import Place
from botlint.project import Project

_OWN = frozenset(
    {"construct", "copy", "dict", "fields", "from_orm", "json", "parse_file", "parse_obj"}
    | {"parse_raw", "schema", "schema_json", "settings_customise_sources", "update_forward_refs"}
    | {"validate"}
)
_OUTSIDE = frozenset({"BaseSettings", "BaseModel", "ABC", "Generic", "object"})


class Asked(NamedTuple):
    """A member that a class of settings lacks."""

    cls: ClassRef
    key: str
    place: Place
    function: FunctionRef
    known: frozenset[str]


def find_asked(project: Project) -> Iterator[Asked]:
    """All such members, each where it is asked for."""
    closed = {cls: known for cls in project.program.classes() if (known := _members(project, cls))}
    if not closed:
        return
    owners = owners_of(project)
    is_settings = project.vocabulary.roles["settings-module"].plays_name
    for ref in project.program.functions():
        function = project.function(ref)
        seen = set(_asked_whether(function))
        for node in function.nodes:
            for part in _parts(function, node.value, node.call):
                head, _, key = part.rpartition(".")
                if part in seen or not is_settings(head.rpartition(".")[2].lstrip("_")):
                    continue
                seen.add(part)
                cls = owners.of(ref, Name(head))
                known = closed.get(cls) if cls is not None else None
                if cls is None or known is None or key in known or owners.assigned(key):
                    continue
                if not (key in _OWN or key.startswith(("model_", "_"))):
                    yield Asked(cls, key, project.place(ref, node.span), ref, known)


def _asked_whether(function: Function) -> Iterator[str]:
    """The members that a function asks for with ``hasattr``: it knows that they may be missing."""
    for call in function.calls:
        if call.func == Name("hasattr") and len(call.args) == 2:
            value, key = call.args
            if isinstance(value, Name) and isinstance(key, Constant):
                yield f"{value.path}.{key.value}"


def _parts(function: Function, value: Expression | None, number: int) -> Iterator[str]:
    given = [value]
    if number >= 0:
        call = function.calls[number]
        given += (call.func, *call.args, *(one for _, one in call.keywords))
    for one in given:
        for part in walk(one, ()):
            if isinstance(part, Name) and "." in part.path:
                yield part.path


def _members(project: Project, cls: ClassRef) -> frozenset[str] | None:
    """All members of a class of settings; ``None`` for another class, or one that may have more."""
    program = project.program
    outside = program.foreign_bases(cls)
    if "BaseSettings" not in outside:
        return None
    if any(one.rpartition(".")[2] not in _OUTSIDE for one in outside):
        return None
    family = (*program.ancestry(cls), *program.subclasses(cls))
    found: set[str] = set()
    for one in family:
        facts = program.cls(one)
        methods = {
            program.function(FunctionRef(one.source, number)).name for number in facts.methods
        }
        extra = word_of_config(project, one, "extra")
        is_open = extra is not None and extra not in (Constant("ignore"), Constant("forbid"))
        if is_open or facts.decorators or methods & {"__getattr__", "__getattribute__"}:
            return None
        found |= methods | {name for name, _ in facts.attributes}
    return frozenset(found)
