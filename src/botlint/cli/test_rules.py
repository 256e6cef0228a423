"""``botlint test-rules``: the examples of a directory of rules, run through the pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from botlint.report.summary import number
from botlint.rules import load_rules
from botlint.trials import Outcome, run_trials


@click.command(name="test-rules")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("-v", "--verbose", is_flag=True, help="Also list the examples that passed.")
def command(directory: Path, verbose: bool) -> int:
    """Run the examples of all rules in DIRECTORY, as botlint's own tests do with its rules."""
    if not directory.is_dir():
        raise click.UsageError(f"{directory} is no directory of rules")
    rules = load_rules((directory,))
    inside = directory.resolve()
    tried = [rule for rule in rules if Path(rule.path).resolve().is_relative_to(inside)]
    outcomes: list[Outcome] = []
    for outcome in run_trials(tried, rules):
        outcomes.append(outcome)
        if verbose or not outcome.is_passed:
            click.echo("\n".join(_describe(outcome)))
    if not outcomes:
        raise click.UsageError(f"{directory} holds no rule with an example: nothing was tried")
    failed = sum(not outcome.is_passed for outcome in outcomes)
    tally = f"{number(len(tried), 'rule')}, {number(len(outcomes), 'example')}"
    click.echo(f"{tally}: {failed or 'none'} failed")
    return 1 if failed else 0


def _describe(outcome: Outcome) -> Iterator[str]:
    word = (
        click.style("passed", fg="green") if outcome.is_passed else click.style("failed", fg="red")
    )
    yield f"{outcome.rule.code} {word}: {outcome.example.kind}: {outcome.example.title}"
    for mark in outcome.missing:
        yield f"  expected, and not found: {mark}"
    for mark in outcome.unexpected:
        yield f"  found, and not expected: {mark}"
    for problem in outcome.problems:
        yield f"  {problem}"
