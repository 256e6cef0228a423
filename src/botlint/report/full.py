"""The report for people: each finding with its source, its path through the program, its remedy."""

from __future__ import annotations

import textwrap

import msgspec

from botlint.model import Finding, Place, Report, Safety, Status, Step
from botlint.report.frames import (
    SourceLines,
    fit_line,
    hide_literals,
    hide_marked,
    make_source_lines,
    shorten,
    take_line,
)
from botlint.report.presentation import Presentation, clean
from botlint.report.summary import (
    describe_place,
    describe_problem,
    list_unseen,
    order_open_first,
    summarise,
)

_MOST_STEPS = 12
_MOST_RELATED = 3
_SECRETS = "SEC"
_CODES = {
    "critical": "1;31",
    "high": "31",
    "medium": "33",
    "low": "36",
    "problem": "1;35",
    "gutter": "34",
    "mark": "1;31",
    "strong": "1",
    "faint": "2",
    "help": "32",
}


class _Page(msgspec.Struct, frozen=True):
    """Where the parts of one report get their source, their width and their colour."""

    presentation: Presentation
    lines: SourceLines
    cut: str

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.presentation.color else text

    def wrap(self, text: str, indent: int, hanging: int = 0) -> list[str]:
        room = max(self.presentation.width - indent, 20)
        further = " " * hanging
        return textwrap.wrap(
            clean(text), room, subsequent_indent=further, break_on_hyphens=False
        ) or [""]


def report_full(report: Report, presentation: Presentation) -> str:
    """The whole report as text for a terminal."""
    cut = "..." if presentation.is_ascii else "…"
    page = _Page(presentation, make_source_lines(presentation), cut)
    blocks = [
        _show_finding(finding, page)
        for finding in order_open_first(report)
        if finding.status == Status.OPEN or presentation.shows_suppressed
    ]
    if report.problems:
        blocks.append([_show_problem(describe_problem(one), page) for one in report.problems])
    if presentation.verbose:
        blocks.append([page.paint(line, "faint") for line in list_unseen(report)])
    if not presentation.quiet or report.problems or report.scope.unproven:
        blocks.append([page.paint(line, "strong") for line in summarise(report, presentation)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def show_finding(finding: Finding, presentation: Presentation) -> str:
    """One finding with its whole trace, however long."""
    cut = "..." if presentation.is_ascii else "…"
    whole = msgspec.structs.replace(presentation, verbose=True)
    page = _Page(whole, make_source_lines(presentation), cut)
    return "\n".join(_show_finding(finding, page)) + "\n"


def _show_finding(finding: Finding, page: _Page) -> list[str]:
    steps = {step.place: number for number, step in enumerate(finding.trace, 1)}
    at_place = steps.get(finding.place, 0)
    label = f"{at_place}. {finding.trace[at_place - 1].text}" if at_place else ""
    gutter = len(str(max(span.line for span in (place.span for place in _places(finding)))))
    return [
        *_show_header(finding, page),
        *_show_frame(finding, label, gutter, page),
        *_show_trace(finding, at_place, page),
        *_show_related(finding, page),
        *_show_help(finding, page),
    ]


def _places(finding: Finding) -> list[Place]:
    return [finding.place, *(step.place for step in finding.trace)]


def _show_header(finding: Finding, page: _Page) -> list[str]:
    level = finding.severity.name.lower()
    told = f"{level}[{finding.code}] {finding.name}: {finding.message}"
    first, *rest = page.wrap(told, 0, hanging=4)
    head = f"{level}[{finding.code}]"
    if first.startswith(head):
        first = page.paint(head, level) + page.paint(first[len(head) :], "strong")
    return [first, *(page.paint(line, "strong") for line in rest)]


def _show_frame(finding: Finding, label: str, gutter: int, page: _Page) -> list[str]:
    """The place, the line before it if that says something, the line itself, and its marks."""
    place, span = finding.place, finding.place.span
    sure = f"confidence {finding.confidence.name.lower()}"
    if finding.status != Status.OPEN:
        sure += f", {finding.status.value}: {clean(finding.reason)}"
    pad = " " * gutter
    shown = [
        f"{pad}{page.paint('-->', 'gutter')} {describe_place(place)}  {page.paint(sure, 'faint')}"
    ]
    lines = page.lines(place.path)
    text = take_line(lines, span.line)
    if not text.strip():
        return [*shown, f"{pad} = {label}"] if label else shown
    room = max(page.presentation.width - gutter - 3, 20)
    bar = page.paint(f"{pad} |", "gutter")
    shown.append(bar)
    before = take_line(lines, span.line - 1)
    if before.strip() and not finding.code.startswith(_SECRETS):
        shown.append(_number_line(span.line - 1, _dedent_like(before, room, page), gutter, page))
    if finding.code.startswith(_SECRETS):
        text = hide_literals(hide_marked(text, span))
    line, marks = fit_line(text, span, room, page.cut)
    shown.append(_number_line(span.line, line, gutter, page))
    marked = page.paint(marks, "mark")
    if not label:
        return [*shown, f"{bar} {marked}"]
    label = clean(label)
    if len(marks) + 1 + len(label) <= room:
        return [*shown, f"{bar} {marked} {page.paint(label, 'mark')}"]
    indent = min(len(marks) - len(marks.lstrip()), room // 3)
    told = page.wrap(label, gutter + 3 + indent)
    aside = [f"{bar} {' ' * indent}{page.paint(line, 'mark')}" for line in told]
    return [*shown, f"{bar} {marked}", *aside]


def _dedent_like(line: str, room: int, page: _Page) -> str:
    indent = len(line) - len(line.lstrip())
    whole = line[:indent].replace("\t", "    ")
    return (
        whole + shorten(line, room - len(whole), page.cut) if len(whole) < room // 2 else page.cut
    )


def _number_line(number: int, text: str, gutter: int, page: _Page) -> str:
    return f"{page.paint(f'{number:>{gutter}} |', 'gutter')} {text}".rstrip()


def _show_trace(finding: Finding, at_place: int, page: _Page) -> list[str]:
    """The path on which the point fails; the step at the finding itself is in its frame."""
    if not finding.trace or (len(finding.trace) == 1 and at_place):
        return []
    shown = [page.paint("the path:", "strong")]
    steps = list(enumerate(finding.trace, 1))
    left_out = len(steps) - _MOST_STEPS
    is_cut = left_out > 1 and not page.presentation.verbose
    for number, step in steps:
        if is_cut and 2 < number <= 2 + left_out:
            if number == 3:
                shown.append(f"     {page.cut} {left_out} more steps: botlint check --verbose")
            continue
        shown.extend(_show_step(f"{number}.", step, finding, page, is_framed=number != at_place))
    return shown


def _show_step(
    mark: str, step: Step, finding: Finding, page: _Page, *, is_framed: bool
) -> list[str]:
    # A path is never broken, so that terminals keep it a link.
    told = page.wrap(f"{describe_place(step.place)}  {step.text}", 6)
    shown = [f"{mark:>4}  {told[0]}", *(f"        {line}" for line in told[1:])]
    if not is_framed:
        return shown
    text = take_line(page.lines(step.place.path), step.place.span.line)
    if finding.code.startswith(_SECRETS):
        text = hide_literals(text)
    if text.strip():
        line = shorten(text, page.presentation.width - 8, page.cut)
        shown.append(f"      {page.paint('|', 'gutter')} {page.paint(line, 'faint')}")
    return shown


def _show_related(finding: Finding, page: _Page) -> list[str]:
    if not finding.related:
        return []
    most = len(finding.related) if page.presentation.verbose else _MOST_RELATED
    shown = [page.paint(f"also ({len(finding.related)}):", "strong")]
    for step in finding.related[:most]:
        shown.extend(_show_step("-", step, finding, page, is_framed=False))
    rest = len(finding.related) - most
    if rest > 0:
        shown.append(f"      {page.cut} and {rest} more: botlint check --verbose")
    return shown


def _show_help(finding: Finding, page: _Page) -> list[str]:
    help_lines = page.wrap(finding.help, 6) if finding.help else []
    shown = [
        f"{page.paint('help:', 'help')} {line}" if index == 0 else f"      {line}"
        for index, line in enumerate(help_lines)
    ]
    if finding.fix is not None and finding.status == Status.OPEN:
        options = "--fix" if finding.fix.safety == Safety.SAFE else "--fix --unsafe-fixes"
        told = page.wrap(f"{finding.fix.title} ({options})", 9)
        shown += [f"  = fix: {told[0]}", *(f"         {line}" for line in told[1:])]
    more = f"botlint rule {finding.code}"
    if finding.status == Status.OPEN and not finding.code.startswith("BOT"):
        shown.append(f"  = ignore: # botlint: ignore[{finding.code}] -- why")
    return [*shown, f"  = more: {more}"]


def _show_problem(told: str, page: _Page) -> str:
    at, word, message = told.partition("problem:")
    return f"{at}{page.paint(word, 'problem')}{message}"
