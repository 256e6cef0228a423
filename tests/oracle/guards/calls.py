"""Ways to run a block by a call: what stands in it is a function, a method, a callback, a task."""

from __future__ import annotations

from tests.oracle.guards.writer import Inner, Scope, Values, Writer
from tests.oracle.pens import Block, indent

_GIVEN = Values("symbol", "amount")
_OWN = Values("self.symbol", "self.amount")
_PARAMETERS = "symbol, amount"


def called(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """``inner`` in another function, and what calls that."""
    if pen.is_async and scope.is_plain:
        return inner(scope.deeper())
    ways = _ASYNC_WAYS if pen.is_async else _PLAIN_WAYS
    return pen.pick((*_WAYS, *ways))(pen, scope, inner)


def _inside(scope: Scope, values: Values = _GIVEN) -> Scope:
    return Scope((values,), scope.depth - 1)


def _function(pen: Writer, scope: Scope, inner: Inner, more: str = "") -> str:
    """A function of the module that does it: its name."""
    name = pen.fresh("act")
    body = inner(_inside(scope))
    pen.definitions.append([f"{pen.define()} {name}({_PARAMETERS}{more}):", *indent(body)])
    return name


def _by_name(pen: Writer, scope: Scope, inner: Inner) -> Block:
    name = _function(pen, scope, inner)
    symbol, amount = scope.newest
    forms = (f"{scope.newest}", f"amount={amount}, symbol={symbol}", f"*({symbol}, {amount})")
    return [pen.ask(f"{name}({pen.pick(forms)})", scope)]


def _method(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A method, of an object of the module or a new one."""
    name = pen.fresh("Desk")
    kind = pen.pick(("", "", "staticmethod", "classmethod"))
    head = {"": "self, ", "staticmethod": "", "classmethod": "cls, "}[kind]
    lines = [f"@{kind}"] if kind else []
    lines += [f"{pen.define()} act({head}{_PARAMETERS}):", *indent(inner(_inside(scope)))]
    pen.definitions.append([f"class {name}:", *indent(lines)])
    made = f"{name}()"
    if pen.chance(50):
        made = pen.fresh("desk")
        pen.definitions.append([f"{made} = {name}()"])
    receiver = name if kind and pen.chance(50) else made
    return [pen.ask(f"{receiver}.act({scope.newest})", scope)]


def _holder(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """An object that holds the values, and orders by them."""
    name, made = pen.fresh("Ticket"), pen.fresh("ticket")
    act = pen.pick(("act", "act", "__call__"))
    body = indent(inner(_inside(scope, _OWN)))
    init = ["def __init__(self, symbol, amount):", "    self.symbol = symbol"]
    init += ["    self.amount = amount", ""]
    pen.definitions.append(
        [f"class {name}:", *indent([*init, f"{pen.define()} {act}(self):", *body])]
    )
    call = f"{made}()" if act == "__call__" else f"{made}.act()"
    return [f"{made} = {name}({scope.newest})", pen.ask(call, scope)]


def _override(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A base class calls what its subclass fills in, mostly."""
    base, name = pen.fresh("Base"), pen.fresh("Special")
    head = f"{pen.define()} act(self, {_PARAMETERS}):"
    run = [f"{pen.define()} run(self, {_PARAMETERS}):"]
    run += [f"    {pen.ask('self.act(symbol, amount)', scope)}"]
    empty = (lambda: ["raise NotImplementedError"], lambda: ["journal.note(7)"])
    own = pen.pick_block((*empty, lambda: inner(_inside(scope))))
    pen.definitions.append([f"class {base}:", *indent([*run, "", head, *indent(own)])])
    body = inner(_inside(scope))
    if pen.chance(25):
        body = [*body, pen.ask("super().act(symbol, amount)", scope)]
    pen.definitions.append([f"class {name}({base}):", *indent([head, *indent(body)])])
    made = pen.pick((f"{name}()", f"({name}() if {pen.flag(scope)} else {base}())"))
    return [pen.ask(f"{made}.run({scope.newest})", scope)]


def _member(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """An object that another one holds."""
    name, holder = pen.fresh("Desk"), pen.fresh("Bot")
    lines = [f"{pen.define()} act(self, {_PARAMETERS}):", *indent(inner(_inside(scope)))]
    pen.definitions.append([f"class {name}:", *indent(lines)])
    given = pen.chance(50)
    init = [f"def __init__(self{', desk' if given else ''}):"]
    init += [f"    self.desk = {'desk' if given else name + '()'}", ""]
    run = [f"{pen.define()} run(self, {_PARAMETERS}):"]
    run += [f"    {pen.ask('self.desk.act(symbol, amount)', scope)}"]
    pen.definitions.append([f"class {holder}:", *indent([*init, *run])])
    made = f"{holder}({name}())" if given else f"{holder}()"
    if pen.chance(50):
        bot = pen.fresh("bot")
        pen.definitions.append([f"{bot} = {made}"])
        made = bot
    return [pen.ask(f"{made}.run({scope.newest})", scope)]


def _callback(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function that is handed over, and called with what is handed over beside it."""
    name, run = _function(pen, scope, inner), pen.fresh("run")
    call = pen.ask("action(symbol, amount)", scope)
    pen.definitions.append([f"{pen.define()} {run}(action, {_PARAMETERS}):", f"    {call}"])
    given = name
    if not pen.is_async and pen.chance(30):
        given = f"lambda one, other: {name}(one, other)"
    return [pen.ask(f"{run}({given}, {scope.newest})", scope)]


def _table(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A table of functions: one is taken by its key, or the only one is called in a loop."""
    names = [_function(pen, scope, inner) for _ in range(pen.choices.number(1, 2))]
    table, act = pen.fresh("ROUTES"), pen.fresh("route")
    if pen.chance(50) and len(names) == 1:
        pen.definitions.append([f"{table} = ({', '.join(names)},)"])
        call = pen.ask(f"{act}({scope.newest})", scope)
        return [f"for {act} in {table}:", f"    {call}"]
    pairs = ", ".join(f'"{number}": {one}' for number, one in enumerate(names))
    pen.definitions.append([f"{table} = {{{pairs}}}"])
    key = f'("0" if {pen.flag(scope)} else "{len(names) - 1}")' if pen.chance(50) else '"0"'
    form = pen.pick((f"{table}[{key}]({scope.newest})", f"{table}.get({key})({scope.newest})"))
    return [pen.ask(form, scope)]


def _partial(pen: Writer, scope: Scope, inner: Inner) -> Block:
    name, act = _function(pen, scope, inner), pen.fresh("bound")
    symbol, amount = scope.newest
    forms = (
        (f"functools.partial({name}, {symbol})", f"{act}({amount})"),
        (f"functools.partial({name}, amount={amount})", f"{act}({symbol})"),
        (f"functools.partial({name}, {symbol}, {amount})", f"{act}()"),
    )
    bound, call = pen.pick(forms)
    return [f"{act} = {bound}", pen.ask(call, scope)]


def _closure(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function that a function makes and returns."""
    name = pen.fresh("make")
    around = _inside(scope)._replace(is_around=True)
    body = [f"{pen.define()} act():", *indent(inner(around)), "", "return act"]
    pen.definitions.append([f"def {name}({_PARAMETERS}):", *indent(body)])
    if pen.chance(50):
        return [pen.ask(f"{name}({scope.newest})()", scope)]
    act = pen.fresh("made")
    return [f"{act} = {name}({scope.newest})", pen.ask(f"{act}()", scope)]


def _nested(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function within: it takes the values, or finds them around it."""
    name = pen.fresh("inner")
    if pen.chance(50):
        head = f"{pen.define()} {name}({_PARAMETERS}):"
        return [
            head,
            *indent(inner(_inside(scope))),
            pen.ask(f"{name}({scope.newest})", scope),
        ]
    own = scope.deeper()._replace(is_in_loop=False, is_in_function=True, is_around=True)
    return [f"{pen.define()} {name}():", *indent(inner(own)), pen.ask(f"{name}()", scope)]


def _wrapped(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A decorator that checks nothing."""
    name = pen.fresh("logged")
    call = pen.ask(pen.pick(("function(symbol, amount)", "function(*given)")), scope)
    parameters = "*given" if "*given" in call else _PARAMETERS
    body = pen.pick(
        (
            [f"return {call}"],
            ["journal.note(8)", f"return {call}"],
            ["try:", f"    return {call}", "except Exception:", "    return None"],
        )
    )
    wrapper = ["@functools.wraps(function)", f"{pen.define()} wrapper({parameters}):"]
    lines = [*wrapper, *indent(body), "", "return wrapper"]
    pen.definitions.append([f"def {name}(function):", *indent(lines)])
    act = pen.fresh("act")
    head = [f"@{name}", f"{pen.define()} {act}({_PARAMETERS}):"]
    pen.definitions.append([*head, *indent(inner(_inside(scope)))])
    return [pen.ask(f"{act}({scope.newest})", scope)]


def _again(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function that calls itself once more."""
    name = pen.fresh("act")
    again = pen.ask(f"{name}(symbol, amount, left - 1)", scope)
    body = [*inner(_inside(scope)), "if left > 0:", f"    {again}"]
    head = f"{pen.define()} {name}({_PARAMETERS}, left):"
    pen.definitions.append([head, *indent(body)])
    return [pen.ask(f"{name}({scope.newest}, 1)", scope)]


def _generated(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A generator that orders on the way."""
    name = pen.fresh("each")
    body = [*inner(_inside(scope)._replace(is_in_function=False)), "yield symbol"]
    pen.definitions.append([f"def {name}({_PARAMETERS}):", *indent(body)])
    made = f"{name}({scope.newest})"
    forms = (
        [f"for {pen.fresh('one')} in {made}:", "    pass"],
        [f"list({made})"],
        [f"next({made}, None)"],
        [f"journal.note(*{made})"],
    )
    return pen.pick(forms)


def _mapped(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """A function that is called for each of several orders."""
    name = pen.fresh("act")
    own = _inside(scope, Values("item.symbol", "item.amount"))
    pen.definitions.append([f"def {name}(item):", *indent(inner(own))])
    orders = pen.feed("orders", scope)
    item = pen.fresh("item")
    forms = ([f"list(map({name}, {orders}))"], [f"[{name}({item}) for {item} in {orders}]"])
    return pen.pick(forms)


def _pooled(pen: Writer, scope: Scope, inner: Inner) -> Block:
    name, pool = _function(pen, scope, inner), pen.fresh("pool")
    head = f"with concurrent.futures.ThreadPoolExecutor() as {pool}:"
    return [head, f"    {pool}.submit({name}, {scope.newest}).result()"]


def _task(pen: Writer, scope: Scope, inner: Inner) -> Block:
    name = _function(pen, scope, inner)
    call = f"{name}({scope.newest})"
    task = pen.fresh("task")
    forms = (
        [f"await asyncio.create_task({call})"],
        [f"{task} = asyncio.create_task({call})", f"await {task}"],
        [f"await asyncio.gather({call})"],
        [f"await asyncio.gather({call}, return_exceptions=True)"],
        [f"await asyncio.wait_for({call}, 5)"],
        [f"await asyncio.shield({call})"],
        [f"async with asyncio.TaskGroup() as {task}:", f"    {task}.create_task({call})"],
        [f"{task} = [{call}]", f"await asyncio.gather(*{task})"],
    )
    return pen.pick(forms)


def _generated_later(pen: Writer, scope: Scope, inner: Inner) -> Block:
    """An asynchronous generator that orders on the way."""
    name = pen.fresh("each")
    body = [*inner(_inside(scope)._replace(is_in_function=False)), "yield symbol"]
    pen.definitions.append([f"async def {name}({_PARAMETERS}):", *indent(body)])
    one = pen.fresh("one")
    if pen.chance(30):
        return [f"[{one} async for {one} in {name}({scope.newest})]"]
    return [f"async for {one} in {name}({scope.newest}):", "    pass"]


_WAYS = (
    *(_by_name, _method, _method, _holder, _override, _member, _callback, _table, _partial),
    *(_closure, _nested, _wrapped, _again),
)
_PLAIN_WAYS = (_generated, _mapped, _pooled)
_ASYNC_WAYS = (_task, _task, _generated_later)
