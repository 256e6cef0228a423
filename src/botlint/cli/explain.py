"""``botlint explain``: one finding, its path through the program in full."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from botlint.cli.check import look, tell_details
from botlint.cli.choosing import read_overrides, settings_options
from botlint.cli.output import make_presentation
from botlint.model import Finding, Place, Report
from botlint.report import show_finding
from botlint.report.summary import describe_problem


@click.command()
@click.argument("place")
@click.argument("paths", nargs=-1)
@settings_options
def command(place: str, paths: tuple[str, ...], **chosen: Any) -> int:
    """Show the findings at PLACE: path:line, path, or a fingerprint.

    The program in PATHS (by default all of it) is analysed anew.
    """
    report, settings = look(paths, read_overrides(paths, chosen))
    tell_details(report, chosen)
    presentation = make_presentation(
        settings, "auto", verbose=True, quiet=False, shows_suppressed=True
    )
    meant = _find_meant(report, place, settings.root)
    for finding in meant:
        click.echo(show_finding(finding, presentation))
    for problem in report.problems:
        click.echo(describe_problem(problem), err=True)
    if not meant:
        click.echo(f"botlint: no finding at {place}", err=True)
        return 2
    return 2 if report.problems else 1


def _find_meant(report: Report, place: str, root: Path) -> list[Finding]:
    """The findings at a place, or else those that name it as one of many."""
    at_place = [
        one
        for one in report.findings
        if one.fingerprint == place or _is_there(one.place, place, root)
    ]
    return at_place or [
        one
        for one in report.findings
        if any(_is_there(step.place, place, root) for step in one.related)
    ]


def _is_there(at: Place, place: str, root: Path) -> bool:
    form = re.fullmatch(r"(.+?)(?::(\d+))?(?::\d+)?", place)
    if form is None:
        return False
    path, line = form[1], form[2]
    absolute = Path(path).absolute()
    inside = absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path
    if at.path not in (path, inside):
        return False
    return line is None or at.span.line <= int(line) <= at.span.end_line
