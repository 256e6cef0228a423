"""``botlint roles``: which calls, names and classes play which roles, and what only looks like it.

It answers the first question of every user, "why doesn't it see my preflight?".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import msgspec

from botlint.checks.idle import find_idle_patterns
from botlint.checks.orders.nearest import near_calls, plays_any
from botlint.discover import discover
from botlint.facts.gather import gather_facts
from botlint.facts.types import Attribute, Expression, Facts, Item, Kind, Name, Operation
from botlint.model import Problem
from botlint.project import Project, link
from botlint.report.json import problem_document
from botlint.report.presentation import clean
from botlint.report.summary import describe_problem
from botlint.roles import Role
from botlint.rules import load_rules, roles_of
from botlint.settings import Overrides, Settings, load_settings
from botlint.vocabulary import load_vocabulary

_MAIN = (
    "place-order", "close-order", "cancel-order", "http-request", "preflight", "risk-gate",
    "kill-switch", "abort",
)  # fmt: skip
_MOST = 12
_BINDING = (Kind.ASSIGN, Kind.AUGMENT)


class Player(msgspec.Struct, frozen=True):
    """A name that plays a role, how often, and where first."""

    name: str
    count: int
    path: str
    line: int


class Cast(msgspec.Struct, frozen=True):
    """A role with all that plays it, and what comes near."""

    role: str
    means: str
    calls: tuple[Player, ...]
    names: tuple[Player, ...]
    classes: tuple[Player, ...]
    near: tuple[Player, ...]
    idle_patterns: tuple[str, ...]


class _Sightings:
    """Names with their counts and first places."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, tuple[str, int]] = {}

    def add(self, name: str, path: str, line: int) -> None:
        self._counts[name] += 1
        self._first[name] = min(self._first.get(name, (path, line)), (path, line))

    def players(self) -> tuple[Player, ...]:
        found = (Player(name, count, *self._first[name]) for name, count in self._counts.items())
        return tuple(sorted(found, key=lambda player: (-player.count, player.name)))


@click.command(name="roles")
@click.argument("paths", nargs=-1, metavar="[PATH]")
@click.option("--all", "is_all", is_flag=True, help="Show every role, not only the main ones.")
@click.option("--profile", help="Use the roles of this profile.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text")
def command(paths: tuple[str, ...], is_all: bool, profile: str | None, output_format: str) -> int:
    """Show which names play which roles, what is near, and what is unresolved by the orders."""
    start = Path(paths[0]) if paths else Path.cwd()
    settings = load_settings(start, Overrides(profile=profile))
    vocabulary = load_vocabulary(settings, roles_of(load_rules(settings.rules)))
    facts, problems = _read(paths or (".",), settings)
    project = link(tuple(one for one in facts if not one.error), settings, vocabulary)
    shown = [
        name for name in vocabulary.roles if is_all or name in _MAIN or name in vocabulary.added
    ]
    idle = find_idle_patterns(project, vocabulary.added)
    casts = [
        _cast(
            vocabulary.roles[name],
            project,
            facts,
            tuple(pattern for role, pattern in idle if role == name),
        )
        for name in shown
    ]
    unresolved = _unresolved_beside_orders(project)
    if output_format == "json":
        told = [problem_document(problem) for problem in problems]
        document = msgspec.to_builtins({"roles": casts, "unresolved": unresolved})
        click.echo(json.dumps({**document, "problems": told}, indent=2))
    else:
        click.echo("\n".join(_describe(casts, unresolved, len(facts), is_all)))
    for problem in problems:
        click.echo(describe_problem(problem), err=True)
    return 2 if problems else 0


def _read(
    paths: tuple[str, ...], settings: Settings
) -> tuple[tuple[Facts, ...], tuple[Problem, ...]]:
    discovery = discover(paths, settings)
    facts, unread = gather_facts(discovery.analysed(), settings.jobs)
    broken = tuple(Problem(one.path, one.error, one.error_span) for one in facts if one.error)
    return facts, (*discovery.problems, *unread, *broken)


def _cast(role: Role, project: Project, facts: tuple[Facts, ...], idle: tuple[str, ...]) -> Cast:
    calls = _Sightings()
    for ref in project.calls_playing(role.name):
        place = project.call_place(ref)
        calls.add(project.written(ref), place.path, place.span.line)
    names, classes = _Sightings(), _Sightings()
    for one in facts:
        for path, line in _telling_names(one):
            if role.plays_name(path):
                names.add(path, one.path, line)
        for cls in one.classes:
            if role.plays_name(cls.qualname):
                classes.add(cls.qualname, one.path, cls.span.line)
    played = calls.players()
    return Cast(
        role=role.name,
        means=role.means,
        calls=played,
        names=names.players(),
        classes=classes.players(),
        near=_near_misses(role, project),
        idle_patterns=idle,
    )


def _telling_names(facts: Facts) -> Iterator[tuple[str, int]]:
    """Names that something is bound to or that a test asks."""
    for function in facts.functions:
        for node in function.nodes:
            if node.kind == Kind.TEST and node.value is not None:
                for path in _names_in(node.value):
                    yield path, node.span.line
            if node.kind in _BINDING and isinstance(node.target, Name):
                yield node.target.path, node.span.line


def _names_in(expression: Expression) -> Iterator[str]:
    match expression:
        case Name(path):
            yield path
        case Attribute(value, _) | Item(value, _):
            yield from _names_in(value)
        case Operation(_, args):
            for argument in args:
                yield from _names_in(argument)


def _near_misses(role: Role, project: Project) -> tuple[Player, ...]:
    found = _Sightings()
    for ref, name in near_calls(project, role):
        place = project.call_place(ref)
        found.add(name, place.path, place.span.line)
    return found.players()


def _unresolved_beside_orders(project: Project) -> tuple[Player, ...]:
    """Calls in functions that place orders, which lead nowhere that botlint knows."""
    found = _Sightings()
    for function in sorted({ref.function for ref in project.calls_playing("place-order")}):
        for number, call in enumerate(project.function(function).calls):
            names = project.program.names(function, number)
            if not names or project.program.callees(function, number):
                continue
            last = names[0].rpartition(".")[2]
            if len(names) == 1 and "." in names[0] and not plays_any(project, names, last):
                found.add(names[0], project.program.path(function), call.span.line)
    return found.players()


def _describe(
    casts: list[Cast], unresolved: tuple[Player, ...], files: int, is_all: bool
) -> Iterator[str]:
    most = None if is_all else _MOST
    for cast in casts:
        yield f"{click.style(cast.role, bold=True)}  {click.style(cast.means, dim=True)}"
        groups = (("", cast.calls), ("named ", cast.names), ("class ", cast.classes))
        if not any(players for _, players in groups):
            yield click.style("  played by nothing", fg="yellow")
        for prefix, players in groups:
            yield from _list(players, prefix, most)
        if cast.near:
            yield click.style("  near, and playing no role:", dim=True)
            yield from _list(cast.near, "  ", most)
        for text in cast.idle_patterns:
            yield click.style(f"  the pattern {text!r} matches nothing", fg="yellow")
        yield ""
    if unresolved:
        yield click.style("Unresolved beside the orders", bold=True)
        yield from _list(unresolved, "", most)
        yield ""
    orders = sum(
        player.count for cast in casts if cast.role == "place-order" for player in cast.calls
    )
    yield f"{files} files, {orders} calls play place-order"


def _list(players: Iterable[Player], prefix: str, most: int | None) -> Iterator[str]:
    players = tuple(players)
    for player in players[:most]:
        times = f" × {player.count}" if player.count > 1 else ""
        where = click.style(clean(f"{player.path}:{player.line}"), dim=True)
        yield f"  {prefix}{player.name}{times}  {where}"
    if most is not None and len(players) > most:
        yield click.style(f"  {prefix}... and {len(players) - most} more (--all)", dim=True)
