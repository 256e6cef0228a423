"""Discovery: from the paths that somebody named to the sources that are looked at.

A path that is named is always taken (``force_exclude`` makes it go through the excludes like any
other). Directories are walked without following links, past what the excludes leave out and what
Git ignores; what it tracks it doesn't ignore, whatever a ``.gitignore`` says. Tests, examples, docs
and archives are found but *peripheral*: they call nothing that trades, so they are counted and not
analysed unless they are named. What can't be looked at is a problem, and so is an empty outcome:
"not checked" must never look like "clean".
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec

from botlint.discover.excludes import default_excludes, make_exclude
from botlint.discover.globs import (
    compile_glob,
    has_path,
    relative_path,
)
from botlint.discover.ignores import Ignores, is_ignored, read_ignores, read_outer_ignores
from botlint.discover.links import explain_links
from botlint.discover.looked import Looked, modules_among
from botlint.discover.periphery import is_peripheral, is_peripheral_directory
from botlint.discover.texts import kind_of_text
from botlint.discover.tracked import Tracked
from botlint.model import Problem
from botlint.settings import Settings

__all__ = [
    "Discovery",
    "Looked",
    "Source",
    "compile_glob",
    "discover",
    "has_path",
    "is_peripheral",
    "read_source",
]

LARGEST = 10_000_000
"""Sources of more bytes are generated data; they are a problem, not analysed."""

_PYTHON = (".py", ".pyw")


class Source(msgspec.Struct, frozen=True):
    """A file found. ``data`` holds what came on standard input; else ``file`` is read.
    ``is_named`` by the command line; ``is_peripheral``: not analysed; ``is_ignored`` by Git.
    """

    path: str
    file: Path | None = None
    data: bytes | None = None
    kind: str = "python"
    is_named: bool = False
    is_peripheral: bool = False
    is_ignored: bool = False


class Discovery(msgspec.Struct, frozen=True):
    """All sources, sorted by path; what could not be found or opened; and what was passed over
    though somebody might expect it: links out of what is looked at, or to nothing, named files that
    the settings exclude under ``force_exclude``, and directories that are left out by default
    though Git tracks files in them. ``texts`` are files that are no Python and only looked through:
    config (kind ``config``), documentation (``prose``), and others that people write."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    passed_over: tuple[str, ...] = ()
    texts: tuple[Source, ...] = ()
    looked: Looked = Looked()

    def analysed(self) -> tuple[Source, ...]:
        """The sources to be analysed."""
        return tuple(source for source in self.sources if not source.is_peripheral)


class _Walk(msgspec.Struct, frozen=True):
    """What one walk knows and gathers."""

    root: str
    is_excluded: Callable[[str, str], bool]
    found: dict[str, Source]
    problems: list[Problem]
    passed_over: list[str]
    texts: dict[str, Source]
    listed: set[str]
    modules: set[str]
    links: dict[str, str]
    """Where the links that were come upon lead."""
    directories: list[str]
    """The directories that were named, as they are without links."""
    tracked: Tracked
    default_excludes: frozenset[str]
    """The names of directories that are left out without a word of the settings."""

    def is_ignored(self, path: str, ignores: Ignores) -> bool:
        """Whether Git passes over a file, or a directory (with a final "/")."""
        return is_ignored(path, ignores) and not self.tracked.holds(path)


def discover(paths: tuple[str, ...], settings: Settings) -> Discovery:
    """The sources under ``paths``, each of them absolute or relative to the working directory."""
    root = str(settings.root)
    exclude = make_exclude(settings)
    names = default_excludes(settings)
    walk = _Walk(root, exclude, {}, [], [], {}, set(), set(), {}, [], Tracked(root), names)
    for path in paths or (".",):
        _take(path, settings, walk)
    if settings.stdin is not None and "-" not in paths:
        _take_stdin(settings, walk)
    walk.passed_over.extend(explain_links(walk.links, walk.directories))
    walk.passed_over.extend(walk.tracked.unread)
    sources = tuple(walk.found[path] for path in sorted(walk.found))
    texts = tuple(walk.texts[path] for path in sorted(walk.texts))
    is_bare = all(s.is_peripheral for s in sources) and not any(s.is_named for s in texts)
    if is_bare and not walk.problems and not walk.passed_over:
        walk.problems.append(_explain_nothing(paths, sources))
    looked = Looked(frozenset(walk.listed), frozenset(walk.modules))
    passed_over = tuple(sorted(walk.passed_over))
    return Discovery(sources, tuple(sorted(walk.problems)), passed_over, texts, looked)


def read_source(source: Source) -> bytes | Problem:
    """The bytes of a source, or why they can't be had."""
    if source.data is not None:
        return source.data
    if source.file is None:
        return Problem(source.path, "has no content")
    try:
        with source.file.open("rb", buffering=0) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > LARGEST:
                limit = LARGEST // 1_000_000
                return Problem(source.path, f"not analysed: larger than {limit} MB ({size} bytes)")
            return stream.readall()
    except OSError as error:
        return Problem(source.path, f"could not be read: {error.strerror or error}")


def _take(path: str, settings: Settings, walk: _Walk) -> None:
    if path == "-":
        _take_stdin(settings, walk)
        return
    if not path:
        walk.problems.append(Problem("", "an empty path names nothing: nothing was checked there"))
        return
    given = Path(path)
    absolute = os.path.abspath(path)  # noqa: PTH100 (resolve() would follow links)
    relative = relative_path(absolute, walk.root)
    try:
        mode = given.stat().st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        walk.problems.append(Problem(_printable(path), f"{reason}: nothing was checked there"))
        return
    if settings.force_exclude and _is_left_out(relative, stat.S_ISDIR(mode), walk):
        walk.passed_over.append(f"{_printable(relative)}: excluded by the settings")
    elif stat.S_ISDIR(mode):
        _take_directory(absolute, relative, walk)
    elif not stat.S_ISREG(mode):
        walk.problems.append(Problem(_printable(relative), "is no regular file: not checked"))
    elif kind_of_text(given.name) == "config":
        shown = _printable(relative)
        walk.texts[shown] = Source(shown, given, kind="config", is_named=True)
    elif not given.name.endswith((*_PYTHON, ".pyi")) and not _has_python_line(given):
        walk.problems.append(Problem(_printable(relative), "is no Python source: not checked"))
    else:
        peripheral = settings.force_exclude and is_peripheral(relative)
        _add(relative, given, walk, is_named=True, is_peripheral=peripheral)


def _take_stdin(settings: Settings, walk: _Walk) -> None:
    if settings.stdin is None:
        walk.problems.append(Problem("-", "nothing came on standard input"))
        return
    name, data = settings.stdin
    absolute = os.path.abspath(name)  # noqa: PTH100
    path = _printable(relative_path(absolute, walk.root))
    walk.found[path] = Source(path, data=data, is_named=True)


def _take_directory(absolute: str, relative: str, walk: _Walk) -> None:
    before = _count(walk)
    walk.directories.append(os.path.realpath(absolute))
    named = relative != "." and is_peripheral_directory(relative)
    base = "" if relative == "." else relative + "/"
    ignores = read_outer_ignores(base, walk.root)
    if base and is_ignored(base, ignores):
        ignores = ()  # somebody named it all the same
    _walk_directory(absolute, base, None if named else len(base), ignores, walk)
    found_before = (path.startswith(_printable(base)) for path in walk.found)
    if before == _count(walk) and not any(found_before):
        walk.problems.append(
            Problem(_printable(relative), "holds no Python source: nothing to check")
        )


def _walk_directory(
    directory: str, base: str, named: int | None, ignores: Ignores, walk: _Walk
) -> None:
    """``named`` is how much of the path somebody named, ``None`` if that names the periphery."""
    try:
        with os.scandir(directory) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        reason = error.strerror or str(error)
        path = _printable(base.rstrip("/") or ".")
        walk.problems.append(Problem(path, f"directory could not be listed: {reason}"))
        return
    if any(entry.name == ".gitignore" for entry in entries):
        ignores = (*ignores, *read_ignores(base, directory + "/.gitignore"))
    walk.listed.add(base)
    walk.modules.update(base + name for name in modules_among(entries))
    for entry in entries:
        name, path = entry.name, base + entry.name
        is_python = name.endswith(_PYTHON)
        if entry.is_symlink():
            # entry.is_dir() raises for a link that leads to itself.
            is_directory = os.path.isdir(entry.path)  # noqa: PTH112
            if not walk.is_excluded(name, path) and (is_python or is_directory):
                walk.links[_printable(path)] = entry.path
        elif entry.is_dir():
            if not _leave_out(name, path, ignores, walk):
                _walk_directory(entry.path, path + "/", named, ignores, walk)
        elif is_python and entry.is_file() and not walk.is_excluded(name, path):
            if walk.is_ignored(path, ignores):
                continue
            peripheral = named is not None and is_peripheral(path[named:])
            _add(path, Path(entry.path), walk, is_named=False, is_peripheral=peripheral)
        elif not is_python and kind_of_text(name) and entry.is_file():
            is_hidden = walk.is_ignored(
                path, ignores
            )  # an `.env` that Git ignores sets the bot as well
            if walk.is_excluded(name, path) or (is_hidden and not name.startswith(".env")):
                continue
            shown, kind = _printable(path), kind_of_text(name)
            walk.texts[shown] = Source(shown, Path(entry.path), kind=kind, is_ignored=is_hidden)


def _leave_out(name: str, path: str, ignores: Ignores, walk: _Walk) -> bool:
    """Whether a directory is passed over; told of where somebody might expect it to be walked."""
    if not walk.is_excluded(name, path):
        return walk.is_ignored(path + "/", ignores)
    if name in walk.default_excludes and walk.tracked.holds(path + "/"):
        text = "left out, though Git tracks files in it; name it to have it checked"
        walk.passed_over.append(f"{_printable(path)}/: {text}")
    return True


def _add(path: str, file: Path, walk: _Walk, *, is_named: bool, is_peripheral: bool) -> None:
    path = _printable(path)
    known = walk.found.get(path)
    if known is None or (known.is_peripheral and not is_peripheral) or (is_named > known.is_named):
        walk.found[path] = Source(path, file, is_named=is_named, is_peripheral=is_peripheral)


def _count(walk: _Walk) -> int:
    return len(walk.found) + len(walk.problems) + len(walk.passed_over)


def _is_left_out(relative: str, is_directory: bool, walk: _Walk) -> bool:  # noqa: FBT001
    parts = relative.split("/")
    prefixes = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    if any(walk.is_excluded(name, path) for name, path in zip(parts, prefixes, strict=True)):
        return True
    ignores = read_outer_ignores(relative + "/", walk.root)
    return walk.is_ignored(relative + "/" * is_directory, ignores)


def _has_python_line(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return re.match(rb"#!.*\bpython", stream.read(100)) is not None
    except OSError:
        return True  # reading it will say why


def _explain_nothing(paths: tuple[str, ...], sources: tuple[Source, ...]) -> Problem:
    where = _printable(paths[0]) if len(paths) == 1 else ""
    if not sources:
        return Problem(where, "no Python source found: nothing to check")
    count = len(sources)
    what = f"{count} file{'s' * (count > 1)} of tests, examples, docs or archives"
    return Problem(where, f"nothing to check: only {what}; name them to have them checked")


def _printable(path: str) -> str:
    """The path as text: names that are no UTF-8 must break no report, nor pass for each other."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
