"""The last lines of a report for people: what is open, and what the run looked at."""

from __future__ import annotations

from collections import Counter

from botlint.model import Census, Finding, Place, Problem, Report, Safety, Severity, Status
from botlint.report.presentation import Presentation, clean


def order_open_first(report: Report) -> list[Finding]:
    """Open findings by place; those that are silenced after them."""
    return sorted(report.findings, key=lambda one: one.status != Status.OPEN)


def order_worst_first(report: Report) -> list[Finding]:
    """All findings, open ones and severe ones first."""
    return sorted(
        report.findings,
        key=lambda one: (one.status != Status.OPEN, -one.severity, -one.confidence, one.place),
    )


def describe_problem(problem: Problem) -> str:
    """``path:line:col: problem: message``, with as much of the place as there is."""
    span = problem.span
    at = f"{problem.path}:{span.line}:{span.column}" if span is not None else problem.path
    return clean(f"{at}: problem: {problem.message}" if at else f"problem: {problem.message}")


def _count_open(report: Report) -> int:
    """The number of open findings."""
    return sum(finding.status == Status.OPEN for finding in report.findings)


def summarise(report: Report, presentation: Presentation) -> list[str]:
    """The verdict and the scope of a run; the last line holds the scope."""
    lines = [clean(statement) for statement in report.scope.unproven]
    fixes = _say_fixes(report)
    scope = _say_scope(report)
    if report.scope.not_analysed and not presentation.verbose:
        scope += " (-v names them)"
    return [*lines, _say_outcome(report), *([fixes] if fixes else []), scope]


def list_unseen(report: Report) -> list[str]:
    """What is unknown and what was not analysed, one a line."""
    scope = report.scope
    return [
        *(clean(f"unknown: {describe_place(one.place)}  {one.text}") for one in scope.unknown),
        *(f"not analysed: {clean(path)}" for path in scope.not_analysed),
    ]


def describe_place(place: Place) -> str:
    """``path:line:col``."""
    return clean(f"{place.path}:{place.span.line}:{place.span.column}")


def number(count: int, word: str, words: str = "") -> str:
    """``1 order``, ``2 orders``, ``1,000 entries``."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def _say_outcome(report: Report) -> str:
    found = _count_open(report)
    parts = []
    if found:
        levels = Counter(one.severity for one in report.findings if one.status == Status.OPEN)
        listed = ", ".join(
            f"{levels[level]} {level.name.lower()}"
            for level in sorted(Severity, reverse=True)
            if levels[level]
        )
        parts.append(f"{number(found, 'open finding')} ({listed})")
    if report.problems:
        left = "not everything" if report.scope.files else "nothing"
        parts.append(f"{number(len(report.problems), 'problem')}, so {left} was checked")
    if not parts:
        census = report.scope.census or Census()
        orders = census.opening_orders + census.closing_orders
        is_empty = bool(report.scope.unproven) and not orders
        parts.append("nothing proved" if is_empty else "nothing is open")
    return "; ".join(parts)


def _say_fixes(report: Report) -> str:
    """What was mended, and what more could be, by which options."""
    left = Counter(
        one.fix.safety for one in report.findings if one.status == Status.OPEN and one.fix
    )
    parts = [f"{number(len(report.fixed), 'finding')} fixed"] if report.fixed else []
    if left[Safety.SAFE]:
        parts.append(f"{left[Safety.SAFE]:,} fixable with --fix")
    if left[Safety.UNSAFE]:
        more = "more " if left[Safety.SAFE] else ""
        parts.append(f"{left[Safety.UNSAFE]:,} {more}fixable with --fix --unsafe-fixes")
    return "[*] " + ", ".join(parts) if parts else ""


def _say_census(census: Census) -> tuple[str, ...]:
    opening, closing = census.opening_orders, census.closing_orders
    wrapped = census.wrapped_orders
    more = f"; {wrapped:,} more in functions that nothing calls" if wrapped else ""
    return (
        number(census.entries, "entry point"),
        number(opening + closing, "order") + f" ({opening} opening, {closing} closing{more})",
        number(census.guards, "guard"),
    )


def _say_scope(report: Report) -> str:
    scope = report.scope
    status = Counter(finding.status for finding in report.findings)
    told = [
        number(scope.files, "file"),
        *(_say_census(scope.census) if scope.census else ()),
        f"{len(scope.unknown):,} unknown",
        f"{status[Status.SUPPRESSED]:,} suppressed",
    ]
    if status[Status.BASELINED]:
        told.append(f"{status[Status.BASELINED]:,} in the baseline")
    told.append(f"{len(scope.not_analysed):,} not analysed")
    return "checked " + ", ".join(told)
