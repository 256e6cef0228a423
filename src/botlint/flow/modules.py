"""Which source a module name means, seen from another source.

Nobody tells botlint what ``sys.path`` will be. A name is looked for in the directories above the
importing file that are no packages themselves, nearest first (that is where a script's own
directory and the root of the tree are), then in every other directory that could be a root, such
as ``src``.
"""

from __future__ import annotations

import sys

from botlint.facts.imported import Import
from botlint.facts.types import Facts

_LIBRARIES = frozenset(
    {"ccxt", "binance", "pybit", "krakenex", "alpaca", "ib_insync", "ib_async", "hyperliquid"}
    | {"requests", "httpx", "aiohttp", "websocket", "websockets", "telegram", "telebot", "redis"}
    | {"pandas", "numpy", "schedule", "flask", "fastapi", "pytest", "click", "typer", "celery"}
    | {"discord", "sqlalchemy", "pydantic", "yaml", "kafka", "zmq", "MetaTrader5", "freqtrade"}
)
"""Libraries that wrappers of bots are named after: ``adapters/ccxt.py`` imports the real one."""


class Modules:
    """All sources by their module names."""

    def __init__(self, sources: tuple[Facts, ...]) -> None:
        self._raw = [_raw_name(facts.path) for facts in sources]
        self._is_package = [_is_package_file(facts.path) for facts in sources]
        self.by_raw: dict[str, int] = {}
        self._by_tail: dict[str, list[str]] = {}
        self._prefixes: set[str] = set()
        for index, raw in enumerate(self._raw):
            if raw in self.by_raw and not self._is_package[index]:
                continue
            if raw not in self.by_raw:
                self._by_tail.setdefault(raw[raw.rfind(".") + 1 :], []).append(raw)
            self.by_raw[raw] = index
            self._add_prefixes(raw)
        self._packages = {
            raw for index, raw in enumerate(self._raw) if self._is_package[index]
        } | self._imported_directories(sources)
        self._found: dict[tuple[str, str], str | None] = {}

    def name(self, source: int) -> str:
        """The module's name as the program would import it."""
        return self._raw[source].removeprefix("src.")

    def raw(self, source: int) -> str:
        """The path of a source with dots."""
        return self._raw[source]

    def is_package(self, source: int) -> bool:
        """Whether a source is the ``__init__`` of a package."""
        return self._is_package[source]

    def is_known(self, raw: str) -> bool:
        """Whether a module or a directory with modules is called ``raw``."""
        return raw in self.by_raw or raw in self._prefixes

    def find(self, dotted: str, importer: int) -> str | None:
        """The raw name of the module or directory that an absolute import means."""
        here = self.directory(importer)
        key = (here, dotted)
        if key not in self._found:
            self._found[key] = self._find(dotted, here, self._raw[importer])
        return self._found[key]

    def ending_in(self, dotted: str) -> tuple[str, ...]:
        """The raw names of all modules that are called so, seen from some directory."""
        alike = self._by_tail.get(dotted[dotted.rfind(".") + 1 :], ())
        return tuple(raw for raw in alike if raw == dotted or raw.endswith(f".{dotted}"))

    def directory(self, source: int) -> str:
        """The directory that a source stands in, with dots; of a package, its own."""
        raw = self._raw[source]
        if self._is_package[source]:
            return "" if raw == "__init__" else raw
        return raw.rpartition(".")[0]

    def target(self, source: int, statement: Import) -> str | None:
        """The raw name of the module that an import statement speaks of; ``None`` if outside."""
        if not statement.level:
            return self.find(statement.module, source)
        base = self.directory(source)
        for _ in range(statement.level - 1):
            base = base.rpartition(".")[0]
        raw = ".".join(part for part in (base, statement.module) if part)
        return raw if self.is_known(raw) or not raw else None

    def _add_prefixes(self, raw: str) -> None:
        base = raw.rpartition(".")[0]
        while base and base not in self._prefixes:
            self._prefixes.add(base)
            base = base.rpartition(".")[0]

    def _imported_directories(self, sources: tuple[Facts, ...]) -> set[str]:
        """Directories whose modules are imported by a name that begins with the directory's."""
        named: set[str] = set()
        for facts in sources:
            for statement in facts.imports:
                if not statement.level and "." in statement.module:
                    named.add(statement.module.partition(".")[0])
                elif not statement.level and statement.name:
                    named.add(statement.module)
        return {prefix for prefix in self._prefixes if prefix in named}

    def _find(self, dotted: str, here: str, importer: str) -> str | None:
        top = dotted.partition(".")[0]
        tail = dotted[dotted.rfind(".") + 1 :]
        is_outside = is_foreign(top)
        best: tuple[int, int, int, str] | None = None
        ending = "." + dotted
        for raw in self._by_tail.get(tail, ()):
            if raw == dotted:
                base = ""
            elif raw.endswith(ending) and not is_outside:
                base = raw[: -len(ending)]
            else:
                continue
            if raw == importer and raw.endswith(top):
                continue
            rank = self._rank(base, here, dotted)
            if rank and (best is None or (*rank, raw) < best):
                best = (*rank, raw)
        if best is not None:
            return best[3]
        return self._find_directory(dotted, here) if not is_outside else None

    def _rank(self, base: str, here: str, dotted: str) -> tuple[int, int, int] | None:
        is_above = not base or here == base or here.startswith(base + ".")
        is_package = base in self._packages
        own = f"{base}.{dotted.partition('.')[0]}" if base else ""
        # A package that the importing file stands in is the one that it means.
        is_within = bool(own) and "." in dotted and (here == own or here.startswith(own + "."))
        if is_within or (is_above and not is_package):
            return (0, -len(base), 0)
        if base in ("src", "lib", "app", "python"):
            return (1, 0, len(base))
        if "." in dotted and not is_package:
            return (2, -_common(base, here), len(base))
        if is_above or "." in dotted:
            return (3, -_common(base, here), len(base))
        return None

    def _find_directory(self, dotted: str, here: str) -> str | None:
        """A directory without ``__init__.py`` that is imported from."""
        base = here
        while True:
            raw = f"{base}.{dotted}" if base else dotted
            if raw in self._prefixes and base not in self._packages:
                return raw
            if not base:
                break
            base = base.rpartition(".")[0]
        return f"src.{dotted}" if f"src.{dotted}" in self._prefixes else None


def is_foreign(top: str) -> bool:
    """Whether the first part of a module's name is of Python itself or of a library that wrappers
    of bots are named after."""
    return top in sys.stdlib_module_names or top in _LIBRARIES


def _raw_name(path: str) -> str:
    stem = path.rpartition(".")[0] or path
    if stem.endswith("/__init__"):
        stem = stem[: -len("/__init__")]
    return stem.replace("/", ".")


def _is_package_file(path: str) -> bool:
    return path.rpartition("/")[2].startswith("__init__.")


def _common(one: str, other: str) -> int:
    count = 0
    for first, second in zip(one.split("."), other.split("."), strict=False):
        if first != second:
            break
        count += 1
    return count
