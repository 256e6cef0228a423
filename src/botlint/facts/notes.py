"""Notes that programmers leave for themselves: TODO, FIXME, BUG, XXX, HACK; and those
beside a ``pass``: as ``IDLE`` what says that nothing is to be done there, as ``LOG`` calls of a log
that were taken out, as ``CODE`` other calls that were.

A comment is told from a string that looks like one by reading strings and comments in one pass of a
pattern that can't go back: a string of either kind, or a comment, whichever begins first.
"""

from __future__ import annotations

import re

from botlint.facts.remarks import Note
from botlint.model import Span
from botlint.secrets.redaction import redact_line

IDLE, LOG, CODE = "IDLE", "LOG", "CODE"
_MARKED = re.compile(
    rb"#[^\n\r]{0,4}(?:TODO|FIXME|BUG|XXX|HACK)\b|pass[^\n\r]{0,20}#|#[^\n\r]*[\n\r]\s+pass\b"
)
_SAYS_IDLE = re.compile(
    r"(?i)\bnothing (?:else )?(?:to (?:do|be done)|is done|needed|required)\b|\bno-?op\b"
    r"|\b(?:not|no longer|never) (?:needed|required|necessary|used)\b"
    r"|\bno (?:action|work|setup|cleanup) (?:is )?(?:needed|required|necessary)\b"
    r"|\balready (?:done|configured|handled|registered|set up|wired)\b|\bhandled (?:by|elsewhere)\b"
    r"|\b(?:intentional|deliberate|purpose)(?:ly)?\b|\bon purpose\b|\bignored?\b"
    r"|\b(?:logs?|logging|logger|prints?|output)\b.{0,20}\b(?:removed|disabled|dropped|silenced)\b"
    r"|\brien (?:à|a) faire\b|\bnichts zu tun\b|\babsichtlich leer\b|\bnada que hacer\b"
    r"|\blogs? (?:supprim|désactiv|retir)"
    r"|\bничего (?:не )?(?:надо |нужно )?дела|\bигнориру|无需|不需要"
)
_SAYS_LATER = re.compile(
    r"(?i)\b(?:todo|fixme|implement\w*|yet|for now|later|placeholder|stub|unfinished|missing)\b"
)
_CALL = re.compile(r"#+\s*(?:await\s+)?(?P<head>[A-Za-z_][\w.]*)\(")
_OF_LOG = re.compile(r"(?i)(?:.*\.)?_?(?:log(?:ger|ging)?(?:\.\w+|_\w+)?|print|pprint)")
_TOKEN = re.compile(
    r"(?P<long>'''|\"\"\")|(?P<short>'(?:\\.|[^'\\\n])*+'|\"(?:\\.|[^\"\\\n])*+\")|(?P<note>#[^\n]*)",
    re.DOTALL,
)
_NOTE = re.compile(
    r"#+[ \t:!*-]*(TODO|FIXME|BUG(?![ \t:#-]*FIX)|XXX|HACK)\b[ \t]*(?:\([^)\n]*\))?[ \t:.-]*(.*)"
)


def find_notes(data: bytes) -> tuple[Note, ...]:
    """All comments of a source that begin with TODO, FIXME, BUG, XXX or HACK, in their order, with
    the other kinds where something is left to a ``pass``."""
    if _MARKED.search(data) is None:
        return ()
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    found: list[Note] = []
    line, counted, position = 1, 0, 0
    while (token := _TOKEN.search(text, position)) is not None:
        position = token.end()
        if token.lastgroup == "long":
            closed = text.find(token["long"], position)
            position = len(text) if closed < 0 else closed + 3
        elif token.lastgroup == "note":
            said = _said(token["note"])
            if said is None:
                continue
            line += text.count("\n", counted, token.start())
            counted = token.start()
            column = counted - (text.rfind("\n", 0, counted) + 1) + 1
            written = token["note"].rstrip()
            span = Span(line, column, line, column + len(written))
            found.append(Note(said[0], redact_line(said[1].strip()), span))
    return tuple(found)


def _said(comment: str) -> tuple[str, str] | None:
    """The mark of a comment with its text; ``None`` for one that says nothing of this kind."""
    note = _NOTE.match(comment)
    if note is not None:
        return note[1], note[2]
    call = _CALL.match(comment)
    if call is not None:
        return (LOG if _OF_LOG.fullmatch(call["head"]) else CODE), ""
    if _SAYS_IDLE.search(comment) and not _SAYS_LATER.search(comment):
        return IDLE, ""
    return None
