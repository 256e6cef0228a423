"""The project: all facts, linked, with the roles that the vocabulary gives them.

This is what checks ask questions of. Answers are worked out when first asked for and kept; nothing
here reads a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from botlint.configs.types import Tree
from botlint.discover import Looked
from botlint.facts.texts import Text
from botlint.facts.types import Call, Facts, Function
from botlint.flow.dynamic import calls_of_fetched
from botlint.flow.program import ClassRef, FunctionRef, Program, Variable, link_program
from botlint.model import Place, Problem, Span
from botlint.settings import Settings
from botlint.vocabulary import Vocabulary

Answer = TypeVar("Answer")
NOWHERE = Looked()


class CallRef(NamedTuple):
    """One call of the program."""

    function: FunctionRef
    call: int


class Project:
    """The linked program and the roles in it."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        vocabulary: Vocabulary,
        texts: tuple[Text, ...] = (),
        trees: tuple[Tree, ...] = (),
        looked: Looked = NOWHERE,
    ) -> None:
        self.program = program
        self.texts = texts
        self.trees = trees
        self.looked = looked
        self.settings = settings
        self.vocabulary = vocabulary
        self._open: dict[CallRef, frozenset[str]] = {}
        self._plays: dict[tuple[CallRef, str], bool] = {}
        self._playing: dict[str, tuple[CallRef, ...]] = {}
        self._answers: dict[tuple[object, ...], Any] = {}
        self._problems: set[Problem] = set()

    @property
    def size(self) -> int:
        """How many calls stand in the program."""
        return sum(len(one.calls) for facts in self.program.sources for one in facts.functions)

    def answer(self, question: tuple[object, ...], work_out: Callable[[], Answer]) -> Answer:
        """The answer to a question that several rules ask, worked out once."""
        if question not in self._answers:
            self._answers[question] = work_out()
        kept: Answer = self._answers[question]
        return kept

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be answered, as far as it was asked."""
        return tuple(sorted(self._problems))

    def tell(self, *problems: Problem) -> None:
        """Tell what can't be answered."""
        self._problems.update(problems)

    def plays(self, ref: CallRef, role: str) -> bool:
        """Whether a call plays ``role``, as it is written or as it resolves."""
        if role not in self._roles_open_to(ref):
            self.vocabulary.roles[role]  # One that nothing defines is refused, played or not.
            return False
        known = self._plays.get((ref, role))
        if known is None:
            known = self._plays[ref, role] = self._is_playing(ref, role)
        return known

    def calls_playing(self, role: str) -> tuple[CallRef, ...]:
        """All calls of the program that play ``role``, by path and line."""
        known = self._playing.get(role)
        if known is None:
            candidates = dict.fromkeys(self._candidates(role))
            found = [ref for ref in candidates if self.plays(ref, role)]
            known = self._playing[role] = tuple(sorted(found, key=self._position))
        return known

    def function_plays(self, ref: FunctionRef, role: str) -> bool:
        """Whether a function of the program plays ``role`` by its own name."""
        names = (self.program.qualified(ref),)
        return self.vocabulary.roles[role].plays_call(names, None, None)

    def variable_names(self, variable: Variable) -> tuple[str, str]:
        """The qualified name of a variable, which identifies it, and a short one for people."""
        program = self.program
        if variable.kind == "attribute":
            cls = ClassRef(variable.source, variable.owner)
            name = f"{program.cls(cls).name}.{variable.name}"
            return f"{program.qualified_class(cls)}.{variable.name}", name
        if variable.kind == "global":
            return f"{program.module_name(variable.source)}.{variable.name}", variable.name
        owner = FunctionRef(variable.source, variable.owner)
        return f"{program.qualified(owner)}().{variable.name}", variable.name

    def function(self, ref: FunctionRef) -> Function:
        """The facts of a function."""
        return self.program.sources[ref.source].functions[ref.index]

    def call(self, ref: CallRef) -> Call:
        """The facts of a call."""
        return self.function(ref.function).calls[ref.call]

    def place(self, ref: FunctionRef, span: Span) -> Place:
        """A span of the source that ``ref`` stands in."""
        return Place(self.program.path(ref), span)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each source of the program, by its path."""
        return {facts.path: number for number, facts in enumerate(self.program.sources)}

    def function_at(self, place: Place) -> FunctionRef:
        """The innermost function that a place in a source of the program stands in."""
        source, line = self.numbers[place.path], place.span.line
        around = (
            (one.span.end_line - one.span.line, number)
            for number, one in enumerate(self.program.sources[source].functions)
            if number and one.span.line <= line <= one.span.end_line
        )
        return FunctionRef(source, min(around, default=(0, 0))[1])

    def call_place(self, ref: CallRef) -> Place:
        """Where a call stands."""
        return self.place(ref.function, self.call(ref).span)

    def written(self, ref: CallRef) -> str:
        """The name that a call is written by, ``self.exchange.create_order``."""
        return self.program.names(ref.function, ref.call)[0]

    def _roles_open_to(self, ref: CallRef) -> frozenset[str]:
        """The roles that a call could play by how its names end; none for nearly all calls."""
        known = self._open.get(ref)
        if known is None:
            owners = self.vocabulary.index.owners
            names = self.program.names(ref.function, ref.call)
            found = [owners(name[name.rfind(".") + 1 :]) for name in names]
            known = self._open[ref] = frozenset().union(*found)
        return known

    def _is_playing(self, ref: CallRef, role: str) -> bool:
        call = self.call(ref)
        names = self.program.names(ref.function, ref.call)
        callees = self.program.callees(ref.function, ref.call)
        parameters = None
        if callees:
            declared = self.program.function(callees[0]).parameters
            bound = declared[1:] if declared and declared[0].name in ("self", "cls") else declared
            parameters = tuple(parameter.name for parameter in bound)
        return self.vocabulary.roles[role].plays_call(names, call, parameters)

    def _candidates(self, role: str) -> Iterator[CallRef]:
        may_play = self.vocabulary.roles[role].may_play
        segments = {segment for segment in self.program.segments() if may_play(segment)}
        for name, others in self.program.aliases.items():
            if may_play(name):
                segments |= others
        for segment in segments:
            for ref, number in self.program.calls_named(segment):
                yield CallRef(ref, number)
        for call in self._fetched:
            names = (name.rpartition(".")[2] for name in self.program.names(*call))
            if any(map(may_play, names)):
                yield call

    @cached_property
    def _fetched(self) -> tuple[CallRef, ...]:
        """The calls of what ``getattr`` gave, and those that say what it is to give: their written
        name says nothing."""
        functions = dict.fromkeys(ref for ref, _ in self.program.calls_named("getattr"))
        called = (
            CallRef(ref, one) for ref in functions for one in calls_of_fetched(self.function(ref))
        )
        return (*called, *(CallRef(*one) for one in self.program.naming.by_text))

    def _position(self, ref: CallRef) -> Place:
        return self.call_place(ref)


def link(
    facts: tuple[Facts, ...],
    settings: Settings,
    vocabulary: Vocabulary,
    texts: tuple[Text, ...] = (),
    trees: tuple[Tree, ...] = (),
    scripts: tuple[str, ...] = (),
    looked: Looked = NOWHERE,
) -> Project:
    """Link the facts of all sources, what was seen in other texts, the settings, the functions
    that the project's packaging starts (``scripts``, ``module:function``), and where was looked."""
    sound = tuple(one for one in facts if not one.error)
    broken = (Text(one.path, "python", one.sightings) for one in facts if one.error)
    texts = (*texts, *(text for text in broken if text.sightings))
    return Project(link_program(sound, scripts), settings, vocabulary, texts, trees, looked)
