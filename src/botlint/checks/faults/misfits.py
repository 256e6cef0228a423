"""Calls whose arguments don't fit the one function of the program that they call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from botlint.checks.faults.module_names import is_open_module
from botlint.checks.fields import constructor_parameters
from botlint.checks.hits import hit_in
from botlint.checks.kin import class_called, family_of, has_plain_bases, is_substitute
from botlint.checks.owners import owners_of
from botlint.checks.reads import has_spread, last_segment
from botlint.checks.roots import receiver_of
from botlint.checks.spelling import nearest_name
from botlint.facts.types import (
    Attribute,
    Call,
    Expression,
    Function,
    Name,
    Parameter,
    Result,
)
from botlint.flow.program import FunctionRef
from botlint.flow.scopes import is_method
from botlint.flow.values import Func
from botlint.model import Hit, Place, Step
from botlint.project import CallRef, Project

_KEEPING = frozenset(
    [
        "staticmethod",
        "classmethod",
        "abstractmethod",
        "override",
        "final",
        "cache",
        "lru_cache",
        "contextmanager",
        "asynccontextmanager",
    ]
)
"""Decorators after which a function takes the arguments that its ``def`` names."""


class Signature(NamedTuple):
    """What can be given to a call: the parameters without the bound one, and where they stand."""

    name: str
    parameters: tuple[Parameter, ...]
    place: Place
    source: int


def find_argument_misfits(project: Project) -> Iterable[Hit]:
    """One hit for each call that must raise ``TypeError``."""
    named = project.program.defined_names()
    for ref, number, segment in project.program.calls():
        site = CallRef(ref, number)
        found = _misfit_at(project, site) if segment in named else None
        if found is not None:
            yield _hit(project, site, *found)


def must_fail(project: Project, site: CallRef) -> bool:
    """Whether a call must raise ``TypeError``, so that it runs nothing of what it calls."""
    return _misfit_at(project, site) is not None


def _misfit_at(project: Project, site: CallRef) -> tuple[Signature, str] | None:
    call = project.call(site)
    signature = None if has_spread(call) else signature_of(project, site)
    text = misfit(call, signature.parameters) if signature is not None else ""
    if signature is None or not text or is_open_module(project, signature.source):
        return None
    return signature, text


def misfit(call: Call, parameters: tuple[Parameter, ...]) -> str:
    """Why the arguments of a call don't fit ``parameters``, ``""`` if they do."""
    kinds = {parameter.kind for parameter in parameters}
    positional = [one for one in parameters if one.kind in ("positional", "normal")]
    named = {one.name for one in parameters if one.kind in ("normal", "keyword")}
    if len(call.args) > len(positional) and "*" not in kinds:
        return f"it takes {len(positional)} positional arguments and gets {len(call.args)}"
    filled = {one.name for one in positional[: len(call.args)]}
    for name, _ in call.keywords:
        if name in filled and name in named:
            return f"it gets '{name}' twice"
        if name not in named and "**" not in kinds:
            near = nearest_name(name or "", named)
            hint = f"; did you mean '{near}'?" if near else ""
            return f"it has no parameter '{name}'{hint}"
        filled.add(name or "")
    missing = [
        one.name
        for one in parameters
        if one.kind not in ("*", "**") and one.default is None and one.name not in filled
    ]
    if missing:
        return "it isn't given " + ", ".join(f"'{name}'" for name in missing)
    return ""


def signature_of(project: Project, site: CallRef) -> Signature | None:
    """What the one function or class of the program that is called there takes; ``None`` where
    that is not sure."""
    program = project.program
    call = project.call(site)
    cls = class_called(project.program, site.function, call.func)
    if cls is not None:
        if is_substitute(program, cls):
            return None
        found = constructor_parameters(project, cls)
        if found is None:
            return None
        place = Place(program.sources[cls.source].path, program.cls(cls).span)
        return Signature(program.cls(cls).name, found, place, cls.source)
    if program.resolution(site.function, site.call).kind != "exact":
        return None
    callees = program.callees(site.function, site.call)
    if len(callees) != 1:
        return None
    if _is_of_base(project, site, call):
        return _of_base(project, callees[0])
    function = program.function(callees[0])
    if function.name != last_segment(call.func) or not keeps_signature(project, callees[0]):
        return None
    parameters = _taken(project, site, call, callees[0])
    if parameters is None:
        return None
    place = project.place(callees[0], function.span)
    return Signature(program.display(callees[0]), parameters, place, callees[0].source)


def _taken(
    project: Project, site: CallRef, call: Call, callee: FunctionRef
) -> tuple[Parameter, ...] | None:
    """The parameters of a function of the program that this call of it can give."""
    program = project.program
    function = program.function(callee)
    parameters = function.parameters
    if not is_method(function):
        values = program.values_of(site.function, call.func)
        if len(values) != 1 or type(values[0]) is not Func:
            return None  # What `partial` gives has got some already.
        return parameters[1:] if values == (Func(callee, is_bound=True),) else parameters
    receiver = receiver_of(call)
    owner = owners_of(project).of(site.function, receiver) if receiver is not None else None
    is_named = receiver is not None and class_called(program, site.function, receiver)
    if not is_named and (owner is None or not has_plain_bases(program, owner)):
        return None
    bound = _drops_first(project, site, call, function)
    if bound is None:
        return None
    return parameters[1:] if bound == "bound" else parameters


def _is_of_base(project: Project, site: CallRef, call: Call) -> bool:
    """Whether a call is ``super().method(...)`` and can mean the one base only."""
    if type(call.func) is not Attribute or type(call.func.value) is not Result:
        return False
    made = project.function(site.function).calls[call.func.value.call]
    own = project.program.owner(site.function)
    if made.func != Name("super") or made.args or own is None:
        return False
    return all(
        len(project.program.cls(one).bases) <= 1 and has_plain_bases(project.program, one)
        for one in family_of(project.program, own)
    )


def _of_base(project: Project, callee: FunctionRef) -> Signature | None:
    function = project.function(callee)
    if not keeps_signature(project, callee) or function.decorators or not function.parameters:
        return None
    place = project.place(callee, function.span)
    name = project.program.display(callee)
    return Signature(name, function.parameters[1:], place, callee.source)


def _drops_first(project: Project, site: CallRef, call: Call, function: Function) -> str | None:
    """Whether the first parameter is bound: ``bound``, ``plain``, or ``None`` if unsure."""
    names = {last_segment(one) for one in function.decorators}
    if "staticmethod" in names:
        return "plain"
    if "classmethod" in names:
        return "bound"
    if not function.parameters or function.parameters[0].kind not in ("positional", "normal"):
        return None
    receiver = receiver_of(call)
    if isinstance(receiver, Name):
        if project.program.class_named(site.function, receiver.path) is not None:
            return None
        return "bound" if receiver.path != "cls" else None
    if isinstance(receiver, Result | Attribute):
        return "bound"
    return None


def keeps_signature(project: Project, ref: FunctionRef) -> bool:
    """Whether a function is defined once, and called with what its ``def`` names."""
    function = project.function(ref)
    parent = project.function(FunctionRef(ref.source, function.parent))
    for decorator in function.decorators:
        if last_segment(_undecorated(decorator, parent)) not in _KEEPING:
            return False
    functions = project.program.sources[ref.source].functions
    count = project.answer(
        ("functions by name", ref.source), lambda: Counter(one.qualname for one in functions)
    )
    return count[function.qualname] == 1


def _undecorated(decorator: Expression, parent: Function) -> Expression:
    """``lru_cache`` of ``@lru_cache(maxsize=1)``."""
    if isinstance(decorator, Result):
        return parent.calls[decorator.call].func
    return decorator


def _hit(project: Project, site: CallRef, signature: Signature, text: str) -> Hit:
    place = project.call_place(site)
    written = project.written(site)
    name = project.program.display(site.function)
    what = f"`{written}` fails whenever it is called: {text}"
    return hit_in(
        project,
        site.function,
        place,
        {"what": what, "where": written, "name": signature.name, **_alike(text)},
        (
            Step(place, f"`{name}` calls `{written}`"),
            Step(signature.place, f"this is what it calls: {text}"),
        ),
    )


def _alike(text: str) -> dict[str, str]:
    """By what other misfits have the same cause: parameters that are named alike."""
    return {"misfit": text} if "'" in text else {}
