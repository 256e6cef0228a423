"""The report as JSON: everything that it holds, under names that stay.

A new field may come with any version; ``schema_version`` rises when one goes or changes meaning.
Text is ASCII with escapes, so that no odd character of a source can break the document.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from botlint.model import Finding, Fix, Place, Problem, Report, Safety, Scope, Span, Status, Step
from botlint.report.presentation import Presentation

SCHEMA_VERSION = 1


def report_json(report: Report, presentation: Presentation) -> str:
    """One document."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "botlint", "version": report.version},
        "summary": _summarise(report),
        "findings": [_describe_finding(finding) for finding in report.findings],
        "fixed": [_describe_finding(finding) for finding in report.fixed],
        "problems": [problem_document(problem) for problem in report.problems],
        "scope": _describe_scope(report.scope),
    }
    return json.dumps(document, indent=2) + "\n"


def report_jsonl(report: Report, presentation: Presentation) -> str:
    """One line for each finding and each problem, and a last one for the run."""
    records: list[dict[str, Any]] = [
        {"type": "finding", **_describe_finding(finding)} for finding in report.findings
    ]
    records.extend({"type": "fixed", **_describe_finding(one)} for one in report.fixed)
    records.extend({"type": "problem", **problem_document(one)} for one in report.problems)
    records.append(
        {
            "type": "run",
            "schema_version": SCHEMA_VERSION,
            "version": report.version,
            "summary": _summarise(report),
            "scope": _describe_scope(report.scope),
        }
    )
    return "".join(json.dumps(record) + "\n" for record in records)


def _describe_finding(finding: Finding) -> dict[str, Any]:
    """A finding as plain data."""
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence.name.lower(),
        "status": finding.status.value,
        "reason": finding.reason,
        "place": _describe_place(finding.place),
        "symbol": finding.symbol,
        "trace": [_describe_step(step) for step in finding.trace],
        "related": [_describe_step(step) for step in finding.related],
        "help": finding.help,
        "fingerprint": finding.fingerprint,
        "fix": None if finding.fix is None else _describe_fix(finding.fix),
    }


def _summarise(report: Report) -> dict[str, Any]:
    status = Counter(finding.status for finding in report.findings)
    still_open = [one for one in report.findings if one.status == Status.OPEN]
    fixable = Counter(one.fix.safety for one in still_open if one.fix is not None)
    return {
        **{state.value: status[state] for state in Status},
        "fixed": len(report.fixed),
        "fixable": {safety.value: fixable[safety] for safety in Safety},
        "problems": len(report.problems),
        "by_rule": dict(sorted(Counter(one.code for one in still_open).items())),
    }


def _describe_fix(fix: Fix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "safety": fix.safety.value,
        "replacements": [
            {"place": _describe_place(one.place), "text": one.text} for one in fix.replacements
        ],
    }


def _describe_scope(scope: Scope) -> dict[str, Any]:
    census = scope.census
    return {
        "files": scope.files,
        "entries": census and census.entries,
        "opening_orders": census and census.opening_orders,
        "closing_orders": census and census.closing_orders,
        "wrapped_orders": census and census.wrapped_orders,
        "guards": census and census.guards,
        "unknown": [_describe_step(step) for step in scope.unknown],
        "unproven": list(scope.unproven),
        "not_analysed": list(scope.not_analysed),
    }


def problem_document(problem: Problem) -> dict[str, Any]:
    """A problem as every document of botlint shows it."""
    span = None if problem.span is None else _describe_span(problem.span)
    return {"path": problem.path, "span": span, "message": problem.message}


def _describe_step(step: Step) -> dict[str, Any]:
    return {"text": step.text, "place": _describe_place(step.place)}


def _describe_place(place: Place) -> dict[str, Any]:
    return {"path": place.path, **_describe_span(place.span)}


def _describe_span(span: Span) -> dict[str, int]:
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
