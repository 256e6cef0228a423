"""What closes or reduces a position: such an order needs no preflight, and must not be stopped."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.bound_before import bound_before
from botlint.checks.fills.fills import read_fills
from botlint.checks.orders.holding import is_held
from botlint.checks.orders.markets import Markets, entries_of, given_by, made_with, settings_of
from botlint.checks.orders.reducing import is_told_on_every_way
from botlint.checks.orders.sides import BUYS, SELLS, is_false, is_opposite, is_true, said_by
from botlint.checks.orders.undoing import is_undoing
from botlint.checks.reads import last_segment
from botlint.checks.roots import arguments_of, assigned_in, names_in, origins_of, receiver_of
from botlint.facts.types import Constant, Expression, Name, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

DEEPEST = 3
"""Local variables are looked through this often."""

_RECASED = frozenset({"upper", "lower"})
_KINDS = frozenset({"type", "kind", "purpose", "label"})


class Closing:
    """Says of calls and functions of a project which side they are on."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._vocabulary = project.vocabulary
        self._markets = Markets(project)

    def side(self, ref: CallRef) -> str:
        """``buy``, ``sell`` or ``""`` where the call does not say it."""
        return self._project.answer(("side of call", ref), lambda: self._side(ref))

    def _side(self, ref: CallRef) -> str:
        words = self._project.vocabulary.words(self._project.written(ref))
        for value in self._project.call(ref).args:
            if isinstance(value, Name) and self._is_order_method(value):
                words |= self._project.vocabulary.words(value.path)
        for side in ("buy", "sell"):
            if side in words:
                return side
        for value in self._values(ref):
            said = self._sides(ref.function, value, 0)
            if said and said <= BUYS:
                return "buy"
            if said and said <= SELLS:
                return "sell"
        return ""

    def _is_order_method(self, value: Name) -> bool:
        """Whether a client's order method is handed on."""
        role = self._vocabulary.roles["place-order"]
        last = value.path.rpartition(".")[2]
        is_method = "." in value.path and not last.isupper()
        return is_method and role.may_play(last) and role.plays_call((value.path,))

    def is_reducing(self, ref: CallRef) -> bool:
        """Whether an order itself says that it closes or reduces a position."""
        return self._project.answer(("is reducing", ref), lambda: self._is_reducing(ref))

    def _is_reducing(self, ref: CallRef) -> bool:
        if self.is_closing_name(self._project.written(ref).rpartition(".")[2]):
            return True
        if self.has_reduce_only(ref):
            return True
        if self._is_against_position(ref):
            return True
        if self._is_denied(ref):
            return False
        if self._has_closing_payload(ref) or is_undoing(self._project, ref):
            return True
        if self.side(ref) == "sell" and self._is_of_holding(ref):
            return True
        if any(self._closes(ref.function, value, 0) for value in self._values(ref)):
            return True
        return any(
            displays and all(self._has_reducing_entry(ref.function, one) for one in displays)
            for displays in self._displays_of(ref)
        )

    def _has_reducing_entry(self, ref: FunctionRef, display: dict[str, Expression]) -> bool:
        return any(
            (self._is_reduce_only(name) and is_true(value))
            or (not self._is_position_side(name) and self._closes(ref, value, 0))
            for name, value in display.items()
        )

    def _is_against_position(self, ref: CallRef) -> bool:
        """Whether an order sells what it calls a long position, or buys back a short one."""
        named = [(name, value) for name, value in self._project.call(ref).keywords if name]
        held = {
            side
            for name, value in (*named, *self.entries(ref))
            if self._is_position_side(name)
            for side in self._sides(ref.function, value, 0)
        }
        if not held:
            return False
        is_long, is_short = held <= BUYS, held <= SELLS
        return (is_long or is_short) and self.side(ref) == ("sell" if is_long else "buy")

    def _is_position_side(self, name: str) -> bool:
        return normalise_segment(name) in self._vocabulary.lexicon.held_side_keys

    def has_reduce_only(self, ref: CallRef) -> bool:
        """Whether a call is told, by a literal, that it only reduces: where it is made, or on every
        way there."""
        return self._project.answer(("reduce-only", ref), lambda: self._has_reduce_only(ref))

    def _has_reduce_only(self, ref: CallRef) -> bool:
        if any(is_true(value) for _, value in self._said_of_reducing(ref)):
            return True
        return is_told_on_every_way(self._project, ref)

    def _is_denied(self, ref: CallRef) -> bool:
        """Whether a call is told, by a literal, that it does not only reduce; that it doesn't close
        all of a position says nothing of that."""
        whole = self._vocabulary.lexicon.whole_position_keys
        said = self._said_of_reducing(ref)
        return any(is_false(value) and normalise_segment(name) not in whole for name, value in said)

    def _said_of_reducing(self, ref: CallRef) -> Iterator[tuple[str, Expression]]:
        """What a call is told of whether it only reduces, and by which names."""
        named = [(name, value) for name, value in self._project.call(ref).keywords if name]
        yield from (one for one in (*named, *self.entries(ref)) if self._is_reduce_only(one[0]))

    def _has_closing_payload(self, ref: CallRef) -> bool:
        """Whether what is sent comes from a variable that is named as an order that closes:
        ``exit_order``, ``sl_body``."""
        calls = self._project.function(ref.function).calls
        payload = self._vocabulary.roles["order-payload"]
        given = [names_in(value, calls) for value in self._project.call(ref).args]
        given += [names_in(value, calls) for _, value in self._project.call(ref).keywords]
        closure = origins_of(self._project, ref.function).closure(frozenset().union(*given))
        return any(
            "." not in name and payload.plays_name(name) and self.is_closing_name(name)
            for name in closure
        )

    def is_of_other_side(self, ref: FunctionRef, side: str) -> bool:
        """Whether a function is named for the side that an order of ``side`` gets out of: what
        buys in ``manage_short``."""
        words = self._vocabulary.words(self._project.function(ref).name)
        held = {"buy": "short", "sell": "long"}.get(side, "")
        return held in words and not words.issuperset({"short", "long"})

    def _is_of_holding(self, ref: CallRef) -> bool:
        """Whether the quantity that an order is about comes from what is held."""
        quantity = self._vocabulary.roles["quantity"]
        call = self._project.call(ref)
        given = [*call.args[1:]]
        given += [value for name, value in call.keywords if name and quantity.plays_name(name)]
        given += [value for name, value in self.entries(ref) if quantity.plays_name(name)]
        return any(is_held(self._project, ref.function, value) for value in given)

    def hands_holding(self, ref: CallRef, callee: FunctionRef) -> bool:
        """Whether a call hands what is held to ``callee``, as the quantity that it takes."""
        quantity = self._vocabulary.roles["quantity"]
        for one in self._project.function(callee).parameters:
            if quantity.plays_name(one.name):
                value = self._project.program.argument_of(ref.function, ref.call, callee, one.name)
                if value is not None and is_held(self._project, ref.function, value):
                    return True
        return False

    def has_protective_type(self, ref: CallRef) -> bool:
        """Whether what a call hands on says, by a literal, that it is a stop or takes a profit."""
        question = ("protective type", ref)
        return self._project.answer(question, lambda: self._has_protective_type(ref))

    def _has_protective_type(self, ref: CallRef) -> bool:
        call = self._project.call(ref)
        named = [(name, value) for name, value in call.keywords if name is not None]
        return any(
            not _KINDS.isdisjoint(normalise_segment(name).split("_")) and self._is_protective(value)
            for name, value in (*named, *self.entries(ref))
        )

    def is_closing_function(self, ref: FunctionRef) -> bool:
        """Whether a function is named for closing or protecting positions."""
        return self._project.answer(
            ("closing function", ref),
            lambda: (
                self.is_closing_name(self._project.function(ref).name)
                or self._project.function_plays(ref, "close-order")
            ),
        )

    def is_closing_name(self, name: str) -> bool:
        """Whether a word of a name speaks of getting out of a position."""
        return self._vocabulary.roles["closing"].plays_name(name)

    def is_spot(self) -> bool:
        """Whether nothing in the program says futures, margin or leverage."""
        return self._markets.is_spot

    def is_spot_along(self, sources: frozenset[int]) -> bool:
        """Whether nothing in some files says so, of a program that trades on several markets."""
        return self._markets.is_spot_along(sources)

    def _is_reduce_only(self, name: str) -> bool:
        return self._vocabulary.roles["reduce-only"].plays_name(name)

    def _values(self, ref: CallRef) -> Iterator[Expression]:
        call = self._project.call(ref)
        yield from call.args
        for name, value in (*call.keywords, *self.entries(ref)):
            if name is None or not self._is_position_side(name):
                yield value
        yield from self._placed_in(ref)

    def _placed_in(self, ref: CallRef) -> Iterator[Expression]:
        """What the orders that a call is given are made with by place: ``LimitOrder("BUY", 1, 2)``;
        only what all that one variable may hold have alike."""
        calls = self._project.function(ref.function).calls
        for value in arguments_of(self._project.call(ref)):
            made = [value]
            if isinstance(value, Name):
                made = bound_before(self._project, ref, value.path)
            given = [made_with(one, calls) for one in made]
            if given:
                yield from (one for one in given[0] if all(one in other for other in given))

    def entries(self, ref: CallRef) -> Iterator[tuple[str, Expression]]:
        """The entries of the dict displays that a call is given, through local variables; only
        those that every display of one variable has alike."""
        calls = self._project.function(ref.function).calls
        for displays in self._displays_of(ref):
            if displays:
                yield from (item for item in displays[0].items() if _is_in_all(item, displays))
        for value in arguments_of(self._project.call(ref)):
            yield from entries_of(value)
            if isinstance(value, Result):
                yield from settings_of(calls[value.call])

    def _displays_of(self, ref: CallRef) -> Iterator[list[dict[str, Expression]]]:
        """For each variable that a call is given the dict displays that it may hold."""
        calls = self._project.function(ref.function).calls
        for value in arguments_of(self._project.call(ref)):
            if isinstance(value, Name):
                bound = bound_before(self._project, ref, value.path)
                fills = read_fills(self._project.function(ref.function), value.path)
                if fills is not None and fills.puts:
                    bound = [element for _, element in fills.puts]
                yield [dict(given_by(one, calls)) for one in bound]

    def _bindings(self, ref: FunctionRef, name: str) -> list[Expression]:
        return assigned_in(self._project, ref).get(name, [])

    def _sides(self, ref: FunctionRef, value: Expression, depth: int) -> frozenset[str]:
        said = said_by(value)
        if said in BUYS or said in SELLS:
            return frozenset({said})
        if not isinstance(value, Name) or "." in value.path or depth > DEEPEST:
            return frozenset()
        bound = [self._sides(ref, one, depth + 1) for one in self._bindings(ref, value.path)]
        return frozenset().union(*bound) if bound and all(bound) else frozenset()

    def _closes(self, ref: FunctionRef, value: Expression, depth: int) -> bool:
        if isinstance(value, Result):
            call = self._project.function(ref).calls[value.call]
            recased = receiver_of(call) if last_segment(call.func) in _RECASED else None
            if recased is not None:
                return self._closes(ref, recased, depth)
            written = self._project.written(CallRef(ref, value.call))
            return self._is_way_out(written.rpartition(".")[2].removeprefix("get_"))
        if isinstance(value, Name):
            if self._is_way_out(value.path.rpartition(".")[2]):
                return True
            if "." in value.path or depth > DEEPEST:
                return False
            bound = self._bindings(ref, value.path)
            return bool(bound) and all(self._closes(ref, one, depth + 1) for one in bound)
        if isinstance(value, Constant):
            return self._is_protective(value)
        return isinstance(value, Operation) and value.kind == "if" and is_opposite(value.args)

    def _is_way_out(self, name: str) -> bool:
        """Whether a name says that it is the side by which a position is left."""
        return normalise_segment(name) in self._vocabulary.lexicon.position_sides

    def _is_protective(self, value: Expression) -> bool:
        """Whether a literal, or a member of an enum, names a kind of order that stops a loss or
        takes a profit."""
        text = said_by(value).rpartition("order_type_")[2]
        role = self._vocabulary.roles["protective-type"]
        return bool(text) and role.plays_name(text.replace("-", "_").replace(" ", "_"))


def _is_in_all(item: tuple[str, Expression], displays: list[dict[str, Expression]]) -> bool:
    return all(display.get(item[0]) == item[1] for display in displays)
