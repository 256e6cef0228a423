"""A plan: the changes of many fixes that don't touch each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from botlint.fixes.draft import Change, Draft, EditFault
from botlint.fixes.named import EDITS
from botlint.model import Finding


class Drafts:
    """Files that are no sources of the run, by their paths relative to ``root``; a file that isn't
    there is empty. ``known`` are those that fixes have changed."""

    def __init__(self, root: Path, known: Mapping[str, bytes] | None = None) -> None:
        self.root = root
        self.known = dict(known or {})

    def with_data(self, path: str, data: bytes) -> Drafts:
        """The same, with other bytes for one file."""
        return Drafts(self.root, {**self.known, path: data})

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises :class:`EditFault`."""
        if path in self.known:
            return self.known[path]
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return b""
        except (OSError, ValueError) as error:
            raise EditFault(f"{path} can't be read") from error


class Plan:
    """Grows by one fix after the other; one that touches another's changes is left for later.

    ``files`` are drafts that were read before, and gets those that are read now.
    """

    def __init__(
        self, drafts: Drafts, data: Mapping[str, bytes], files: dict[str, Draft] | None = None
    ) -> None:
        self.taken: list[Finding] = []
        self._drafts = drafts
        self._data = data
        self._files = {} if files is None else files
        self._changes: dict[str, list[Change]] = {}

    def add(self, finding: Finding) -> str:
        """Take a finding's fix in if there is room for it; why it can't ever be made, or ``""``."""
        made: dict[str, list[Change]] = {}
        try:
            for edit in finding.fix.edits if finding.fix else ():
                path = edit.place.path
                made.setdefault(path, []).extend(EDITS[edit.name](self._draft(path), edit))
        except EditFault as fault:
            return str(fault)
        if not any(made.values()):
            return "there is nothing to change"
        if any(_touch(one, self._changes.get(path, [])) for path in made for one in made[path]):
            return ""
        for path, changes in made.items():
            there = self._changes.setdefault(path, [])
            there += [one for one in changes if one not in there]
        self.taken.append(finding)
        return ""

    def before(self, path: str) -> bytes:
        """The bytes of a file that the plan changes."""
        return self._files[path].data

    def listed(self) -> Iterator[tuple[str, Draft, list[Change]]]:
        """The files with their changes, by path."""
        for path in sorted(self._changes):
            yield path, self._files[path], sorted(self._changes[path])

    def finish(self) -> dict[str, bytes]:
        """The new bytes of each file that changes."""
        return {path: draft.apply(changes) for path, draft, changes in self.listed() if changes}

    def _draft(self, path: str) -> Draft:
        if path not in self._files:
            data = self._data.get(path)
            self._files[path] = Draft(path, self._drafts.read(path) if data is None else data)
        return self._files[path]


def _touch(one: Change, others: list[Change]) -> bool:
    """Whether a change touches one of the others.

    Insertions at one place may follow each other, and the same insertion is made once.
    """
    return any(
        one != other
        and one.start <= other.end
        and other.start <= one.end
        and not (one.start == one.end == other.start == other.end)
        for other in others
    )
