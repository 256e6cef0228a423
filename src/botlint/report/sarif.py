"""SARIF 2.1.0, in the part of it that GitHub code scanning reads.

Paths are relative to the repository, columns count code points, traces are code flows, and
findings carry GitHub's own fingerprint beside botlint's. GitHub keeps 5,000 results: the worst.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from botlint.model import (
    Confidence,
    Finding,
    Fix,
    Place,
    Problem,
    Report,
    Rule,
    Severity,
    Span,
    Status,
)
from botlint.report.fingerprints import hash_lines
from botlint.report.presentation import Presentation, read_bytes
from botlint.report.summary import order_worst_first

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_MOST = 5000
_LONGEST = 1024
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
_RANKS = {Confidence.HIGH: 90.0, Confidence.MEDIUM: 60.0, Confidence.LOW: 30.0}

_Json = dict[str, Any]


def report_sarif(report: Report, presentation: Presentation) -> str:
    """One log with one run."""
    findings = order_worst_first(report)
    rules = _list_rules(report)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    hashes = _hash_places(findings[:_MOST], presentation)
    run = {
        "tool": {
            "driver": {
                "name": "botlint",
                "version": report.version,
                "semanticVersion": report.version,
                "rules": rules,
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_describe_run(report, presentation)],
        "results": [
            _describe_result(one, numbers, hashes, presentation) for one in findings[:_MOST]
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _list_rules(report: Report) -> list[_Json]:
    rules = {rule.code: _describe_rule(rule) for rule in report.rules}
    for finding in report.findings:
        rules.setdefault(finding.code, {"id": finding.code, "name": finding.name})
    return [rules[code] for code in sorted(rules)]


def _describe_rule(rule: Rule) -> _Json:
    words = f"{rule.why}\n\n{rule.loss}\n\n{rule.remedy}".strip()
    described: _Json = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary[:_LONGEST]},
        "fullDescription": {"text": (rule.why or rule.summary)[:_LONGEST]},
        "help": {"text": words or rule.summary, "markdown": _write_help(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "security-severity": _SCORES[rule.severity],
            "tags": ["trading-bot", *rule.checklist][:10],
        },
    }
    if rule.links and rule.links[0].startswith("https://"):
        described["helpUri"] = rule.links[0]
    return described


def _write_help(rule: Rule) -> str:
    parts = ((rule.why, ""), (rule.loss, "**How money is lost.** "), (rule.remedy, "**Remedy.** "))
    return "\n\n".join(head + text for text, head in parts if text) or rule.summary


def _describe_result(
    finding: Finding,
    numbers: Mapping[str, int],
    hashes: Mapping[Place, str],
    presentation: Presentation,
) -> _Json:
    fingerprints = {"botlint/v1": finding.fingerprint}
    if finding.place in hashes:
        fingerprints["primaryLocationLineHash"] = hashes[finding.place]
    result: _Json = {
        "ruleId": finding.code,
        "ruleIndex": numbers[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_describe_location(finding.place, presentation)],
        "partialFingerprints": fingerprints,
        "rank": _RANKS[finding.confidence],
        "properties": {
            "severity": finding.severity.name.lower(),
            "confidence": finding.confidence.name.lower(),
        },
    }
    if finding.trace:
        steps = [
            {"location": _describe_location(step.place, presentation, step.text)}
            for step in finding.trace
        ]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_describe_location(step.place, presentation, step.text)}
            for number, step in enumerate(finding.related, 1)
        ]
    if finding.fix is not None and finding.fix.replacements:
        result["fixes"] = [_describe_fix(finding.fix, presentation)]
    if finding.status != Status.OPEN:
        kind = "inSource" if finding.status == Status.SUPPRESSED else "external"
        suppression = {"kind": kind, "status": "accepted", "justification": finding.reason}
        result["suppressions"] = [suppression]
    return result


def _describe_fix(fix: Fix, presentation: Presentation) -> _Json:
    """A fix with its changes by file; its class stands in its properties."""
    files: dict[str, list[_Json]] = {}
    for one in fix.replacements:
        replacement = {
            "deletedRegion": _describe_region(one.place.span),
            "insertedContent": {"text": one.text},
        }
        files.setdefault(one.place.path, []).append(replacement)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _describe_file(path, presentation), "replacements": replacements}
            for path, replacements in files.items()
        ],
        "properties": {"safety": fix.safety.value},
    }


def _describe_location(place: Place, presentation: Presentation, text: str = "") -> _Json:
    location: _Json = {
        "physicalLocation": {
            "artifactLocation": _describe_file(place.path, presentation),
            "region": _describe_region(place.span),
        }
    }
    if text:
        location["message"] = {"text": text}
    return location


def _describe_file(path: str, presentation: Presentation) -> _Json:
    whole = presentation.prefix + path
    if whole.startswith(("/", "../")):
        return {"uri": quote(whole, errors="replace")}
    return {"uri": quote(whole, errors="replace"), "uriBaseId": _ROOT}


def _describe_region(span: Span) -> _Json:
    return {
        "startLine": max(span.line, 1),
        "startColumn": max(span.column, 1),
        "endLine": max(span.end_line, 1),
        "endColumn": max(span.end_column, 1),
    }


def _describe_run(report: Report, presentation: Presentation) -> _Json:
    told = [_notify_problem(problem, presentation) for problem in report.problems]
    told.extend(_notify("warning", statement) for statement in report.scope.unproven)
    told.extend(_notify("note", f"not analysed: {path}") for path in report.scope.not_analysed)
    if len(report.findings) > _MOST:
        text = f"only the worst {_MOST} of {len(report.findings)} findings are in this file"
        told.append(_notify("warning", text))
    return {"executionSuccessful": not report.problems, "toolExecutionNotifications": told}


def _notify_problem(problem: Problem, presentation: Presentation) -> _Json:
    told = _notify("error", problem.message)
    if problem.path:
        location: _Json = {"artifactLocation": _describe_file(problem.path, presentation)}
        if problem.span is not None:
            location["region"] = _describe_region(problem.span)
        told["locations"] = [{"physicalLocation": location}]
    return told


def _notify(level: str, text: str) -> _Json:
    return {"level": level, "message": {"text": text}}


def _hash_places(findings: list[Finding], presentation: Presentation) -> dict[Place, str]:
    by_path: dict[str, set[Place]] = {}
    for finding in findings:
        by_path.setdefault(finding.place.path, set()).add(finding.place)
    hashes = {}
    for path, places in by_path.items():
        data = read_bytes(path, presentation)
        lines = hash_lines(data, {place.span.line for place in places}) if data else {}
        hashes.update({p: lines[p.span.line] for p in places if p.span.line in lines})
    return hashes
