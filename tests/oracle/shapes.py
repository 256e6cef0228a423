"""The shapes of Python's statements around a block, for all writers: branches, loops, ``match``,
managers, clauses; none of them means anything to a check."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.pens import Block, PlainPen, indent

Inner = Callable[[], Block]
_NOTE = "journal.note(70)"


def shaped(pen: PlainPen, inner: Inner) -> Block:
    """``inner()`` in some statement; in a loop or not, it stands in the same function."""
    return pen.pick(_SHAPES)(pen, inner())


def _asked(pen: PlainPen) -> str:
    """A condition of several questions."""
    one, other = pen.feed("flag"), pen.feed("flag")
    name = pen.fresh("said")
    forms = (
        f"{one} and {other}",
        f"{one} or {other}",
        f"not {one}",
        f"({one} if {other} else True)",
        f"({name} := {one})",
        f"not ({one} and {other})",
    )
    return pen.pick(forms)


def _if(pen: PlainPen, body: Block) -> Block:
    return [f"if {_asked(pen)}:", *indent(body)]


def _elif(pen: PlainPen, body: Block) -> Block:
    one, other = pen.feed("flag"), pen.feed("flag")
    first = [f"if {one}:", f"    {_NOTE}", f"elif {other}:", *indent(body)]
    return [*first, "else:", f"    {_NOTE}"]


def _match(pen: PlainPen, body: Block) -> Block:
    arms = ["case True:", *indent(body), "case _:", f"    {_NOTE}"]
    if pen.chance(50):
        arms = ["case False:", f"    {_NOTE}", "case answer if answer:", *indent(body)]
    return [f"match {pen.feed('flag')}:", *indent(arms)]


def _while(pen: PlainPen, body: Block) -> Block:
    found = [f"while {pen.feed('more')}:", *indent(body)]
    return [*found, "else:", f"    {_NOTE}"] if pen.chance(40) else found


def _for(pen: PlainPen, body: Block) -> Block:
    """A loop that may end early, with what follows only if it doesn't."""
    item, out = pen.fresh("part"), pen.pick(("break", "continue"))
    before = [f"if {pen.feed('flag')}:", f"    {out}"] if pen.chance(60) else []
    head = f"for {item} in {pen.feed('orders')}:"
    if pen.chance(40):
        return [head, *indent([*before, _NOTE]), "else:", *indent(body)]
    return [head, *indent([*before, *body])]


def _once(pen: PlainPen, body: Block) -> Block:
    if pen.chance(50):
        return ["while True:", *indent([*body, "break"])]
    # Nobody writes a loop of one round: only the `break` says that there is no second one.
    return [f"for {pen.fresh('round')} in range(2):", *indent([*body, "break"])]


def _within(pen: PlainPen, body: Block) -> Block:
    """A manager that does nothing to what stands in it."""
    stack = pen.fresh("stack")
    heads = ["with contextlib.nullcontext():", f"with contextlib.ExitStack() as {stack}:"]
    heads += [f"with {_manager(pen)}():", f"with {_manager_function(pen)}():"]
    if pen.is_async:
        heads += [f"async with {_async_manager(pen)}():"]
        heads += [f"async with contextlib.AsyncExitStack() as {stack}:"]
    return [pen.pick(heads), *indent(body)]


def _manager(pen: PlainPen) -> str:
    name = pen.fresh("Scope")
    says = pen.pick(("return None", "return False", _NOTE))
    lines = ["def __enter__(self):", "    return self", ""]
    lines += ["def __exit__(self, kind, error, trace):", f"    {says}"]
    pen.definitions.append([f"class {name}:", *indent(lines)])
    return name


def _async_manager(pen: PlainPen) -> str:
    name = pen.fresh("Session")
    lines = ["async def __aenter__(self):", "    return self", ""]
    lines += ["async def __aexit__(self, kind, error, trace):", "    return None"]
    pen.definitions.append([f"class {name}:", *indent(lines)])
    return name


def _manager_function(pen: PlainPen) -> str:
    name = pen.fresh("scope")
    body = pen.pick((["yield"], ["try:", "    yield", "finally:", f"    {_NOTE}"]))
    head = ["@contextlib.contextmanager", f"def {name}():"]
    pen.definitions.append([*head, *indent(body)])
    return name


def _else(pen: PlainPen, body: Block) -> Block:
    """What stands in the ``else`` of a ``try``, or in one whose clauses fit nothing."""
    if pen.chance(50):
        work = ["try:", f"    {pen.feed('work')}", "except KeyError:", f"    {_NOTE}"]
        return [*work, "else:", *indent(body)]
    return ["try:", *indent(body), "finally:", f"    {_NOTE}"]


_SHAPES = (_if, _elif, _match, _while, _for, _once, _within, _within, _else)
