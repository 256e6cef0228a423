"""What a function has fetched itself, conditions tested twice, groups of errors."""

from __future__ import annotations

from tests.oracle.guards.verdicts import question, reading, test
from tests.oracle.guards.writer import Inner, Scope, Values, Way, Writer, leaving
from tests.oracle.pens import Block, indent


def _fetched(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function fetches values, asks about them and gives them back; who calls it orders those,
    or its own."""
    name, leg = pen.fresh("fetch"), pen.fresh("leg")
    made = pen.pick((Values("symbol", "amount"), Values("other", "size")))
    own = Scope((made,), 2)
    fetch = [f"{one} = {pen.ask(f'feed.value_{kind}()', own)}" for one, kind in _kinds(made)]
    read = reading(pen, question(pen, own))
    no = pen.pick(("raise Refused", "raise ValueError(3)", "return None", "return None"))
    ask = [f"if not ({read}):", f"    {no}"]
    if pen.chance(25):
        ask = [f"if {pen.flag(own)}:", *indent(ask)]
    body = [*fetch, *ask, f"return {made}"]
    pen.definitions.append([f"{pen.define()} {name}(symbol, amount):", *indent(body)])
    found, values = pen.fresh("found"), Values(leg, f"{leg}_size")
    call = pen.ask(f"{name}({scope.newest})", scope)
    taken = [f"{found} = {call}"]
    if no == "return None":
        taken += [f"if {found} is None:", f"    {leaving(pen, scope)}"]
    taken += [f"{values.symbol}, {values.amount} = {found}"]
    inside = scope.deeper() if pen.chance(25) else scope.with_values(values).deeper()
    return [*taken, *inner(inside)]


def _kinds(values: Values) -> tuple[tuple[str, str], ...]:
    return (values.symbol, "symbol"), (values.amount, "amount")


def _twice(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """One condition decides whether the check is asked, and whether what is behind it runs."""
    live, out = pen.fresh("live"), leaving(pen, scope)
    lines, condition = test(pen, scope)
    ask = [*lines, f"if not ({condition}):", f"    {out}"]
    head = [f"{live} = {pen.flag(scope)}"]
    if pen.chance(30):
        head = [*head, f"if {pen.flag(scope)}:", f"    {live} = {pen.chance(50)}"]
    act = [f"if {live}:", *indent(inner(scope.deeper()))]
    forms = (
        [f"if {live}:", *indent(ask), *act],
        [f"if {live}:", *indent(ask), *act],
        [f"if not {live}:", "    journal.note(6)", "else:", *indent(ask), *act],
        [f"if not {live}:", *indent(ask), *act],
        [*lines, f"if {live} and not ({condition}):", f"    {out}", *act],
        [*lines, f"if not ({live} and {condition}):", "    journal.note(6)", *act],
    )
    return [*head, *pen.pick(forms)]


def _grouped(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """The check is asked in a ``try`` whose clauses take groups of errors."""
    lines, condition = test(pen, scope)
    fine = pen.fresh("fine")
    clauses: Block = []
    kinds = ("ValueError", "ccxt.NetworkError", "Exception")
    first = pen.choices.number(0, 2)
    for kind in (kinds[first], kinds[2]) if first < 2 and pen.chance(50) else (kinds[first],):
        says = pen.pick(("raise", f"{fine} = False", f"{fine} = False", f"{fine} = True"))
        clauses += [f"except* {kind}:", f"    {says}"]
    head = ["try:", *indent([*lines, f"{fine} = {condition}"]), *clauses]
    return [*head, f"if {fine}:", *indent(inner(scope.deeper()))]


FETCHED_WAYS: tuple[Way, ...] = (_fetched, _fetched, _twice, _grouped)
