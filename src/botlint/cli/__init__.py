"""The command line: one file a command, loaded when it is asked for.

Only what lies here prints or exits. Exit codes: 0 everything was looked at and nothing is open,
1 findings, 2 anything that kept botlint from looking, 130 interrupted.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from pathlib import Path

import click

from botlint import __version__
from botlint.model import Problem
from botlint.settings import SettingsFault, suggest

_COMMANDS = {
    "check": "Prove the points of the checklist, or show the paths on which they fail.",
    "config": "Show the settings of a bot, each with its place.",
    "explain": "Show one finding with its whole path.",
    "parity": "Show what each flow of a bot sees of each setting, and which guards it has.",
    "roles": "Show which names play which roles, and what is close to playing one.",
    "rule": "Show a rule: what it states, why, what it costs, its examples.",
    "test-rules": "Run the examples of a directory of rules.",
}
"""Each command is ``command`` in ``cli/<name>.py``; its words stand here to list it unloaded."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class _Commands(click.Group):
    """Loads a command only when it is called: a start costs what is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            hint = suggest(args[0], frozenset(_COMMANDS))
            ctx.fail(f"No such command {args[0]!r}{hint}.")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"botlint.cli.{name}")
        command: click.Command = getattr(module, "command", None) or getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    name="botlint",
    help="Proves the go-live checklist of a trading bot, or shows the path on which it fails.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="botlint %(version)s")
def botlint() -> None:
    """The group of all commands."""
    try:
        Path.cwd()
    except OSError as error:
        told = f"the working directory can't be told: {error.strerror}"
        raise click.ClickException(told) from error


def run_command_line(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    _prepare_process()
    stdout = sys.stdout
    try:
        code = botlint.main(arguments, prog_name="botlint", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("botlint: interrupted", err=True)
        return 130
    except SystemExit:
        # What is written to a closed pipe click ends with the code that means findings here.
        if sys.stdout is stdout:
            raise
        sys.stdout = stdout
        return close_quietly()
    except OSError as error:
        return _report_full(error) if error.errno in _FULL else _report_fault(error, arguments)
    except Exception as error:
        return _report_fault(error, arguments)
    return code if isinstance(code, int) else 0


def close_quietly() -> int:
    """Whoever reads the output has gone; what Python would flush at its end goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return 2


def _prepare_process() -> None:
    """Stand being started without standard output, and end in order when told to."""
    if sys.stdout is None:  # closed by the caller: `>&-`
        # A file opened later must not take its place.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    # The processes that were begun end with this one.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def _report_full(error: OSError) -> int:
    """Standard output takes nothing more; whatever else is written sees to its own disk."""
    click.echo(f"botlint: standard output could not be written: {error.strerror}", err=True)
    return close_quietly()


def _report_fault(error: Exception, arguments: list[str]) -> int:
    """A fault of the settings or of a rule says where; any other one is botlint's own."""
    from botlint.crashes import describe_crash  # for the worst case only

    told = _describe_fault(error)
    if told is None:
        told = f"{describe_crash(error).told}; nothing was proved"
        if not wants_traceback(arguments):
            told += " (--traceback shows more)"
    if wants_traceback(arguments):
        click.echo(describe_crash(error).detail, err=True, nl=False)
    click.echo(f"botlint: {told}", err=True)
    return 2


def _describe_fault(error: Exception) -> str | None:
    """A fault of settings or rules as ``path:line:col: message``; ``None`` for any other error."""
    problem = as_problem(error)
    if problem is None:
        return None
    from botlint.report.summary import describe_problem

    return describe_problem(problem)


def as_problem(error: Exception) -> Problem | None:
    """What a fault of the settings or of a rule file says, as a problem."""
    # An import here could fail for the very reason that is to be told.
    rules = sys.modules.get("botlint.rules")
    known = (SettingsFault, getattr(rules, "RuleFault", SettingsFault))
    if not isinstance(error, known):
        return None
    path = Path(error.path)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    span = getattr(error, "span", None)
    return Problem(path.as_posix() if error.path else "", error.message, span)


def wants_traceback(arguments: list[str]) -> bool:
    """Whether the rest of an internal error is to be shown."""
    asked = os.environ.get("BOTLINT_TRACEBACK", "").lower() not in ("", "0", "false")
    return asked or "--traceback" in arguments
