"""Verdicts that an inner function gives to a variable of the outer one, or of the module."""

from __future__ import annotations

from tests.oracle.guards.properties import decided
from tests.oracle.guards.verdicts import asked_values, question, reading, test
from tests.oracle.guards.writer import GIVEN, Inner, Scope, Way, Writer
from tests.oracle.pens import Block, indent


def _nonlocal(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function within says what the check says."""
    fine, ask = pen.fresh("fine"), pen.fresh("ask")
    lines, condition = test(pen, scope._replace(is_in_loop=False))
    forms = (
        ("False", [*lines, f"{fine} = {condition}"]),
        ("False", [*lines, f"{fine} = {condition}"]),
        ("False", [*lines, f"if {condition}:", f"    {fine} = True"]),
        ("False", [*lines, f"if not ({condition}):", "    return", f"{fine} = True"]),
        ("True", [*lines, f"if not ({condition}):", f"    {fine} = False"]),
        ("False", [*lines, f"{fine} = {fine} or bool({condition})"]),
    )
    first, body = pen.pick(forms)
    call = pen.ask(f"{ask}()", scope)
    calls = [call]
    if pen.chance(25):
        calls = [f"if {pen.flag(scope)}:", f"    {call}"]
    elif pen.chance(25):
        calls = ["try:", f"    {call}", "except Exception:", f"    {pen.pick(('pass', 'raise'))}"]
    head = [f"{fine} = {first}", f"{pen.define()} {ask}():", f"    nonlocal {fine}"]
    return [*head, *indent(body), *calls, *decided(pen, scope, fine, inner)]


def _counted(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function within counts what it lets through, and mostly decides by the check."""
    count, act = pen.fresh("count"), pen.fresh("act")
    lines, condition = test(pen, scope._replace(is_in_loop=False))
    own = scope.deeper()._replace(is_in_loop=False, is_in_function=True, is_around=True)
    counting = [f"{count} += 1"]
    body = pen.pick_block(
        (
            lambda: [*lines, f"if not ({condition}):", "    return", *counting, *inner(own)],
            lambda: [*counting, *lines, f"if {condition}:", *indent(inner(own))],
            lambda: [*counting, *inner(own)],
        )
    )
    head = [f"{count} = 0", f"{pen.define()} {act}():", f"    nonlocal {count}"]
    return [*head, *indent(body), pen.ask(f"{act}()", scope), f"journal.note({count})"]


def _global(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function of the module keeps what the check says in a variable of the module."""
    fine, ask = pen.fresh("LAST_FINE"), pen.fresh("look")
    read = reading(pen, question(pen, GIVEN))
    forms = (
        [f"{fine} = {read}"],
        [f"{fine} = {read}"],
        [f"{fine} = False", f"if {read}:", f"    {fine} = True"],
    )
    body = [f"global {fine}", *pen.pick(forms)]
    pen.definitions.append([f"{fine} = False"])
    pen.definitions.append([f"{pen.define()} {ask}(symbol, amount):", *indent(body)])
    call = pen.ask(f"{ask}({asked_values(pen, scope)})", scope)
    return [call, *decided(pen, scope, fine, inner)]


OUTER_WAYS: tuple[Way, ...] = (_nonlocal, _nonlocal, _counted, _global)
