"""What a check's answer is told in, where bots have more to say than yes and no: an enumeration, a
reason, a list of problems, a plan that is made with it, what is left of several orders."""

from __future__ import annotations

from tests.oracle.guards.verdicts import asked_values, question, reading, test
from tests.oracle.guards.writer import GIVEN, Inner, Scope, Values, Way, Writer, leaving
from tests.oracle.pens import Block, indent

_HEAD = "(symbol, amount):"


def _decision(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """An enumeration of the program's own, of two outcomes or of three."""
    name, decide = pen.fresh("Decision"), pen.fresh("decide")
    others = pen.pick((("DENY",), ("DENY", "LATER")))
    lines = ["ALLOW = 1", *(f"{one} = {number}" for number, one in enumerate(others, 2))]
    pen.definitions.append([f"class {name}(enum.Enum):", *indent(lines)])
    read = reading(pen, question(pen, GIVEN))
    early = [f"if {pen.flag(GIVEN)}:", f"    return {name}.{others[-1]}"]
    forms = (
        [f"if {read}:", f"    return {name}.ALLOW", f"return {name}.DENY"],
        [f"if not ({read}):", f"    return {name}.DENY", f"return {name}.ALLOW"],
        [f"return {name}.ALLOW if {read} else {name}.DENY"],
    )
    body = [*(early if len(others) > 1 or pen.chance(30) else ()), *pen.pick(forms)]
    pen.definitions.append([f"{pen.define()} {decide}{_HEAD}", *indent(body)])
    said = pen.fresh("decision")
    lines = [f"{said} = {pen.ask(f'{decide}({asked_values(pen, scope)})', scope)}"]
    out, block = leaving(pen, scope), inner(scope.deeper())
    yes = pen.pick((f"{said} is {name}.ALLOW", f"{said} == {name}.ALLOW"))
    forms = (
        [f"if {yes}:", *indent(block)],
        [f"if not ({yes}):", f"    {out}", *block],
        [f"if {said} != {name}.ALLOW:", f"    {out}", *block],
        [f"if {said} is {name}.DENY:", f"    {out}", *block],
        [f"if {said} in ({', '.join(f'{name}.{one}' for one in others)},):", f"    {out}", *block],
        [f"match {said}:", f"    case {name}.ALLOW:", *indent(indent(block))],
    )
    return [*lines, *pen.pick(forms)]


def _reason(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function gives a reason where it refuses, and nothing where it doesn't."""
    name, said = pen.fresh("objection"), pen.fresh("reason")
    read = reading(pen, question(pen, GIVEN))
    nothing = pen.pick(("None", '""'))
    forms = (
        [f"if not ({read}):", '    return "refused"', f"return {nothing}"],
        [f"if {read}:", f"    return {nothing}", 'return "refused"'],
        [f'return {nothing} if {read} else "refused"'],
    )
    other = pen.pick(('"closed"', nothing))
    early = [f"if {pen.flag(GIVEN)}:", f"    return {other}"]
    body = [*(early if pen.chance(30) else ()), *pen.pick(forms)]
    pen.definitions.append([f"{pen.define()} {name}{_HEAD}", *indent(body)])
    lines = [f"{said} = {pen.ask(f'{name}({asked_values(pen, scope)})', scope)}"]
    is_there = pen.pick((said, f"{said} is not None" if nothing == "None" else f'{said} != ""'))
    out, block = leaving(pen, scope), inner(scope.deeper())
    if pen.chance(50):
        return [*lines, f"if {is_there}:", f"    {out}", *block]
    return [*lines, f"if not ({is_there}):", *indent(block)]


def _problems(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """What speaks against an order is collected, here or in a function."""
    found = pen.fresh("problems")
    out, block = leaving(pen, scope), inner(scope.deeper())
    is_own = pen.chance(50)
    if is_own:
        lines, condition = test(pen, scope)
        more = [f"if {pen.flag(scope)}:", f'    {found}.append("closed")']
        ask = [*lines, f"if not ({condition}):", f'    {found}.append("refused")']
        head = [f"{found} = []", *(more if pen.chance(50) else ()), *ask]
    else:
        name = pen.fresh("problems_of")
        read = reading(pen, question(pen, GIVEN))
        more = [f"if {pen.flag(GIVEN)}:", '    found.append("closed")']
        ask = [f"if not ({read}):", '    found.append("refused")']
        body = ["found = []", *ask, *(more if pen.chance(50) else ()), "return found"]
        pen.definitions.append([f"{pen.define()} {name}{_HEAD}", *indent(body)])
        head = [f"{found} = {pen.ask(f'{name}({asked_values(pen, scope)})', scope)}"]
    is_any = pen.pick((found, f"len({found}) > 0", f"{found} != []" if is_own else found))
    if pen.chance(70):
        return [*head, f"if {is_any}:", f"    {out}", *block]
    return [*head, f"if not {found}:", *indent(block)]


def _plan(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A record that holds the order's values and what the check said of them."""
    record, name, plan = pen.fresh("Plan"), pen.fresh("make_plan"), pen.fresh("plan")
    fields = indent(["symbol: object", "amount: object", "ok: bool = False"])
    head = pen.pick(
        (["@dataclasses.dataclass", f"class {record}:"], [f"class {record}(NamedTuple):"])
    )
    pen.definitions.append([*head, *fields])
    read = reading(pen, question(pen, GIVEN))
    made = f"{record}(symbol, amount"
    forms = (
        [f"return {made}, {read})"],
        [f"return {made}, ok={read})"],
        [f"if {read}:", f"    return {made}, ok=True)", f"return {made})"],
        [f"if not ({read}):", f"    return {made}, False)", f"return {made}, True)"],
        [f"if not ({read}):", "    return None", f"return {made}, True)"],
    )
    body = pen.pick(forms)
    pen.definitions.append([f"{pen.define()} {name}{_HEAD}", *indent(body)])
    lines = [f"{plan} = {pen.ask(f'{name}({scope.newest})', scope)}"]
    no = f"{plan} is None" if "    return None" in body else f"not {plan}.ok"
    own = Values(f"{plan}.symbol", f"{plan}.amount")
    inside = scope.deeper() if pen.chance(30) else scope.deeper().with_values(own)
    return [*lines, f"if {no}:", f"    {leaving(pen, scope)}", *inner(inside)]


def _filtered(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """Of several orders those are kept that the check has said yes to."""
    fit, item = pen.fresh("fit"), pen.fresh("item")
    own = scope._replace(values=(*scope.values, Values("one.symbol", "one.amount")), is_plain=False)
    orders = pen.feed("orders", scope)
    read = reading(pen, pen.ask("preflight(one.symbol, one.amount)", own))
    forms = (
        [f"{fit} = [one for one in {orders} if {read}]"],
        [f"{fit} = []", f"for one in {orders}:", f"    if {read}:", f"        {fit}.append(one)"],
        [
            *(f"{fit} = []", f"for one in {orders}:", f"    if not ({read}):"),
            *("        continue", f"    {fit}.append(one)"),
        ],
    )
    inside = scope.deeper()._replace(is_in_loop=True)
    inside = inside.with_values(Values(f"{item}.symbol", f"{item}.amount"))
    return [*pen.pick(forms), f"for {item} in {fit}:", *indent(inner(inside))]


def _attached(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A bot whose check and action are handed in, and kept in attributes."""
    bot, check, act = pen.fresh("Bot"), pen.fresh("is_fit"), pen.fresh("act")
    read = reading(pen, question(pen, GIVEN))
    pen.definitions.append([f"{pen.define()} {check}{_HEAD}", f"    return {read}"])
    own = Scope((Values("symbol", "amount"),), scope.depth - 1)
    pen.definitions.append([f"{pen.define()} {act}{_HEAD}", *indent(inner(own))])
    init = ["def __init__(self, check, act):", "    self.check = check", "    self.act = act", ""]
    asked, run = (pen.ask(f"self.{one}(symbol, amount)", own) for one in ("check", "act"))
    forms = (
        [f"if not {asked}:", "    return", run],
        [f"if {asked}:", f"    {run}"],
        [f"if {pen.flag(own)} and {asked}:", f"    {run}"],
        [asked, run],
    )
    lines = [*init, f"{pen.define()} on_signal(self, symbol, amount):", *indent(pen.pick(forms))]
    pen.definitions.append([f"class {bot}:", *indent(lines)])
    made = pen.fresh("bot")
    given = pen.pick((f"{check}, {act}", f"act={act}, check={check}"))
    return [f"{made} = {bot}({given})", pen.ask(f"{made}.on_signal({scope.newest})", scope)]


ANSWERED_WAYS: tuple[Way, ...] = (_decision, _reason, _problems, _plan, _filtered, _attached)
