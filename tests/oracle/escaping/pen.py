"""What the writer of aborts knows while it writes."""

from __future__ import annotations

from tests.oracle.choices import Choices
from tests.oracle.pens import Block, PlainPen

_NAMES = ("OrderAbort", "TradingHalt", "RiskVeto")
_BASES = ("Exception", "Exception", "Exception", "ValueError", "TradingError", "BaseException")


class Pen(PlainPen):
    """Counts names and collects what has to stand at module level."""

    def __init__(self, choices: Choices) -> None:
        super().__init__(choices, 12)
        self.is_in_loop = False
        self.constants: dict[str, str] = {}
        self.classes: dict[str, str] = {}
        first, second = choices.pick(_NAMES), choices.pick(_NAMES)
        self.classes[first] = choices.pick(_BASES)
        if second != first and choices.chance(40):
            self.classes[second] = choices.pick((first, "Exception"))

    def abort_class(self) -> str:
        """A class that is raised."""
        return self.pick(list(self.classes))

    def abort_name(self) -> str:
        """A class that is meant for an abort: its own, or a base of the program."""
        name = self.abort_class()
        base = self.classes[name]
        is_own = base == "TradingError" or base in self.classes
        return base if is_own and self.chance(40) else name

    def constant(self, name: str, value: str) -> str:
        """A name for a tuple of classes, bound at the module's head."""
        self.constants.setdefault(name, value)
        return name

    def filler(self) -> Block:
        """Something that may raise."""
        return [self.feed("work")]

    def head(self) -> Block:
        """The first lines of the module."""
        lines = ["import asyncio", "import contextlib", "import functools", ""]
        lines += ["import feed", "import journal"]
        if "TradingError" in self.classes.values():
            lines += ["", "", "class TradingError(Exception):", "    pass"]
        for name, base in self.classes.items():
            lines += ["", "", f"class {name}({base}):", "    pass"]
        if self.constants:
            lines += ["", "", *(f"{name} = {value}" for name, value in self.constants.items())]
        return lines
