"""``botlint parity``: what each flow sees of each setting, with the place behind every cell."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from botlint.checks.flows.flow_guards import find_guard_rows
from botlint.checks.flows.views import find_rows, names_of
from botlint.cli.output import wants_color
from botlint.configs.gather import gather_trees
from botlint.discover import discover
from botlint.facts.gather import gather_facts
from botlint.model import Problem
from botlint.profiles import load_flows
from botlint.project import link
from botlint.report.matrix import (
    MATRICES,
    Matrix,
    is_guarded_alike,
    paint_in_color,
    paint_plainly,
)
from botlint.report.summary import describe_problem
from botlint.rules import load_rules, roles_of
from botlint.settings import Overrides, Settings, load_settings
from botlint.vocabulary import load_vocabulary


@click.command("parity", help="Show what each flow sees of each setting.")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--profile", help="Use the flows of this profile.")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
@click.option(
    "--output-format",
    type=click.Choice(sorted(MATRICES)),
    default="terminal",
    show_default=True,
    help="How to show it.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def command(path: Path, profile: str | None, isolated: bool, output_format: str, color: str) -> int:
    """Print the matrix; 1 where flows differ, 2 where there is nothing to compare."""
    settings = load_settings(path, Overrides(profile=profile, isolated=isolated))
    flows = load_flows(settings)
    if len(flows.flows) < 2:
        told = "no flows are known: name them in [tool.botlint.flows], or choose a --profile"
        click.echo(f"botlint: {told}", err=True)
        return 2
    matrix, problems = _compare(path, settings)
    for problem in problems:
        click.echo(describe_problem(problem), err=True)
    if not matrix.rows and not matrix.guards:
        if not problems:
            click.echo(f"botlint: {path}: no two flows were found to compare", err=True)
        return 2
    paint = paint_in_color if wants_color(color) else paint_plainly
    width = shutil.get_terminal_size((120, 24)).columns
    click.echo(MATRICES[output_format](matrix, paint, width), color=True)
    if problems:
        return 2
    is_alike = all(row.is_alike for row in matrix.rows) and all(
        map(is_guarded_alike, matrix.guards)
    )
    return 0 if is_alike else 1


def _compare(path: Path, settings: Settings) -> tuple[Matrix, list[Problem]]:
    discovery = discover((str(path),), settings)
    facts, unread = gather_facts(discovery.analysed(), settings.jobs)
    broken = [Problem(one.path, one.error, one.error_span) for one in facts if one.error]
    vocabulary = load_vocabulary(settings, roles_of(load_rules(settings.rules)))
    flows = load_flows(settings)
    trees, unknown = gather_trees(discovery, (), compared=names_of(flows))
    project = link(facts, settings, vocabulary, trees=trees)
    matrix = Matrix(tuple(flows.flows), find_rows(project, flows), find_guard_rows(project, flows))
    return matrix, [*discovery.problems, *unread, *unknown, *broken]
