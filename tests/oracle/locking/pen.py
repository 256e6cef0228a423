"""What the writer of locks knows while it writes."""

from __future__ import annotations

from typing import NamedTuple

from tests.oracle.choices import Choices
from tests.oracle.pens import Block, PlainPen, indent


class Place(NamedTuple):
    """Where a statement stands: ``own`` is what the book is called there, ``key`` a key of its
    stores; ``is_method`` whether it is a method of the book."""

    own: str
    key: str
    is_method: bool
    is_in_loop: bool = False


METHOD = Place("self", "key", is_method=True)
OUTSIDE = Place("book", "key", is_method=False)


class Pen(PlainPen):
    """Counts names, and collects methods and functions."""

    def __init__(self, choices: Choices) -> None:
        super().__init__(choices, 20)
        module = "asyncio" if self.is_async else "threading"
        kinds = ("Lock",) if self.is_async else ("Lock", "RLock")
        self.locks = {"_lock": f"{module}.{choices.pick(kinds)}()"}
        if choices.chance(35):
            self.locks["_other_lock"] = f"{module}.{choices.pick(kinds)}()"
        self.stores = ("positions", "balances") if choices.chance(30) else ("positions",)
        self.methods: list[Block] = []
        self.steps: list[Block] = []

    def lock(self, place: Place) -> str:
        """A lock of the book: mostly the one that everybody takes."""
        name = self.pick(list(self.locks)) if self.chance(30) else "_lock"
        return f"{place.own}.{name}"

    def store(self, place: Place) -> str:
        """A store of the book."""
        return f"{place.own}.{self.pick(self.stores)}"

    def enter(self) -> str:
        """The word that takes a lock for a block."""
        return "async with" if self.is_async else "with"

    def method(self, name: str, body: Block, decorator: str = "") -> None:
        """Add a method to the book."""
        head = [f"@{decorator}"] if decorator else []
        self.methods.append([*head, f"{self.define()} {name}(self, key):", *indent(body)])
