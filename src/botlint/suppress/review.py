"""What is wrong with suppressions themselves: BOT002 to BOT006."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from botlint.discover import has_path
from botlint.model import Finding, Place
from botlint.settings import Settings
from botlint.settings.days import read_day
from botlint.suppress.judge import Judge, is_named
from botlint.suppress.mended import mend_expired, mend_malformed, mend_unused
from botlint.suppress.written import Suppression, settings_path


def review(
    one: Suppression, judge: Judge, used: set[tuple[Suppression, str]], seen: Collection[str]
) -> Iterator[Finding]:
    """What is wrong with one suppression."""
    what = "suppression" if one.is_comment else "`ignore` of the settings"
    if one.fault:
        yield judge.report("BOT003", one.place, f"{what} {one.fault}", mend_malformed(one))
        return
    unknown = [name for name in one.codes if judge.find(name) is None]
    for name in unknown:
        hint = judge.suggest(name)
        yield judge.report("BOT005", one.place, f"{what} names no rule: `{name}`{hint}")
    if judge.is_expired(one):
        message = f"{what} {_describe_end(one.until)}"
        yield judge.report("BOT004", one.place, message, mend_expired(one))
        return
    unused = [
        name
        for name in one.codes
        if (rule := judge.find(name)) and rule.code in judge.ran and (one, name) not in used
    ]
    # A glob may speak of files that this run did not look at.
    if unused and one.path in seen:
        code = "BOT002" if one.is_comment else "BOT006"
        message = f"{what} silences nothing: no {', '.join(unused)} there"
        yield judge.report(code, one.place, message, mend_unused(one, unused))


def _describe_end(until: str) -> str:
    day = read_day(until)
    if day is None:
        return f"has no day in `until={until}`: write it as 2027-01-31"
    return f"has ended on {day.isoformat()}"


def review_paths(settings: Settings, judge: Judge) -> Iterator[Finding]:
    """BOT006: a part of the settings that speaks of files which aren't there."""
    where = settings_path(settings)
    for entry in settings.per_file_ignores:
        place = Place(where, entry.span)
        if not has_path(settings.root, entry.glob):
            message = f"`{entry.glob}` of `per-file-ignores` fits no file"
            yield judge.report("BOT006", place, message)
        for word in entry.codes:
            if not any(is_named(one, word) for one in judge.rules.values()):
                message = f"`per-file-ignores` names no rule: `{word}`{judge.suggest(word)}"
                yield judge.report("BOT005", place, message)
    for one in settings.ignores:
        if not has_path(settings.root, one.path):
            message = f"path `{one.path}` of an `ignore` fits no file"
            yield judge.report("BOT006", Place(where, one.span), message)
