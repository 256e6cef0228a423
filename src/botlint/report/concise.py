"""One finding, one line; and how often each rule found something."""

from __future__ import annotations

from collections import Counter

from botlint.model import Report, Status
from botlint.report.presentation import Presentation, clean
from botlint.report.summary import (
    describe_place,
    describe_problem,
    list_unseen,
    order_open_first,
    summarise,
)


def report_concise(report: Report, presentation: Presentation) -> str:
    """``path:line:col: CODE message`` for every open finding, then the problems and the scope."""
    lines = []
    for finding in order_open_first(report):
        if finding.status != Status.OPEN and not presentation.shows_suppressed:
            continue
        at = describe_place(finding.place)
        silenced = "" if finding.status == Status.OPEN else f" [{finding.status.value}]"
        lines.append(clean(f"{at}: {finding.code} {finding.message}{silenced}"))
    return _close(lines, report, presentation)


def report_statistics(report: Report, presentation: Presentation) -> str:
    """``count code name`` for each rule with open findings, the most frequent first."""
    counts = Counter((f.code, f.name) for f in report.findings if f.status == Status.OPEN)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{count:>5}  {code}  {name}" for (code, name), count in ordered]
    return _close(lines, report, presentation)


def _close(lines: list[str], report: Report, presentation: Presentation) -> str:
    lines.extend(describe_problem(problem) for problem in report.problems)
    if presentation.verbose:
        lines.extend(list_unseen(report))
    if not presentation.quiet or report.problems or report.scope.unproven:
        lines.extend(summarise(report, presentation))
    return "".join(f"{line}\n" for line in lines)
