"""The functions that a project's packaging starts: its scripts and entry points.

They stand in ``pyproject.toml`` (``[project]`` or ``[tool.poetry]``), ``setup.cfg`` and
``setup.py``. What is written there wrongly starts nothing, and is for the tools that read it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from botlint.discover import Discovery, read_source

_PLACES = (
    ("project", "scripts"),
    ("project", "gui-scripts"),
    ("project", "entry-points"),
    ("tool", "poetry", "scripts"),
    ("tool", "poetry", "plugins"),
)
_TARGET = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)")
_LINE = re.compile(r"""(?m)(?:^|["'])[ \t]*[\w.-]+[ \t]*=[ \t]*([A-Za-z_][\w.]*:[A-Za-z_][\w.]*)""")
_OF_SETUP = frozenset({"setup.cfg", "setup.py"})


def find_scripts(discovery: Discovery) -> tuple[str, ...]:
    """What is started, as ``module:function``, sorted."""
    found: set[str] = set()
    for source in (*discovery.sources, *discovery.texts):
        name = source.path.rpartition("/")[2]
        if name != "pyproject.toml" and name not in _OF_SETUP:
            continue
        data = read_source(source)
        text = data.decode(errors="replace") if isinstance(data, bytes) else ""
        found.update(_of_project(text) if name == "pyproject.toml" else _LINE.findall(text))
    return tuple(sorted(found))


def _of_project(text: str) -> Iterator[str]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    for place in _PLACES:
        table: Any = document
        for key in place:
            table = table.get(key) if isinstance(table, dict) else None
        if isinstance(table, dict):
            yield from _targets(table)


def _targets(table: Mapping[str, Any]) -> Iterator[str]:
    """What the values of a table name, and those of the tables in it."""
    for value in table.values():
        if isinstance(value, str):
            target = _TARGET.match(value.strip())
            if target is not None:
                yield target[0]
        elif isinstance(value, dict):
            inner = value.get("reference", value.get("callable"))
            yield from _targets({"": inner} if inner else value)
