"""Live credentials and hosts in a stage that has to be isolated from real money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botlint.checks.roots import arguments_of
from botlint.checks.secrets.naming import naming_of
from botlint.facts.types import Constant, Expression
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project


def find_live_in_stage(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    """One hit for each read of a live credential, and each live host that is given to a call.

    ``stages`` are the isolated ones; ``hosts`` those that trade with real money; ``stage`` stands
    for the stage of the settings where it is given.
    """
    stage = str(parameters.get("stage") or project.settings.stage or "")
    if stage not in parameters["stages"]:
        return
    naming = naming_of(project)
    program = project.program
    for source, facts in enumerate(program.sources):
        for use in facts.keys:
            if use.mode == "read" and naming.plays(use.key, "live-credential"):
                ref = FunctionRef(source, use.function)
                yield _hit(project, ref, use.span, f"reads `{use.key}`", use.key, stage)
    for ref, number in program.calls_named("getenv"):
        call = project.function(ref).calls[number]
        name = _text(call.args[0]) if call.args else ""
        if name and naming.plays(name, "live-credential"):
            yield _hit(project, ref, call.span, f"reads `{name}`", name, stage)
    hosts = tuple(parameters["hosts"])
    for ref, number, _ in program.calls():
        call = project.function(ref).calls[number]
        for value in arguments_of(call):
            host = next((one for one in hosts if f"//{one}" in _text(value)), "")
            if host:
                yield _hit(project, ref, call.span, f"talks to `{host}`", host, stage)


def _text(value: Expression) -> str:
    is_text = isinstance(value, Constant) and isinstance(value.value, str)
    return str(value.value) if isinstance(value, Constant) and is_text else ""


def _hit(project: Project, ref: FunctionRef, span: Span, what: str, name: str, stage: str) -> Hit:
    place = Place(project.program.path(ref), span)
    symbol = project.program.display(ref)
    return Hit(
        place=place,
        saw={"what": f"`{symbol}` {what}", "name": name, "where": stage, "shown": ""},
        confidence=Confidence.HIGH,
        trace=(Step(place, f"`{symbol}` {what}, in stage {stage}"),),
        cause=f"{place.path}:{span.line}:{name}",
        symbol=symbol,
    )
