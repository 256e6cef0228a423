"""The pipeline, on one screen."""

from __future__ import annotations

from typing import NamedTuple

from botlint import __version__
from botlint.applying import apply_rules
from botlint.cache import read_facts, read_sightings, write_facts, write_sightings
from botlint.checks.flows.views import names_compared
from botlint.checks.idle import find_idle_patterns
from botlint.checks.scope import measure_scope
from botlint.checks.settings.keyed_reads import files_named
from botlint.checks.settings.limited_fields import limited_names
from botlint.configs.bindings import files_of
from botlint.configs.gather import gather_trees
from botlint.configs.scripts import find_scripts
from botlint.configs.types import Tree
from botlint.discover import Discovery
from botlint.facts.gather import gather_by_content, paused_collection
from botlint.facts.texts import Text, look_through
from botlint.facts.types import Facts
from botlint.merging import make_findings
from botlint.model import Finding, Problem, Report, Rule, Scope
from botlint.project import Project, link
from botlint.rules import load_rules, roles_of
from botlint.selection import select_rules
from botlint.settings import Settings
from botlint.suppress import (
    apply_suppressions,
    drop_minor,
    find_broken_sources,
    find_idle_roles,
    sort_key,
)
from botlint.vocabulary import Vocabulary, load_vocabulary


class Linked(NamedTuple):
    """A program and what it was linked from; ``problems`` are the settings that can't be read."""

    project: Project
    facts: tuple[Facts, ...]
    trees: tuple[Tree, ...]
    problems: tuple[Problem, ...]


def look(discovery: Discovery, settings: Settings) -> Report:
    """Check the sources that were found; raises like :func:`botlint.run.check`."""
    known = load_rules(settings.rules)
    vocabulary = load_vocabulary(settings, roles_of(known))
    rules = select_rules(known, settings)
    with paused_collection():
        made = read_facts(settings.cache, settings.root)
        facts, unread, encoded = gather_by_content(discovery.analysed(), settings.jobs, made)
        kept = read_sightings(settings.cache)
        looked = look_through(discovery, kept)
        program = link_sources(discovery, facts, looked.texts, settings, vocabulary, rules)
        found = run_rules(program, rules, known)
        left = (*unread, *looked.problems, *looked.passed)
        scope = measure_scope(program.project, rules, facts, discovery, left)
        idle = find_idle_patterns(program.project, settings.roles)
    findings = (*found, *find_idle_roles(idle, known, settings))
    write_sightings(settings.cache, kept, looked.seen)
    write_facts(settings.cache, settings.root, made, encoded)
    problems = (
        *discovery.problems,
        *unread,
        *looked.problems,
        *program.problems,
        *program.project.problems,
        *_unproven(scope, settings),
    )
    shown = tuple(sorted(drop_minor(findings, settings), key=sort_key))
    return Report(shown, tuple(sorted(set(problems))), scope, rules, __version__)


def link_sources(
    discovery: Discovery,
    facts: tuple[Facts, ...],
    texts: tuple[Text, ...],
    settings: Settings,
    vocabulary: Vocabulary,
    rules: tuple[Rule, ...],
) -> Linked:
    """Link ``facts``, and what was seen in other ``texts``, with the settings that ``rules`` and
    the code ask for."""
    trees, unread = gather_trees(
        discovery, files_of(rules), limited_names(facts), names_compared(rules), files_named(facts)
    )
    scripts = find_scripts(discovery)
    project = link(facts, settings, vocabulary, texts, trees, scripts, discovery.looked)
    return Linked(project, facts, trees, unread)


def run_rules(
    program: Linked, rules: tuple[Rule, ...], known: tuple[Rule, ...]
) -> tuple[Finding, ...]:
    """The findings of ``rules``, which are some of those ``known``, with those about comments for
    botlint and about files that can't be read as what they are."""
    project, facts, trees, _ = program
    ran = {rule.code for rule in rules}
    placed = apply_rules(project, rules)
    silenced = apply_suppressions(placed, facts, known, project.settings, ran)
    return (
        *make_findings(silenced.placed),
        *silenced.findings,
        *find_broken_sources(facts, known, trees),
    )


def _unproven(scope: Scope, settings: Settings) -> tuple[Problem, ...]:
    """Where a profile says what kind of bot this is, proving nothing is a problem."""
    if settings.profile is None:
        return ()
    return tuple(Problem("", text) for text in scope.unproven)
