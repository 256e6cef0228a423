"""``botlint explain``: one finding, its path through the program in full."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from botlint.cli.check import look, read_overrides, settings_options
from botlint.cli.output import make_presentation
from botlint.model import Finding
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
    presentation = make_presentation(
        settings, "auto", verbose=True, quiet=False, shows_suppressed=True
    )
    meant = [one for one in report.findings if _is_meant(one, place, settings.root)]
    for finding in meant:
        click.echo(show_finding(finding, presentation))
    for problem in report.problems:
        click.echo(describe_problem(problem), err=True)
    if not meant:
        click.echo(f"botlint: no finding at {place}", err=True)
        return 2
    return 2 if report.problems else 1


def _is_meant(finding: Finding, place: str, root: Path) -> bool:
    if finding.fingerprint == place:
        return True
    form = re.fullmatch(r"(.+?)(?::(\d+))?(?::\d+)?", place)
    if form is None:
        return False
    path, line = form[1], form[2]
    absolute = Path(path).absolute()
    inside = absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path
    if finding.place.path not in (path, inside):
        return False
    span = finding.place.span
    return line is None or span.line <= int(line) <= span.end_line
