"""The id that an order carries: where a call gets it, and whether it is made anew each time."""

from __future__ import annotations

from botlint.checks.given import default_of, handed_or_default, named_by_callee
from botlint.checks.orders.orders import PLACE
from botlint.checks.reads import last_segment
from botlint.checks.retries.defaults import find_leaving
from botlint.checks.retries.handed_records import function_around, records_handed
from botlint.checks.retries.identity import (
    NONE,
    STABLE,
    UNKNOWN,
    Identity,
    Level,
    Standing,
    best,
    worst,
)
from botlint.checks.retries.makers import (
    BINDING,
    NOTHING,
    bindings_of,
    entries_of,
    if_nothing,
    is_carrier,
    key_of,
    makes_anew,
    names_beside,
)
from botlint.checks.roots import arguments_of, names_in, receiver_of
from botlint.facts.types import (
    Attribute,
    Call,
    Constant,
    Expression,
    Function,
    Item,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import is_dominated, nodes_of_call
from botlint.model import Span
from botlint.project import CallRef, Project

DEEPEST = 8
MOST_LEVELS = 8
IDENTITY = "client-order-id"
_CONTAINERS = frozenset({"dict", "tuple", "list", "if", "or", "and", "star", "|"})


class Identities:
    """Follows the id of an order through ``levels``, the order itself first."""

    def __init__(self, project: Project, levels: tuple[Level, ...]) -> None:
        self._project = project
        self._levels = levels
        self._role = project.vocabulary.roles[IDENTITY]

    def of_order(self) -> Identity:
        """How the id of the order stands."""
        found = self._in_call(0)
        is_request = self._project.plays(self._levels[0].call, "http-request")
        if found == NONE and is_request and names_beside(self._function(0), self._role):
            return UNKNOWN
        return found

    def _in_call(self, level: int) -> Identity:
        call = self._project.call(self._levels[level].call)
        place = self._project.vocabulary.roles[PLACE]
        named = named_by_callee(self._project, self._levels[level].call, self._role)
        args = [
            value
            for value in call.args
            if not (isinstance(value, Name) and place.plays_call((value.path,), None, None))
        ]
        found = [self._in_argument(level, named.get(value), value) for value in args]
        found += [self._in_argument(level, name, value) for name, value in call.keywords]
        return best(found)

    def _in_argument(self, level: int, name: str | None, value: Expression) -> Identity:
        """The id in an argument: the argument itself, or an entry of it."""
        if name is not None and self._role.plays_name(name):
            return self._evaluate(level, value, 0)
        said = value.path if isinstance(value, Name) else ""
        if isinstance(value, Result):
            said = last_segment(self._call(level, value.call).func)
        if self._role.plays_name(said):
            return self._evaluate(level, value, 0)
        return self._within(level, value, 0)

    def _within(self, level: int, value: Expression, depth: int) -> Identity:
        """The id that is an entry of ``value``."""
        if depth > DEEPEST:
            return UNKNOWN
        if isinstance(value, Operation):
            return self._within_operation(level, value, depth)
        if isinstance(value, Result):
            return self._within_result(level, value, depth)
        if isinstance(value, Name):
            return self._within_name(level, value.path, depth)
        if isinstance(value, Item | Attribute):
            word = value.name if isinstance(value, Attribute) else key_of(value)
            return UNKNOWN if is_carrier(self._project, word) or not word else NONE
        return NONE

    def _within_operation(self, level: int, value: Operation, depth: int) -> Identity:
        if value.kind not in _CONTAINERS:
            return NONE
        if value.kind != "dict":
            return best(self._within(level, part, depth + 1) for part in value.args)
        found = []
        for key, entry in zip(value.args[::2], value.args[1::2], strict=True):
            said = key.value if isinstance(key, Constant) else None
            if isinstance(said, str) and self._role.plays_name(said):
                return self._evaluate(level, entry, 0)
            found.append(self._within(level, entry, depth + 1))
        return best(found)

    def _within_result(self, level: int, value: Result, depth: int) -> Identity:
        call = self._call(level, value.call)
        name = call.func.path if isinstance(call.func, Name) else ""
        last = name.rpartition(".")[2]
        for keyword, entry in call.keywords:
            if keyword is not None and self._role.plays_name(keyword):
                return self._evaluate(level, entry, 0)
        if last[:1].isupper() or last in ("dict", "copy", "deepcopy", "asdict", "model_dump"):
            given = [self._in_argument(level, None, entry) for entry in call.args]
            given += [self._within(level, entry, depth + 1) for _, entry in call.keywords]
            receiver = receiver_of(call)
            if receiver is not None and not last[:1].isupper():
                given.append(self._within(level, receiver, depth + 1))
            return best(given)
        return UNKNOWN if is_carrier(self._project, last) else NONE

    def _within_name(self, level: int, path: str, depth: int) -> Identity:
        function = self._function(level)
        written = list(entries_of(function, path))
        own = [entry for entry in written if self._role.plays_name(entry[0])]
        if own:
            return worst(self._put(level, value, span, 0) for _, value, span in own)
        if any(key == "" for key, _, _ in written):
            return UNKNOWN
        if any(parameter.name == path for parameter in function.parameters):
            given = self._given(level, path) if is_carrier(self._project, path) else NONE
            if given is None:
                return self._handed_by_all(level, self._levels[level].call.function, path)
            return given if isinstance(given, Identity) else self._within(level + 1, given, 0)
        bound = [one.value for one in bindings_of(function, path)]
        found = [self._within(level, value, depth + 1) for value in bound if value is not None]
        if bound or not is_carrier(self._project, path):
            return best(found) if bound else NONE
        around = function_around(self._project, self._levels[level].call.function, path)
        return UNKNOWN if around is None else self._handed_by_all(level, around, path)

    def _handed_by_all(self, level: int, callee: FunctionRef, parameter: str) -> Identity:
        """The id in a request that is handed to what is repeated, or to what that stands in, where
        every call shows it."""
        found = []
        for call, given in records_handed(self._project, callee, parameter):
            above = Level(call, frozenset())
            outer = Identities(self._project, (*self._levels[: level + 1], above))
            found.append(outer._within(level + 1, given, 0))
        return best(found) if found and len(self._levels) <= MOST_LEVELS else UNKNOWN

    def _given(self, level: int, parameter: str) -> Expression | Identity | None:
        """What the next level hands to a parameter; ``None`` where that isn't looked at."""
        if level + 1 >= len(self._levels):
            if self._levels[level].again is not None:
                return None
            left = find_leaving(self._project, self._levels[level].call, parameter)
            return None if left is None else Identity(NONE.standing, self._project.call_place(left))
        caller = self._levels[level + 1].call
        callee = self._levels[level].call.function
        value = self._project.program.argument_of(caller.function, caller.call, callee, parameter)
        if value is not None:
            return value
        default = default_of(self._project.function(callee), parameter)
        return NONE if isinstance(default, Constant | Operation) else UNKNOWN

    def _evaluate(self, level: int, value: Expression, depth: int) -> Identity:
        """How the id ``value`` stands over the attempts."""
        if depth > DEEPEST:
            return UNKNOWN
        if isinstance(value, Constant):
            return NONE if value.value in (None, "") else STABLE
        if isinstance(value, Name):
            return self._evaluate_name(level, value.path, depth)
        if isinstance(value, Item | Attribute):
            return self._evaluate(level, value.value, depth + 1)
        if isinstance(value, Result):
            return self._evaluate_call(level, value.call, depth)
        if isinstance(value, Operation):
            if value.kind in ("or", "if"):
                return self._first(level, value.args[-2:], depth)
            return worst(self._evaluate(level, part, depth + 1) for part in value.args)
        return UNKNOWN

    def _first(self, level: int, parts: tuple[Expression, ...], depth: int) -> Identity:
        """``given or make()``: what is given counts, if something is."""
        found = [self._evaluate(level, part, depth + 1) for part in parts]
        return next((one for one in found if one.standing is not Standing.NONE), NONE)

    def _evaluate_name(self, level: int, path: str, depth: int) -> Identity:
        function = self._function(level)
        inside = self._levels[level].inside
        numbers = [
            number
            for number, node in enumerate(function.nodes)
            if node.kind in BINDING and node.target == Name(path)
        ]
        own = [n for n in numbers if inside is None or n in inside]
        ends = nodes_of_call(function, self._levels[level].call.call)
        is_given = any(parameter.name == path for parameter in function.parameters)
        afresh = [n for n in own if path not in names_in(function.nodes[n].value, function.calls)]
        if is_given and not (afresh and is_dominated(function, ends, afresh)):
            given = self._given(level, path)
            if isinstance(given, Identity):
                standing = given
            elif given is None:
                standing = self._passed_on(level, path)
            else:
                standing = self._evaluate(level + 1, given, depth + 1)
            if standing.standing is not Standing.NONE or not own:
                return standing
        elif not own:
            return STABLE
        found = [self._bound(level, function.nodes[number], depth) for number in own]
        return worst(found)

    def _passed_on(self, level: int, parameter: str) -> Identity:
        """What becomes of a parameter where its function runs itself again."""
        again = self._levels[level].again
        if again is None:
            return STABLE
        callee = again.function
        value = handed_or_default(self._project, again, callee, parameter)
        if value is None:
            return UNKNOWN
        if value == Name(parameter) or isinstance(value, Constant):
            return NONE if value in NOTHING else STABLE
        return Identity(Standing.MADE, self._project.call_place(again))

    def _bound(self, level: int, node: Node, depth: int) -> Identity:
        ref = self._levels[level].call
        if node.kind is Kind.ITERATE:
            return Identity(Standing.MADE, self._project.call_place(ref))
        if node.kind is not Kind.ASSIGN:
            return Identity(Standing.MADE, self._project.place(ref.function, node.span))
        if node.value is None:
            return UNKNOWN
        return self._put(level, if_nothing(node.value, node.target), node.span, depth + 1)

    def _put(self, level: int, value: Expression, span: Span, depth: int) -> Identity:
        """How an id stands that is put into a name or a record; if it is made anew, it is there."""
        place = self._project.place(self._levels[level].call.function, span)
        found = self._evaluate(level, value, depth)
        if found.standing is not Standing.MADE or found.place is None:
            return found
        return Identity(Standing.MADE, place) if found.place.path == place.path else found

    def _evaluate_call(self, level: int, number: int, depth: int) -> Identity:
        ref = CallRef(self._levels[level].call.function, number)
        call = self._project.call(ref)
        callees = self._project.program.callees(ref.function, number)
        is_made = (
            any(makes_anew(self._project, callee) for callee in callees)
            if callees
            else self._project.plays(ref, "unique")
        )
        if is_made:
            is_inside = self._is_inside(level, number)
            place = self._project.call_place(ref)
            return Identity(Standing.MADE, place) if is_inside else STABLE
        receiver = receiver_of(call)
        parts = [*arguments_of(call), *([] if receiver is None else [receiver])]
        found = [self._evaluate(level, part, depth + 1) for part in parts]
        made = [one for one in found if one.standing is Standing.MADE]
        return made[0] if made else STABLE

    def _is_inside(self, level: int, number: int) -> bool:
        inside = self._levels[level].inside
        if inside is None:
            return True
        nodes = self._function(level).nodes
        return any(nodes[n].kind is Kind.CALL and nodes[n].call == number for n in inside)

    def _function(self, level: int) -> Function:
        return self._project.function(self._levels[level].call.function)

    def _call(self, level: int, number: int) -> Call:
        return self._function(level).calls[number]
