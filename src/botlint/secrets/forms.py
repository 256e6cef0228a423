"""Known forms: what the keys, tokens and webhooks of well-known services look like.

All but a few of them hold an unbroken run of twenty letters, digits, ``_`` and ``-``. So the bytes
of a source are mapped to two classes once, the runs are found by ``bytes.find``, and only where one
begins with a known prefix, or stands behind a known host, is a pattern tried. No pattern repeats
without a bound, and none repeats what repeats: the time is linear in the bytes (a test holds it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from botlint.secrets.shapes import Shape, is_filler, judge

LONGEST_LEAD = 96
"""So many bytes before a run can belong to what tells its form."""


class Form(NamedTuple):
    """A form. ``prefix`` is how its run begins, ``before`` what stands directly before the run,
    ``body`` what matches from the beginning of the run on. All of the match is secret."""

    kind: str
    prefix: bytes
    body: re.Pattern[bytes]
    before: re.Pattern[bytes] | None = None


class Sighting(NamedTuple):
    """A known form in a text: ``start`` and ``end`` are byte offsets of what is secret."""

    kind: str
    start: int
    end: int


def find_forms(data: bytes) -> tuple[Sighting, ...]:
    """All known forms in ``data``, by where they begin; of two that overlap the first."""
    found = sorted((*_find_runs(data), *_find_marked(data)), key=lambda one: (one.start, -one.end))
    standing: list[Sighting] = []
    for one in found:
        if not standing or one.start >= standing[-1].end:
            standing.append(one)
    return tuple(standing)


def find_key_bytes(data: bytes) -> Iterator[Sighting]:
    """Keys of Solana as its tools write them: 64 bytes as a list of numbers."""
    for match in _KEY_BYTES.finditer(data):
        numbers = [int(part) for part in match[0].strip(b"[]").split(b",")]
        if 127 < max(numbers) < 256 and len(set(numbers)) > 32:
            yield Sighting("Solana key", match.start() + 1, match.end() - 1)


def form_of(text: str) -> str:
    """The kind of known form that ``text`` holds, ``""`` for none."""
    found = find_forms(text.encode("utf-8", "replace"))
    return found[0].kind if found else ""


def _find_runs(data: bytes) -> Iterator[Sighting]:
    classes = data.translate(_CLASSES)
    start = classes.find(_RUN)
    while start >= 0:
        end = classes.find(b" ", start)
        end = len(data) if end < 0 else end
        forms = _BY_BEGINNING.get(data[start : start + 2])
        if forms is None and start:
            forms = _BY_LEAD.get(data[start - 1])
        if forms is not None:
            sighting = _match(forms, data, start)
            if sighting is not None:
                yield sighting
                end = max(end, sighting.end)
        start = classes.find(_RUN, end)


def _find_marked(data: bytes) -> Iterator[Sighting]:
    """What is known by a mark that stands in it."""
    for kind, mark, pattern in _MARKED:
        at = data.find(mark)
        while at >= 0:
            match = pattern.match(data, at)
            if match is not None and _is_secret(match):
                yield Sighting(kind, match.start("secret"), match.end("secret"))
            at = data.find(mark, at + len(mark))


def _is_secret(match: re.Match[bytes]) -> bool:
    """Whether what a mark tells of is filled in; a password that is one word, or the user's name
    again, stands in every tutorial."""
    secret = _text(match["secret"])
    if "user" not in match.groupdict():
        return not is_filler(secret)
    return secret != _text(match["user"]) and judge(secret) is not Shape.PLAIN


def _match(forms: tuple[Form, ...], data: bytes, start: int) -> Sighting | None:
    for form in forms:
        match = form.body.match(data, start)
        if match is None:
            continue
        lead = data[max(0, start - LONGEST_LEAD) : start]
        if form.before is not None:
            ahead = form.before.search(lead)
            if ahead is None or b"123456789" in ahead[0]:
                continue
        if not is_filler(_text(match[0])[len(form.prefix) :]):
            return Sighting(form.kind, start, match.end())
    return None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_RUN = b"a" * 20
_CLASSES = bytes(
    ord("a") if bytes([byte]).isalnum() or byte in b"_-" else ord(" ") for byte in range(256)
)
_KEY_BYTES = re.compile(rb"\[\s{0,12}(?:[0-9]{1,3}\s{0,4},\s{0,12}){63}[0-9]{1,3}\s{0,12}\]")
_HEX32 = r"[0-9a-fA-F]{32}(?![0-9a-fA-F])"
_ANY = r"[A-Za-z0-9_\-]"
_ALNUM = r"[A-Za-z0-9]"

# kind, how it may begin, the rest
_TOKENS = (
    ("AWS access key", "AKIA ASIA", r"[A-Z2-7]{16}(?![A-Za-z0-9]|%2F|/20)"),
    ("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{36,255}"),
    ("GitHub token", "github_pat_", r"[A-Za-z0-9_]{40,255}"),
    ("GitLab token", "glpat-", r"[A-Za-z0-9_\-]{20,64}"),
    (
        "Slack token",
        "xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xapp-",
        r"[A-Za-z0-9\-]{20,250}",
    ),
    (
        "Discord bot token",
        "MT MD Mj Mz ND NT Nj Nz OD OT Oj",
        r"[A-Za-z0-9_\-]{21,26}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,40}(?![A-Za-z0-9_\-])",
    ),
    ("Anthropic key", "sk-ant-", r"[A-Za-z0-9_\-]{24,200}"),
    ("OpenAI key", "sk-proj- sk-svcacct-", r"[A-Za-z0-9_\-]{40,200}"),
    ("OpenRouter key", "sk-or-v1-", r"[0-9a-f]{64}"),
    ("OpenAI-like key", "sk-", r"[A-Za-z0-9]{32,100}(?![A-Za-z0-9_\-])"),
    ("Groq key", "gsk_", r"[A-Za-z0-9]{40,80}"),
    ("xAI key", "xai-", r"[A-Za-z0-9]{60,100}"),
    ("Perplexity key", "pplx-", r"[A-Za-z0-9]{40,80}"),
    ("Hugging Face token", "hf_", r"[A-Za-z0-9]{34,40}(?![A-Za-z0-9_\-])"),
    ("Replicate token", "r8_", r"[A-Za-z0-9]{37,40}(?![A-Za-z0-9_\-])"),
    ("Google API key", "AIza", r"[A-Za-z0-9_\-]{35}(?![A-Za-z0-9_\-])"),
    ("Google OAuth secret", "GOCSPX-", r"[A-Za-z0-9_\-]{28}"),
    ("Stripe key", "sk_live_ rk_live_ sk_test_ rk_test_", r"[A-Za-z0-9]{20,120}"),
    ("npm token", "npm_", r"[A-Za-z0-9]{36}(?![A-Za-z0-9_\-])"),
    ("PyPI token", "pypi-AgE", r"[A-Za-z0-9_\-]{50,220}"),
    ("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{64}"),
    ("Databricks token", "dapi", _HEX32),
    ("Bitget key", "bg_", _HEX32),
    ("Grafana token", "glsa_", r"[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
    ("Shopify token", "shpat_ shpss_ shpca_ shppa_", _HEX32),
    ("New Relic key", "NRAK-", r"[A-Z0-9]{27}"),
    ("Linear key", "lin_api_", r"[A-Za-z0-9]{32,48}"),
    ("Notion token", "ntn_", r"[A-Za-z0-9]{40,60}"),
    ("Mailgun key", "key-", _HEX32),
    (
        "extended private key",
        "xprv yprv zprv tprv",
        r"[1-9A-HJ-NP-Za-km-z]{107}(?![1-9A-HJ-NP-Za-km-z])",
    ),
    ("Sentry token", "sntrys_", r"[A-Za-z0-9_\-]{30,400}"),
    (
        "JSON web token",
        "eyJ",
        r"[A-Za-z0-9_\-]{10,600}\.eyJ[A-Za-z0-9_\-]{10,4000}\.[A-Za-z0-9_\-]{20,700}",
    ),
)
# kind, what stands before the run, the run
_PLACED = (
    (
        "Slack webhook",
        r"hooks\.slack\.com/(?:services|workflows)/[A-Z0-9]{8,14}/[A-Z0-9]{8,14}/",
        _ALNUM + r"{20,48}",
    ),
    (
        "Discord webhook",
        r"discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{16,21}/",
        _ANY + r"{50,90}",
    ),
    ("Telegram bot token", r"(?<![0-9])[0-9]{8,12}:", r"AA[A-Za-z0-9_\-]{33}(?![A-Za-z0-9_\-])"),
    ("node provider key", r"infura\.io/(?:ws/)?v3/", _HEX32),
    ("node provider key", r"\.g\.alchemy\.com/v2/", _ANY + r"{24,40}"),
    ("node provider key", r"\.quiknode\.pro/", r"[0-9a-f]{40}(?![0-9a-f])"),
    ("node provider key", r"rpc\.ankr\.com/[a-z_]{2,30}/", r"[0-9a-f]{64}(?![0-9a-f])"),
    ("SendGrid key", r"(?<![A-Za-z0-9])SG\.", r"[A-Za-z0-9_\-]{20,24}\.[A-Za-z0-9_\-]{39,50}"),
    ("Vault token", r"(?<![A-Za-z0-9])hv[sb]\.", _ANY + r"{24,200}"),
)
_MARKED = (
    (
        "private key",
        b"-----BEGIN ",
        re.compile(
            rb"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            rb"(?:\\[rn]|[\s\"'+,()]){0,40}(?P<secret>[A-Za-z0-9+/=:\-]{16,100}+)"
            rb"(?!\.\.|\xe2\x80\xa6)"
        ),
    ),
    (
        "Azure storage key",
        b"AccountKey=",
        re.compile(rb"AccountKey=(?P<secret>[A-Za-z0-9+/]{86}==)"),
    ),
    (
        "Azure access key",
        b"SharedAccessKey=",
        re.compile(rb"SharedAccessKey=(?P<secret>[A-Za-z0-9+/]{43}=)"),
    ),
    (
        "Zapier webhook",
        b"hooks.zapier.com/hooks/catch/",
        re.compile(
            rb"hooks\.zapier\.com/hooks/catch/(?P<secret>[0-9]{5,9}/[a-z0-9]{6,9})(?![a-z0-9])"
        ),
    ),
    (
        "Teams webhook",
        b".webhook.office.com/webhookb2/",
        re.compile(
            rb"\.webhook\.office\.com/webhookb2/(?P<secret>[0-9a-f\-]{36}@[0-9a-f\-]{36}"
            rb"/IncomingWebhook/[0-9a-f]{32}/[0-9a-f\-]{36})"
        ),
    ),
    (
        "password in a connection URL",
        b"://",
        re.compile(
            rb"://(?P<user>[^\s:/@\"'`{}<>$\[\]()%]{0,64}):(?P<secret>[^\s/@\"'`{}<>$\[\]()\\]{5,128})@(?=[A-Za-z0-9\[])"
        ),
    ),
)


def _make_tokens() -> dict[bytes, tuple[Form, ...]]:
    found: dict[bytes, tuple[Form, ...]] = {}
    for kind, prefixes, rest in _TOKENS:
        for prefix in prefixes.split():
            body = re.compile((re.escape(prefix) + rest).encode())
            form = Form(kind, prefix.encode(), body)
            beginning = form.prefix[:2]
            found[beginning] = (*found.get(beginning, ()), form)
    return found


def _make_placed() -> dict[int, tuple[Form, ...]]:
    found: dict[int, tuple[Form, ...]] = {}
    for kind, before, run in _PLACED:
        last = ord(before[-1])
        lead = re.compile(before.encode() + rb"\Z")
        form = Form(kind, b"", re.compile(run.encode()), lead)
        found[last] = (*found.get(last, ()), form)
    return found


_BY_BEGINNING = _make_tokens()
PREFIXES = tuple(
    prefix for _, prefixes, _ in _TOKENS for prefix in prefixes.split() if len(prefix) > 3
)
"""How the tokens of well-known services begin."""

_BY_LEAD = _make_placed()
