"""The variables of the environment that configuration files set: ``.env`` and compose files."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from botlint.configs.types import UNKNOWN, Setting, Tree
from botlint.model import Span

_COMPOSE = re.compile(r"(docker-)?compose([.-][\w.-]+)?\.ya?ml")
_DEPTH = 3  # services.<name>.environment


def is_compose(path: str) -> bool:
    """Whether a file says which containers run, and with which environment."""
    return _COMPOSE.fullmatch(path.rpartition("/")[2].lower()) is not None


def variables_of(tree: Tree) -> Iterator[Tree]:
    """The variables that a file sets, as trees of the form ``env``, one for each service."""
    if tree.form == "env":
        yield tree
    elif is_compose(tree.path):
        services = dict.fromkeys(one.path[:_DEPTH] for one in tree.settings if _is_within(one))
        for service in services:
            inner = (one for one in tree.settings if one.path[:_DEPTH] == service)
            settings = tuple(made for one in inner if (made := _variable(one)) is not None)
            yield Tree(tree.path, "env", settings)


def _is_within(setting: Setting) -> bool:
    path = setting.path
    return len(path) == _DEPTH + 1 and path[0] == "services" and path[2] == "environment"


def _variable(setting: Setting) -> Setting | None:
    """``NAME: value``, or ``- NAME=value``; a value that is itself a variable is unknown."""
    if not _is_within(setting):
        return None
    name, value = setting.path[-1], setting.value
    span, key_span = setting.span, setting.key_span
    if isinstance(name, int):
        if not isinstance(value, str):
            return None
        name, equals, value = value.partition("=")
        quoted = (span.end_column - span.column) - len(setting.value) == 2
        start = span.column + quoted
        key_span = Span(span.line, start, span.line, start + len(name))
        span = Span(span.line, start + len(name) + len(equals), span.line, span.end_column - quoted)
        value = value if equals else UNKNOWN
    if value is None or (isinstance(value, str) and "${" in value):
        value = UNKNOWN
    return msgspec.structs.replace(setting, path=(name,), value=value, span=span, key_span=key_span)
