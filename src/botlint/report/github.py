"""Annotations for GitHub Actions, one workflow command each, the worst first.

GitHub shows ten of a level for each step, so the order decides what is seen.
"""

from __future__ import annotations

from botlint.model import Finding, Problem, Report, Severity, Span, Status
from botlint.report.presentation import Presentation, clean
from botlint.report.summary import list_unseen, order_worst_first, summarise

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def report_github(report: Report, presentation: Presentation) -> str:
    """The workflow commands, then the scope of the run as plain lines for the log."""
    lines = [_annotate_problem(problem, presentation) for problem in report.problems]
    lines.extend(
        _annotate(finding, presentation)
        for finding in order_worst_first(report)
        if finding.status == Status.OPEN
    )
    if presentation.verbose:
        lines.extend(_escape(line) for line in list_unseen(report))
    lines.extend(_escape(line) for line in summarise(report, presentation))
    return "".join(f"{line}\n" for line in lines)


def _annotate(finding: Finding, presentation: Presentation) -> str:
    told = [finding.message]
    for number, step in enumerate(finding.trace, 1):
        told.append(f"{number}. {step.place.path}:{step.place.span.line} {step.text}")
    if finding.help:
        told.append(f"help: {finding.help}")
    title = f"botlint {finding.code} ({finding.name})"
    path = presentation.prefix + finding.place.path
    properties = _list_properties(title, path, finding.place.span)
    return f"::{_LEVELS[finding.severity]} {properties}::{_escape(chr(10).join(told))}"


def _annotate_problem(problem: Problem, presentation: Presentation) -> str:
    path = presentation.prefix + problem.path if problem.path else ""
    properties = _list_properties("botlint problem", path, problem.span)
    return f"::error {properties}::{_escape(problem.message)}"


def _list_properties(title: str, path: str, span: Span | None) -> str:
    told = [f"title={_escape_property(title)}"]
    if path:
        told.append(f"file={_escape_property(path)}")
    if span is not None:
        told.append(f"line={span.line}")
        # Columns of several lines make GitHub drop the annotation.
        if span.line == span.end_line:
            told.append(f"col={span.column},endLine={span.end_line},endColumn={span.end_column}")
        else:
            told.append(f"endLine={span.end_line}")
    return ",".join(told)


def _escape(text: str) -> str:
    return "%0A".join(clean(line) for line in text.replace("%", "%25").split("\n"))


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
