"""What is looked at, and how: the options that the commands which look at a program share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from botlint.cache import cache_directory
from botlint.model import Confidence, Severity
from botlint.settings import STAGES, Overrides
from botlint.settings.days import read_day

_Function = TypeVar("_Function", bound=Callable[..., Any])
_SEVERITIES = click.Choice([level.name.lower() for level in Severity])
_CONFIDENCES = click.Choice([level.name.lower() for level in Confidence])


class EnvironmentOption(click.Option):
    """An option that a variable may stand for: what is wrong with it is told by both names."""

    def __init__(self, names: Sequence[str], **attributes: Any) -> None:
        super().__init__(names, show_envvar=True, **attributes)

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """How a message names the option; before 8.2 click left out the variable."""
        hint = super().get_error_hint(ctx)
        return hint if str(self.envvar) in hint else f"{hint} (env var: '{self.envvar}')"


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
            cls=EnvironmentOption,
            type=click.Path(path_type=Path),
            envvar="BOTLINT_CONFIG",
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
            cls=EnvironmentOption,
            type=click.IntRange(min=0),
            default=0,
            envvar="BOTLINT_JOBS",
            help="Processes; 0 for as many as there are cores.",
        ),
        click.option("--no-cache", is_flag=True, help="Keep nothing from run to run."),
        click.option("--traceback", is_flag=True, help="Show all of an internal error."),
    )
    for option in reversed(options):
        function = option(function)
    return function


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
