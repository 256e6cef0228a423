"""Reports: each format is a small view of a :class:`~botlint.model.Report`, and returns text."""

from __future__ import annotations

from botlint.report.concise import report_concise, report_statistics
from botlint.report.full import report_full, show_finding
from botlint.report.github import report_github
from botlint.report.json import report_json, report_jsonl
from botlint.report.presentation import Presentation, Reporter
from botlint.report.sarif import report_sarif

__all__ = ["REPORTERS", "Presentation", "Reporter", "report_statistics", "show_finding"]

REPORTERS: dict[str, Reporter] = {
    "full": report_full,
    "concise": report_concise,
    "json": report_json,
    "jsonl": report_jsonl,
    "sarif": report_sarif,
    "github": report_github,
}
