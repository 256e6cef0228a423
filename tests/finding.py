"""What rules find in a project, for tests that need no more of the pipeline."""

from __future__ import annotations

from botlint.applying import apply_rules
from botlint.merging import make_findings
from botlint.model import Finding, Rule
from botlint.project import Project


def find_all(project: Project, rules: tuple[Rule, ...]) -> tuple[Finding, ...]:
    """The findings of the rules; a check that breaks off fails the test."""
    found = make_findings(apply_rules(project, rules))
    assert not [problem for problem in project.problems if problem.detail]
    return found
