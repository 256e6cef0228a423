"""Ways to run a block only if a check said yes; and ways that look like it."""

from __future__ import annotations

from tests.oracle.guards.answered_ways import ANSWERED_WAYS
from tests.oracle.guards.fetched_ways import FETCHED_WAYS
from tests.oracle.guards.helpers import decorator, manager_class, manager_function, raising_function
from tests.oracle.guards.more_ways import MORE_WAYS
from tests.oracle.guards.outer_ways import OUTER_WAYS
from tests.oracle.guards.properties import PROPERTIES
from tests.oracle.guards.verdicts import asked_values, question, test
from tests.oracle.guards.writer import Inner, Scope, Values, Writer, leaving
from tests.oracle.pens import Block, indent


def guarded(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """``inner`` behind a check."""
    return pen.pick(_WAYS)(pen, scope, inner)


def _if(pen: Writer, scope: Scope, inner: Inner) -> Block:
    lines, condition = test(pen, scope)
    return [*lines, f"if {condition}:", *indent(inner(scope.deeper()))]


def _unless(pen: Writer, scope: Scope, inner: Inner) -> Block:
    lines, condition = test(pen, scope)
    out = leaving(pen, scope)
    return [*lines, f"if not ({condition}):", f"    {out}", *inner(scope.deeper())]


def _else(pen: Writer, scope: Scope, inner: Inner) -> Block:
    lines, condition = test(pen, scope)
    block = inner(scope.deeper())
    out = pen.pick((leaving(pen, scope), leaving(pen, scope), "journal.note(0)"))
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
        arms += ["case _:", f"    {leaving(pen, scope)}"]
    return [head, *indent(arms)]


def _tried(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """The verdict is asked for in a ``try``, and decides after it."""
    lines, condition = test(pen, scope)
    name = pen.fresh("fine")
    clause = pen.pick(("except Exception:", "except ValueError:", "except:"))
    instead = pen.pick((leaving(pen, scope), f"{name} = False", f"{name} = True"))
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
    out = pen.pick(("break", leaving(pen, scope._replace(is_in_loop=False))))
    rest = [f"if not {pen.feed('more', scope)}:", f"    {out}"]
    return [f"while not ({condition}):", *indent(rest), *inner(scope.deeper())]


def _ensured(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function asks, and raises."""
    call = pen.ask(f"{raising_function(pen)}({asked_values(pen, scope)})", scope)
    if pen.chance(30):
        out = pen.pick((leaving(pen, scope), leaving(pen, scope), "pass"))
        clauses = ["except Exception:", "except (Refused, ValueError):"]
        raised = "\n".join(pen.definitions[-1])
        clause = pen.pick(clauses + ["except Refused:"] * ("raise Refused" in raised))
        return ["try:", f"    {call}", clause, f"    {out}", *inner(scope.deeper())]
    return [call, *inner(scope.deeper())]


def _within(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A context manager asks on the way in."""
    is_stacked = pen.chance(20)
    name = pen.pick((manager_function, manager_function if is_stacked else manager_class))(pen)
    entered = f"{name}({asked_values(pen, scope)})"
    word = "async with" if pen.is_async else "with"
    if is_stacked:
        stack = pen.fresh("stack")
        enter = f"{stack}.enter_async_context" if pen.is_async else f"{stack}.enter_context"
        kind = "AsyncExitStack" if pen.is_async else "ExitStack"
        body = [pen.ask(f"{enter}({entered})", scope), *inner(scope.deeper())]
        return [f"{word} contextlib.{kind}() as {stack}:", *indent(body)]
    return [f"{word} {entered}:", *indent(inner(scope.deeper()))]


def _decorated(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A decorator asks before the function runs."""
    name = pen.fresh("act")
    own = Scope((Values("symbol", "amount"),), scope.depth - 1)
    head = [f"@{decorator(pen)}", f"{pen.define()} {name}(symbol, amount):"]
    pen.definitions.append([*head, *indent(inner(own))])
    return [pen.ask(f"{name}({asked_values(pen, scope)})", scope)]


_WAYS = (
    *(_if, _unless, _unless, _else, _match, _tried, _dropped, _asserted, _waited),
    *(_ensured, _within, _decorated),
    *MORE_WAYS,
    *PROPERTIES,
    *OUTER_WAYS,
    *FETCHED_WAYS,
    *ANSWERED_WAYS,
)
