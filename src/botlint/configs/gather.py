"""The configuration files of a program as trees of settings.

What a profile names is read in full, and so are the files that name variables of the environment.
Of all others only what is wrong with their writing is kept: most are sound, and a glance tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from botlint.configs.environment import is_compose
from botlint.configs.glance import is_sound
from botlint.configs.read import form_of, read_tree
from botlint.configs.types import Tree
from botlint.discover import Discovery, Source, compile_glob, is_peripheral, read_source
from botlint.model import Problem

LARGEST_UNNAMED = 100_000
"""A file that no profile names and that is longer is data, not configuration."""

_OF_TOOLS = frozenset(
    {"ruff.toml", "mypy.ini", "pytest.ini", "tox.ini", "setup.cfg", "package.json"}
    | {"tsconfig.json", "mkdocs.yml", "codecov.yml", "pyproject.toml"}
)
_SEVERAL = 2
_WORD = re.compile(rb"[A-Za-z_]\w*")
_TEMPLATED = re.compile(rb"\{\{|\{%|<%|\$\{\{|@@\w+@@")


def gather_trees(
    discovery: Discovery,
    globs: Iterable[str],
    limited: frozenset[str] = frozenset(),
    compared: frozenset[str] = frozenset(),
) -> tuple[tuple[Tree, ...], tuple[Problem, ...]]:
    """The trees of the files that ``globs`` name, of those about the environment, of those with
    keys that code gives limits (two of ``limited``) or that flows compare (one of ``compared``),
    and of all others whose writing is faulty, by path; and what could not be read."""
    is_wanted = _make_wanted(globs)
    telling = _make_telling(limited, compared)
    trees: list[Tree] = []
    problems: list[Problem] = []
    for source in (*discovery.sources, *discovery.texts):
        wanted = is_wanted(source.path)
        if not (wanted or _is_looked_at(source)):
            continue
        data = read_source(source)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        if not (wanted or source.is_named or _is_of_environment(source.path)):
            is_meant = len(data) <= LARGEST_UNNAMED and telling(data)
            tree = read_tree(source.path, data) if is_meant else None
            if tree is None or tree.is_broken:
                tree = _glance(source.path, data)
        else:
            tree = read_tree(source.path, data)
            problems += _too_large(tree)
        if tree is not None:
            trees.append(tree)
    return tuple(sorted(trees, key=lambda tree: tree.path)), tuple(sorted(problems))


def is_of_bot(source: Source) -> bool:
    """Whether a config may be the bot's own: not a tool's, not hidden, in a form that is read."""
    *folders, name = source.path.split("/")
    is_hidden = any(folder.startswith(".") and folder != ".." for folder in folders)
    is_dotted = name.startswith(".") and form_of(name) != "env"
    return bool(form_of(name)) and not (is_hidden or is_dotted or name.lower() in _OF_TOOLS)


def _make_wanted(globs: Iterable[str]) -> Callable[[str], bool]:
    fits = [compile_glob(glob) for glob in sorted(set(globs))]
    return lambda path: any(one(path) for one in fits)


def _is_looked_at(source: Source) -> bool:
    if source.kind != "config" or not is_of_bot(source):
        return False
    return source.is_named or _is_of_environment(source.path) or not is_peripheral(source.path)


def _is_of_environment(path: str) -> bool:
    return form_of(path) == "env" or is_compose(path)


def _make_telling(limited: frozenset[str], compared: frozenset[str]) -> Callable[[bytes], bool]:
    few = frozenset(name.encode() for name in limited)
    any_of = frozenset(name.encode() for name in compared)

    def is_telling(data: bytes) -> bool:
        words = frozenset(_WORD.findall(data)) if few or any_of else frozenset()
        return len(few & words) >= _SEVERAL or not any_of.isdisjoint(words)

    return is_telling


def _glance(path: str, data: bytes) -> Tree | None:
    """The tree of a file that is written wrongly, ``None`` for a sound one and for data."""
    form = form_of(path)
    if len(data) > LARGEST_UNNAMED or not data.strip() or is_sound(form, data):
        return None
    tree = read_tree(path, data)
    if tree.is_broken and _is_no_config(form, data):
        return None
    return tree if tree.faults else None


def _is_no_config(form: str, data: bytes) -> bool:
    """Templates become configuration later on; a JSON value on each line is a log."""
    if _TEMPLATED.search(data):
        return True
    first = data.strip().partition(b"\n")[0]
    return form == "json" and first != data.strip() and is_sound("json", first)


def _too_large(tree: Tree) -> list[Problem]:
    return [Problem(tree.path, one.message) for one in tree.faults if one.kind == "large"]
