"""How a store is changed, and what calls what changes it."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.locking.pen import METHOD, OUTSIDE, Pen, Place
from tests.oracle.pens import Block, indent

Inner = Callable[[Place], Block]


def change(pen: Pen, place: Place) -> Block:
    """One change of a store."""
    store, key = pen.store(place), place.key
    name = pen.fresh("held")
    forms: list[Block] = [
        [f"{store}[{key}] = {{}}"],
        [f"{store}[{key}] = {{}}"],
        [f"{store}.pop({key}, None)"],
        [f"{store}.update({{{key}: {{}}}})"],
        [f"{store}.setdefault({key}, {{}})"],
        [f"{store}.clear()"],
        [f"{store} = {{}}"],
        [f"if {key} in {store}:", f"    del {store}[{key}]"],
        [f"{name} = {store}", f"{name}[{key}] = {{}}"],
        [f"{name} = {store}.get({key})", f"if {name} is not None:", f'    {name}["size"] = 1'],
        [f"if {key} in {store}:", f'    {store}[{key}]["size"] = 2'],
        ["put"],
    ]
    lines = pen.pick(forms)
    return [f"{_given(pen)}({store}, {key})"] if lines == ["put"] else lines


def _given(pen: Pen) -> str:
    """A function that changes what it is given."""
    name = pen.fresh("put")
    pen.definitions.append([f"def {name}(store, key):", "    store[key] = {}"])
    return name


def called(pen: Pen, place: Place, inner: Inner) -> Block:
    """``inner`` in another function, which is called here."""
    ways = [_method, _method, _nested, _function, _handed]
    if not pen.is_async:
        ways += [_threaded, _lambda, _generated]
    else:
        ways += [_task]
    return pen.pick(ways)(pen, place, inner)


def _method(pen: Pen, place: Place, inner: Inner) -> Block:
    name = pen.fresh("_apply")
    pen.method(name, inner(METHOD))
    lines = [pen.ask(f"{place.own}.{name}({place.key})")]
    if pen.chance(25):
        pen.steps.append([pen.ask(f"book.{name}(key)")])
    return lines


def _function(pen: Pen, place: Place, inner: Inner) -> Block:
    name = pen.fresh("act")
    body = indent(inner(OUTSIDE))
    pen.definitions.append([f"{pen.define()} {name}(book, key):", *body])
    return [pen.ask(f"{name}({place.own}, {place.key})")]


def _nested(pen: Pen, place: Place, inner: Inner) -> Block:
    name = pen.fresh("inner")
    return [f"{pen.define()} {name}():", *indent(inner(place)), pen.ask(f"{name}()")]


def _handed(pen: Pen, place: Place, inner: Inner) -> Block:
    """A function is handed to one that calls it."""
    name, caller = pen.fresh("inner"), pen.fresh("run")
    pen.definitions.append([f"{pen.define()} {caller}(act):", f"    {pen.ask('act()')}"])
    return [f"{pen.define()} {name}():", *indent(inner(place)), pen.ask(f"{caller}({name})")]


def _threaded(pen: Pen, place: Place, inner: Inner) -> Block:
    """In a thread, which holds nothing."""
    name, thread = pen.fresh("_work"), pen.fresh("thread")
    pen.method(name, inner(METHOD))
    made = f"threading.Thread(target={place.own}.{name}, args=({place.key},))"
    return [f"{thread} = {made}", f"{thread}.start()"]


def _task(pen: Pen, place: Place, inner: Inner) -> Block:
    """In a task, which holds nothing."""
    name, task = pen.fresh("_work"), pen.fresh("task")
    pen.method(name, inner(METHOD))
    return [f"{task} = asyncio.create_task({place.own}.{name}({place.key}))"]


def _lambda(pen: Pen, place: Place, inner: Inner) -> Block:
    name, act = pen.fresh("_apply"), pen.fresh("later")
    pen.method(name, inner(METHOD))
    return [f"{act} = lambda: {place.own}.{name}({place.key})", f"{act}()"]


def _generated(pen: Pen, place: Place, inner: Inner) -> Block:
    """A generator runs only when it is asked."""
    name, parts = pen.fresh("_each"), pen.fresh("parts")
    pen.methods.append([f"def {name}(self, key):", *indent([*inner(METHOD), "yield key"])])
    return [f"{parts} = {place.own}.{name}({place.key})", f"list({parts})"]
