"""The options of ``botlint check`` that mend what is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from botlint.cli.output import FOR_MACHINES
from botlint.fixes import Drafts, Mended, describe_changes, spell_out, write_changes
from botlint.model import Finding, Report, Safety
from botlint.report.summary import describe_problem, number
from botlint.settings import Settings

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Mending(msgspec.Struct, frozen=True):
    """What is to be mended, and what is to be told of it."""

    safeties: frozenset[Safety]
    is_diff: bool = False
    is_fix_only: bool = False
    fails_on_fix: bool = False


def fix_options(function: _Function) -> _Function:
    """The options that ask for fixes."""
    options = (
        click.option("--fix", is_flag=True, help="Mend what can be mended safely."),
        click.option(
            "--unsafe-fixes", is_flag=True, help="With --fix: also what may change what is traded."
        ),
        click.option("--fix-only", is_flag=True, help="Mend, and don't tell what is left."),
        click.option("--diff", is_flag=True, help="Show what --fix would change; write nothing."),
        click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit 1 if anything was mended."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def read_mending(paths: tuple[str, ...], chosen: dict[str, Any]) -> Mending | None:
    """What the options ask for, which are taken out of ``chosen``; ``None``: mend nothing."""
    wants_fix, wants_unsafe = chosen.pop("fix"), chosen.pop("unsafe_fixes")
    fix_only, diff = chosen.pop("fix_only"), chosen.pop("diff")
    fails = chosen.pop("exit_non_zero_on_fix")
    if not (wants_fix or fix_only or diff):
        return None
    if "-" in paths or (chosen["stdin_filename"] and not paths):
        raise click.UsageError("standard input can't be mended: name the file")
    safeties = frozenset(Safety) if wants_unsafe else frozenset({Safety.SAFE})
    return Mending(safeties, diff, fix_only, fails)


def write_mended(mended: Mended, settings: Settings) -> Report:
    """Write the files; the report, with what could not be written among its problems."""
    problems = write_changes(mended.files, settings.root)
    report = mended.report
    lost = {problem.path for problem in problems}
    return msgspec.structs.replace(
        report,
        problems=tuple(sorted((*report.problems, *problems))),
        fixed=tuple(one for one in report.fixed if not _touches(one, lost)),
    )


def print_diff(mended: Mended) -> int:
    """Print what would change; the exit code."""
    click.echo(describe_changes(mended.files), nl=False)
    for problem in mended.report.problems:
        click.echo(describe_problem(problem), err=True)
    count = len(mended.report.fixed)
    click.echo(f"would mend {number(count, 'finding')}" if count else "nothing to mend", err=True)
    if mended.report.problems:
        return 2
    return 1 if mended.files else 0


def show_replacements(report: Report, formats: set[str], settings: Settings) -> Report:
    """The report with the replacements of its fixes, if one of the formats shows them."""
    if formats.isdisjoint(FOR_MACHINES):
        return report
    known = dict([settings.stdin] if settings.stdin else [])
    return spell_out(report, Drafts(Path(settings.root), known))


def _touches(finding: Finding, paths: set[str]) -> bool:
    return finding.fix is not None and any(edit.place.path in paths for edit in finding.fix.edits)
