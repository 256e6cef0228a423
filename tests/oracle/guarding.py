"""Ways to run a block only if a check said yes; and ways that look like it."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.verdicts import question, test
from tests.oracle.writer import Block, Scope, Writer, indent

Inner = Callable[[Scope], Block]


def way_out(pen: Writer, scope: Scope) -> str:
    """A statement that leaves the block."""
    ways = ["return", "raise ValueError(1)"] if scope.is_in_function else ["raise ValueError(2)"]
    if scope.is_in_loop:
        ways += ["continue", "break"]
    return pen.pick(ways)


def guarded(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """``inner`` behind a check."""
    way = pen.pick((_if, _unless, _unless, _else, _match, _tried, _dropped, _asserted, _waited))
    return way(pen, scope, inner)


def _if(pen: Writer, scope: Scope, inner: Inner) -> Block:
    lines, condition = test(pen, scope)
    return [*lines, f"if {condition}:", *indent(inner(scope.deeper()))]


def _unless(pen: Writer, scope: Scope, inner: Inner) -> Block:
    lines, condition = test(pen, scope)
    out = way_out(pen, scope)
    return [*lines, f"if not ({condition}):", f"    {out}", *inner(scope.deeper())]


def _else(pen: Writer, scope: Scope, inner: Inner) -> Block:
    lines, condition = test(pen, scope)
    block = inner(scope.deeper())
    out = pen.pick((way_out(pen, scope), way_out(pen, scope), "journal.note(0)"))
    if pen.chance(50):
        return [*lines, f"if {condition}:", "    pass", "else:", f"    {out}", *block]
    return [*lines, f"if not ({condition}):", f"    {out}", "else:", *indent(block)]


def _match(pen: Writer, scope: Scope, inner: Inner) -> Block:
    patterns = {
        "bool": ("True",),
        "pair": ("(True, _)", "[True, why]"),
        "enum": ("Verdict.APPROVED", "Verdict.APPROVED", "Verdict.APPROVED | Verdict.UNKNOWN"),
    }
    if pen.kind not in patterns:
        return _if(pen, scope, inner)
    head = f"match {question(pen, scope)}:"
    block = indent(inner(scope.deeper()))
    pattern = pen.pick(patterns[pen.kind])
    if pen.chance(30):
        pattern += f" if {pen.flag(scope)}"
    arms = [f"case {pattern}:", *block]
    if pen.chance(40):
        arms += ["case _:", f"    {way_out(pen, scope)}"]
    return [head, *indent(arms)]


def _tried(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """The verdict is asked for in a ``try``, and decides after it."""
    lines, condition = test(pen, scope)
    name = pen.fresh("fine")
    clause = pen.pick(("except Exception:", "except ValueError:", "except:"))
    instead = pen.pick((way_out(pen, scope), f"{name} = False", f"{name} = True"))
    block = inner(scope.deeper())
    head = ["try:", *indent([*lines, f"{name} = {condition}"]), clause, f"    {instead}"]
    if pen.chance(30):
        return [*head, "else:", *indent([f"if {name}:", *indent(block)])]
    return [*head, f"if {name}:", *indent(block)]


def _dropped(pen: Writer, scope: Scope, inner: Inner) -> Block:
    return [question(pen, scope), *inner(scope.deeper())]


def _asserted(pen: Writer, scope: Scope, inner: Inner) -> Block:
    lines, condition = test(pen, scope)
    return [*lines, f"assert {condition}", *inner(scope.deeper())]


def _waited(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """Ask again until it says yes."""
    lines, condition = test(pen, scope._replace(is_in_loop=True))
    if lines:
        return _unless(pen, scope, inner)
    out = pen.pick(("break", way_out(pen, scope._replace(is_in_loop=False))))
    rest = [f"if not {pen.feed('more', scope)}:", f"    {out}"]
    return [f"while not ({condition}):", *indent(rest), *inner(scope.deeper())]
