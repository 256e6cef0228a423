"""``botlint config show``: every setting with its value and place, what it overrides, who reads it.

What may be a credential is never printed.
"""

from __future__ import annotations

from pathlib import Path

import click

from botlint.checks.settings.named import places_named
from botlint.cli.output import wants_color
from botlint.configs.gather import LARGEST_UNNAMED, is_of_bot
from botlint.configs.read import read_tree
from botlint.configs.types import Tree
from botlint.discover import Discovery, Source, discover, read_source
from botlint.facts.gather import gather_facts
from botlint.model import Place, Problem
from botlint.project import link
from botlint.report.matrix import paint_in_color, paint_plainly
from botlint.report.settings_list import LISTINGS, Listing
from botlint.report.summary import describe_problem
from botlint.settings import Overrides, Settings, load_settings
from botlint.vocabulary import load_vocabulary


@click.group("config", help="Look at the settings of a bot.")
def command() -> None:
    """The group of commands about settings."""


@command.command("show", help="Print every setting: value, place, what it overrides, who reads it.")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice(sorted(LISTINGS)),
    default="text",
    show_default=True,
    help="How to print them.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def show_settings(path: Path, output_format: str, color: str) -> int:
    """Print the settings that files under ``path`` define."""
    settings = load_settings(path, Overrides())
    discovery = discover((str(path),), settings)
    trees, problems = _read_trees(path, discovery, settings)
    for problem in problems:
        click.echo(describe_problem(problem), err=True)
    if not trees:
        reason = "" if path.exists() else "there is no such file or folder: "
        click.echo(f"botlint: {path}: {reason}no settings were found", err=True)
        return 2
    paint = paint_in_color if wants_color(color) else paint_plainly
    listing = Listing(tuple(trees), _find_readers(trees, discovery, settings))
    click.echo(LISTINGS[output_format](listing, paint), color=True)
    return 2 if problems else 0


def _find_readers(
    trees: list[Tree], discovery: Discovery, settings: Settings
) -> dict[str, tuple[Place, ...]]:
    """The places that name each setting, tests left out."""
    words = {str(one.path[-1]) for tree in trees for one in tree.settings if one.path}
    facts, _ = gather_facts(discovery.analysed(), settings.jobs)
    project = link(facts, settings, load_vocabulary(settings))
    return places_named(project, frozenset(word for word in words if len(word) > 1))


def _read_trees(
    path: Path, discovery: Discovery, settings: Settings
) -> tuple[list[Tree], list[Problem]]:
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
        if len(data) > LARGEST_UNNAMED and not (source.is_named or source.path.endswith(".py")):
            continue  # data
        tree = read_tree(source.path, data)
        if tree.is_broken:
            fault = tree.faults[0]
            problems.append(Problem(source.path, fault.message, fault.span))
        elif tree.settings:
            trees.append(tree)
    # A folder of nothing but settings is fine here, and what isn't there is told once.
    problems = [one for one in problems if one.path != str(path)]
    return sorted(trees, key=lambda tree: tree.path), sorted(problems)


def _holds_settings(source: Source, is_settings_module: bool) -> bool:
    if source.is_peripheral or not is_of_bot(source):
        return False
    return is_settings_module if source.path.endswith(".py") else source.kind == "config"
