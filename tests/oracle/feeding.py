"""The foreign modules that most stages give their programs: conditions, and a journal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

from tests.oracle.world import MOST_ROUNDS, Cut, Run, Value, foreign


class Feed:
    """Answers of the world, chosen by the present run: ``feed.flag_1()`` says yes or no,
    ``feed.orders_2()`` gives one order, none or two, ``feed.more_3()`` says yes at most twice,
    ``feed.work_4()`` does something that may raise."""

    def __init__(
        self,
        run: Run,
        *,
        is_async: bool,
        told: Callable[[], None] = lambda: None,
        values: Callable[[], object] = Value,
    ) -> None:
        """``told`` is called before each answer; ``values`` makes what ``value_1()`` gives."""
        self.run = run
        self._values = values
        self._told = told
        self._is_async = is_async

    def modules(self) -> dict[str, ModuleType]:
        """The modules ``feed`` and ``journal``."""
        return {
            "feed": foreign("feed", __getattr__=self._member),
            "journal": foreign("journal", note=lambda *values: None),
        }

    def _member(self, name: str) -> Callable[..., object]:
        if name.startswith("__"):
            raise AttributeError(name)
        if not self._is_async:
            return lambda *values: self._answer(name)

        async def asked(*values: object) -> object:
            return self._answer(name)

        return asked

    def _answer(self, name: str) -> object:
        self._told()
        kind = name.partition("_")[0]
        run = self.run
        if kind == "orders":
            return [Value() for _ in range((1, 0, 2)[run.take(3)])]
        if kind == "value":
            return self._values()
        if kind == "work":
            run.choose(1)
            return Value()
        choice = run.take(2)
        if kind == "more" and choice == 0:
            frame = sys._getframe(2)
            site = (frame.f_code.co_filename, frame.f_lineno, name)
            run.rounds[site] = run.rounds.get(site, 0) + 1
            if run.rounds[site] > MOST_ROUNDS:
                run.cuts += 1
                raise Cut
        return choice == 0
