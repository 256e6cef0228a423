"""The ways in which a function of the program is called, for all writers: by an expression, a
method, an override, a table, a callback, a decorator, a closure, a generator, a task."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.oracle.pens import Block, PlainPen, indent


class Callee(NamedTuple):
    """A function that is to be called: its body, its parameters, and what is given to them."""

    body: Block
    given: Mapping[str, str]

    @property
    def parameters(self) -> str:
        """As they stand in its head."""
        return ", ".join(self.given)

    @property
    def arguments(self) -> str:
        """As they stand in a call, by position."""
        return ", ".join(self.given.values())


Way = Callable[[PlainPen, Callee], Block]


def called(pen: PlainPen, body: Block, given: Mapping[str, str]) -> Block:
    """A function with that body is called here, with ``given`` for its parameters, exactly once in
    most ways, or not at all; the call returns when it has returned."""
    ways = (*_ALWAYS, *_MAYBE, *(_AWAITED if pen.is_async else _PLAIN))
    return pen.pick(ways)(pen, Callee(body, given))


def called_in_place(pen: PlainPen, body: Block, given: Mapping[str, str]) -> Block:
    """The same, by no task: it runs in that of its caller."""
    ways = (*_ALWAYS, *_MAYBE, *(() if pen.is_async else _PLAIN))
    return pen.pick(ways)(pen, Callee(body, given))


def called_for_sure(pen: PlainPen, body: Block, given: Mapping[str, str]) -> Block:
    """The same, in ways that call it in any case."""
    ways = (*_ALWAYS, *(_AWAITED if pen.is_async else _PLAIN))
    return pen.pick(ways)(pen, Callee(body, given))


def _function(pen: PlainPen, callee: Callee, head: Block | None = None) -> str:
    name = pen.fresh("deed")
    lines = [*(head or []), f"{pen.define()} {name}({callee.parameters}):", *indent(callee.body)]
    pen.definitions.append(lines)
    return name


def _method(pen: PlainPen, callee: Callee) -> Block:
    name, made = pen.fresh("Doer"), pen.fresh("doer")
    kind = pen.pick(("", "staticmethod", "classmethod"))
    own = {"": ["self"], "staticmethod": [], "classmethod": ["cls"]}[kind]
    head = f"{pen.define()} act({', '.join((*own, *callee.given))}):"
    lines = [*([f"@{kind}"] if kind else []), head, *indent(callee.body)]
    pen.definitions.append([f"class {name}:", *indent(lines)])
    return [f"{made} = {name}()", pen.ask(f"{made}.act({callee.arguments})")]


def _override(pen: PlainPen, callee: Callee) -> Block:
    """A base class calls what its subclass fills in."""
    base, name = pen.fresh("Base"), pen.fresh("Special")
    names = ", ".join(("self", *callee.given))
    empty = pen.pick(("raise NotImplementedError", "journal.note(80)"))
    run = [f"{pen.define()} run({names}):", f"    {pen.ask(f'self.act({callee.parameters})')}"]
    lines = [*run, "", f"{pen.define()} act({names}):", f"    {empty}"]
    pen.definitions.append([f"class {base}:", *indent(lines)])
    head = f"{pen.define()} act({names}):"
    pen.definitions.append([f"class {name}({base}):", *indent([head, *indent(callee.body)])])
    return [pen.ask(f"{name}().run({callee.arguments})")]


def _held(pen: PlainPen, callee: Callee) -> Block:
    """A function is kept in an attribute, and called by it."""
    name, runner = _function(pen, callee), pen.fresh("Runner")
    init = ["def __init__(self, action):", "    self.action = action", ""]
    run = [f"{pen.define()} run({', '.join(('self', *callee.given))}):"]
    run += [f"    {pen.ask(f'self.action({callee.parameters})')}"]
    pen.definitions.append([f"class {runner}:", *indent([*init, *run])])
    return [pen.ask(f"{runner}({name}).run({callee.arguments})")]


def _table(pen: PlainPen, callee: Callee) -> Block:
    name, table = _function(pen, callee), pen.fresh("DEEDS")
    if pen.chance(40):
        act = pen.fresh("deed")
        pen.definitions.append([f"{table} = ({name},)"])
        return [f"for {act} in {table}:", f"    {pen.ask(f'{act}({callee.arguments})')}"]
    pen.definitions.append([f'{table} = {{"do": {name}}}'])
    return [pen.ask(f'{table}["do"]({callee.arguments})')]


def _callback(pen: PlainPen, callee: Callee) -> Block:
    name, run = _function(pen, callee), pen.fresh("run_deed")
    names = ", ".join(("action", *callee.given))
    call = pen.ask(f"action({callee.parameters})")
    pen.definitions.append([f"{pen.define()} {run}({names}):", f"    {call}"])
    return [pen.ask(f"{run}({', '.join((name, *callee.given.values()))})")]


def _partial(pen: PlainPen, callee: Callee) -> Block:
    act, name = pen.fresh("bound"), _function(pen, callee)
    made = ", ".join((name, *callee.given.values()))
    return [f"{act} = functools.partial({made})", pen.ask(f"{act}()")]


def _decorated(pen: PlainPen, callee: Callee) -> Block:
    decorator = pen.fresh("traced")
    call = pen.ask("function(*values)")
    wrapper = ["@functools.wraps(function)", f"{pen.define()} wrapper(*values):"]
    wrapper += [f"    return {call}"]
    pen.definitions.append([f"def {decorator}(function):", *indent([*wrapper, "return wrapper"])])
    name = _function(pen, callee, [f"@{decorator}"])
    return [pen.ask(f"{name}({callee.arguments})")]


def _closure(pen: PlainPen, callee: Callee) -> Block:
    """A function that another one makes, and gives back."""
    maker, act = pen.fresh("make_deed"), pen.fresh("made_deed")
    body = "\n".join(callee.body)
    bound = [one for one in callee.given if re.search(rf"^ *{one} = ", body, re.MULTILINE)]
    inner = [*(f"nonlocal {one}" for one in bound), *callee.body]
    lines = [f"{pen.define()} inner():", *indent(inner), "return inner"]
    pen.definitions.append([f"def {maker}({callee.parameters}):", *indent(lines)])
    return [f"{act} = {maker}({callee.arguments})", pen.ask(f"{act}()")]


def _named(pen: PlainPen, callee: Callee) -> Block:
    """By another name, or by keywords."""
    name, act = _function(pen, callee), pen.fresh("alias")
    pairs = ", ".join(f"{one}={value}" for one, value in reversed(callee.given.items()))
    forms = [
        [f"{act} = {name}", pen.ask(f"{act}({callee.arguments})")],
        [pen.ask(f"{name}({pairs})")],
    ]
    return pen.pick(forms)


def _said(pen: PlainPen, callee: Callee) -> Block:
    """In an expression: a conditional one, ``and``, a walrus, a comprehension."""
    call = pen.ask(f"{_function(pen, callee)}({callee.arguments})")
    name, item = pen.fresh("outcome"), pen.fresh("each")
    forms = [
        [f"{name} = {call} if {pen.feed('flag')} else None"],
        [f"{pen.feed('flag')} and {call}"],
        [f"{name} = {pen.feed('flag')} or {call}"],
        [f"if ({name} := {call}) is None:", "    journal.note(81)"],
        [f"{name} = [{call} for {item} in {pen.feed('orders')}]"],
        [f"{name} = {{{item}: {call} for {item} in (1,) if {pen.feed('flag')}}}"],
        [f"journal.note({call}, 2)"],
    ]
    return pen.pick(forms)


def _lambda(pen: PlainPen, callee: Callee) -> Block:
    act, name = pen.fresh("later"), _function(pen, callee)
    return [f"{act} = lambda: {name}({callee.arguments})", f"{act}()"]


def _generator(pen: PlainPen, callee: Callee) -> Block:
    """A generator runs as it is asked."""
    name, item = pen.fresh("steps"), pen.fresh("step_of")
    act = _function(pen, callee)
    body = [f"{act}({callee.parameters})", "yield 1"]
    pen.definitions.append([f"def {name}({callee.parameters}):", *indent(body)])
    made = f"{name}({callee.arguments})"
    if pen.chance(30):
        outer = pen.fresh("all_steps")
        inner = f"    yield from {name}({callee.parameters})"
        pen.definitions.append([f"def {outer}({callee.parameters}):", inner])
        made = f"{outer}({callee.arguments})"
    forms = [[f"for {item} in {made}:", f"    journal.note({item})"], [f"list({made})"]]
    return pen.pick(forms)


def _callable(pen: PlainPen, callee: Callee) -> Block:
    """An object that is called."""
    name, made = pen.fresh("Deed"), pen.fresh("deed_of")
    head = f"def __call__({', '.join(('self', *callee.given))}):"
    pen.definitions.append([f"class {name}:", *indent([head, *indent(callee.body)])])
    return [f"{made} = {name}()", f"{made}({callee.arguments})"]


def _task(pen: PlainPen, callee: Callee) -> Block:
    call = f"{_function(pen, callee)}({callee.arguments})"
    task = pen.fresh("job")
    forms = [
        [f"{task} = asyncio.create_task({call})", f"await {task}"],
        [f"await asyncio.wait_for({call}, 5)"],
        [f"await asyncio.gather({call})"],
        ["async with asyncio.timeout(5):", f"    await {call}"],
    ]
    return pen.pick(forms)


_ALWAYS: tuple[Way, ...] = (
    *(_method, _override, _held, _table, _callback, _partial, _decorated, _closure, _named),
)
_MAYBE: tuple[Way, ...] = (_said, _said)
_PLAIN: tuple[Way, ...] = (_lambda, _generator, _callable)
_AWAITED: tuple[Way, ...] = (_task, _task)
