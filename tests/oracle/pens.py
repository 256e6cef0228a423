"""What every writer of programs has in hand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.oracle.choices import Choices

Block = list[str]


class Pen:
    """Counts names, and collects what has to stand at module level."""

    def __init__(self, choices: Choices, asynchronous: int) -> None:
        """``asynchronous`` of a hundred programs are."""
        self.choices = choices
        self.pick = choices.pick
        self.chance = choices.chance
        self.is_async = choices.chance(asynchronous)
        self.definitions: list[Block] = []
        self._counts: dict[str, int] = {}

    def fresh(self, stem: str) -> str:
        """A name that nothing has yet: ``ok_3``."""
        self._counts[stem] = self._counts.get(stem, 0) + 1
        return f"{stem}_{self._counts[stem]}"

    def define(self) -> str:
        """The word that begins a function."""
        return "async def" if self.is_async else "def"


class PlainPen(Pen):
    """A pen whose every call may be awaited."""

    def ask(self, call: str) -> str:
        """A call, awaited where it has to be."""
        return f"(await {call})" if self.is_async else call

    def feed(self, kind: str) -> str:
        """Something of the world."""
        return self.ask(f"feed.{self.fresh(kind)}()")


def indent(block: Block) -> Block:
    """The block one level further in; never empty."""
    return [f"    {line}" for line in block or ["pass"]]


def needed(definitions: Sequence[Block], others: Sequence[Block]) -> list[Block]:
    """Those of ``definitions`` whose name stands in others: what was written for something that
    was given up is no entry point of a program."""
    kept = list(definitions)
    while True:
        used = [one for one in kept if _defined(one) in _words([*others, *kept], one)]
        if len(used) == len(kept):
            return kept
        kept = used


def _defined(block: Block) -> str:
    """``deed_1`` of ``async def deed_1(book):`` or ``deed_1 = 2``."""
    head = next(line for line in block if not line.startswith("@"))
    return re.sub(r"^(async )?(def|class) ", "", head).split("(")[0].split(":")[0].split(" ")[0]


def _words(blocks: Sequence[Block], own: Block) -> set[str]:
    lines = [line for block in blocks if block is not own for line in block]
    return set(re.findall(r"\w+", "\n".join(lines)))
