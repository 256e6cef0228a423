"""``botlint config show``: every setting with its value, its place and what it overrides.

What may be a credential is never printed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from botlint.configs.gather import is_of_bot
from botlint.configs.read import read_tree
from botlint.configs.types import UNKNOWN, Setting, Tree
from botlint.discover import Source, discover, read_source
from botlint.model import Problem
from botlint.secrets.redaction import EXPECTING, redact_text, show
from botlint.settings import Overrides, Settings, load_settings
from botlint.vocabulary import load_vocabulary


@click.group("config", help="Look at the settings of a bot.")
def command() -> None:
    """The group of commands about settings."""


@command.command("show", help="Print every setting: value, source, what it overrides.")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print them.",
)
def show_settings(path: Path, output_format: str) -> int:
    """Print the settings that files under ``path`` define."""
    settings = load_settings(path, Overrides())
    trees, problems = _read_trees(path, settings)
    if output_format == "json":
        click.echo(json.dumps([_as_json(tree) for tree in trees], indent=2))
    else:
        for line in _describe(trees):
            click.echo(line)
    for problem in problems:
        click.echo(f"botlint: {problem.path}: {problem.message}", err=True)
    if not trees:
        click.echo(f"botlint: {path}: no settings were found", err=True)
    return 2 if problems or not trees else 0


def _read_trees(path: Path, settings: Settings) -> tuple[list[Tree], list[Problem]]:
    discovery = discover((str(path),), settings)
    trees: list[Tree] = []
    problems = list(discovery.problems)
    is_settings = load_vocabulary(settings).roles["settings-module"].plays_name
    for source in (*discovery.sources, *discovery.texts):
        if not _holds_settings(source, is_settings(source.path.removesuffix(".py"))):
            continue
        data = read_source(source)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        tree = read_tree(source.path, data)
        if tree.is_broken:
            fault = tree.faults[0]
            problems.append(Problem(source.path, f"{fault.span.line}: {fault.message}"))
        elif tree.settings:
            trees.append(tree)
    if trees:  # a folder of nothing but settings is fine here
        problems = [one for one in problems if one.path != str(path)]
    return sorted(trees, key=lambda tree: tree.path), sorted(problems)


def _holds_settings(source: Source, is_settings_module: bool) -> bool:
    if source.is_peripheral or not is_of_bot(source):
        return False
    return is_settings_module if source.path.endswith(".py") else source.kind == "config"


def _describe(trees: list[Tree]) -> Iterator[str]:
    count = 0
    for tree in trees:
        yield click.style(tree.path, bold=True)
        for setting in tree.settings:
            if isinstance(setting.value, dict | list):
                continue
            count += 1
            place = click.style(f"{setting.source}:{setting.key_span.line}", dim=True)
            notes = "".join(f"  {note}" for note in _notes(setting))
            yield f"  {setting.dotted} = {_shown(setting)}{notes}  {place}"
        yield ""
    yield f"{count:,} settings in {len(trees)} files"


def _notes(setting: Setting) -> Iterator[str]:
    if setting.environment:
        yield f"(or ${setting.environment})"
    if setting.is_conditional:
        yield "(in a branch)"
    if setting.overridden:
        later = setting.overridden[-1]
        yield f"(overridden at {later.path}:{later.span.line})"
    elif setting.overrides:
        earlier = setting.overrides[0]
        yield f"(overrides {earlier.path}:{earlier.span.line})"


def _shown(setting: Setting) -> str:
    """The value as one line, without what may be a credential."""
    value = setting.value
    if value is UNKNOWN:
        return "unknown until it runs"
    if not isinstance(value, str):
        return repr(value)
    if setting.source.rpartition("/")[2].startswith(".env") or EXPECTING.search(setting.dotted):
        return show(value)
    return repr(redact_text(value))


def _as_json(tree: Tree) -> dict[str, object]:
    return {
        "path": tree.path,
        "form": tree.form,
        "settings": [
            {
                "name": setting.dotted,
                "value": None if setting.value is UNKNOWN else _shown(setting),
                "is_known": setting.value is not UNKNOWN,
                "line": setting.key_span.line,
                "column": setting.key_span.column,
                "environment": setting.environment,
                "overridden": [f"{one.path}:{one.span.line}" for one in setting.overridden],
            }
            for setting in tree.settings
            if not isinstance(setting.value, dict | list)
        ],
    }
