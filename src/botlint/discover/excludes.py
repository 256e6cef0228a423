"""What is left out of a directory that is walked: by the settings, or by default."""

from __future__ import annotations

import re
from collections.abc import Callable

from botlint.discover.globs import DEFAULT_EXCLUDES, compile_glob
from botlint.settings import Settings


def default_excludes(settings: Settings) -> frozenset[str]:
    """The names of directories that are left out without a word of the settings."""
    return DEFAULT_EXCLUDES if settings.exclude is None else frozenset[str]()


def make_exclude(settings: Settings) -> Callable[[str, str], bool]:
    """Whether a name, at a root-relative path, is left out; raises ``SettingsFault`` for what is no
    glob."""
    names = default_excludes(settings)
    patterns = (*(settings.exclude or ()), *settings.extend_exclude)
    if not patterns:
        return lambda name, path: name in names
    plain = names | {pattern for pattern in patterns if not re.search(r"[/*?\[!]", pattern)}
    globs = [compile_glob(pattern) for pattern in patterns if pattern not in plain]
    return lambda name, path: name in plain or any(fits(path) for fits in globs)
