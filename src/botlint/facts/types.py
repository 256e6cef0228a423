"""Facts: what one Python source says, and nothing about any other.

Vocabulary
----------
*Expression*: a value as written, without syntax nodes. A chain of names is one :class:`Name`
(``self.exchange.id``); a call inside an expression is a :class:`Result`, the number of a
:class:`Call` of the same function.

*Node*: one event of a function's control-flow graph. ``next`` is its normal successor, ``other``
its second one (the false arm of a test, the unmatched arm of an ``except``, the swallowed way out
of a ``with``), ``exc`` where an exception goes. ``-1`` means that there is no such edge. Every
graph has its entry at ``Function.entry``, its normal exit at node 0 and its exceptional exit at
node 1. A ``finally`` body stands in the graph once for each way of leaving it, each time with calls
of its own; those that are one call as written have one span.

*Loop*: the number of the innermost loop that a node runs in; ``Function.loops[n]`` is the loop
around loop ``n``, ``-1`` outside of all. ``Node.loop`` is ``-1`` outside of loops.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from functools import cached_property

import msgspec

from botlint.facts.imported import Import
from botlint.facts.remarks import Comment, Note
from botlint.model import Span
from botlint.secrets.seal import Seal


class Name(msgspec.Struct, frozen=True, array_like=True, tag="n", gc=False):
    """A dotted chain of names, ``self.exchange.id``."""

    path: str


class Attribute(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """A member of something that is no plain chain of names, ``check(order).ok``."""

    value: Expression
    name: str


class Item(msgspec.Struct, frozen=True, array_like=True, tag="i"):
    """A subscript, ``record["price"]``."""

    value: Expression
    key: Expression


class Constant(msgspec.Struct, frozen=True, array_like=True, tag="k", gc=False):
    """A literal. Bytes, complex numbers, ``...`` and huge integers stand as their text."""

    value: bool | int | float | str | None


class Result(msgspec.Struct, frozen=True, array_like=True, tag="r", gc=False):
    """What call number ``call`` of the same function returned (awaited, where it is awaited)."""

    call: int


class Lambda(msgspec.Struct, frozen=True, array_like=True, tag="l", gc=False):
    """Function number ``function`` of the same source, as a value."""

    function: int


class Operation(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """An operator over expressions.

    ``kind`` is one of ``not and or eq ne lt le gt ge in notin is isnot`` · ``+ - * / // % ** @ & |
    ^ << >> neg pos inv`` · ``if`` (test, then, else) · ``tuple list set`` · ``dict`` (key, value,
    key, value, ...; a key of ``Operation("**", ())`` marks an unpacked mapping) · ``fstring`` ·
    ``star`` · ``slice`` · ``comprehension`` (element, iterable, condition, ...; of a dict: key,
    value as a tuple) · ``element`` (what iterating over its argument gives) · ``entered`` (what
    ``with`` on its argument gives) · ``caught`` (the exception in a handler) · ``matches``
    (subject, pattern that is neither a value nor a wildcard) · ``isinstance`` · ``yield`` ·
    ``await``.
    """

    kind: str
    args: tuple[Expression, ...]


class Sealed(msgspec.Struct, frozen=True, array_like=True, tag="s", gc=False):
    """A literal that may be a credential: number ``number`` of ``Facts.seals``.

    Its text stands nowhere in the facts, so that nothing made from them can show it.
    """

    number: int


Expression = Name | Attribute | Item | Constant | Result | Lambda | Operation | Sealed


class Call(msgspec.Struct, frozen=True, array_like=True):
    """A call as written. A keyword without a name is ``**mapping``; ``*args`` is a ``star``."""

    func: Expression
    args: tuple[Expression, ...]
    keywords: tuple[tuple[str | None, Expression], ...]
    span: Span
    is_awaited: bool = False


class Kind(enum.IntEnum):
    """The kinds of nodes."""

    EXIT = 0
    RAISED = 1
    ENTRY = 2
    CALL = 3
    """``call`` is done; ``next`` when it returned, ``exc`` when it raised."""
    TEST = 4
    """``value`` decides: ``next`` if true, ``other`` if false."""
    ASSERT = 5
    """A test inside ``assert``: like ``TEST``, but gone under ``python -O``."""
    ASSIGN = 6
    """``target`` is bound to ``value``. In the body of class ``C`` the target of ``x = 1`` is
    ``C.x``."""
    AUGMENT = 7
    """``target`` is changed in place by ``value`` (an ``Operation`` of the old and the operand)."""
    ITERATE = 8
    """``target`` gets the next element of ``value`` (``next``), or the loop is over (``other``)."""
    DELETE = 9
    RAISE = 10
    """``value`` is raised (``None``: re-raised); ``target`` is its cause."""
    EXCEPT = 11
    """An ``except`` clause: ``value`` is a tuple of types (``None``: bare); ``next`` if it catches,
    ``other`` if not; ``target`` the name bound. ``region`` are the first and last line of the
    ``try`` body."""
    FINALLY = 12
    """A copy of a ``finally`` body begins. ``region`` are the lines of what it follows: the
    ``try`` body with its handlers. ``value`` is the way out that this copy serves, a constant:
    ``normal``, ``raise``, ``return``, ``break`` or ``continue``."""
    RETURN = 13
    YIELD = 14
    ENTER = 15
    """``with value as target`` is entered."""
    LEAVE = 16
    """The ``with`` on ``value`` is left normally, by return, break or continue."""
    UNWIND = 17
    """The ``with`` on ``value`` is left by an exception: ``exc`` if it goes on, ``next`` if the
    manager swallows it. ``region`` are the first and last line of the body."""
    IMPORT = 18
    AWAIT = 19
    """A suspension that is no call: ``await task``, ``async for``, ``async with``."""
    DEFINE = 20
    """A nested function or class statement is run; ``target`` is its name."""
    PASS = 21


EXIT, RAISED = 0, 1
"""The nodes by which every function is left: normally, and by an exception."""


class Node(msgspec.Struct, frozen=True, array_like=True):
    """One event; see the module docstring for its edges."""

    kind: Kind
    span: Span
    next: int = -1
    other: int = -1
    exc: int = -1
    call: int = -1
    value: Expression | None = None
    target: Expression | None = None
    loop: int = -1
    region: tuple[int, int] = (-1, -1)


class Parameter(msgspec.Struct, frozen=True, array_like=True):
    """``kind`` is ``positional`` (only), ``normal``, ``keyword`` (only), ``*`` or ``**``; ``span``
    is where the default stands."""

    name: str
    kind: str
    annotation: str = ""
    default: Expression | None = None
    span: Span | None = None


class Function(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """A function, a method, a lambda, or the body of the module (``<module>``).

    ``owner`` is the number of the class whose body holds it, ``parent`` of the function whose
    body holds it (the module is function 0). Decorators are expressions of the parent's graph:
    their :class:`Result` counts the parent's calls. ``outer`` are the names that it declares
    ``global`` or ``nonlocal``. ``annotations`` are those that its body annotates, with the text.
    """

    name: str
    qualname: str
    span: Span
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expression, ...]
    returns: str
    owner: int
    parent: int
    is_async: bool
    is_generator: bool
    docstring: str
    calls: tuple[Call, ...]
    nodes: tuple[Node, ...]
    entry: int
    loops: tuple[int, ...]
    annotations: tuple[tuple[str, str], ...] = ()
    outer: tuple[str, ...] = ()

    @cached_property
    def calls_at(self) -> dict[Span, frozenset[int]]:
        """From the span of each call to the nodes at which it is made."""
        found: defaultdict[Span, list[int]] = defaultdict(list)
        for number, node in enumerate(self.nodes):
            if node.kind is Kind.CALL:
                found[self.calls[node.call].span].append(number)
        return {span: frozenset(numbers) for span, numbers in found.items()}

    @cached_property
    def assigning(self) -> dict[Expression, list[Node]]:
        """From each target as written to the nodes that assign to it, in their order."""
        found: defaultdict[Expression, list[Node]] = defaultdict(list)
        for node in self.nodes:
            if node.kind is Kind.ASSIGN and node.target is not None:
                found[node.target].append(node)
        return dict(found)

    @cached_property
    def assigned(self) -> dict[Expression, tuple[Expression, ...]]:
        """From each target as written to what is assigned to it, in the order of the nodes."""
        return {
            target: given
            for target, nodes in self.assigning.items()
            if (given := tuple(node.value for node in nodes if node.value is not None))
        }

    @cached_property
    def previous(self) -> tuple[tuple[int, ...], ...]:
        """For each node, the nodes that it can come right after."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for number, node in enumerate(self.nodes):
            for one in {node.next, node.other, node.exc} - {-1}:
                found[one].append(number)
        return tuple(map(tuple, found))


class Class(msgspec.Struct, frozen=True, array_like=True):
    """A class statement. ``attributes`` are names bound in its body, with their annotation
    (``""``: none); ``methods`` are function numbers. ``parent`` is the function it stands in. A
    metaclass stands last among the decorators: it makes what these get."""

    name: str
    qualname: str
    span: Span
    bases: tuple[Expression, ...]
    decorators: tuple[Expression, ...]
    attributes: tuple[tuple[str, str], ...]
    methods: tuple[int, ...]
    parent: int


class KeyUse(msgspec.Struct, frozen=True, array_like=True):
    """A key of a record read or written: ``record`` is the written receiver (``ctx.data``).

    ``mode``: ``read`` (``r["k"]``, ``r.get("k")``, ``"k" in r``), ``write`` (``r["k"] = v``,
    ``setdefault``, ``update(k=v)``), ``open`` (written with a computed key, ``update(x)``,
    ``**``: any key). ``node`` is unknown here; ``function`` is where it stands.
    """

    record: Expression
    key: str
    mode: str
    function: int
    span: Span


class Facts(msgspec.Struct, frozen=True, array_like=True, tag="facts"):
    """All that one source says. ``error`` is why it could not be parsed, with its place.

    ``seals`` are the literals that may be credentials, ``sightings`` the known forms of credentials
    anywhere in its bytes, also in comments.
    """

    path: str
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    imports: tuple[Import, ...] = ()
    exports: tuple[str, ...] = ()
    keys: tuple[KeyUse, ...] = ()
    comments: tuple[Comment, ...] = ()
    notes: tuple[Note, ...] = ()
    seals: tuple[Seal, ...] = ()
    sightings: tuple[Seal, ...] = ()
    error: str = ""
    error_span: Span | None = None
