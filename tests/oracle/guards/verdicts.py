"""Expressions that are true if a check said yes, and some that are not quite that."""

from __future__ import annotations

from tests.oracle.guards.writer import Scope, Values, Writer
from tests.oracle.pens import Block


def asked_values(pen: Writer, scope: Scope) -> Values:
    """The values that a check is asked for: nearly always those of the order."""
    return pen.pick(scope.values) if pen.chance(12) else scope.newest


def question(pen: Writer, scope: Scope) -> str:
    """A call of the foreign preflight."""
    return pen.ask(f"preflight({asked_values(pen, scope)})", scope)


def reading(pen: Writer, result: str) -> str:
    """What in ``result``, an answer of the foreign preflight, is true if it says yes."""
    forms = {
        "bool": (result,),
        "pair": (f"{result}[0]",),
        "member": (f"{result}.ok",),
        "method": (f"{result}.is_valid()",),
        "item": (f'{result}["ok"]', f'{result}.get("ok")'),
        "enum": (
            f"{result} is Verdict.APPROVED",
            f"{result} == Verdict.APPROVED",
            f"{result} in (Verdict.APPROVED,)",
            f"not ({result} != Verdict.APPROVED)",
            f"{result} != Verdict.REJECTED",
        ),
    }
    return pen.pick(forms[pen.kind])


def verdict(pen: Writer, scope: Scope) -> tuple[Block, str]:
    """Lines to run first, and an expression that is true if a check said yes."""
    form = pen.pick(("inline", "stored", "read", "walrus", "helper", "local"))
    if form == "inline":
        return [], reading(pen, question(pen, scope))
    if form == "walrus":
        name = pen.fresh("answer")
        asked = question(pen, scope)
        return [], reading(pen, f"({name} := {asked})")
    if form == "stored":
        name = pen.fresh("answer")
        return [f"{name} = {question(pen, scope)}"], reading(pen, name)
    if form == "read":
        name = pen.fresh("ok")
        if pen.kind == "pair" and pen.chance(60):
            return [f"{name}, {pen.fresh('why')} = {question(pen, scope)}"], name
        return [f"{name} = {reading(pen, question(pen, scope))}"], name
    return _of_own(pen, scope, form)


def _of_own(pen: Writer, scope: Scope, form: str) -> tuple[Block, str]:
    """A verdict of a function of the program."""
    if scope.is_plain and pen.is_async:
        return [], reading(pen, question(pen, scope))
    from tests.oracle.guards.helpers import own_check, verdict_function

    write = own_check if form == "local" else verdict_function
    name, read = write(pen)
    call = pen.ask(f"{name}({asked_values(pen, scope)})", scope)
    if pen.chance(50):
        answer = pen.fresh("answer")
        return [f"{answer} = {call}"], read.format(answer)
    return [], read.format(call)


def test(pen: Writer, scope: Scope) -> tuple[Block, str]:
    """A condition made of a verdict: mostly one that is true only if the check said yes."""
    lines, text = verdict(pen, scope)
    flag = pen.flag(scope)
    forms = [
        text,
        text,
        text,
        text,
        f"{flag} and {text}",
        f"{text} and {flag}",
        f"not (not {text} or {flag})",
        f"not not {text}",
        f"bool({text})",
        f"({text} if {flag} else False)",
        f"(False if {flag} else {text})",
        f"({text}) is True",
        f"all([{text}, {flag}])",
        f"{flag} or {text}",
        f"({text} if {flag} else True)",
        f"not {text}",
        f"any([{text}, {flag}])",
    ]
    return lines, pen.pick(forms)
