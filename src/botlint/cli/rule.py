"""``botlint rule``: the words and examples of a rule, for people and for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from botlint.model import Example, Rule
from botlint.rules import find_rule, load_rules
from botlint.settings import Overrides, load_settings, suggest

_WIDTH = 88
_KINDS = {
    "bad": ("Wrong", "red"),
    "good": ("Right", "green"),
    "limit": ("Known limit", "yellow"),
}
_PARTS = (("why", "Why"), ("loss", "How money is lost"), ("remedy", "What to do"))


@click.command(name="rule")
@click.argument("word", metavar="CODE|NAME", required=False)
@click.option("--all", "is_all", is_flag=True, help="Show every rule.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text")
def command(word: str | None, is_all: bool, output_format: str) -> int:
    """Show a rule: what it states, why, what it costs, and programs that keep and break it."""
    if is_all == (word is not None):
        raise click.UsageError("name one rule, by its code or its name, or give --all")
    rules = load_rules(load_settings(Path.cwd(), Overrides()).rules)
    chosen = rules if word is None else (_find(rules, word),)
    if output_format == "json":
        documents = [_to_document(rule) for rule in chosen]
        click.echo(json.dumps(documents if is_all else documents[0], indent=2))
        return 0
    click.echo("\n\n".join("\n".join(_describe(rule)) for rule in chosen))
    return 0


def _find(rules: tuple[Rule, ...], word: str) -> Rule:
    rule = find_rule(rules, word)
    if rule is None:
        known = tuple(part for one in rules for part in (one.code, one.name))
        raise click.UsageError(f"no rule is called {word!r}{suggest(word, known)}")
    return rule


def _describe(rule: Rule) -> Iterator[str]:
    severity = rule.severity.name.lower()
    yield f"{click.style(rule.code, bold=True)} {click.style(rule.name, bold=True)}"
    yield from _wrap(f"Wrong when {rule.summary}.", "")
    facts = [f"severity {severity}", f"since {rule.since}"]
    if rule.check:
        facts.append(f"check {rule.check}")
    yield click.style(" · ".join(facts), dim=True)
    for field, title in _PARTS:
        yield ""
        yield click.style(title, bold=True)
        yield from _wrap(getattr(rule, field), "  ")
    if rule.stands_before:
        yield ""
        yield from _wrap(
            f"Of one fault, this rule stands and {', '.join(rule.stands_before)} gives way.",
            "",
        )
    if rule.checklist:
        yield ""
        yield f"{click.style('Checklist', bold=True)}  {', '.join(rule.checklist)}"
    for link in rule.links:
        yield f"{click.style('See', bold=True)}  {link}"
    for example in rule.examples:
        yield from _describe_example(example)


def _describe_example(example: Example) -> Iterator[str]:
    title, colour = _KINDS[example.kind]
    yield ""
    yield f"{click.style(title, fg=colour, bold=True)}  {example.title}"
    for path, text in example.files.items():
        yield ""
        if len(example.files) > 1:
            yield click.style(f"  {path}", underline=True)
        yield from _number(text, colour)


def _number(text: str, colour: str) -> Iterator[str]:
    for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
        written, mark, expected = line.partition("  # expect: ")
        margin = click.style(f"  {number:3} │ ", dim=True)
        shown = f"{click.style(written, fg=colour)}  ◄ {expected}" if mark else line
        yield (margin + shown).rstrip()


def _wrap(text: str, indent: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from textwrap.wrap(
            " ".join(paragraph.split()),
            width=_WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _to_document(rule: Rule) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(rule)
    document["severity"] = rule.severity.name.lower()
    del document["path"]
    return document
