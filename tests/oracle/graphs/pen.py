"""What is known while a function is written."""

from __future__ import annotations

from typing import NamedTuple

from tests.oracle.choices import seeded

Block = list[str]


class Spot(NamedTuple):
    """Where something is written.

    ``kind`` is the kind of function: ``plain``, ``generator``, ``coroutine`` or ``stream`` (an
    asynchronous generator). ``depth`` is how much deeper statements may nest.
    """

    kind: str
    depth: int
    is_in_loop: bool = False
    is_in_class: bool = False
    is_in_group: bool = False
    """In an ``except*``: no ``return``, and no ``break`` out of it."""
    is_expression_only: bool = False
    """In a lambda or a generator expression: no ``await``, no ``yield``."""
    is_in_comprehension: bool = False
    is_binding: bool = True
    """``:=`` is allowed."""

    @property
    def is_async(self) -> bool:
        """Whether ``await`` may stand here."""
        return self.kind in ("coroutine", "stream") and not self.is_expression_only

    @property
    def is_yielding(self) -> bool:
        """Whether ``yield`` may stand here."""
        is_free = not (self.is_expression_only or self.is_in_comprehension)
        return self.kind in ("generator", "stream") and is_free

    def deeper(self) -> Spot:
        """One block further in."""
        return self._replace(depth=self.depth - 1)

    def in_loop(self) -> Spot:
        """The body of a loop."""
        return self._replace(depth=self.depth - 1, is_in_loop=True)

    def in_comprehension(self) -> Spot:
        """An element or a condition of a comprehension."""
        return self._replace(is_in_comprehension=True, is_binding=False)

    def in_lambda(self) -> Spot:
        """The body of a lambda, or of a generator expression."""
        return self._replace(is_expression_only=True, is_binding=False, is_in_loop=False)


class Pen:
    """Numbers calls and names; ``left`` is how many more calls there may be, about.

    ``is_nesting``: statements with ways out of their own, nested deeply.
    """

    def __init__(self, seed: int) -> None:
        self.choices = seeded(seed)
        self.pick = self.choices.pick
        self.chance = self.choices.chance
        self.left = self.choices.number(3, 18)
        self.is_nesting = self.chance(15)
        self._count = 0

    def number(self) -> int:
        """A number that nothing has yet."""
        self._count += 1
        self.left -= 1
        return self._count

    def call(self, name: str = "w", *rest: str) -> str:
        """A call of the scene."""
        return f"{name}({', '.join([str(self.number()), *rest])})"

    def fresh(self, stem: str) -> str:
        """A name that nothing has yet."""
        self._count += 1
        return f"{stem}{self._count}"


def indent(block: Block) -> Block:
    """The block one level further in; never empty."""
    return [f"    {line}" for line in block or ["pass"]]
