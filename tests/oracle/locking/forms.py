"""The forms in which a lock is held around a block; and some that only look like it."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.locking.pen import METHOD, Pen, Place
from tests.oracle.pens import Block, indent

Inner = Callable[[Place], Block]


def locked(pen: Pen, place: Place, inner: Inner) -> Block:
    """``inner`` with a lock held."""
    ways = [_with, _with, _with, _with, _acquired, _acquired, _stacked, _aliased, _released]
    ways += [_before, _after, _handler]
    if not pen.is_async:
        ways += [_tried, _tested]
    if place.is_method:
        ways += [_managed, _decorated, _lent]
    return pen.pick(ways)(pen, place, inner)


def _with(pen: Pen, place: Place, inner: Inner) -> Block:
    return [f"{pen.enter()} {pen.lock(place)}:", *indent(inner(place))]


def _acquired(pen: Pen, place: Place, inner: Inner) -> Block:
    lock = pen.lock(place)
    body = ["try:", *indent(inner(place)), "finally:", f"    {lock}.release()"]
    return [pen.ask(f"{lock}.acquire()"), *body]


def _stacked(pen: Pen, place: Place, inner: Inner) -> Block:
    stack = pen.fresh("stack")
    word = "AsyncExitStack" if pen.is_async else "ExitStack"
    enter = "enter_async_context" if pen.is_async else "enter_context"
    entered = pen.ask(f"{stack}.{enter}({pen.lock(place)})")
    before = inner(place) if pen.chance(25) else []
    body = [*before, entered, *inner(place)]
    return [f"{pen.enter()} contextlib.{word}() as {stack}:", *indent(body)]


def _aliased(pen: Pen, place: Place, inner: Inner) -> Block:
    name = pen.fresh("lock")
    body = [f"{pen.enter()} {name}:", *indent(inner(place))]
    return [f"{name} = {pen.lock(place)}", *body]


def _released(pen: Pen, place: Place, inner: Inner) -> Block:
    """Given back too early."""
    lock = pen.lock(place)
    head = [pen.ask(f"{lock}.acquire()"), f"{lock}.release()"]
    if pen.chance(50):
        return [f"{pen.enter()} {lock}:", f"    {pen.feed('work')}", *inner(place)]
    return [*head, *inner(place)]


def _before(pen: Pen, place: Place, inner: Inner) -> Block:
    """Taken too late."""
    body = [f"    {pen.feed('work')}", *indent(inner(place))]
    return [*inner(place), f"{pen.enter()} {pen.lock(place)}:", *body]


def _after(pen: Pen, place: Place, inner: Inner) -> Block:
    """The block of a ``finally``, or of an ``else``, after the lock was given back."""
    taken = [f"{pen.enter()} {pen.lock(place)}:", f"    {pen.feed('work')}"]
    word = pen.pick(("finally:", "else:"))
    clause = ["except RuntimeError:", "    raise"] if word == "else:" else []
    return ["try:", *indent(taken), *clause, word, *indent(inner(place))]


def _handler(pen: Pen, place: Place, inner: Inner) -> Block:
    """A clause within the lock, or around it."""
    lock = f"{pen.enter()} {pen.lock(place)}:"
    if pen.chance(50):
        body = ["try:", f"    {pen.feed('work')}", "except Exception:", *indent(inner(place))]
        return [lock, *indent(body)]
    body = [lock, f"    {pen.feed('work')}"]
    return ["try:", *indent(body), "except Exception:", *indent(inner(place))]


def _tried(pen: Pen, place: Place, inner: Inner) -> Block:
    lock = pen.lock(place)
    how = pen.pick(("timeout=1", "blocking=False"))
    body = ["try:", *indent(inner(place)), "finally:", f"    {lock}.release()"]
    other = ["else:", *indent(inner(place))] if pen.chance(25) else []
    return [f"if {lock}.acquire({how}):", *indent(body), *other]


def _tested(pen: Pen, place: Place, inner: Inner) -> Block:
    lock, name = pen.lock(place), pen.fresh("got")
    body = ["try:", *indent(inner(place)), "finally:", f"    {lock}.release()"]
    if pen.chance(60):
        return [f"{name} = {lock}.acquire(timeout=1)", f"if not {name}:", "    return", *body]
    body = ["try:", *indent(inner(place)), "finally:"]
    body += [f"    if {name}:", f"        {lock}.release()"]
    return [f"{name} = {lock}.acquire(timeout=1)", *body]


def _managed(pen: Pen, place: Place, inner: Inner) -> Block:
    """A method that is a context manager takes it."""
    name, lock = pen.fresh("_held"), pen.lock(METHOD)
    word = "asynccontextmanager" if pen.is_async else "contextmanager"
    body = [f"{pen.enter()} {lock}:", "    yield"]
    if pen.chance(40):
        body = [pen.ask(f"{lock}.acquire()"), "try:", "    yield", "finally:"]
        body += [f"    {lock}.release()"]
    head = [f"@contextlib.{word}", f"{pen.define()} {name}(self):"]
    pen.methods.append([*head, *indent(body)])
    return [f"{pen.enter()} {place.own}.{name}():", *indent(inner(place))]


def _decorated(pen: Pen, place: Place, inner: Inner) -> Block:
    """A decorator takes it around a method."""
    decorator, name = pen.fresh("synchronized"), pen.fresh("act")
    call = pen.ask("function(self, *args)")
    taken = [f"{pen.enter()} {pen.lock(METHOD)}:", f"    return {call}"]
    if pen.chance(20):
        taken = [f"{pen.enter()} {pen.lock(METHOD)}:", f"    {pen.feed('work')}", f"return {call}"]
    head = ["@functools.wraps(function)", f"{pen.define()} wrapper(self, *args):"]
    body = [*head, *indent(taken), "return wrapper"]
    pen.definitions.append([f"def {decorator}(function):", *indent(body)])
    pen.method(name, inner(METHOD), decorator)
    return [pen.ask(f"{place.own}.{name}({place.key})")]


def _lent(pen: Pen, place: Place, inner: Inner) -> Block:
    """One method takes it, another gives it back."""
    take, give, lock = pen.fresh("_begin"), pen.fresh("_end"), pen.lock(METHOD)
    pen.method(take, [pen.ask(f"{lock}.acquire()")])
    pen.method(give, [f"{lock}.release()"])
    body = ["try:", *indent(inner(place)), "finally:"]
    body += [f"    {pen.ask(f'{place.own}.{give}({place.key})')}"]
    return [pen.ask(f"{place.own}.{take}({place.key})"), *body]
