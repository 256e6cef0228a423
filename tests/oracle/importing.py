"""Imports in the forms in which they are written, for what has been moved to another module."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.oracle.choices import Choices
from tests.oracle.names import ModuleNames, read_in


class Modules(NamedTuple):
    """The modules of a program, by number: those imported first, and last the script; all but the
    script stand in ``package``, a dotted name, unless it is empty."""

    names: tuple[str, ...]
    package: str

    def is_script(self, place: int) -> bool:
        """Whether it is the script."""
        return place == len(self.names) - 1

    def path(self, place: int) -> str:
        """Where the module stands."""
        return self.dotted(place).replace(".", "/") + ".py"

    def dotted(self, place: int) -> str:
        """The full name of the module."""
        parts = [self.names[place]]
        if self.package and not self.is_script(place):
            parts.insert(0, self.package)
        return ".".join(parts)


class _Form(NamedTuple):
    """An import, and what a name of the module is called by it."""

    line: str
    name: str


class Imports:
    """Writes the modules of a program: ``homes`` says in which of them a name stands, ``foreign``
    how one of no module of the program is imported."""

    def __init__(
        self,
        modules: Modules,
        homes: Mapping[str, int],
        foreign: Mapping[str, ast.stmt],
        rebound: frozenset[str],
        choices: Choices,
    ) -> None:
        self._modules = modules
        self._homes = homes
        self._foreign = foreign
        self._rebound = rebound
        self._choices = choices
        self._shared: dict[str, str] = {}
        """What the package says itself: the line by each name."""
        self._had: dict[str, int] = {}
        """The first module that has a foreign name."""

    def module(self, place: int, nodes: Sequence[ast.stmt]) -> str:
        """The text of a module that is made of ``nodes``."""
        reads = {node: read_in(node) for node in nodes}
        late: dict[str, bool] = {}
        for node, names in reads.items():
            for name, is_late in names.items():
                is_free = is_late and not isinstance(node, ast.Assign | ast.AnnAssign)
                late[name] = is_free and late.get(name, True)
        heads: list[str] = []
        inside: dict[str, str] = {}
        new: dict[str, str] = {}
        for name, is_late in sorted(late.items()):
            form = self._form(place, name)
            if form is None:
                continue
            new[name] = form.name
            is_own = name in self._homes
            is_back = is_own and self._homes[name] > place
            if is_back or (is_own and is_late and self._choices.chance(20)):
                inside[name] = form.line
            elif form.line not in heads:
                heads.append(form.line)
        blocks = [ast.unparse(_rewritten(node, new, inside)) for node in nodes]
        return "\n\n\n".join(["\n".join(heads), *blocks] if heads else blocks) + "\n"

    def packages(self) -> dict[str, str]:
        """The files that make a package, by path."""
        found, package = {}, self._modules.package
        while package:
            lines = sorted(self._shared.values()) if package == self._modules.package else []
            found[package.replace(".", "/") + "/__init__.py"] = "\n".join(lines) + "\n"
            package = package.rpartition(".")[0]
        return found

    def _form(self, place: int, name: str) -> _Form | None:
        """How a module gets a name; ``None`` if it is its own, or Python's."""
        if name in self._foreign:
            return self._foreign_form(place, name)
        if self._homes.get(name, place) == place:
            return None
        home = self._homes[name]
        forms = self._near(home, name) if self._is_near(place) else self._far(home, name)
        if name in self._rebound:
            forms = [form for form in forms if form.name.endswith(f".{name}")]
        form = self._choices.pick(forms)
        package = self._modules.package
        if form.line in (f"import {package}", f"from {package} import {name}"):
            source = (f".{self._modules.names[home]}", self._modules.dotted(home))
            self._shared.setdefault(name, f"from {self._choices.pick(source)} import {name}")
        return form

    def _is_near(self, place: int) -> bool:
        return bool(self._modules.package) and not self._modules.is_script(place)

    def _near(self, home: int, name: str) -> list[_Form]:
        """Within a package."""
        module = self._modules.names[home]
        return [
            _Form(f"from .{module} import {name}", name),
            _Form(f"from .{module} import {name} as near_{name}", f"near_{name}"),
            _Form(f"from . import {module}", f"{module}.{name}"),
            _Form(f"from . import {module} as near_{module}", f"near_{module}.{name}"),
            _Form(f"from {self._modules.dotted(home)} import {name}", name),
        ]

    def _far(self, home: int, name: str) -> list[_Form]:
        """From outside."""
        package, dotted = self._modules.package, self._modules.dotted(home)
        module = self._modules.names[home]
        found = [
            _Form(f"from {dotted} import {name}", name),
            _Form(f"from {dotted} import {name} as the_{name}", f"the_{name}"),
            _Form(f"import {dotted}", f"{dotted}.{name}"),
            _Form(f"import {dotted} as the_{module}", f"the_{module}.{name}"),
        ]
        if not package:
            return found
        found.append(_Form(f"from {package} import {module}", f"{module}.{name}"))
        if name not in self._rebound:
            found.append(_Form(f"from {package} import {name}", name))
            found.append(_Form(f"import {package}", f"{package}.{name}"))
        return found

    def _foreign_form(self, place: int, name: str) -> _Form:
        """As it was, or of a module that has it already."""
        node = self._foreign[name]
        if not isinstance(node, ast.ImportFrom):
            return _Form(ast.unparse(node), name)
        had = self._had.get(name, place)
        if had != place and self._choices.chance(25):
            dots = "." if self._is_near(place) else ""
            module = self._modules.names[had] if dots else self._modules.dotted(had)
            return _Form(f"from {dots}{module} import {name}", name)
        if self._choices.chance(20):
            return _Form(f"import {node.module}", f"{node.module}.{name}")
        if self._choices.chance(10):
            return _Form(f"from {node.module} import {name} as the_{name}", f"the_{name}")
        self._had.setdefault(name, place)
        return _Form(f"from {node.module} import {name}", name)


def _rewritten(node: ast.stmt, new: Mapping[str, str], inside: Mapping[str, str]) -> ast.stmt:
    """The statement with the names of the others as they are called here; ``inside``: the imports
    that stand in the functions that need them."""
    late: dict[ast.FunctionDef | ast.AsyncFunctionDef, list[str]] = {}
    for function in _functions(node):
        late[function] = sorted({inside[name] for name in read_in(function) if name in inside})

    def replace(name: str, *, is_late: bool) -> ast.expr | None:
        return ast.parse(new[name], mode="eval").body if name in new else None

    found = ModuleNames(replace).visit(node)
    for function, lines in late.items():
        function.body[:0] = [ast.parse(line).body[0] for line in lines]
    assert isinstance(found, ast.stmt)
    return found


def _functions(node: ast.stmt) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions that stand in no other."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node]
    inner = node.body if isinstance(node, ast.ClassDef) else []
    return [one for part in inner for one in _functions(part)]
