"""Gates that say yes when what they look at fails: a clause swallows the error within the gate.

A broad clause is told whose ``try`` can refuse the order, by what it returns, raises, or puts on
the list of what was looked at, or has what a refusal behind it goes by, and which itself leads to a
yes. What a clause asks for by name is meant, and one that can refuse, too, has thought of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from botlint.checks.clauses import catches_all, tried_nodes
from botlint.checks.fills.fills import is_changing, is_empty
from botlint.checks.guards.contracts import read_contract
from botlint.checks.guards.kinds import kind_made
from botlint.checks.guards.signs import Sign
from botlint.checks.reads import walk
from botlint.checks.roots import (
    assigned_in,
    have_common,
    keyed_entries,
    names_in,
    targets_in,
)
from botlint.facts.types import (
    EXIT,
    Call,
    Constant,
    Expression,
    Function,
    Kind,
    Name,
    Node,
    Operation,
    Result,
)
from botlint.flow.names import FunctionRef
from botlint.flow.ways import anyhow, arms_of, nodes_from, normally
from botlint.project import Project

_ASKING = frozenset({"len", "all", "any", "bool", "str", "repr", "print", "sorted"})
_JOINED = {"all": 1, "any": -1}


class Lenient(NamedTuple):
    """A clause that leads to a yes, and what may refuse in its ``try``, by their nodes.

    ``is_part`` says that the gate can refuse elsewhere too.
    """

    clause: int
    refusal: int
    is_part: bool


def sign_of(project: Project, ref: FunctionRef) -> Sign | None:
    """What the truth of what a gate answers means; always true, if it refuses by raising."""
    function = project.function(ref)
    is_no = project.vocabulary.polarity(function.name) < 0
    contract = read_contract(function, Sign.NO if is_no else Sign.OBJECT)
    return Sign.TRUE if contract.is_raising else contract.sign


def refusing_nodes(project: Project, ref: FunctionRef, sign: Sign) -> frozenset[int]:
    """The nodes by which a gate refuses, or puts on its list what may."""
    return _Refusals(project, ref, sign).nodes


def lenient_clauses(project: Project, ref: FunctionRef, sign: Sign) -> tuple[Lenient, ...]:
    """The clauses of a gate by which it says yes to what it could not look at; ``sign`` is what the
    truth of its answer means."""
    function = project.function(ref)
    refusals = _Refusals(project, ref, sign)
    found = []
    for number, node in enumerate(function.nodes):
        if node.kind is not Kind.EXCEPT or not catches_all(node) or node.next < 0:
            continue
        within = set(refusals.nodes.intersection(tried_nodes(function, node)))
        within = within or _refusing_behind(function, number, refusals.nodes)
        if not within or not _is_passing(function, number, refusals):
            continue
        found.append(Lenient(number, min(within), is_part=within != refusals.nodes))
    return tuple(found)


def _refusing_behind(function: Function, clause: int, refusals: frozenset[int]) -> set[int]:
    """The refusals that go by what the ``try`` of a clause has asked for, where the clause comes to
    none: they stand behind the ``try``, and the clause leaves before them."""
    tried = tried_nodes(function, function.nodes[clause])
    asked = _made_of(function, {name for n in tried for name in _bound_by(function.nodes[n])})
    onward = frozenset(nodes_from(function, (function.nodes[clause].next,), normally))
    if not asked or onward & refusals:
        return set()
    found = {n for n in refusals if _goes_by(function, function.nodes[n].value, asked)}
    for number, node in enumerate(function.nodes):
        if node.kind is Kind.TEST and _goes_by(function, node.value, asked):
            true, false = arms_of(function, number)
            found |= refusals & (true ^ false)
    return found & set(nodes_from(function, tried, normally))


def _bound_by(node: Node) -> tuple[str, ...]:
    return targets_in(node.target) if node.kind is Kind.ASSIGN else ()


def _made_of(function: Function, names: set[str]) -> frozenset[str]:
    """The given locals, and those that are made of them."""
    size = -1
    while size < len(names):
        size = len(names)
        for node in function.nodes:
            if node.kind is Kind.ASSIGN and _goes_by(function, node.value, frozenset(names)):
                names.update(_bound_by(node))
    return frozenset(names)


def _goes_by(function: Function, value: Expression | None, names: frozenset[str]) -> bool:
    return value is not None and have_common(names_in(value, function.calls), names)


def _is_passing(function: Function, clause: int, refusals: _Refusals) -> bool:
    """Whether a clause cannot refuse, and comes to a yes."""
    others = frozenset(nodes_from(function, (function.entry,), anyhow, (clause,)))
    tried = tried_nodes(function, function.nodes[clause])
    start = function.nodes[clause].next
    behind = frozenset(nodes_from(function, (start,), _while_returning, tried))  # Asked once more.
    own = behind - others
    refusing = refusals.nodes
    if refusing & own or (refusing & behind and _is_remembered(function, own, behind)):
        return False
    return any(refusals.is_yes(function.nodes[n]) for n in behind) or (
        EXIT in behind and refusals.is_yes_by_silence(behind)
    )


def _is_remembered(function: Function, own: frozenset[int], behind: frozenset[int]) -> bool:
    """Whether a test after a clause looks at what only the clause has bound."""
    bound = {name for n in own for name in targets_in(function.nodes[n].target)}
    tests = (function.nodes[n] for n in behind - own if function.nodes[n].kind is Kind.TEST)
    return any(have_common(names_in(one.value, function.calls), bound) for one in tests)


def _while_returning(node: Node) -> tuple[int, ...]:
    return () if node.kind is Kind.RETURN else normally(node)


class _Refusals:
    """Says of the nodes of a gate what its caller is told by them.

    ``nodes`` are those by which the gate refuses, or that put on its list what may.
    """

    def __init__(self, project: Project, ref: FunctionRef, sign: Sign) -> None:
        self._polarity = project.vocabulary.polarity
        self._function: Function = project.function(ref)
        self._given = assigned_in(project, ref)
        self._sign = -1 if sign is Sign.NO else 1
        self._is_raising = sign is Sign.TRUE  # Whatever it returns is a yes.
        self._held = frozenset(self._find_held())
        nodes = enumerate(self._function.nodes)
        self.nodes = frozenset(number for number, node in nodes if self._is_no(node))

    def is_yes(self, node: Node) -> bool:
        """Whether a gate says yes by a node, or by nothing else than what it has on its list."""
        if node.kind is not Kind.RETURN:
            return False
        value = _first(node.value)
        if self._is_raising or (isinstance(value, Name) and value.path in self._held):
            return True
        said = self._says(node.value)
        return said > 0 or (said == 0 and self._asked_of(value) in self._held)

    def is_yes_by_silence(self, behind: frozenset[int]) -> bool:
        """Whether who is told nothing at the end takes that for a yes."""
        nodes = self._function.nodes
        is_open = any(
            EXIT in normally(nodes[n]) and nodes[n].kind is not Kind.RETURN for n in behind
        )
        return is_open and (self._sign < 0 or self._is_raising)

    def _is_no(self, node: Node) -> bool:
        if node.kind is Kind.RAISE:
            return node.value is not None
        if node.kind is Kind.RETURN:
            return not self.is_yes(node)
        if node.kind is Kind.CALL:
            call = self._function.calls[node.call]
            if any(isinstance(one, Name) and one.path in self._held for one in call.args):
                return self._is_handed(call)
            return is_changing(call) and call.func.path.rpartition(".")[0] in self._held  # type: ignore[union-attr]  # is_changing
        if node.kind is Kind.ASSIGN and isinstance(node.value, Constant):
            is_held = any(name in self._held for name in targets_in(node.target))
            return is_held and self._truth(node.value) < 0
        return False

    def _is_handed(self, call: Call) -> bool:
        """Whether a call may put something on a list that it gets."""
        return not isinstance(call.func, Name) or call.func.path not in _ASKING

    def _says(self, value: Expression | None) -> int:
        """What a returned value says: 1 yes, -1 no, 0 can't be told."""
        value = _first(value)
        if isinstance(value, Result):
            call = self._function.calls[value.call]
            told = [one for key, one in call.keywords if key and self._polarity(key) > 0]
            return self._truth(told[0]) if told else kind_made(call, self._polarity)
        for key, told_by in keyed_entries(value):
            if self._polarity(key):
                return self._truth(told_by) * self._polarity(key)
        return self._truth(value) * self._sign

    def _truth(self, value: Expression | None) -> int:
        if value is None:
            return -1
        if isinstance(value, Constant):
            return 1 if value.value else -1
        is_text = isinstance(value, Operation) and value.kind == "fstring"
        return 1 if is_text else 0

    def _find_held(self) -> Iterator[str]:
        """The locals that make the answer: they say yes as they are made, and what is done to them
        may make that a no."""
        for node in self._function.nodes:
            if node.kind is not Kind.RETURN:
                continue
            value = _first(node.value)
            name = value.path if isinstance(value, Name) else ""
            made = self._given.get(name, [])
            if any(isinstance(one, Constant) and self._truth(one) * self._sign > 0 for one in made):
                yield name
            if self._sign < 0 and any(is_empty(one, self._function.calls) for one in made):
                yield name
            if asked := self._asked_of(value):
                yield asked

    def _asked_of(self, value: Expression | None) -> str:
        """The list that an answer is yes of as long as it is empty: ``not reasons``, ``all(one.ok
        for one in checks)``."""
        if isinstance(value, Name):
            made = self._given.get(value.path, [])
            value = made[0] if len(made) == 1 else None
        is_no = False
        while isinstance(value, Operation) and value.kind == "not":
            value, is_no = value.args[0], not is_no
        names: tuple[str, ...] = ()
        if isinstance(value, Operation) and value.kind == "eq" and Constant(0) in value.args:
            value, is_no = value.args[0], True
        if isinstance(value, Result):
            call = self._function.calls[value.call]
            kind = call.func.path if isinstance(call.func, Name) else ""
            is_joined = _JOINED.get(kind) == (-1 if is_no else 1) or (kind == "len" and is_no)
            walked = walk(call.args[0], ()) if is_joined and call.args else ()
            names = tuple(one.path for one in walked if isinstance(one, Name))
        elif isinstance(value, Name) and is_no:
            names = (value.path,)
        return next((one for one in names if self._is_filled(one)), "")

    def _is_filled(self, name: str) -> bool:
        made = self._given.get(name, [])
        return bool(made) and all(is_empty(one, self._function.calls) for one in made)


def _first(value: Expression | None) -> Expression | None:
    is_tuple = isinstance(value, Operation) and value.kind == "tuple" and value.args
    return value.args[0] if is_tuple else value  # type: ignore[union-attr]  # is_tuple
