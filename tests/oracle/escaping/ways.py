"""How an abort is raised, and how what raises it is called."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.escaping.pen import Pen
from tests.oracle.pens import Block, indent

Inner = Callable[[], Block]


def raised(pen: Pen) -> Block:
    """An abort, under a condition."""
    name = pen.abort_class()
    flag = pen.ask(f"feed.{pen.fresh('flag')}()")
    error = pen.fresh("stop")
    forms: list[Block] = [
        [f"if {flag}:", f"    raise {name}(1)"],
        [f"if {flag}:", f"    raise {name}(1)"],
        [f"if not {flag}:", f"    raise {name}"],
        [f"if {flag}:", f"    {error} = {name}(2)", f"    raise {error}"],
        [f"if {flag}:", f"    raise {_maker(pen, name)}()"],
        [f"if {flag}:", f"    raise {name}(4) from None"],
    ]
    return pen.pick(forms)


def _maker(pen: Pen, name: str) -> str:
    maker = pen.fresh("make_stop")
    pen.definitions.append([f"def {maker}():", f"    return {name}(3)"])
    return maker


def through(pen: Pen, write: Inner) -> Block:
    """A call of a function of the program with ``write()`` in it."""
    before, pen.is_in_loop = pen.is_in_loop, False
    ways = [_plain, _plain, _plain, _method, _nested, _handed, _decorated, _tabled, _made]
    ways += [_waited, _gathered] if pen.is_async else [_lambda, _generated, _partial, _spread]
    lines = pen.pick(ways)(pen, write)
    pen.is_in_loop = before
    return lines


def _function(pen: Pen, write: Inner) -> str:
    name = pen.fresh("act")
    body = write()
    pen.definitions.append([f"{pen.define()} {name}():", *indent(body)])
    return name


def _plain(pen: Pen, write: Inner) -> Block:
    call = pen.ask(f"{_function(pen, write)}()")
    if pen.chance(20):
        return [f"return {call}"]
    return [f"{pen.fresh('kept')} = {call}" if pen.chance(20) else call]


def _method(pen: Pen, write: Inner) -> Block:
    """A method, of the class or of one that overrides it."""
    name, body = pen.fresh("Desk"), write()
    lines = [f"class {name}:", f"    {pen.define()} run(self):"]
    if pen.chance(40):
        lines += indent(indent(["pass"]))
        lines += ["", "", f"class {name}Live({name}):", f"    {pen.define()} run(self):"]
        name += "Live"
    pen.definitions.append([*lines, *indent(indent(body))])
    desk = pen.fresh("desk")
    return [f"{desk} = {name}()", pen.ask(f"{desk}.run()")]


def _nested(pen: Pen, write: Inner) -> Block:
    name = pen.fresh("inner")
    return [f"{pen.define()} {name}():", *indent(write()), pen.ask(f"{name}()")]


def _handed(pen: Pen, write: Inner) -> Block:
    """A function is handed to one that calls it."""
    name, caller = _function(pen, write), pen.fresh("apply")
    pen.definitions.append([f"{pen.define()} {caller}(act):", f"    {pen.ask('act()')}"])
    return [pen.ask(f"{caller}({name})")]


def _decorated(pen: Pen, write: Inner) -> Block:
    """A decorator around the function, which mostly stops nothing."""
    from tests.oracle.escaping.clauses import tried

    decorator, name = pen.fresh("wrapped"), pen.fresh("act")
    call = ["return " + pen.ask("function()")]
    inner = tried(pen, call) if pen.chance(60) else call
    wrapper = ["@functools.wraps(function)", f"{pen.define()} wrapper():", *indent(inner)]
    pen.definitions.append([f"def {decorator}(function):", *indent([*wrapper, "return wrapper"])])
    body = write()
    pen.definitions.append([f"@{decorator}", f"{pen.define()} {name}():", *indent(body)])
    return [pen.ask(f"{name}()")]


def _tabled(pen: Pen, write: Inner) -> Block:
    table, name = pen.fresh("TABLE"), _function(pen, write)
    pen.definitions.append([f'{table} = {{"go": {name}}}'])
    return [pen.ask(f'{table}["go"]()')]


def _made(pen: Pen, write: Inner) -> Block:
    """The constructor of a class raises."""
    if pen.is_async:
        return _plain(pen, write)
    name = pen.fresh("Ticket")
    body = [line.replace("return None", "return") for line in write()]
    lines = [f"class {name}:", "    def __init__(self):", *indent(indent(body))]
    pen.definitions.append(lines)
    return [f"{name}()"]


def _waited(pen: Pen, write: Inner) -> Block:
    """As a task that is awaited."""
    name = _function(pen, write)
    task = pen.fresh("task")
    forms = [[f"{task} = asyncio.create_task({name}())", f"await {task}"]]
    forms += [[f"await asyncio.wait_for({name}(), 5)"]]
    return pen.pick(forms)


def _gathered(pen: Pen, write: Inner) -> Block:
    """Together with another."""
    name = _function(pen, write)
    return [f"await asyncio.gather({name}(), feed.{pen.fresh('work')}())"]


def _lambda(pen: Pen, write: Inner) -> Block:
    name = pen.fresh("run")
    return [f"{name} = lambda: {_function(pen, write)}()", f"{name}()"]


def _generated(pen: Pen, write: Inner) -> Block:
    """A generator raises when it is asked for the next."""
    name, item = pen.fresh("each"), pen.fresh("item")
    body = [line.replace("return None", "return") for line in write()]
    pen.definitions.append([f"def {name}():", *indent(["yield 1", *body])])
    return [f"for {item} in {name}():", f"    journal.note({item})"]


def _partial(pen: Pen, write: Inner) -> Block:
    name = pen.fresh("run")
    return [f"{name} = functools.partial({_function(pen, write)})", f"{name}()"]


def _spread(pen: Pen, write: Inner) -> Block:
    """A generator is made here, and asked for what it gives there."""
    name, lines = pen.fresh("each"), pen.fresh("lines")
    body = [line.replace("return None", "return") for line in write()]
    pen.definitions.append([f"def {name}():", *indent(["yield 1", *body])])
    item, error = pen.fresh("item"), pen.fresh("error")
    use = pen.pick(([f"for {item} in {lines}:", f"    journal.note({item})"], [f"list({lines})"]))
    if pen.chance(50):
        return [f"{lines} = {name}()", *use]
    tried = ["try:", *indent(use), f"except Exception as {error}:", f"    journal.note({error})"]
    return [f"{lines} = {name}()", *tried]
