"""What botlint says of a program and of its variants."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tests.finding import find_all
from tests.variants.extracting import extract_bodies, extract_rests
from tests.variants.layout import add_comments, wrap_bodies
from tests.variants.lines import Lines, Place, Program, origins, read, write
from tests.variants.moving import move_functions
from tests.variants.renaming import rename_locals

from botlint.checks.flows.flows import read_parameters
from botlint.checks.orders.sides import BUYS, SELLS
from botlint.discover import discover
from botlint.discover.globs import compile_glob
from botlint.facts.extract import extract_facts
from botlint.facts.types import Facts
from botlint.model import Confidence, Finding, Rule
from botlint.project import link
from botlint.rules import Trial, load_rules
from botlint.selection import select_rules
from botlint.settings import Settings
from botlint.suppress import find_broken_sources
from botlint.vocabulary import load_vocabulary

MARK = re.compile(r"[ \t]*#[ \t]*expect:[ \t]*\w+(?:[ \t]+\w+)?[ \t]*$", re.MULTILINE)


class Told(NamedTuple):
    """A finding: its rule's code, its place, what it says, and further places of the same fault."""

    code: str
    place: Place
    message: str
    related: frozenset[Place]


class Difference(NamedTuple):
    """A finding that a program has and its variant has not (``lost``), or the other way round."""

    way: str
    code: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.way} {self.code} {self.place} {self.message}"


class Survey:
    """Botlint, asked for verdicts; facts of files that are the same are read once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.vocabulary = load_vocabulary(settings)
        self._rules = select_rules(load_rules(settings.rules), settings)
        self._flows = _files_of_flows(self._rules)
        self._facts: dict[tuple[str, str], Facts] = {}
        self.changes: Mapping[str, Callable[[Program], dict[str, Lines]]] = {
            "comments": add_comments,
            "if-true": wrap_bodies,
            "rename": lambda program: rename_locals(program, self._is_plain),
            "extract": extract_bodies,
            "extract-rest": extract_rests,
            "move": lambda program: move_functions(program, self._may_leave),
            "move-other": lambda program: move_functions(program, self._may_leave, 1),
        }

    def differences(self, files: Mapping[str, str], change: str) -> list[Difference]:
        """What botlint says otherwise once ``change`` is made everywhere."""
        program = read(files)
        variant = self.changes[change](program)
        if variant == program:
            return []
        known = origins(variant)
        before = self.findings(files)
        after = list(_back(self.findings(write(variant)), known))
        return [*_missing("lost", before, after), *_missing("new", after, before)]

    def findings(self, files: Mapping[str, str]) -> list[Told]:
        """The findings of a program, by code and place."""
        facts = tuple(self._read(path, text) for path, text in sorted(files.items()))
        project = link(
            tuple(one for one in facts if not one.error), self._settings, self.vocabulary
        )
        findings = (*find_all(project, self._rules), *find_broken_sources(facts, self._rules))
        return [_told(one) for one in findings if one.confidence >= Confidence.MEDIUM]

    def _read(self, path: str, text: str) -> Facts:
        known = self._facts.get((path, text))
        if known is None:
            known = self._facts[path, text] = extract_facts(path, text.encode())
        return known

    def _may_leave(self, place: PurePosixPath, goal: PurePosixPath, name: str) -> bool:
        """Whether a function plays the same roles in another file, of which no flow consists."""
        if any(fits(str(place)) or fits(str(goal)) for fits in self._flows):
            return False
        return all(
            role.plays_call((f"{place.stem}.{name}",)) == role.plays_call((f"{goal.stem}.{name}",))
            for role in self.vocabulary.roles.values()
        )

    def _is_plain(self, name: str) -> bool:
        """Whether a name plays no role and says nothing of a verdict or a side."""
        lexicon = self.vocabulary.lexicon
        words = frozenset(name.lower().split("_"))
        said = (lexicon.positive, lexicon.negative, lexicon.negating, lexicon.position_sides)
        said += (BUYS, SELLS)
        if any(words & one or name.lower() in one for one in said):
            return False
        return not any(
            role.plays_name(name) or role.may_play(name) for role in self.vocabulary.roles.values()
        )


def _told(one: Finding) -> Told:
    related = frozenset((step.place.path, step.place.span.line) for step in one.related)
    return Told(one.code, (one.place.path, one.place.span.line), one.message, related)


def _back(findings: list[Told], known: Mapping[Place, Place]) -> Iterator[Told]:
    """The findings of a variant, at the places where its lines stood in the program; of a line
    that stands in two files of the variant, such as an import, those of the first."""
    first: dict[tuple[str, Place], str] = {}
    for one in findings:
        path, line = one.place
        place = known.get(one.place, (f"{path} (new line)", line))
        if first.setdefault((one.code, place), path) == path:
            related = frozenset(known.get(at, at) for at in one.related)
            yield one._replace(place=place, related=related)


def _missing(way: str, some: list[Told], others: list[Told]) -> Iterator[Difference]:
    """The findings that ``others`` don't tell, neither apart nor among what a finding of the same
    rule stands for: those of one file, or of one function, are told as one."""
    left = Counter((one.code, one.place) for one in others)
    beside = {(one.code, place) for one in others for place in one.related}
    # what says the same is matched first: that leaves the findings which differ
    words = {(one.code, one.place, one.message) for one in others}
    for one in sorted(some, key=lambda it: ((it.code, it.place, it.message) not in words, it[:3])):
        key = one.code, one.place
        if left[key]:
            left[key] -= 1
        elif key not in beside:
            path, line = one.place
            yield Difference(way, one.code, f"{path}:{line}", one.message)


def _files_of_flows(rules: Iterable[Rule]) -> tuple[Callable[[str], bool], ...]:
    flows = [one for rule in rules for one in read_parameters(rule.parameters).flows.values()]
    return tuple(compile_glob(glob) for flow in flows for glob in flow.files)


def settings_of(folder: Path, profile: str) -> Settings:
    """The settings for a real tree."""
    return Settings(root=folder, profile=profile or None, jobs=1)


def files_of(folder: Path) -> dict[str, str]:
    """The Python files of a real tree that botlint looks at."""
    discovery = discover((str(folder),), Settings(root=folder))
    return {
        source.path: (folder / source.path).read_bytes().decode("utf-8", "replace")
        for source in discovery.analysed()
        if source.path.endswith(".py")
    }


def examples() -> Iterator[tuple[str, dict[str, str]]]:
    """The examples of all rules that are programs of Python files, by rule and title."""
    for rule in load_rules():
        for example in rule.examples:
            if isinstance(example, Trial) and not example.parameters:
                files = {
                    path: MARK.sub("", text)
                    for path, text in example.files.items()
                    if path.endswith(".py")
                }
                if files:
                    yield f"{rule.code} {example.title}", files
