"""A check: its outcome as it was kept, or else a look at the program."""

from __future__ import annotations

from botlint import __version__
from botlint.cache import key_of, read_outcome, write_outcome
from botlint.discover import Discovery, discover
from botlint.fixes import Drafts, Mended, mend
from botlint.model import Report, Safety
from botlint.rules import load_rules
from botlint.selection import select_rules
from botlint.settings import Settings


def check(paths: tuple[str, ...], settings: Settings) -> Report:
    """Check ``paths`` (files and directories); the whole outcome.

    Raises :class:`botlint.settings.SettingsFault` for a setting, a rule or a profile that is wrong.
    """
    discovery = discover(paths, settings)
    if settings.cache is None:
        return _look(discovery, settings)
    known = load_rules(settings.rules)
    key = key_of(discovery, settings, known)
    kept = read_outcome(settings.cache, key)
    if kept is not None:
        rules = select_rules(known, settings)
        return Report(kept.findings, kept.problems, kept.scope, rules, __version__)
    report = _look(discovery, settings)
    # What was written meanwhile may have been looked at as it was before, or as it is now; and what
    # broke off need not do so again.
    is_whole = not any(problem.detail for problem in report.problems)
    if is_whole and key_of(discovery, settings, known) == key:
        write_outcome(settings.cache, key, report)
    return report


def check_and_mend(
    paths: tuple[str, ...], settings: Settings, safeties: frozenset[Safety]
) -> Mended:
    """Check, mend what can be mended, and check again; nothing is written yet."""
    discovery = discover(paths, settings)
    return mend(discovery, lambda one: _look(one, settings), Drafts(settings.root), safeties)


def _look(discovery: Discovery, settings: Settings) -> Report:
    from botlint.looking import look  # with all checks, which a kept outcome has no need of

    return look(discovery, settings)
