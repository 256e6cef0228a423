"""Settings as guards: a test of the setting decides whether an order may be sent."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.assumed import Assumed
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
        self, ref: FunctionRef, call: int, roots: frozenset[str] | None, assumed: Assumed = ()
    ) -> tuple[Passage, ...]:
        """How the setting was asked on the ways from the entry of a function to a call."""
        return super().passages(ref, call, None, assumed)

    def is_there(self) -> bool:
        """Whether the program has the setting: a constant, a parameter, a key, or a field, of
        settings or that something asks; else it only says what an answer of the exchange has."""
        if any(map(self._is_named, self._names())):
            return True
        is_field = any(map(self._is_named, self._fields()))
        return is_field and next(self._find_asking(), None) is not None

    def is_there_in(self, source: int) -> bool:
        """Whether the body of a source binds the setting itself."""
        return any(
            node.kind is Kind.ASSIGN
            and type(node.target) is Name
            and self._is_named(node.target.path)
            for node in self._program.function(FunctionRef(source, 0)).nodes
        )

    def _names(self) -> Iterator[str]:
        records = self._project.vocabulary.roles["settings-record"]
        for facts in self._program.sources:
            for node in facts.functions[0].nodes if facts.functions else ():
                if node.kind is Kind.ASSIGN and type(node.target) is Name:
                    yield node.target.path
            for cls in (one for one in facts.classes if records.plays_name(one.name)):
                yield from (name for name, _ in cls.attributes)
            for function in facts.functions:
                yield from (parameter.name for parameter in function.parameters)
            yield from (
                use.key
                for use in facts.keys
                if type(use.record) is not Name or records.plays_name(use.record.path)
            )

    def _fields(self) -> Iterator[str]:
        for facts in self._program.sources:
            for cls in facts.classes:
                yield from (name for name, _ in cls.attributes)

    def _find_asking(self) -> Iterator[FunctionRef]:
        if not any(map(self._is_named, (*self._names(), *self._fields()))):
            return
        for ref in self._program.functions():
            function = self._project.function(ref)
            values = [node.value for node in function.nodes if node.value is not None]
            if any(map(self._is_named, words_in(values, function.calls))):
                yield ref

    def _is_named(self, name: str) -> bool:
        vocabulary = self._project.vocabulary
        return any(vocabulary.roles[role].plays_name(name) for role in self.roles)
