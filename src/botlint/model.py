"""The words botlint speaks: places, hits, findings, problems and the report that holds them.

Every type here is frozen and complete at birth. A check yields a :class:`Hit`; placed under a
:class:`Rule` it becomes a :class:`Finding`; what botlint could not look at is a :class:`Problem`,
of equal rank; a :class:`Report` is the whole outcome, and every output format is a view of it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import msgspec


class Span(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """A stretch of one file: 1-based lines, 1-based code-point columns, end column exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def covers(self, other: Span) -> bool:
        """Whether another stretch of the same file lies within this one."""
        return (self.line, self.column) <= (other.line, other.column) and (
            other.end_line,
            other.end_column,
        ) <= (self.end_line, self.end_column)


class Place(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """A span in a file; ``path`` is relative to the root, with ``/``."""

    path: str
    span: Span


class Severity(enum.IntEnum):
    """How much a finding can cost: critical means that money can be lost at once."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Confidence(enum.IntEnum):
    """How sure a check is of what it saw."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Status(enum.StrEnum):
    """What became of a finding."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    BASELINED = "baselined"


class Step(msgspec.Struct, frozen=True):
    """One numbered step of a trace, or one related place, with what happens there."""

    place: Place
    text: str


class Safety(enum.StrEnum):
    """Whether a fix can change what the bot does; one that can is made only when asked for."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Edit(msgspec.Struct, frozen=True):
    """One change of one file: ``name`` is that of an edit in :data:`botlint.fixes.EDITS`, which
    says what its ``place`` and its ``parameters`` mean. A credential is never a parameter."""

    name: str
    place: Place
    parameters: Mapping[str, Any] = {}


class Replacement(msgspec.Struct, frozen=True):
    """What an edit comes to: ``text`` stands for what ``place`` spans."""

    place: Place
    text: str


class Fix(msgspec.Struct, frozen=True):
    """How a finding can be mended: all of ``edits``, or none.

    ``title`` says in a few words what is done. ``replacements`` are worked out when a report is to
    show them.
    """

    title: str
    safety: Safety
    edits: tuple[Edit, ...]
    replacements: tuple[Replacement, ...] = ()


class Hit(msgspec.Struct, frozen=True):
    """What a check yields.

    ``saw`` fills the named fields of the rule's message; ``trace`` shows the path on which the
    point fails, in the order in which it runs; ``related`` are further places of the same fault.
    ``cause`` names the fault: of several hits with one cause only the first rule in the order of
    the catalogue stands. ``severity`` stands in place of the rule's, where what was broken says how
    much it matters; ``mitigation`` is the number of levels to take off. ``behind`` is where
    something always fails before what is told can happen: a hit at that place tells it along.
    """

    place: Place
    saw: Mapping[str, str]
    confidence: Confidence
    trace: tuple[Step, ...]
    related: tuple[Step, ...] = ()
    cause: str = ""
    symbol: str = ""
    mitigation: int = 0
    severity: Severity | None = None
    fix: Fix | None = None
    behind: Place | None = None


class Example(msgspec.Struct, frozen=True):
    """A small program that a rule is tried on: ``files`` maps path to text.

    The line of a file that ends in ``# expect: CODE`` is where a finding must stand.
    """

    kind: str
    title: str
    files: Mapping[str, str]


class RoleNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role as written: what it is for, and the patterns of the calls and names that play it."""

    means: str = "a role of this project"
    calls: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """A check with its parameters, its words and its examples; one TOML file each.

    ``one_for`` says what gets one finding, whatever is wrong with it: a ``place`` for each thing
    that is said of it, a ``statement`` (a line), a ``value`` with all that it holds.
    """

    code: str
    name: str
    since: str
    summary: str
    message: str
    why: str
    loss: str
    remedy: str
    severity: Severity
    check: str
    parameters: Mapping[str, Any]
    stands_before: tuple[str, ...] = ()
    one_for: str = "place"
    checklist: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    path: str = ""
    roles: Mapping[str, RoleNames] = {}


class Finding(msgspec.Struct, frozen=True):
    """A hit placed under a rule."""

    code: str
    name: str
    place: Place
    message: str
    severity: Severity
    confidence: Confidence
    help: str
    trace: tuple[Step, ...]
    related: tuple[Step, ...]
    symbol: str
    fingerprint: str
    status: Status = Status.OPEN
    reason: str = ""
    fix: Fix | None = None


class Problem(msgspec.Struct, frozen=True, order=True, array_like=True, tag="problem"):
    """Something botlint could not do or look at; a report that holds one never exits 0.

    ``path`` is empty and ``span`` is ``None`` where the problem has no place. ``detail`` is more,
    in several lines, for those who mend botlint.
    """

    path: str
    message: str
    span: Span | None = None
    detail: str = ""


class Census(msgspec.Struct, frozen=True):
    """How many orders a program places, from how many entry points, and how many guards it has.

    ``wrapped_orders`` are further ones, in functions named like orders that nothing calls.
    """

    entries: int = 0
    opening_orders: int = 0
    closing_orders: int = 0
    guards: int = 0
    wrapped_orders: int = 0


class Scope(msgspec.Struct, frozen=True):
    """What a run looked at; its last line. ``census`` is ``None`` if no rule of the run asks for
    the guards of orders, so that nobody counted them."""

    files: int = 0
    not_analysed: tuple[str, ...] = ()
    census: Census | None = None
    unknown: tuple[Step, ...] = ()
    unproven: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """The whole outcome of a run, every sequence sorted. ``fixed`` are findings that stood before
    the run mended them."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    scope: Scope
    rules: tuple[Rule, ...]
    version: str
    fixed: tuple[Finding, ...] = ()
