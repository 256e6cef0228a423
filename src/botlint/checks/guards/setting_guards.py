"""Settings as guards: a test of the setting decides whether an order may be sent."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.deeds import Basis
from botlint.checks.guards.guards import Guards
from botlint.checks.guards.passages import Passage
from botlint.checks.roots import words_in
from botlint.facts.types import Kind, Name
from botlint.flow.names import FunctionRef
from botlint.project import Project


class SettingGuards(Guards):
    """Tests of a setting. It is no order's own, so that any test of it counts."""

    def __init__(self, project: Project, roles: tuple[str, ...]) -> None:
        super().__init__(project, roles, Basis.ROLE)
        asking = frozenset(self._find_asking())
        self._touching = self._touching | self._program.reaches(asking)

    def passages(
        self, ref: FunctionRef, call: int, roles: frozenset[str] | None
    ) -> tuple[Passage, ...]:
        """How the setting was asked on the ways from the entry of a function to a call."""
        return super().passages(ref, call, None)

    def is_there(self) -> bool:
        """Whether the program has the setting: a constant, a field, a parameter or a key."""
        return any(self._is_named(name) for name in self._names())

    def _names(self) -> Iterator[str]:
        for facts in self._program.sources:
            for node in facts.functions[0].nodes if facts.functions else ():
                if node.kind is Kind.ASSIGN and type(node.target) is Name:
                    yield node.target.path
            for cls in facts.classes:
                yield from (name for name, _ in cls.attributes)
            for function in facts.functions:
                yield from (parameter.name for parameter in function.parameters)
            yield from (use.key for use in facts.keys)

    def _find_asking(self) -> Iterator[FunctionRef]:
        if not self.is_there():
            return
        for ref in self._program.functions():
            function = self._project.function(ref)
            values = [node.value for node in function.nodes if node.value is not None]
            if any(map(self._is_named, words_in(values, function.calls))):
                yield ref

    def _is_named(self, name: str) -> bool:
        vocabulary = self._project.vocabulary
        return any(vocabulary.roles[role].plays_name(name) for role in self.roles)
