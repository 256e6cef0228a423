"""Credentials inside a longer text: in the query of an address, in a connection string, in lines
of ``NAME=value``. Every pattern repeats what is bounded, once, so that the time is linear."""

from __future__ import annotations

import re

from botlint.secrets.forms import Sighting
from botlint.secrets.shapes import Shape, is_point, judge

_LONGEST = 20_000
_QUERY = re.compile(
    r"[?&](?:[\w\-]{0,30}[_\-])?(?:api[_\-]?key|apikey|access[_\-]?(?:key|token)|auth[_\-]?token"
    r"|(?<!page_)(?<!next_)token|secret|passw(?:or)?d|pwd)="
    r"(?P<secret>[A-Za-z0-9_\-.~%+/=]{16,200})(?![A-Za-z0-9_\-.~%+/=])",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?:^|[\s;])(?:passw(?:or)?d|pwd|sharedaccesskey)[ ]?="
    r"[ ]?['{]?(?P<secret>[^\s;\"'&{}]{6,128})",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?:^|[\s;])(?:host|server|user|uid|user id|dbname|database|data source|endpoint|driver"
    r"|sharedaccesskeyname)[ ]?=",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^(?:export[ ]{1,4})?[A-Z][A-Z0-9_]{0,60}(?:KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE)"
    r"=[\"']?(?P<secret>[^\s\"']{6,200})",
    re.MULTILINE,
)


def find_inner(text: str) -> Sighting | None:
    """The first credential that stands inside a text; its offsets count characters."""
    if "=" not in text or len(text) > _LONGEST:
        return None
    for match in _QUERY.finditer(text) if "?" in text or "&" in text else ():
        if _is_random(match["secret"]):
            return Sighting("key in an address", *match.span("secret"))
    pair = _PAIR.search(text)
    if pair and judge(pair["secret"]) is not Shape.PLAIN and _BESIDE.search(text):
        return Sighting("password in a connection string", *pair.span("secret"))
    for match in _LINE.finditer(text) if "\n" in text else ():
        if _is_random(match["secret"]):
            return Sighting("credential in a list of variables", *match.span("secret"))
    return None


def _is_random(text: str) -> bool:
    return judge(text) is Shape.RANDOM and not is_point(text)
