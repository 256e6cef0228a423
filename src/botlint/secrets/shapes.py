"""The shape of a text: whether it looks random, like a password, or like nothing secret at all.

Entropy alone decides nothing: what is made of words, names a variable, fills a gap or has a public
form (addresses, UUIDs, times, paths) is no secret, however it is spelt.
"""

from __future__ import annotations

import enum
import itertools
import math
import re
from collections import Counter


class Shape(enum.IntEnum):
    """How much a text looks like a credential."""

    PLAIN = 0
    """Words, placeholders, names, addresses."""
    ODD = 1
    """What a password may look like; says something only where a credential is expected."""
    RANDOM = 2
    """Nothing that a person would have thought of."""


SHORTEST = 6
"""Shorter texts are no credentials."""

_LONGEST = 1024
_RANDOM_FROM = 16
_TURNING = 0.3
"""So often do letters and digits take turns in what no word explains."""
_SWITCHING = 0.17
"""So often do neighbours differ in their class (lower, upper, digit) in what is random."""

_TOKEN = re.compile(r"[A-Za-z0-9+/=_.~:\-]+")
_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Bot|token|bearer)[ ]+")
_CLASSES = tuple(re.compile(part) for part in ("[a-z]", "[A-Z]", "[0-9]", "[!#$%^&*?]"))
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_PUBLIC = re.compile(
    r"0x[0-9a-fA-F]{40}|[0-9]+|[0-9.eE+\-]+|[0-9T:.\-Z ]+|[a-z]{2,12}1[02-9ac-hj-np-z]{38,58}"
    r"|\$[a-z0-9\-]{1,16}\$.*|pbkdf2.*|[13][1-9A-HJ-NP-Za-km-z]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33}|sha(?:1|256|384|512)[:\-].*"
    r"|ssh-(?:rsa|ed25519).*|(?:whsec|pk)_(?:live|test)_.*|[A-Za-z][A-Za-z0-9+.\-]*://.*"
    r"|[x/rb]pub[1-9A-HJ-NP-Za-km-z]{60,}|data:.*|arn:.*|git\+.*"
)
_VARIABLE = re.compile(
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]+|\$+[A-Z_][A-Z0-9_]*|\$+[A-Za-z_]+[0-9]?|%\w+%"
)
_TEMPLATE = re.compile(
    r"[<>{}\[\]]|\$\(|\$(?:[A-Z_]{2}[A-Z0-9_]*|[a-z_]+)(?![A-Za-z0-9])|%\(|%s|\.\.\.|…|\*\*\*|•|###"
)
"""A name behind ``$`` is all capitals, or all small letters: ``Tr4de$Bot99`` is a password."""
_PLACE = re.compile(r"[a-z0-9_.\-]+(?:/[a-z0-9_.\-]+){2,}")
_PATHS = ("/", "./", "../", "~/", "\\", "--")
_JOINTS = re.compile(r"[_.:\-~]")
_FILE = re.compile(r"\.(?:py|json|ya?ml|toml|env|ini|pem|key|txt|cfg|crt|db|com|io|org)\b")
_RUNS = re.compile(r"[A-Za-z]+|[0-9]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_PARTS = """
example placeholder changeme change_me change-me replace insert your_ your- yours yourkey
yourapi yoursecret yourtoken yourpass dummy xxxx redacted not_a_real notareal not-a-real fakekey
fake_ fake- _fake -fake testkey test_key test-key testsecret test_secret test-secret mysecret
my_secret my-secret mypassword my_password my-password my_api my-api myapi put_ put- enter_
enter- add_your sample todo fixme secret_key_here key_here key-here _here -here goes_here
goeshere deadbeef 0123456789 1234567890 abcdefgh asdf qwerty aaaaaaaa 00000000 11111111 99999999
ffffffff abcabc nhqptmdsjydkjvhj vmpuze6mv9sd5vnh kqh5hw/8p1ugovjb
ac0974bec39a17e3 59c6995e998f97a5 5de4111afa1a4b94 7c852118294e51e6 47e179ec19748859
8b3a350cf5c34c91 92db14e403b83dfe 4bbbf85ce3377467 dbda1821b80551c9 2a871d0798f97d79
4f3edf983ac636a6 enc[ 123123 foobar abc123 lorem ipsum notused unused not_set not-set notset
undefined disabled encrypted: enc: vault: secretsmanager ref+ zdwiioiixmjm0nty3odkw
"""
_WORDS = """
abc account actual admin alpaca any api apikey app auth bad bar basic baz bearer binance
bitfinex bitget bitmex bot bybit change changeme client coinbase config correct credential
credentials database db default demo deribit dev development discord dummy empty enter env
example exchange fake field foo gate gateio gemini good guest hello here hidden huobi
hyperliquid id insert invalid it key keys kraken kucoin live local localhost login masked me
mexc missing mock mongo mongodb my mysql name new nil none not null okx old openai optional
paper pass passphrase passwd password please postgres postgresql private prod production public
put pwd rabbitmq real redacted redis replace required root sample sandbox secret secrets server
service set settings slack some staging str string super telegram test tester testing testnet
tests the todo token tokens trade trader trading unknown unused used user username valid value
var variable with world wrong xyz your
"""
_FILLING = tuple(_PARTS.split())
_FILLING_WORDS = frozenset(_WORDS.split())


def judge(text: str) -> Shape:
    """The shape of ``text``; what stands behind ``Bearer`` or ``Basic`` is looked at without it."""
    text = _SCHEME.sub("", text.strip(), count=1)
    if not SHORTEST <= len(text) <= _LONGEST or is_filler(text) or _is_public(text):
        return Shape.PLAIN
    if _is_random(text):
        return Shape.RANDOM
    return Shape.ODD if _is_odd(text) else Shape.PLAIN


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID; some exchanges give them out as keys."""
    return _UUID.fullmatch(text) is not None


def is_typed(text: str) -> bool:
    """Whether a text has all kinds of characters, as a person types who is told to."""
    return all(part.search(text) for part in _CLASSES)


def is_point(text: str) -> bool:
    """Whether a text is 32 bytes in base 58: a mint, a program or a wallet of Solana. What signs
    for one has 64."""
    if _BASE58.fullmatch(text) is None:
        return False
    value = 0
    for character in text:
        value = value * 58 + _ALPHABET.index(character)
    return (value.bit_length() + 7) // 8 + len(text) - len(text.lstrip("1")) == 32


def is_filler(text: str) -> bool:
    """Whether a text stands where a credential should, but is none: ``YOUR_API_KEY``."""
    lower = text.lower()
    if any(word in lower for word in _FILLING) or _TEMPLATE.search(text):
        return True
    if len(set(lower)) <= max(3, len(lower) // 12) or _is_repeated(lower) or _is_counting(lower):
        return True
    return _is_worded(text)


def _is_public(text: str) -> bool:
    if any(character.isspace() for character in text) or not text.isprintable():
        return True
    if any(form.fullmatch(text) is not None for form in (_PUBLIC, _VARIABLE, _UUID)):
        return True
    is_path = text.startswith(_PATHS) or _PLACE.fullmatch(text) is not None
    return is_path and _has_words(text, len(text) // 2)


def _is_worded(text: str) -> bool:
    """Whether a text consists of words that fill gaps and of small numbers."""
    parts = [part for part in _CAMEL.findall(text) if len(part) > 1 or part.isdigit()]
    words = [part.lower() for part in parts if not part.isdigit()]
    digits = sum(len(part) for part in parts if part.isdigit())
    return bool(words) and digits <= 8 and all(word in _FILLING_WORDS for word in words)


def _is_repeated(text: str) -> bool:
    """``abcabcabc``: the text is a short piece over and over."""
    place = (text + text).find(text, 1)
    return place < len(text) and place <= 12


def _is_counting(text: str) -> bool:
    """``abcdef123456``: nearly all neighbours follow each other."""
    pairs = list(itertools.pairwise(text))
    following = sum(ord(after) - ord(before) in (0, 1) for before, after in pairs)
    return bool(pairs) and following >= 0.6 * len(pairs)


def _is_random(text: str) -> bool:
    body = text.removeprefix("0x")
    if len(body) < _RANDOM_FROM or _TOKEN.fullmatch(body) is None:
        return False
    plain = [character for character in body if character.isalnum()]
    letters = sum(character.isalpha() for character in plain)
    digits = len(plain) - letters
    mixed = any(c.islower() for c in plain) and any(c.isupper() for c in plain)
    if len(plain) < _RANDOM_FROM or not letters or (digits < 2 and not mixed):
        return False
    if _is_list(body) or _entropy(body) < _least_entropy(len(body)):
        return False
    turns = sum(a.isdigit() != b.isdigit() for a, b in itertools.pairwise(plain))
    if turns < _TURNING * len(plain) and _has_words(body, len(plain)):
        return False
    switches = sum(_class(a) != _class(b) for a, b in itertools.pairwise(plain))
    return switches >= _SWITCHING * (len(plain) - 1)


def _is_list(text: str) -> bool:
    """``order:book:BTCUSDT:5m``: short pieces, joined by signs that base 64 has few of."""
    pieces = _JOINTS.split(text)
    return len(pieces) > 2 and max(map(len, pieces)) < 12


def _has_words(text: str, size: int) -> bool:
    """Whether most letters stand in what can be pronounced: ``orderBookSnapshot``, ``v2_beta``."""
    covered = sum(len(part) for part in _CAMEL.findall(text) if _is_word(part))
    return covered > 0.5 * size


def _is_word(part: str) -> bool:
    if len(part) < 4 or part.isdigit():
        return False
    lower = part.lower()
    vowels = sum(character in "aeiouy" for character in lower)
    consonants = re.search(r"[^aeiouy]{5}", lower)
    return 0.2 * len(part) <= vowels <= 0.65 * len(part) and consonants is None


def _is_odd(text: str) -> bool:
    """Letters with digits or signs inside, and no list of words."""
    if not any(character.isalpha() for character in text):
        return False
    if re.search(r"[(),;\"'`|]", text) or text.startswith((".", "#", "@", "--")):
        return False
    runs = _RUNS.findall(text)
    digits = sum(len(run) for run in runs if run.isdigit())
    signs = len(re.findall(r"[!@#$%^&*?+=~]", text))
    if not digits and not signs:
        is_mixed = any(c.islower() for c in text) and any(c.isupper() for c in text[1:])
        return (
            is_mixed and len(runs) == 1 and len(text) >= 10 and not _has_words(text, len(text) // 2)
        )
    if re.fullmatch(r"(?:[A-Z]?[a-z]+|[A-Z]+)[_.:/\-]?v?[0-9]", text):
        return False
    if re.fullmatch(r"[a-z]+(?:[_.:/\-][a-z]+)+[0-9]{0,2}", text):
        return False
    return _FILE.search(text) is None


def _entropy(text: str) -> float:
    """Shannon's entropy of the characters of ``text``, in bits a character."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)


def _least_entropy(size: int) -> float:
    return 2.9 if size < 24 else 3.1


def _class(character: str) -> int:
    return 0 if character.isdigit() else 1 if character.islower() else 2
