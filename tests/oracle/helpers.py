"""Functions of the program that check, and those that only seem to."""

from __future__ import annotations

from tests.oracle.verdicts import question, reading
from tests.oracle.writer import Block, Scope, Values, Writer, indent

HEAD = "(symbol, amount):"
_SCOPE = Scope((Values("symbol", "amount"),), 2)


def own_check(pen: Writer) -> tuple[str, str]:
    """A check that stands in the program: its name, and how its answer is read."""
    name = "validate_trade"
    forms = {
        "bool": ("return True", "return False", "{}"),
        "pair": ('return True, ""', 'return False, "no"', "{}[0]"),
        "dict": ('return {"ok": True}', 'return {"ok": False, "why": 1}', '{}["ok"]'),
    }
    if name not in pen.own:
        kind = pen.pick(tuple(forms))
        yes, no, read = forms[kind]
        body = [f"if {pen.flag(_SCOPE)}:", f"    {no}", yes]
        pen.definitions.append([f"{pen.define()} {name}{HEAD}", *indent(body)])
        pen.own[name] = read
    return name, pen.own[name]


def verdict_function(pen: Writer) -> tuple[str, str]:
    """A function that asks the foreign preflight, and mostly says what that says."""
    name = pen.fresh("is_fine")
    asked = question(pen, _SCOPE)
    body = pen.pick((_handed_on, _by_branches, _by_branches, _tried))(pen, asked)
    pen.definitions.append([f"{pen.define()} {name}{HEAD}", *indent(body)])
    return name, "{}"


def _handed_on(pen: Writer, asked: str) -> Block:
    return [f"return {reading(pen, asked)}"]


def _by_branches(pen: Writer, asked: str) -> Block:
    other = pen.pick(("return False", "return False", "return False", "return True"))
    early = [f"if {pen.flag(_SCOPE)}:", f"    {other}"] if pen.chance(30) else []
    if pen.chance(50):
        return [*early, f"if {reading(pen, asked)}:", "    return True", "return False"]
    return [*early, f"if not ({reading(pen, asked)}):", "    return False", "return True"]


def _tried(pen: Writer, asked: str) -> Block:
    clause = pen.pick(("except Exception:", "except ValueError:"))
    says = pen.pick(("return False", "return False", "return True", "raise"))
    return ["try:", f"    return {reading(pen, asked)}", clause, f"    {says}"]
