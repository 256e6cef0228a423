"""Suppressions as written: comments and entries of the settings, read and not yet judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from botlint.facts.remarks import Comment
from botlint.facts.types import Facts
from botlint.model import Place, Span
from botlint.settings import IgnoreEntry, Settings
from botlint.settings.documents import START, find_setting

OWN = "BOT"
"""The prefix of botlint's own codes, which nothing silences."""
_FORM = re.compile(
    r"#+[ \t]*botlint:[ \t]*(?P<verb>[\w-]*)[ \t]*(?:\[(?P<codes>[^\]]*)\])?(?P<rest>.*)"
)
_UNTIL = re.compile(r"(?:^|\s)until=(\S*)")


class Suppression(msgspec.Struct, frozen=True):
    """One reason to stay silent: about ``codes``, in the lines ``covers`` of ``path``.

    ``fault`` is what is wrong with how it is written; then it suppresses nothing. ``text`` is the
    comment itself.
    """

    place: Place
    path: str
    covers: tuple[int, int] = (0, 0)
    codes: tuple[str, ...] = ()
    reason: str = ""
    until: str = ""
    is_comment: bool = True
    fault: str = ""
    text: str = ""


def read_suppressions(facts: Iterable[Facts], settings: Settings) -> Iterator[Suppression]:
    """All suppressions, in comments and in the settings."""
    for one in facts:
        for comment in one.comments:
            yield _read_comment(one.path, comment)
    for entry in settings.ignores:
        yield _read_entry(entry, settings)


def _read_comment(path: str, comment: Comment) -> Suppression:
    form = _FORM.match(comment.text)
    place = Place(path, comment.span)
    if form is None:
        return Suppression(place, path, comment.covers, fault="is not understood")
    rest = form["rest"].strip()
    until = _UNTIL.search(rest)
    reason = _UNTIL.sub("", rest).strip()
    codes = tuple(code.strip() for code in (form["codes"] or "").split(",") if code.strip())
    fault = _find_fault(form["verb"], codes, reason)
    reason = reason.removeprefix("--").strip()
    day = until[1] if until else ""
    # ``until=`` without a day must not pass for "no end".
    day = day or ("(no day)" if until else "")
    return Suppression(
        place, path, comment.covers, codes, reason, day, fault=fault, text=comment.text
    )


def _find_fault(verb: str, codes: tuple[str, ...], reason: str) -> str:
    if verb != "ignore":
        return f"`{verb}` is no word that botlint knows: write `ignore[CODE] -- reason`"
    if not codes:
        return "names no rule: write `ignore[CODE] -- reason`, nothing is silenced as a whole"
    if not reason.startswith("--"):
        return "gives no reason: write ` -- reason` after the bracket"
    if not reason.removeprefix("--").strip():
        return "gives no reason after `--`"
    own = [code for code in codes if code.upper().startswith(OWN)]
    return f"names {own[0]}: botlint's own findings can't be suppressed" if own else ""


def _read_entry(entry: IgnoreEntry, settings: Settings) -> Suppression:
    own = entry.rule.upper().startswith(OWN)
    fault = f"names {entry.rule}: botlint's own findings can't be suppressed" if own else ""
    place = Place(settings_path(settings), entry.span)
    return Suppression(
        place,
        entry.path,
        codes=(entry.rule,),
        reason=entry.reason,
        until=entry.until,
        is_comment=False,
        fault=fault,
    )


def settings_path(settings: Settings) -> str:
    """The settings file as a report names it."""
    origin = settings.origin
    if origin is None:
        return "botlint.toml"
    if origin.is_relative_to(settings.root):
        return origin.relative_to(settings.root).as_posix()
    return origin.as_posix()


def find_text(settings: Settings, text: str) -> Span:
    """Where ``text`` stands in the settings file; its first line if nowhere."""
    return find_setting(settings.origin, text) or START
