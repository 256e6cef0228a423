"""Checks behind properties: asked on reading, or kept by a method; and orders behind them."""

from __future__ import annotations

from tests.oracle.guards.verdicts import question, reading
from tests.oracle.guards.writer import GIVEN, Inner, Scope, Values, Way, Writer, leaving
from tests.oracle.pens import Block, indent

_OWN = Scope((Values("self.symbol", "self.amount"),), 2)
_INIT = ["def __init__(self, symbol, amount):", "    self.symbol = symbol"]
_INIT += ["    self.amount = amount", ""]


def decided(pen: Writer, scope: Scope, verdict: str, inner: Inner) -> Block:
    """``inner`` if a verdict is yes."""
    if pen.chance(50):
        return [f"if {verdict}:", *indent(inner(scope.deeper()))]
    return [f"if not {verdict}:", f"    {leaving(pen, scope)}", *inner(scope.deeper())]


def _asked(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """An order that can be asked whether it is fine."""
    name, made = pen.fresh("Ticket"), pen.fresh("ticket")
    read = reading(pen, question(pen, _OWN))
    forms = (
        [f"return {read}"],
        [f"return {read}"],
        [f"if not ({read}):", "    return False", "return True"],
        [f"if {read}:", "    return True", f"return {pen.flag(_OWN)}"],
        ["try:", f"    return {read}", "except Exception:", f"    return {pen.chance(30)}"],
        [f"journal.note({read})", "return True"],
    )
    kinds = ("property", "property", "property" if pen.is_async else "functools.cached_property")
    head = [f"@{pen.pick(kinds)}", f"{pen.define()} is_fine(self):"]
    pen.definitions.append([f"class {name}:", *indent([*_INIT, *head, *indent(pen.pick(forms))])])
    if pen.chance(25):
        loose = pen.fresh("Loose")
        says = pen.pick(("return True", "return False"))
        body = ["@property", f"{pen.define()} is_fine(self):", f"    {says}"]
        pen.definitions.append([f"class {loose}({name}):", *indent(body)])
        name = pen.pick((loose, f"({loose} if {pen.flag(scope)} else {name})"))
    asked = pen.ask(f"{made}.is_fine", scope)
    return [f"{made} = {name}({scope.newest})", *decided(pen, scope, asked, inner)]


def _kept(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A method keeps what the check said; a property tells it."""
    name, made = pen.fresh("Session"), pen.fresh("session")
    read = reading(pen, question(pen, GIVEN))
    says = pen.pick(("self._fine", "self._fine", "bool(self._fine)", "not self._fine", "True"))
    keep = [f"self._fine = {read}"]
    lines = ["def __init__(self):", "    self._fine = False", ""]
    lines += ["@property", "def is_fine(self):", f"    return {says}", ""]
    lines += [f"{pen.define()} look(self, symbol, amount):", *indent(keep)]
    pen.definitions.append([f"class {name}:", *indent(lines)])
    look = pen.ask(f"{made}.look({scope.newest})", scope)
    return [f"{made} = {name}()", look, *decided(pen, scope, f"{made}.is_fine", inner)]


def _ordered(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """What is behind the check is behind a property, too."""
    name, made = pen.fresh("Ticket"), pen.fresh("ticket")
    own = _OWN._replace(depth=scope.depth - 1)
    read = reading(pen, question(pen, _OWN))
    body = pen.pick_block(
        (
            lambda: [f"if not ({read}):", "    return None", *inner(own)],
            lambda: [f"if {read}:", *indent(inner(own))],
        )
    )
    head = ["@property", f"{pen.define()} receipt(self):"]
    pen.definitions.append([f"class {name}:", *indent([*_INIT, *head, *indent(body)])])
    kept = pen.fresh("receipt")
    return [f"{made} = {name}({scope.newest})", f"{kept} = {pen.ask(f'{made}.receipt', scope)}"]


PROPERTIES: tuple[Way, ...] = (_asked, _asked, _kept, _ordered)
