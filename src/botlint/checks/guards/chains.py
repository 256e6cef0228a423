"""The chains of calls by which an order is reached, and how the guard fared on them."""

from __future__ import annotations

from typing import NamedTuple

from botlint.checks.guards.passages import Passage
from botlint.flow.entries import Entry
from botlint.project import CallRef


class Link(NamedTuple):
    """One call of a chain with how the guard fared before it, worst first; ``is_same`` says that it
    asks for the very order at the bottom of the chain, ``roots`` are that order's names there."""

    call: CallRef
    via: str
    passages: tuple[Passage, ...]
    is_same: bool = True
    roots: frozenset[str] | None = None


class Chain(NamedTuple):
    """Calls from a leaf order up to an entry point, and what that entry is.

    ``is_closing`` says that the order closes or reduces a position, ``is_told`` that something
    says so or says the opposite (else it counts as opening, less surely). ``guarded_at`` is the
    number of the link that all paths guard, ``closing_at`` of the one that says that it closes;
    ``-1`` if none does.
    """

    links: tuple[Link, ...]
    entry: Entry | None
    is_closing: bool
    is_told: bool
    guarded_at: int = -1
    closing_at: int = -1

    def worst(self) -> Passage:
        """The passage that explains best why the chain is unguarded."""
        passages = [passage for link in self.links for passage in link.passages]
        return max(passages, key=lambda passage: passage.status.mark)
