"""What becomes of an error where a clause leaves a value behind: nobody can hear of it if that says
what is also said where all went well, or if nobody asks for it.

::

    except ccxt.BaseError:
        return True           # as after an order that was placed
    except ccxt.NetworkError:
        order = {}            # and nothing asks whether there is an order
"""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.failing import is_failure
from botlint.checks.roots import arguments_of, keyed_entries, names_in
from botlint.facts.types import Constant, Expression, Function, Kind, Name, Node, Result
from botlint.flow.ways import nodes_from, normally


def is_said_when_well(value: Expression | None, well: Iterable[Expression | None]) -> bool:
    """Whether a returned value is no other than one that is returned where all went well: the same
    literal, or a record in which no literal differs under a key that both have."""
    if isinstance(value, Constant):
        return bool(value.value) and value in well
    own = _literals(value)
    for one in map(_literals, well):
        shared = own.keys() & one.keys()
        if any(own[key].value for key in shared) and all(own[key] == one[key] for key in shared):
            return True
    return False


def _literals(value: Expression | None) -> dict[str, Constant]:
    return {key: one for key, one in keyed_entries(value) if isinstance(one, Constant)}


def is_forgotten(function: Function, clause: int, node: Node) -> bool:
    """Whether a node behind a clause binds a local name to nothing, and from there on no test asks
    for that, and nobody is given it."""
    target = node.target
    if node.kind is not Kind.ASSIGN or not is_failure(node.value) or not isinstance(target, Name):
        return False
    if "." in target.path or target.path in function.outer:
        return False
    after = nodes_from(function, (function.nodes[clause].next,), normally)
    return not any(target.path in _asked(function, function.nodes[one]) for one in after)


def _asked(function: Function, node: Node) -> frozenset[str]:
    """The names by whose value a node decides, or which it hands on."""
    values: tuple[Expression | None, ...] = (node.value,)
    if node.kind is Kind.CALL:
        values = arguments_of(function.calls[node.call])
    elif isinstance(node.value, Result):
        return frozenset()  # what the call is given is seen at the call
    return frozenset().union(*(names_in(value, function.calls) for value in values))
