"""Expressions at random, made of calls of the scene."""

from __future__ import annotations

from tests.oracle.graphs.pen import Pen, Spot


def condition(pen: Pen, spot: Spot, depth: int = 2) -> str:
    """Something whose truth is asked."""
    if depth <= 0 or pen.left <= 0:
        return pen.pick((leaf, leaf, _name))(pen, spot)
    form = pen.pick((_leaf, _leaf, _not, _both, _both, _chosen, _bound, _chain, _some, _plain))
    return form(pen, spot, depth - 1)


def value(pen: Pen, spot: Spot, depth: int = 2) -> str:
    """Something whose value is used."""
    if depth <= 0 or pen.left <= 0:
        return leaf(pen, spot)
    forms = (condition, condition, _sequence, _text, _listed, _mapped, _taking, _run, given)
    return pen.pick(forms)(pen, spot, depth - 1)


def leaf(pen: Pen, spot: Spot) -> str:
    """One call, awaited now and then."""
    if spot.is_async and pen.chance(50):
        return f"(await {pen.call('v')})"
    return pen.call()


def _leaf(pen: Pen, spot: Spot, depth: int) -> str:
    return leaf(pen, spot)


def _not(pen: Pen, spot: Spot, depth: int) -> str:
    return f"not {condition(pen, spot, depth)}"


def _both(pen: Pen, spot: Spot, depth: int) -> str:
    word = pen.pick((" and ", " or "))
    parts = [condition(pen, spot, depth) for _ in range(pen.pick((2, 2, 3)))]
    return f"({word.join(parts)})"


def _chosen(pen: Pen, spot: Spot, depth: int) -> str:
    first, test, second = (condition(pen, spot, depth) for _ in range(3))
    return f"({first} if {test} else {second})"


def _bound(pen: Pen, spot: Spot, depth: int) -> str:
    if not spot.is_binding or spot.is_in_class:
        return leaf(pen, spot)
    return f"({pen.pick('pq')} := {condition(pen, spot, depth)})"


def _chain(pen: Pen, spot: Spot, depth: int) -> str:
    parts = [condition(pen, spot, depth - 1) for _ in range(pen.pick((2, 3)))]
    return f"({pen.pick((' < ', ' == ')).join(parts)})"


def _some(pen: Pen, spot: Spot, depth: int) -> str:
    inner = spot.in_lambda()
    word, item = pen.pick(("all", "any")), pen.fresh("z")
    test = f" if {condition(pen, inner, depth)}" if pen.chance(40) else ""
    return f"{word}({condition(pen, inner, depth)} for {item} in {pen.call('git')}{test})"


def _plain(pen: Pen, spot: Spot, depth: int) -> str:
    return pen.pick(("True", "False", _name(pen, spot), _name(pen, spot)))


def _name(pen: Pen, spot: Spot) -> str:
    """A variable; in a class body the names are others than outside of it."""
    return leaf(pen, spot) if spot.is_in_class else pen.pick("pq")


def _sequence(pen: Pen, spot: Spot, depth: int) -> str:
    first, second = value(pen, spot, depth), leaf(pen, spot)
    return pen.pick((f"({first}, {second})", f"[{first}, {second}]", f"{{{second}: {first}}}"))


def _text(pen: Pen, spot: Spot, depth: int) -> str:
    return f'f"{{{leaf(pen, spot)}}} {{{leaf(pen, spot)}!r:{{{pen.call()}}}}}"'


def _listed(pen: Pen, spot: Spot, depth: int) -> str:
    inner = spot.in_comprehension()
    rounds = f"for {pen.fresh('z')} in {pen.call('it')}"
    if spot.is_async and spot.is_binding and pen.chance(40):
        rounds = f"async for {pen.fresh('z')} in {pen.call('ait')}"
    if pen.chance(40):
        rounds += f" if {condition(pen, inner, depth)}"
    if pen.chance(30):
        rounds += f" for {pen.fresh('z')} in {pen.call('it')}"
    if pen.chance(20):
        rounds += f" if {condition(pen, inner, depth)}"
    if pen.chance(30):
        return f"{{{leaf(pen, inner)} {rounds}}}"
    return f"[{value(pen, inner, depth)} {rounds}]"


def _mapped(pen: Pen, spot: Spot, depth: int) -> str:
    inner = spot.in_comprehension()
    pair = f"{leaf(pen, inner)}: {value(pen, inner, depth)}"
    return f"{{{pair} for {pen.fresh('z')} in {pen.call('it')}}}"


def _taking(pen: Pen, spot: Spot, depth: int) -> str:
    """A call with calls in its arguments."""
    rest = [leaf(pen, spot), f"*[{value(pen, spot, depth)}]", f"k={leaf(pen, spot)}"]
    chosen = [part for part in rest if pen.chance(60)]
    return pen.call("w", *chosen)


def _run(pen: Pen, spot: Spot, depth: int) -> str:
    """A lambda, and whoever calls it."""
    default = f" k={leaf(pen, spot)}" if pen.chance(30) else ""
    return pen.call("call", f"lambda{default}: {value(pen, spot.in_lambda(), depth)}")


def given(pen: Pen, spot: Spot, depth: int = 2) -> str:
    """What a generator is given back for what it yields; elsewhere a call."""
    if not spot.is_yielding:
        return leaf(pen, spot)
    if spot.kind == "generator" and pen.chance(40):
        return f"(yield from {pen.call('it')})"
    return f"(yield {value(pen, spot, depth)})"
