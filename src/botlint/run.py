"""The pipeline, on one screen."""

from __future__ import annotations

from botlint import __version__
from botlint.checks.orders import Orders
from botlint.discover import Discovery, discover
from botlint.facts.gather import gather_facts, paused_collection
from botlint.facts.types import Facts
from botlint.model import Finding, Problem, Report, Rule, Scope
from botlint.project import Project, link
from botlint.rules import apply_rules, load_rules, select_rules
from botlint.settings import Settings
from botlint.suppress import apply_suppressions, find_broken_sources
from botlint.vocabulary import load_vocabulary


def check(paths: tuple[str, ...], settings: Settings) -> Report:
    """Check ``paths`` (files and directories); the whole outcome.

    Raises :class:`botlint.settings.SettingsFault` for a setting, a rule or a profile that is wrong.
    """
    discovery = discover(paths, settings)
    vocabulary = load_vocabulary(settings)
    rules = select_rules(load_rules(settings.rules), settings)
    facts, unread = gather_facts(_analysed(discovery), settings.jobs)
    with paused_collection():
        project = link(tuple(one for one in facts if not one.error), settings, vocabulary)
        hits = apply_rules(project, rules)
        scope = _scope(project, discovery, facts, rules)
    findings = (*hits, *find_broken_sources(facts, rules))
    findings = apply_suppressions(findings, facts, rules, settings)
    problems = tuple(sorted((*discovery.problems, *unread, *_unproven(scope, settings))))
    return Report(_shown(findings, settings), problems, scope, rules, __version__)


def _analysed(discovery: Discovery) -> tuple:  # type: ignore[type-arg]  # of sources
    return tuple(source for source in discovery.sources if not source.is_peripheral)


def _shown(findings: tuple[Finding, ...], settings: Settings) -> tuple[Finding, ...]:
    return tuple(
        finding
        for finding in findings
        if finding.severity >= settings.min_severity
        and finding.confidence >= settings.min_confidence
    )


def _scope(
    project: Project, discovery: Discovery, facts: tuple[Facts, ...], rules: tuple[Rule, ...]
) -> Scope:
    orders = project.answer(("orders",), lambda: Orders(project))
    opening, closing = orders.count()
    return Scope(
        files=len(facts),
        not_analysed=discovery.passed_over,
        entries=len(project.program.entries()),
        opening_orders=opening,
        closing_orders=closing,
    )


def _unproven(scope: Scope, settings: Settings) -> tuple[Problem, ...]:
    if settings.profile is None:
        return ()
    return tuple(Problem("", text) for text in scope.unproven)
