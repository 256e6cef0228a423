"""What imports bind, and what is in a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botlint.facts.imported import Import
from botlint.flow.index import Index
from botlint.flow.names import FunctionRef
from botlint.flow.values import External, Module, Values, union

if TYPE_CHECKING:
    from botlint.flow.receivers import Receivers


class Imports:
    """Follows imports, also through packages that only pass names on."""

    def __init__(self, index: Index, receivers: Receivers) -> None:
        self._index = index
        self._receivers = receivers

    def member(self, raw: str, name: str) -> Values:
        """What ``name`` is in a module of the program, defined there, imported or a submodule."""
        source = self._index.modules.by_raw.get(raw)
        if source is not None:
            top = FunctionRef(source, 0)
            if self._index.sources[source].functions and name in self._index.scope(top).names:
                return self._receivers.variable(top, name)
            found = self.starred(source, name)
            if found:
                return found
        inner = f"{raw}.{name}" if raw else name
        return (Module(inner),) if self._index.modules.is_known(inner) else ()

    def starred(self, source: int, name: str) -> Values:
        """What ``from module import *`` may bind ``name`` to."""

        def work_out() -> Values:
            found: list[Values] = []
            for statement in self._index.sources[source].imports:
                raw = (
                    self._index.modules.target(source, statement) if statement.name == "*" else None
                )
                inner = self._index.modules.by_raw.get(raw) if raw else None
                if inner is not None and inner != source and not name.startswith("_"):
                    found.append(self.member(raw or "", name))
            return union(found)

        if source not in self._index.star_importers:
            return ()
        return self._receivers.memo.answer((source, "*", name), work_out)

    def given(self, source: int, statement: Import) -> Values:
        """What an import statement of a source binds."""
        raw = self._index.modules.target(source, statement)
        if not statement.name:
            if raw is None:
                head = statement.module.partition(".")[0]
                is_whole = statement.local != head
                return (External(statement.module if is_whole else head),)
            depth = statement.module.count(".") if "." not in statement.local else 0
            is_whole = statement.local != statement.module.partition(".")[0]
            parts = raw.split(".")
            return (Module(raw if is_whole or not depth else ".".join(parts[:-depth])),)
        if raw is None:
            if statement.level:
                return ()
            # The module may be a directory's file: `from package import module`.
            inner = self._index.modules.find(f"{statement.module}.{statement.name}", source)
            if inner is not None:
                return (Module(inner),)
            return (External(f"{statement.module}.{statement.name}"),)
        return self.member(raw, statement.name)
