"""Settings that code reads out of configuration files and the environment, by their keys.

``cfg["risk"]["max_spread"]`` is looked for in the YAML, JSON and TOML files of the program, and
``os.getenv("MAX_SPREAD")`` in its ``.env`` and compose files. Where several files have the key,
those count that the reading source names; where these differ, the value is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from botlint.checks.reads import last_segment, walk
from botlint.checks.roots import receiver_of
from botlint.configs.environment import variables_of
from botlint.configs.types import UNKNOWN, Setting
from botlint.discover import is_peripheral
from botlint.facts.types import Constant, Expression, Facts, Item, Operation, Result
from botlint.flow.names import FunctionRef
from botlint.model import Place
from botlint.project import Project

FILE = re.compile(r"([\w.-]+\.(?:ya?ml|jsonc?|toml))$")
LOADING = frozenset({"load", "loads", "safe_load", "full_load", "load_all", "safe_load_all"})
_LOADER = re.compile(r"^_*(load|read|get|parse)_*")
DEEPEST = 5
_MAPPINGS = ("yaml", "json", "toml")


class Written(NamedTuple):
    """What a file gives a key; ``value`` is ``UNKNOWN`` where files differ."""

    value: Any
    place: Place


class FileSettings:
    """The keys of all configuration files, worked out when asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._keys: dict[str, list[Setting]] = {}
        self._variables: dict[str, list[Setting]] = {}
        for tree in project.trees:
            if is_peripheral(tree.path):
                continue
            for view in variables_of(tree):
                for one in view.settings:
                    self._variables.setdefault(one.dotted, []).append(one)
            for one in tree.settings if tree.form in _MAPPINGS else ():
                if one.path and isinstance(one.path[-1], str):
                    self._keys.setdefault(one.path[-1], []).append(one)
        self._named: dict[int, frozenset[str]] = {}

    def has(self, key: str) -> bool:
        """Whether a file that some source names has the key."""
        if key not in self._keys:
            return False
        sources = range(len(self._project.program.sources))
        return any(self._is_named(one, source) for one in self._keys[key] for source in sources)

    def find(self, key: str, source: int) -> Written | None:
        """What a file gives the key where ``source`` reads it."""
        found = self._keys.get(key, [])
        named = [one for one in found if self._is_named(one, source)]
        return _only(named or found)

    def variable(self, name: str) -> Written | None:
        """What a file gives a variable of the environment."""
        found = _only(self._variables.get(name, []))
        return found._replace(value=_read(found.value)) if found else None

    def _is_named(self, setting: Setting, source: int) -> bool:
        if source not in self._named:
            facts = self._project.program.sources[source]
            self._named[source] = frozenset(_named_in(facts))
        return setting.source.rpartition("/")[2] in self._named[source]


def file_settings(project: Project) -> FileSettings:
    """The settings of the files of a project, worked out once."""
    return project.answer(("file settings",), lambda: FileSettings(project))


def is_of_file(project: Project, ref: FunctionRef, record: Expression, depth: int = 0) -> bool:
    """Whether a record is what a configuration file holds, or a part of it."""
    if depth > DEEPEST:
        return False
    if isinstance(record, Item):
        return is_of_file(project, ref, record.value, depth + 1)
    if isinstance(record, Operation) and record.kind == "or":
        return is_of_file(project, ref, record.args[0], depth + 1)
    function = project.function(ref)
    is_settings = project.vocabulary.roles["settings-module"].plays_name
    if isinstance(record, Result):
        call = function.calls[record.call]
        name, receiver = last_segment(call.func), receiver_of(call)
        if name == "get" and receiver is not None:
            return is_of_file(project, ref, receiver, depth + 1)
        return name in LOADING or is_settings(_LOADER.sub("", name))
    if is_settings(last_segment(record).lstrip("_")):
        return True
    for at in (ref, FunctionRef(ref.source, 0)):
        nodes = project.function(at).nodes
        bound = [node.value for node in nodes if node.target == record and node.value]
        if bound:
            return all(is_of_file(project, at, one, depth + 1) for one in bound)
    return False


def _only(found: list[Setting]) -> Written | None:
    """What several settings of one key come to: within one file the last, among files their one
    value."""
    last = {(one.source, one.document, one.path): one for one in found}
    if not last:
        return None
    first = min(last.values(), key=lambda one: (one.source, one.span))
    is_one = len({repr(one.value) for one in last.values()}) == 1
    return Written(first.value if is_one else UNKNOWN, Place(first.source, first.span))


def _named_in(facts: Facts) -> Iterator[str]:
    for function in facts.functions:
        values = [node.value for node in function.nodes]
        values += [one.default for one in function.parameters]
        for call in function.calls:
            values += (call.func, *call.args, *(value for _, value in call.keywords))
        for value in values:
            for part in walk(value, ()):
                if isinstance(part, Constant) and isinstance(part.value, str):
                    match = FILE.search(part.value)
                    if match:
                        yield match[1]


def _read(text: Any) -> Any:
    """A text of the environment as the value that code makes of it."""
    if not isinstance(text, str):
        return UNKNOWN if text is None else text
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
