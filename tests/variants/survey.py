"""What botlint says of a program and of its variants."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.variants.extracting import extract_bodies, extract_rests
from tests.variants.layout import add_comments, wrap_bodies
from tests.variants.lines import Lines, Place, Program, origins, read, write
from tests.variants.moving import move_functions
from tests.variants.renaming import rename_locals

from botlint.discover import discover
from botlint.facts.extract import extract_facts
from botlint.facts.types import Facts
from botlint.model import Confidence
from botlint.project import link
from botlint.rules import Trial, apply_rules, load_rules
from botlint.selection import select_rules
from botlint.settings import Settings
from botlint.suppress import find_broken_sources
from botlint.vocabulary import load_vocabulary

MARK = re.compile(r"[ \t]*#[ \t]*expect:[ \t]*\w+(?:[ \t]+\w+)?[ \t]*$", re.MULTILINE)
Verdict = tuple[str, str, int]
"""A rule's code, and the file and line of a finding."""


class Difference(NamedTuple):
    """A finding that a program has and its variant has not (``lost``), or the other way round."""

    way: str
    code: str
    place: str

    def __str__(self) -> str:
        return f"{self.way} {self.code} {self.place}"


class Survey:
    """Botlint, asked for verdicts; facts of files that are the same are read once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.vocabulary = load_vocabulary(settings)
        self._rules = select_rules(load_rules(settings.rules), settings)
        self._facts: dict[tuple[str, str], Facts] = {}
        self.changes: Mapping[str, Callable[[Program], dict[str, Lines]]] = {
            "comments": add_comments,
            "if-true": wrap_bodies,
            "rename": lambda program: rename_locals(program, self._is_plain),
            "extract": extract_bodies,
            "extract-rest": extract_rests,
            "move": move_functions,
            "move-other": lambda program: move_functions(program, 1),
        }

    def differences(self, files: Mapping[str, str], change: str) -> list[Difference]:
        """What botlint says otherwise once ``change`` is made everywhere."""
        program = read(files)
        variant = self.changes[change](program)
        if variant == program:
            return []
        known = origins(variant)
        before = self.verdicts(files)
        after = Counter(self._back(self.verdicts(write(variant)), known))
        lost = before - after
        new = after - before
        return [
            *(Difference("lost", code, f"{path}:{line}") for code, path, line in sorted(lost)),
            *(Difference("new", code, f"{path}:{line}") for code, path, line in sorted(new)),
        ]

    def verdicts(self, files: Mapping[str, str]) -> Counter[Verdict]:
        """The findings of a program, by code and place."""
        facts = tuple(self._read(path, text) for path, text in sorted(files.items()))
        project = link(
            tuple(one for one in facts if not one.error), self._settings, self.vocabulary
        )
        findings = (*apply_rules(project, self._rules), *find_broken_sources(facts, self._rules))
        return Counter(
            (one.code, one.place.path, one.place.span.line)
            for one in findings
            if one.confidence >= Confidence.MEDIUM
        )

    def _read(self, path: str, text: str) -> Facts:
        known = self._facts.get((path, text))
        if known is None:
            known = self._facts[path, text] = extract_facts(path, text.encode())
        return known

    def _back(self, verdicts: Counter[Verdict], known: Mapping[Place, Place]) -> Iterator[Verdict]:
        for (code, path, line), count in verdicts.items():
            place = known.get((path, line), (f"{path} (new line)", line))
            for _ in range(count):
                yield (code, *place)

    def _is_plain(self, name: str) -> bool:
        """Whether a name plays no role and says nothing of a verdict or a side."""
        lexicon = self.vocabulary.lexicon
        words = frozenset(name.lower().split("_"))
        said = (lexicon.positive, lexicon.negative, lexicon.negating, lexicon.opening_sides)
        said += (lexicon.closing_sides, lexicon.position_sides)
        if any(words & one for one in said):
            return False
        return not any(
            role.plays_name(name) or role.may_play(name) for role in self.vocabulary.roles.values()
        )


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
