"""Output: where a report goes and what the terminal there can show."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import msgspec

from botlint.model import Report
from botlint.report import REPORTERS, Presentation, report_statistics
from botlint.settings import Settings, find_git_root
from botlint.whole import write_whole

FOR_MACHINES = frozenset({"json", "jsonl", "sarif"})
"""Formats that are one document each, with the replacements of fixes."""

_FOR_PEOPLE = ("full", "concise", "statistics")


class Target(msgspec.Struct, frozen=True):
    """One ``--output FORMAT:PATH``."""

    format: str
    path: Path


def make_presentation(
    settings: Settings, color: str, *, verbose: bool, quiet: bool, shows_suppressed: bool
) -> Presentation:
    """How to show a report on standard output."""
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "")
    return Presentation(
        root=settings.root,
        color=wants_color(color),
        width=max(min(shutil.get_terminal_size((100, 24)).columns, 120), 40),
        verbose=verbose,
        quiet=quiet,
        shows_suppressed=shows_suppressed,
        is_ascii=not encoding.startswith("utf"),
        prefix=_find_prefix(settings.root),
        sources=dict([settings.stdin] if settings.stdin else []),
    )


def print_report(report: Report, output_format: str, presentation: Presentation) -> None:
    """The report on standard output, which ``BrokenPipeError`` may leave half written."""
    text = _render(report, output_format, presentation)
    encoding = "ascii" if presentation.is_ascii and output_format in _FOR_PEOPLE else "utf-8"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode(encoding, "backslashreplace"))
    sys.stdout.buffer.flush()


def write_report(report: Report, target: Target, presentation: Presentation) -> None:
    """The report in a file, whole or not at all."""
    plain = msgspec.structs.replace(presentation, color=False, is_ascii=False, width=100)
    data = _render(report, target.format, plain).encode("utf-8", "backslashreplace")
    file = target.path.absolute()
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and not file.is_file():
        file.write_bytes(data)  # a pipe or a device can't be replaced
    else:
        write_whole(
            Path(os.path.realpath(file)), data
        )  # a link stays one; resolve() raises for loops


def _render(report: Report, output_format: str, presentation: Presentation) -> str:
    if output_format == "statistics":
        return report_statistics(report, presentation)
    return REPORTERS[output_format](report, presentation)


def wants_color(asked: str) -> bool:
    """``--color``, then NO_COLOR, then what forces it, then whether a person is looking."""
    if asked != "auto":
        return asked == "always"
    if os.environ.get("NO_COLOR"):
        return False
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        if os.environ.get(name, "").lower() not in ("", "0", "false"):
            return True
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def _find_prefix(root: Path) -> str:
    top = find_git_root(root)
    if top is None or top == root:
        return ""
    return root.relative_to(top).as_posix() + "/"
