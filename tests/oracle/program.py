"""A program made by the writer: its files, and how its preflight answers."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple


def module_name(path: str) -> str:
    """The full name of the module in a file."""
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


class Program(NamedTuple):
    """Files by path, imported ones first; the last is the script.

    ``kind`` is what the foreign ``preflight`` answers with: ``bool``, ``pair``, ``member``,
    ``method``, ``item`` or ``enum``.
    """

    files: dict[str, str]
    kind: str
    is_async: bool

    @property
    def main(self) -> str:
        """The path of the script."""
        return list(self.files)[-1]

    def has_assert(self) -> bool:
        """Whether it matters if it is run with ``-O``."""
        return any("assert " in text for text in self.files.values())

    def entries(self) -> tuple[str, ...]:
        """The functions of the script that nothing mentions."""
        trees = [ast.parse(text) for text in self.files.values()]
        mentioned: set[str] = set()
        for node in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(node, ast.Name):
                mentioned.add(node.id)
            elif isinstance(node, ast.Attribute):
                mentioned.add(node.attr)
        return tuple(
            node.name
            for node in trees[-1].body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name not in mentioned
        )

    def without(self, functions: Iterable[tuple[str, int, int]]) -> Program:
        """The same with nothing in some functions, given by path, first and last line."""
        lines = {path: text.split("\n") for path, text in self.files.items()}
        for path, first, last in sorted(functions):
            own = lines[path]
            start = next((n for n in range(first - 1, last) if own[n].endswith(":")), last)
            if start + 1 >= last:
                continue  # It stands in one that is empty by now, or on one line.
            indent = " " * (len(own[start]) - len(own[start].lstrip()) + 4)
            own[start + 1 : last] = [indent + "pass"] + [""] * (last - start - 2)
        return self._replace(files={path: "\n".join(own) for path, own in lines.items()})

    def text(self) -> str:
        """All files as one text, each after a line with its path."""
        parts = [f"=== {path}\n{text}" for path, text in self.files.items()]
        return "\n".join(parts)
