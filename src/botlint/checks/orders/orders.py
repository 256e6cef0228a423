"""Which calls really place orders, and which of those open a position.

Of the calls on one chain that play the role ``place-order`` the outermost is the order; the
innermost, called *leaf* here, is where a check begins to look for guards, walking up to the
callers. A call that resolves to project code is an order only if that code reaches an SDK, an
endpoint or the unknown: simulators and paper desks place none.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from botlint.checks.orders.closing import Closing
from botlint.checks.orders.handed_orders import find_handed, find_submitted
from botlint.checks.orders.messages import asks_for_no_order
from botlint.checks.orders.requests import find_requests
from botlint.checks.roots import arguments_of, receiver_of
from botlint.checks.stubs import is_stub
from botlint.facts.types import Constant, Expression, Name
from botlint.flow.members import LOADING
from botlint.flow.program import FunctionRef
from botlint.flow.values import External
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project

PLACE = "place-order"
CLOSE = "close-order"


class Orders:
    """The orders of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.closing = Closing(project)
        self._program = project.program
        self._handed = dict(find_handed(project))
        self._requests = frozenset(self._find_requests())
        self._raw = self._requests | self._handed.keys()
        no_order = partial(asks_for_no_order, project, self.closing)
        called = {ref for ref in (*project.calls_playing(PLACE), *self._raw) if not no_order(ref)}
        self._leading = self._program.reaches(frozenset(ref.function for ref in called))
        submitted = {
            ref: name
            for ref, name in find_submitted(project, self._leading)
            if ref not in called and not no_order(ref)
        }
        self._names = {**submitted, **self._handed}
        self._placing = frozenset({*called, *submitted})
        self.placing = tuple(sorted(self._placing))
        self.leaves = tuple(ref for ref in sorted(called) if self._is_leaf(ref))

    def closers(self) -> tuple[CallRef, ...]:
        """The calls that leave the program to close a position, and are no orders by their name:
        ``client.close_position(symbol)``."""
        return tuple(
            ref
            for ref in self._project.calls_playing(CLOSE)
            if ref not in self._placing
            and not self._program.callees(ref.function, ref.call)
            and isinstance(receiver_of(self._project.call(ref)), Name)
            and not self._is_simulated(ref)
        )

    def is_order(self, ref: CallRef) -> bool:
        """Whether a call plays the role of placing an order, by name or by its endpoint."""
        return ref in self._placing

    def is_request(self, ref: CallRef) -> bool:
        """Whether a call is a request to an endpoint that takes orders."""
        return ref in self._requests

    def written(self, ref: CallRef) -> str:
        """The name of what places an order at a call: the call's own, or that of the method that is
        handed on there."""
        return self._names.get(ref) or self._project.written(ref)

    def is_leading(self, ref: FunctionRef) -> bool:
        """Whether an order can be placed by calling a function."""
        return ref in self._leading

    def is_inside_order(self, ref: FunctionRef) -> bool:
        """Whether a function places orders by its own name, so that what is in it belongs to it."""
        return self._project.function_plays(ref, PLACE)

    def _is_leaf(self, ref: CallRef) -> bool:
        found = self._program.callees(ref.function, ref.call)
        callees = tuple(callee for callee in found if not is_stub(self._project.function(callee)))
        if ref in self._handed:
            return not self._is_named_simulated((self._handed[ref],))
        if ref in self._raw:
            return True
        if (ref.function, ref.call) in self._program.naming.by_text:
            return not self._is_simulated(ref)
        if not callees:
            return not self._is_simulated(ref) and not self._is_built(ref)
        if any(callee in self._leading for callee in callees):
            return False
        return self._leaves_program(callees) or self._may_be_other(ref, found)

    def _may_be_other(self, ref: CallRef, callees: tuple[FunctionRef, ...]) -> bool:
        """Whether a call may run something that the program doesn't show: a method of a protocol,
        which others fit, too, or a function of a module that only the run knows; but for what is
        named as a simulator by all that it may be."""
        program = self._program
        if all(self._is_named_simulated((one,)) for one in program.names(ref.function, ref.call)):
            return False
        owners = [owner for one in callees if (owner := program.owner(one)) is not None]
        if any("Protocol" in program.foreign_bases(owner) for owner in owners):
            return True
        func = self._project.call(ref).func
        values = program.values_of(ref.function, func) if type(func) is Name else ()
        names = (one.name.rpartition(".")[0] for one in values if type(one) is External)
        return not LOADING.isdisjoint(names)

    def _is_simulated(self, ref: CallRef) -> bool:
        return self._is_named_simulated(self._program.names(ref.function, ref.call))

    def _is_named_simulated(self, names: tuple[str, ...]) -> bool:
        simulators = self._project.vocabulary.roles["simulator"]
        return any(simulators.plays_name(part) for name in names for part in name.split(".")[:-1])

    def _is_built(self, ref: CallRef) -> bool:
        """Whether a call that can't be resolved is written like methods of the program that only
        build an order: ``strategy.create_order``, where no ``create_order`` sends anything."""
        receiver = receiver_of(self._project.call(ref))
        if not isinstance(receiver, Name):
            return False
        if self._project.vocabulary.roles["exchange-client"].plays_name(receiver.path):
            return False
        named = self._program.functions_named(self._project.written(ref).rpartition(".")[2])
        alike = tuple(one for one in named if not is_stub(self._project.function(one)))
        is_leading = any(one in self._leading for one in alike)
        return bool(alike) and not is_leading and not self._leaves_program(alike)

    def _leaves_program(self, callees: tuple[FunctionRef, ...]) -> bool:
        """Whether code called by ``callees`` asks a client or an endpoint outside, or runs another
        program."""
        clients = self._project.vocabulary.roles["exchange-client"]
        seen = set(callees)
        waiting = list(callees)
        while waiting:
            ref = waiting.pop()
            for number, call in enumerate(self._project.function(ref).calls):
                one = CallRef(ref, number)
                if self._is_read(one) or self._project.plays(one, "log"):
                    continue
                following = self._program.callees(ref, number)
                waiting += (callee for callee in following if callee not in seen)
                seen.update(following)
                if any(self._is_order_handed(value) for value in arguments_of(call)):
                    return True
                if self._project.plays(one, "runs-program"):
                    return True
                receiver = receiver_of(call)
                if following or not isinstance(receiver, Name):
                    continue
                if clients.plays_name(receiver.path) or self._project.plays(one, "http-request"):
                    return True
        return False

    def _is_read(self, ref: CallRef) -> bool:
        """Whether a call of a client only asks: ``get_balance``, ``request("GET", ...)``."""
        name = normalise_segment(self._project.written(ref).rpartition(".")[2])
        if name.startswith(_READS) or name.endswith(("ticker", "balance", "market")):
            return True
        arguments = arguments_of(self._project.call(ref))
        return any(value == Constant("GET") for value in arguments)

    def _is_order_handed(self, value: Expression) -> bool:
        """Whether a client's order method is handed on to be called: ``retry(client.buy, ...)``."""
        if not isinstance(value, Name) or "." not in value.path:
            return False
        return self._project.vocabulary.roles[PLACE].plays_call((value.path,), None, None)

    def _find_requests(self) -> Iterator[CallRef]:
        """Raw HTTP orders: a POST or PUT to an endpoint that takes orders."""
        amending = self._project.vocabulary.roles["amending"]
        for ref in find_requests(self._project, PLACE):
            if not amending.plays_name(self._project.function(ref.function).name):
                yield ref


_READS = ("get_", "fetch_", "load_", "watch_", "list_", "query_", "is_", "has_", "market")


_PLAYS_BY_NAME = frozenset(
    {"paper", "dry", "dryrun", "mock", "mocked", "fake", "stub", "dummy"} | {"sandbox", "noop"}
)
"""Words of what may send orders, but to nobody who fills them."""


def is_simulator(project: Project, ref: FunctionRef) -> bool:
    """Whether a function, or what it stands in, only plays at trading. A file that is named so, by
    what it replays or simulates besides, does not where it sends orders by requests of its own."""
    role = project.vocabulary.roles["simulator"]
    module = project.program.module_name(ref.source)
    within = project.program.qualified(ref).removeprefix(module)
    if any(role.plays_name(part) for part in within.split(".") if part):
        return True
    named = [part for part in module.split(".") if role.plays_name(part)]
    if not named:
        return False
    said = frozenset[str]().union(*map(project.vocabulary.words, named))
    return not said.isdisjoint(_PLAYS_BY_NAME) or ref.source not in _sending_sources(project)


def _sending_sources(project: Project) -> frozenset[int]:
    """The sources with a request in them that sends an order."""

    def find() -> frozenset[int]:
        orders: Orders = project.answer(("orders",), lambda: Orders(project))
        return frozenset(one.function.source for one in orders.leaves if orders.is_request(one))

    return project.answer(("sources that send orders",), find)
