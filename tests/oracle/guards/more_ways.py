"""More ways to run a block only if a check said yes: by flags, attempts, objects, callbacks."""

from __future__ import annotations

from tests.oracle.guards.verdicts import asked_values, question, reading, test
from tests.oracle.guards.writer import GIVEN, Inner, Scope, Values, Way, Writer, leaving
from tests.oracle.pens import Block, indent


def _flagged(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A variable that begins with no, and mostly gets only a verdict."""
    lines, condition = test(pen, scope)
    name = pen.fresh("fine")
    flag = pen.flag(scope)
    forms = [
        [f"{name} = False", f"if {flag}:", *indent([*lines, f"{name} = {condition}"])],
        [*lines, f"{name} = {condition}", f"{name} = {name} and {flag}"],
        [*lines, f"{name} = {condition}", f"if {flag}:", f"    {name} = False"],
        [*lines, f"{name} = {condition}", f"if {flag}:", f"    {name} = True"],
        [*lines, f"{name} = True", f"if not ({condition}):", f"    {name} = False"],
        [*lines, f"{name} = bool({condition})", f"{name} &= {flag}"],
    ]
    return [*pen.pick(forms), f"if {name}:", *indent(inner(scope.deeper()))]


def _attempts(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """Asked several times, until it says yes."""
    lines, condition = test(pen, scope._replace(is_in_loop=True))
    out = leaving(pen, scope)
    body = [*lines, f"if {condition}:", "    break"]
    if pen.chance(40):
        body = ["try:", *indent(body), "except Exception:", "    continue"]
    head = f"for {pen.fresh('attempt')} in range(2):"
    after = ["else:", f"    {pen.pick((out, out, 'journal.note(9)'))}"]
    return [head, *indent(body), *after, *inner(scope.deeper())]


def _raised_inside(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A refusal is raised and caught in one function."""
    lines, condition = test(pen, scope)
    body = [*lines, f"if not ({condition}):", "    raise Refused", *inner(scope.deeper())]
    return ["try:", *indent(body), "except Refused:", f"    {pen.pick(('pass', 'raise'))}"]


def _refused_apart(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A refusal is raised and caught; what follows stands in ``else`` or behind it all."""
    lines, condition = test(pen, scope)
    body = [*lines, f"if not ({condition}):", "    raise Refused"]
    out = pen.pick((leaving(pen, scope), "pass"))
    head = ["try:", *indent(body), "except Refused:", f"    {out}"]
    if pen.chance(60):
        return [*head, "else:", *indent(inner(scope.deeper()))]
    return [*head, *inner(scope.deeper())]


def _gated(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """An object asks; a subclass may ask less."""
    name, gate = pen.fresh("Gate"), pen.fresh("gate")
    read = reading(pen, question(pen, GIVEN))
    body = pen.pick(([f"return {read}"], [f"if not ({read}):", "    return False", "return True"]))
    head = f"{pen.define()} is_open(self, symbol, amount):"
    pen.definitions.append([f"class {name}:", *indent([head, *indent(body)])])
    made = f"{name}()"
    if pen.chance(30):
        loose = pen.fresh("Loose")
        says = pen.pick((["return True"], ["return False"], body))
        pen.definitions.append([f"class {loose}({name}):", *indent([head, *indent(says)])])
        made = pen.pick((f"{loose}()", f"({loose}() if {pen.flag(scope)} else {made})"))
    asked = pen.ask(f"{gate}.is_open({asked_values(pen, scope)})", scope)
    found = [f"{gate} = {made}", f"if not {asked}:", f"    {leaving(pen, scope)}"]
    return [*found, *inner(scope.deeper())]


def _recorded(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """An answer of the program's own, with a member that says it."""
    answer, name, result = pen.fresh("Answer"), pen.fresh("assess"), pen.fresh("said")
    pen.definitions.append(["@dataclasses.dataclass", f"class {answer}:", "    ok: bool"])
    read = reading(pen, question(pen, GIVEN))
    forms = (
        [f"return {answer}(ok={read})"],
        [f"return {answer}({read})"],
        [f"if {read}:", f"    return {answer}(ok=True)", f"return {answer}(ok=False)"],
        [f"if not ({read}):", f"    return {answer}(False)", f"return {answer}(True)"],
    )
    head = f"{pen.define()} {name}(symbol, amount):"
    pen.definitions.append([head, *indent(pen.pick(forms))])
    asked = pen.ask(f"{name}({asked_values(pen, scope)})", scope)
    found = [f"{result} = {asked}", f"if not {result}.ok:", f"    {leaving(pen, scope)}"]
    return [*found, *inner(scope.deeper())]


def _kept(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A method keeps what the check said, and another goes by it."""
    name, made = pen.fresh("Session"), pen.fresh("session")
    read = reading(pen, question(pen, GIVEN))
    own = Scope((Values("symbol", "amount"),), scope.depth - 1)
    lines = ["def __init__(self):", "    self.is_fine = False", ""]
    run = [f"self.is_fine = {read}", "if not self.is_fine:", f"    {leaving(pen, own)}"]
    lines += [f"{pen.define()} run(self, symbol, amount):", *indent([*run, *inner(own)])]
    pen.definitions.append([f"class {name}:", *indent(lines)])
    return [f"{made} = {name}()", pen.ask(f"{made}.run({scope.newest})", scope)]


def _handed(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """The verdict is handed to what goes by it."""
    name = pen.fresh("act")
    own = Scope((Values("symbol", "amount"),), scope.depth - 1)
    body = ["if not is_fine:", "    return", *inner(own)]
    pen.definitions.append([f"{pen.define()} {name}(symbol, amount, is_fine):", *indent(body)])
    lines, condition = test(pen, scope)
    return [*lines, pen.ask(f"{name}({scope.newest}, {condition})", scope)]


def _run_if(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """Check and action are handed over together."""
    name, act, run = pen.fresh("is_fit"), pen.fresh("act"), pen.fresh("run_if")
    read = reading(pen, question(pen, GIVEN))
    pen.definitions.append([f"{pen.define()} {name}(symbol, amount):", f"    return {read}"])
    own = Scope((Values("symbol", "amount"),), scope.depth - 1)
    pen.definitions.append([f"{pen.define()} {act}(symbol, amount):", *indent(inner(own))])
    check, action = (pen.ask(f"{one}(symbol, amount)", scope) for one in ("check", "action"))
    body = pen.pick(([f"if {check}:", f"    {action}"], [f"if not {check}:", "    return", action]))
    head = f"{pen.define()} {run}(check, action, symbol, amount):"
    pen.definitions.append([head, *indent(body)])
    return [pen.ask(f"{run}({name}, {act}, {scope.newest})", scope)]


def _all_of(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """Each check of a table is asked, in one word or in a loop."""
    if pen.is_async:
        return _attempts(pen, scope, inner)
    name, table, check = pen.fresh("is_fit"), pen.fresh("CHECKS"), pen.fresh("check")
    read = reading(pen, question(pen, GIVEN))
    pen.definitions.append([f"{pen.define()} {name}(symbol, amount):", f"    return {read}"])
    pen.definitions.append([f"{table} = ({name},)"])
    asked = pen.ask(f"{check}({asked_values(pen, scope)})", scope)
    out = leaving(pen, scope._replace(is_in_loop=False))
    found = [f"if not all({asked} for {check} in {table}):", f"    {out}"]
    if pen.chance(40):
        found = [f"for {check} in {table}:", f"    if not {asked}:", f"        {out}"]
    return [*found, *inner(scope.deeper())]


def _vetted(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A generator gives only what was checked, mostly."""
    if pen.is_async:
        return _attempts(pen, scope, inner)
    name, item = pen.fresh("vetted"), pen.fresh("item")
    own = Scope((Values("one.symbol", "one.amount"),), 2)
    lines, condition = test(pen, own)
    body = [*lines, f"if {condition}:", "    yield one"]
    if pen.chance(40):
        body = [*lines, f"if not ({condition}):", "    continue", "yield one"]
    pen.definitions.append([f"def {name}(items):", "    for one in items:", *indent(indent(body))])
    inside = scope.deeper()._replace(is_in_loop=True)
    inside = inside.with_values(Values(f"{item}.symbol", f"{item}.amount"))
    head = f"for {item} in {name}({pen.feed('orders', scope)}):"
    return [head, *indent(inner(inside))]


def _paired(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A ``match`` on the verdict beside something else."""
    lines, condition = test(pen, scope)
    flag = pen.flag(scope)
    pattern = pen.pick(("(True, True)", "(True, _)", "(True, True | False)", "(_, True)"))
    arms = [f"case {pattern}:", *indent(inner(scope.deeper()))]
    arms += ["case _:", f"    {leaving(pen, scope)}"] if pen.chance(40) else []
    return [*lines, f"match (bool({condition}), {flag}):", *indent(arms)]


def _later(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """The check is asked by a task, mostly waited for."""
    if not pen.is_async or scope.is_plain:
        return _flagged(pen, scope, inner)
    asked = f"preflight({asked_values(pen, scope)})"
    task, said = pen.fresh("task"), pen.fresh("said")
    forms = (
        [f"{said} = await asyncio.create_task({asked})"],
        [f"{task} = asyncio.create_task({asked})", f"{said} = await {task}"],
        [f"{said} = await asyncio.wait_for({asked}, 5)"],
        [f"{said}, _ = await asyncio.gather({asked}, feed.{pen.fresh('flag')}())"],
        [f"({said},) = await asyncio.gather({asked})"],
    )
    condition = reading(pen, said)
    out = [f"if not ({condition}):", f"    {leaving(pen, scope)}"]
    return [*pen.pick(forms), *out, *inner(scope.deeper())]


MORE_WAYS: tuple[Way, ...] = (
    *(_flagged, _flagged, _attempts, _raised_inside, _refused_apart, _gated, _recorded, _kept),
    *(_handed, _run_if, _all_of, _vetted, _paired, _later),
)
