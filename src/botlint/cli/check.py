"""``botlint check``: the whole program is analysed and the report printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from botlint import __version__
from botlint.cache import cache_directory
from botlint.cli import as_problem, close_quietly, wants_traceback
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
from botlint.model import Confidence, Problem, Report, Scope, Severity, Status
from botlint.report import REPORTERS, Presentation
from botlint.report.summary import describe_problem
from botlint.settings import STAGES, Overrides, Settings, load_settings
from botlint.settings.days import read_day

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Outcome = TypeVar("_Outcome")
_SEVERITIES = click.Choice([level.name.lower() for level in Severity])
_CONFIDENCES = click.Choice([level.name.lower() for level in Confidence])


def _read_list(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Lists are separated by commas and repeatable; ``None`` says nothing was said."""
    if not values:
        return None
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _read_rules(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...] | None:
    """A list that has to name something: an empty one would select what nobody asked for."""
    rules = _read_list(ctx, param, values)
    if rules is not None and not rules:
        raise click.BadParameter("names no rule")
    return rules


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


def _read_day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    day = read_day(value) if value is not None else None
    if value is not None and day is None:
        raise click.BadParameter(f"{value!r} is no day: write it as 2027-01-31")
    return day


def _listed(
    name: str, metavar: str, told: str, callback: Callable[..., object] = _read_list
) -> Callable[[_Function], _Function]:
    return click.option(name, multiple=True, callback=callback, metavar=metavar, help=told)


def settings_options(function: _Function) -> _Function:
    """The options that decide what is looked at, shared by the commands that look at a program."""
    options = (
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            envvar="BOTLINT_CONFIG",
            show_envvar=True,
            help="The settings file, in place of the one that lies nearest.",
        ),
        click.option("--isolated", is_flag=True, help="Use no settings file."),
        click.option("--profile", help="What this kind of bot needs: rules, roles, checklist."),
        click.option("--stage", type=click.Choice(STAGES), help="How near to real money it is."),
        _listed("--select", "RULES", "Only these rules: codes, or how they begin.", _read_rules),
        _listed("--ignore", "RULES", "Not these rules."),
        _listed("--extend-select", "RULES", "These rules, too."),
        _listed("--exclude", "GLOBS", "What not to read, in place of the default."),
        _listed("--extend-exclude", "GLOBS", "What not to read, beside the default."),
        click.option(
            "--force-exclude", is_flag=True, help="Apply the excludes to named paths, too."
        ),
        click.option("--min-severity", type=_SEVERITIES, help="Show nothing milder."),
        click.option("--min-confidence", type=_CONFIDENCES, help="Show nothing less sure."),
        click.option("--fail-level", type=_SEVERITIES, help="Exit 1 from this severity on."),
        click.option(
            "--today",
            callback=_read_day,
            metavar="YYYY-MM-DD",
            help="The day by which suppressions have run out, if not this one.",
        ),
        click.option("--stdin-filename", help="The name of what comes on standard input (-)."),
        click.option(
            "-j",
            "--jobs",
            type=click.IntRange(min=0),
            default=0,
            envvar="BOTLINT_JOBS",
            show_envvar=True,
            help="Processes; 0 for as many as there are cores.",
        ),
        click.option("--no-cache", is_flag=True, help="Keep nothing from run to run."),
        click.option("--traceback", is_flag=True, help="Show all of an internal error."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@click.argument("paths", nargs=-1)
@settings_options
@click.option(
    "--output-format",
    type=click.Choice(list(REPORTERS)),
    default="full",
    show_default=True,
    envvar="BOTLINT_OUTPUT_FORMAT",
    show_envvar=True,
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
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    envvar="BOTLINT_COLOR",
    show_envvar=True,
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


def read_overrides(paths: tuple[str, ...], chosen: dict[str, Any]) -> Overrides:
    """What the options say, with standard input read if a path asks for it."""
    stdin = None
    name = chosen["stdin_filename"]
    if name and paths and "-" not in paths:
        raise click.UsageError("--stdin-filename names standard input: add - to PATHS")
    if "-" in paths or (name and not paths):
        if sys.stdin is None:  # closed by the caller: `<&-`
            raise click.UsageError("standard input is closed")
        stdin = (name or "stdin.py", sys.stdin.buffer.read())
    fail_level, severity = chosen["fail_level"], chosen["min_severity"]
    confidence = chosen["min_confidence"]
    return Overrides(
        config=chosen["config"],
        isolated=chosen["isolated"],
        cache=None if chosen["no_cache"] else cache_directory(os.environ),
        profile=chosen["profile"],
        stage=chosen["stage"],
        select=chosen["select"],
        ignore=chosen["ignore"] or (),
        extend_select=chosen["extend_select"] or (),
        exclude=chosen["exclude"],
        extend_exclude=chosen["extend_exclude"] or (),
        min_severity=Severity[severity.upper()] if severity else None,
        min_confidence=Confidence[confidence.upper()] if confidence else None,
        fail_level=Severity[fail_level.upper()] if fail_level else None,
        jobs=chosen["jobs"],
        today=chosen["today"],
        force_exclude=chosen["force_exclude"],
        stdin=stdin,
    )


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
