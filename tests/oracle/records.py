"""``dataclasses`` for programs that are run many times: a class is worked out once.

Each run makes the classes of a program anew, and most of its time would go into writing their
methods. What ``dataclass`` adds to a class depends on nothing but its body, which is the same in
all runs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import ModuleType
from typing import Any

from tests.oracle.world import foreign

_PLAIN = (str, int, float, bool, type(None))


class Records:
    """The module ``dataclasses``, with what it has added to the classes of one program."""

    def __init__(self) -> None:
        self._added: dict[tuple[str, str, str], dict[str, Any]] = {}

    def module(self) -> ModuleType:
        """What stands for ``dataclasses`` in a program."""
        return foreign("dataclasses", **{**vars(dataclasses), "dataclass": self._dataclass})

    def _dataclass(self, cls: type | None = None, /, **options: Any) -> Any:
        if cls is None:
            return lambda decorated: self._made(decorated, options)
        return self._made(cls, options)

    def _made(self, cls: type, options: dict[str, Any]) -> type:
        key = (cls.__module__, cls.__qualname__, repr(sorted(options.items())))
        added = self._added.get(key)
        if added is not None:
            for name, value in added.items():
                setattr(cls, name, value)
            return cls
        before = dict(vars(cls))
        made: Callable[[type], type] = dataclasses.dataclass(**options)
        found = made(cls)
        if found is cls and _is_plain(cls):
            self._added[key] = {
                name: value for name, value in vars(cls).items() if before.get(name) is not value
            }
        return found


def _is_plain(cls: type) -> bool:
    """Whether no default of a class is an object of one run."""
    return all(
        field.default_factory is dataclasses.MISSING
        and (field.default is dataclasses.MISSING or isinstance(field.default, _PLAIN))
        for field in dataclasses.fields(cls)
    )
