"""Function bodies at random: every statement that "What counts as proof" names."""

from __future__ import annotations

from tests.oracle.graphs.expressions import condition, given, leaf, value
from tests.oracle.graphs.pen import Block, Pen, Spot, indent

KINDS = ("plain", "plain", "plain", "generator", "coroutine", "stream")
CLASSES = ("E1", "E2", "Exception", "BaseException", "(E1, E2)")


def write_function(seed: int) -> str:
    """The source of a function ``target`` with what stands in it."""
    pen = Pen(seed)
    spot = Spot(
        pen.pick(KINDS), pen.choices.number(4, 7) if pen.is_nesting else pen.choices.number(1, 4)
    )
    return "\n".join(_function(pen, spot, "target")) + "\n"


def _function(pen: Pen, spot: Spot, name: str) -> Block:
    word = "async def" if spot.kind in ("coroutine", "stream") else "def"
    body = block(pen, spot)
    if spot.kind in ("generator", "stream"):
        body.append(f"yield {pen.number()}")
    return [f"{word} {name}(p, q):", *indent(body)]


def block(pen: Pen, spot: Spot) -> Block:
    """Some statements."""
    found: Block = []
    for _ in range(1 if pen.is_nesting else pen.pick((1, 1, 2, 2, 3))):
        found += statement(pen, spot)
    return found


def statement(pen: Pen, spot: Spot) -> Block:
    """One statement, or a few that belong together."""
    if spot.depth <= 0 or pen.left <= 0:
        return pen.pick((_simple, _simple, _simple, _leave))(pen, spot)
    write = pen.pick(_NESTING if pen.is_nesting else _STATEMENTS)
    return _simple(pen, spot) if spot.is_in_class and write in _NAMED else write(pen, spot)


def _simple(pen: Pen, spot: Spot) -> Block:
    if spot.is_in_class:
        return [value(pen, spot)]
    return [pen.pick(_SIMPLE)(pen, spot)]


def _store(pen: Pen, spot: Spot) -> str:
    """An item whose record and key are called for."""
    return f"{pen.call()}[{leaf(pen, spot)}]"


_SIMPLE = (
    lambda pen, spot: value(pen, spot),
    lambda pen, spot: value(pen, spot),
    lambda pen, spot: f"{pen.pick('pq')} = {condition(pen, spot)}",
    lambda pen, spot: f"{pen.pick('pq')} = {condition(pen, spot)}",
    lambda pen, spot: f"p, q = {leaf(pen, spot)}, {condition(pen, spot)}",
    lambda pen, spot: f"{_store(pen, spot)} = {_store(pen, spot)} = {value(pen, spot)}",
    lambda pen, spot: f"{_store(pen, spot)} += {value(pen, spot)}",
    lambda pen, spot: f"{pen.call()}.note, {_store(pen, spot)} = p, {value(pen, spot)}",
    lambda pen, spot: f"{_store(pen, spot)}: {pen.call()} = {value(pen, spot)}",
    lambda pen, spot: f"del {_store(pen, spot)}, {_store(pen, spot)}",
    lambda pen, spot: given(pen, spot),
    lambda pen, spot: f"assert {condition(pen, spot)}, {value(pen, spot)}",
    lambda pen, spot: f"p = {pen.call('task')}; await p" if spot.is_async else value(pen, spot),
)


def _leave(pen: Pen, spot: Spot) -> Block:
    if spot.is_in_class or (spot.is_in_group and not spot.is_in_loop):
        return [f"raise {pen.pick(('E1', 'E2', pen.call('error')))}"]
    ways = ["return", f"return {value(pen, spot)}", "raise E1", f"raise {pen.call('error')}"]
    if spot.kind == "stream":
        ways = ["return", *ways[2:]]
    ways.append(f"raise E2 from {pen.call('error')}")
    if spot.is_in_group:
        ways = [way for way in ways if not way.startswith("return")]
    if spot.is_in_loop:
        ways += ["break", "continue", "break", "continue"]
    return [pen.pick(ways)]


def _if(pen: Pen, spot: Spot) -> Block:
    found = [f"if {condition(pen, spot)}:", *indent(block(pen, spot.deeper()))]
    if pen.chance(25):
        found += [f"elif {condition(pen, spot)}:", *indent(block(pen, spot.deeper()))]
    if pen.chance(40):
        found += ["else:", *indent(block(pen, spot.deeper()))]
    return found


def _while(pen: Pen, spot: Spot) -> Block:
    found = [f"while {condition(pen, spot)}:", *indent(block(pen, spot.in_loop()))]
    return [*found, *_otherwise(pen, spot)]


def _for(pen: Pen, spot: Spot) -> Block:
    word, over = ("for", "it")
    if spot.is_async and pen.chance(60):
        word, over = ("async for", "ait")
    target = pen.pick(("p", "q", "p", "_", _store(pen, spot)))
    found = [f"{word} {target} in {pen.call(over)}:", *indent(block(pen, spot.in_loop()))]
    return [*found, *_otherwise(pen, spot)]


def _otherwise(pen: Pen, spot: Spot) -> Block:
    return ["else:", *indent(block(pen, spot.deeper()))] if pen.chance(35) else []


def _try(pen: Pen, spot: Spot) -> Block:
    found = ["try:", *indent(block(pen, spot.deeper()))]
    for _ in range(pen.pick((0, 1, 1, 2))):
        name = f" as {pen.fresh('e')}" if pen.chance(30) else ""
        type_ = pen.pick((*CLASSES, pen.call("kind")))
        found += [f"except {type_}{name}:", *indent(_handler(pen, spot))]
    if len(found) > 1 and pen.chance(20):
        found += ["except:", *indent(_handler(pen, spot))]
    has_clause = any(line.startswith("except") for line in found)
    if has_clause and pen.chance(30):
        found += ["else:", *indent(block(pen, spot.deeper()))]
    if not has_clause or pen.chance(40):
        found += ["finally:", *indent(block(pen, spot.deeper()))]
    return found


def _groups(pen: Pen, spot: Spot) -> Block:
    found = ["try:", *indent(block(pen, spot.deeper()))]
    inner = spot.deeper()._replace(is_in_group=True, is_in_loop=False)
    for _ in range(pen.pick((1, 2, 2, 3))):
        found += [f"except* {pen.pick(CLASSES)}:", *indent(block(pen, inner))]
    if pen.chance(30):
        found += ["else:", *indent(block(pen, spot.deeper()))]
    if pen.chance(30):
        found += ["finally:", *indent(block(pen, spot.deeper()))]
    return found


def _handler(pen: Pen, spot: Spot) -> Block:
    if pen.chance(15):
        return [*block(pen, spot.deeper()), "raise"]
    return block(pen, spot.deeper())


def _with(pen: Pen, spot: Spot) -> Block:
    word, name = "with", "m"
    if spot.is_async and pen.chance(60):
        word, name = "async with", "am"
    items = []
    for _ in range(pen.pick((1, 1, 2))):
        target = pen.pick(("", "", " as p", f" as {_store(pen, spot)}"))
        items.append(f"{pen.call(name)}{target}")
    if word == "with" and pen.chance(30):
        items.append(f"suppress({pen.pick(('E1', 'E2', 'E1, E2', 'BaseException'))})")
    return [f"{word} {', '.join(items)}:", *indent(block(pen, spot.deeper()))]


def _stack(pen: Pen, spot: Spot) -> Block:
    name = pen.fresh("s")
    entered = [f"{name}.enter_context({pen.call('sm')})" for _ in range(pen.pick((1, 2)))]
    return [f"with ExitStack() as {name}:", *indent([*entered, *block(pen, spot.deeper())])]


def _own(pen: Pen, spot: Spot) -> Block:
    """A context manager made of a generator in the function."""
    name, depth = pen.fresh("own"), min(1, spot.depth - 1)
    is_async = spot.is_async and pen.chance(50)
    inner = _function(pen, Spot("stream" if is_async else "generator", depth), name)
    head, word = ("@asynccontextmanager", "async with") if is_async else ("@contextmanager", "with")
    use = [f"{word} {name}(1, 2):", *indent(block(pen, spot.deeper()))]
    return [head, *inner, *use]


def _match(pen: Pen, spot: Spot) -> Block:
    first, second = pen.call(), leaf(pen, spot)
    subject = pen.pick((second, f"({first}, {second})", f"{{'k': {first}, 'm': {second}}}"))
    found = [f"match {subject}:"]
    patterns = ["1", "1 | 2", "Value()", "Value(kind=1)", "[_, 1]", "[1, *_]", "K.a", "None"]
    patterns += ["{'k': 1}", "{'k': Value(), **rest}"]
    for _ in range(pen.pick((1, 2, 2, 3))):
        guard = f" if {condition(pen, spot)}" if pen.chance(30) else ""
        name = f" as {pen.fresh('n')}" if pen.chance(20) else ""
        found += indent([f"case {pen.pick(patterns)}{name}{guard}:"])
        found += indent(indent(block(pen, spot.deeper())))
    if pen.chance(50):
        found += indent(["case _:", *indent(block(pen, spot.deeper()))])
    return found


def _nested(pen: Pen, spot: Spot) -> Block:
    name = pen.fresh("inner")
    kinds = (
        ("plain", "generator", "coroutine", "stream") if spot.is_async else ("plain", "generator")
    )
    kind = pen.pick(kinds)
    head = [f"@{pen.call('dec')}"] if pen.chance(30) else []
    body = _function(pen, Spot(kind, spot.depth - 1), name)
    if head and pen.chance(50):
        body[0] = body[0].replace("q)", f"q={pen.call()})")
    uses = {
        "plain": [pen.call("call", f"lambda: {name}(1, 2)")],
        "generator": [f"for _ in {name}(1, 2):", f"    {leaf(pen, spot)}"],
        "stream": [f"async for _ in {name}(1, 2):", f"    {leaf(pen, spot)}"],
        "coroutine": [f"await {name}(1, 2)"],
    }
    return [*head, *body, *uses[kind]]


def _class(pen: Pen, spot: Spot) -> Block:
    name = pen.fresh("C")
    inner = spot._replace(depth=min(1, spot.depth - 1), is_in_class=True, is_in_loop=False)
    inner = inner._replace(is_expression_only=True)
    head = f"class {name}(base({pen.number()}), k={leaf(pen, spot)}):"
    return [head, *indent(block(pen, inner))]


_STATEMENTS = (
    _simple, _simple, _simple, _simple, _leave, _if, _if, _if, _while, _while, _for, _for,
    _try, _try, _try, _try, _try, _groups, _with, _with, _stack, _own, _match, _nested, _class,
)  # fmt: skip
_NAMED = (_nested, _own, _class)
_NESTING = (_try, _try, _try, _with, _for, _while, _if, _groups)
