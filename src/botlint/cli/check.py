"""``botlint check``: the whole program is analysed and the report printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from botlint import __version__
from botlint.cli import as_problem, close_quietly, wants_traceback
from botlint.cli.choosing import EnvironmentOption, read_overrides, settings_options
from botlint.cli.fixing import (
    Mending,
    fix_options,
    print_diff,
    read_mending,
    show_replacements,
    write_mended,
)
from botlint.cli.output import FOR_MACHINES, Target, make_presentation, print_report, write_report
from botlint.fixes import Mended
from botlint.model import Problem, Report, Scope, Status
from botlint.report import REPORTERS, Presentation
from botlint.report.summary import describe_problem
from botlint.settings import Overrides, Settings, load_settings

_Outcome = TypeVar("_Outcome")


def _read_targets(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[Target, ...]:
    targets: list[Target] = []
    for value in values:
        name, _, path = value.partition(":")
        if name not in REPORTERS or not path:
            wanted = ", ".join(REPORTERS)
            raise click.BadParameter(f"{value!r} is no FORMAT:PATH with FORMAT one of {wanted}")
        target = Target(name, Path(path))
        if target.path.suffix in (".py", ".pyi", ".pyw"):
            raise click.BadParameter(f"{path!r} would be a source of Python, not a report")
        if any(target.path == other.path for other in targets):
            raise click.BadParameter(f"{path!r} is named twice, and holds one report only")
        targets.append(target)
    return tuple(targets)


@click.command()
@click.argument("paths", nargs=-1)
@settings_options
@click.option(
    "--output-format",
    cls=EnvironmentOption,
    type=click.Choice(list(REPORTERS)),
    default="full",
    show_default=True,
    envvar="BOTLINT_OUTPUT_FORMAT",
    help="How the findings are written to standard output.",
)
@click.option(
    "--output",
    "targets",
    multiple=True,
    callback=_read_targets,
    metavar="FORMAT:PATH",
    help="Write a report to a file as well; repeatable.",
)
@fix_options
@click.option("-e", "--exit-zero", is_flag=True, help="Exit 0 for findings; problems stay 2.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option("--show-suppressed", is_flag=True, help="Show what is suppressed, with its reason.")
@click.option(
    "--color",
    cls=EnvironmentOption,
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    envvar="BOTLINT_COLOR",
    help="Colours; auto: on a terminal.",
)
@click.option("-v", "--verbose", is_flag=True, help="Whole traces, and what is unknown.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing but findings and problems.")
def command(
    paths: tuple[str, ...],
    output_format: str,
    targets: tuple[Target, ...],
    exit_zero: bool,
    statistics: bool,
    show_suppressed: bool,
    color: str,
    verbose: bool,
    quiet: bool,
    **chosen: Any,
) -> int:
    """Prove the points of the checklist over the program in PATHS, or show where they fail."""
    mending = read_mending(paths, chosen)
    report, settings = _look_or_mend(paths, read_overrides(paths, chosen), mending)
    if isinstance(report, Mended):
        tell_details(report.report, chosen)
        return print_diff(report)
    tell_details(report, chosen)
    formats = {output_format, *(target.format for target in targets)}
    report = show_replacements(report, formats, settings)
    presentation = make_presentation(
        settings, color, verbose=verbose, quiet=quiet, shows_suppressed=show_suppressed
    )
    report = _write_all(report, targets, presentation)
    code = _decide_exit(report, settings, exit_zero=exit_zero)
    if mending is not None and mending.fails_on_fix and report.fixed:
        code = max(code, 1)
    if output_format in FOR_MACHINES:
        # Standard output holds only the document; a person should see why this was no success.
        for problem in report.problems:
            click.echo(describe_problem(problem), err=True)
    try:
        shown = "statistics" if statistics and output_format in ("full", "concise") else ""
        print_report(report, shown or output_format, presentation)
    except BrokenPipeError:
        close_quietly()
    return code


def look(paths: tuple[str, ...], overrides: Overrides) -> tuple[Report, Settings]:
    """The report on the paths; settings that can't be taken are a problem in it."""
    from botlint.run import check

    return _attempt(paths, overrides, check, lambda report: report)


def tell_details(report: Report, chosen: dict[str, Any]) -> None:
    """Show all of what broke off in botlint itself, if that is asked for."""
    if chosen["traceback"] or wants_traceback([]):
        for problem in report.problems:
            click.echo(problem.detail, err=True, nl=False)


def _look_or_mend(
    paths: tuple[str, ...], overrides: Overrides, mending: Mending | None
) -> tuple[Report | Mended, Settings]:
    """The report on the paths, mended if that is asked for; of a diff also what would change."""
    if mending is None:
        return look(paths, overrides)
    from botlint.run import check_and_mend

    def work(paths: tuple[str, ...], settings: Settings) -> Mended:
        return check_and_mend(paths, settings, mending.safeties)

    mended, settings = _attempt(paths, overrides, work, lambda report: Mended(report, ()))
    if mending.is_diff:
        return mended, settings
    report = write_mended(mended, settings)
    if mending.is_fix_only:
        report = msgspec.structs.replace(report, findings=())
    return report, settings


def _attempt(
    paths: tuple[str, ...],
    overrides: Overrides,
    work: Callable[[tuple[str, ...], Settings], _Outcome],
    wrap: Callable[[Report], _Outcome],
) -> tuple[_Outcome, Settings]:
    """What comes of the paths under their settings; ``wrap`` makes it of what couldn't be done."""
    paths = paths or (("-",) if overrides.stdin else (".",))
    start = Path(overrides.stdin[0] if paths[0] == "-" and overrides.stdin else paths[0])
    settings = Settings(root=Path.cwd())
    try:
        settings = load_settings(start, overrides)
        return work(paths, settings), settings
    except Exception as error:
        problem = as_problem(error)
        if problem is None:
            raise
        return wrap(_refuse(problem)), settings


def _decide_exit(report: Report, settings: Settings, *, exit_zero: bool) -> int:
    """2 for a problem, 1 for an open finding of the fail level, else 0."""
    if report.problems:
        return 2
    is_failed = any(
        finding.status == Status.OPEN and finding.severity >= settings.fail_level
        for finding in report.findings
    )
    return 1 if is_failed and not exit_zero else 0


def _write_all(report: Report, targets: tuple[Target, ...], presentation: Presentation) -> Report:
    """The reports in files; one that can't be written is a problem in those that follow."""
    for target in targets:
        try:
            write_report(report, target, presentation)
        except OSError as error:
            told = f"report could not be written: {error.strerror or error}"
            problem = Problem(target.path.as_posix(), told)
            report = msgspec.structs.replace(report, problems=(*report.problems, problem))
    return report


def _refuse(problem: Problem) -> Report:
    return Report((), (problem,), Scope(), (), __version__)
