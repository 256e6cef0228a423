"""Programs with credentials in them, made at random and different for each seed.

No credential stands here: each is put together when it is asked for. Nor does any value that
only looks like one. A planted value has a kind (whose key it is) and a way (how it is written).
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM = LOWER + UPPER + DIGITS
HEX = DIGITS + "abcdef"
URLSAFE = ALNUM + "-_"


@dataclass(frozen=True)
class Plant:
    """One planted value and where it stands; ``kind`` says what it is, ``way`` how it is written."""

    path: str
    line: int
    kind: str
    way: str
    value: str


@dataclass(frozen=True)
class Planting:
    """A tree of files, with what is planted in it."""

    files: dict[str, str]
    plants: tuple[Plant, ...]


class Kind:
    """A kind of credential: how to make one, the name it goes by, and whether its form is known."""

    def __init__(
        self, name: str, slot: str, make: Callable[[random.Random], str], *, known: bool = False
    ) -> None:
        self.name, self.slot, self.make, self.known = name, slot, make, known


def draw(alphabet: str, size: int) -> Callable[[random.Random], str]:
    """Makes texts of ``size`` characters."""
    return lambda rng: "".join(rng.choice(alphabet) for _ in range(size))


def begun(prefix: str, alphabet: str, size: int) -> Callable[[random.Random], str]:
    """Makes texts with a prefix; it is given in two halves so that it stands nowhere whole."""
    return lambda rng: prefix.replace("|", "") + draw(alphabet, size)(rng)


def make_base64(size: int) -> Callable[[random.Random], str]:
    """Makes ``size`` bytes in base 64."""
    return lambda rng: base64.b64encode(rng.randbytes(size)).decode()


def make_uuid(rng: random.Random) -> str:
    """A UUID, as some exchanges give out."""
    text = draw(HEX, 32)(rng)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def make_password(rng: random.Random) -> str:
    """What a person who was told to use digits and signs comes up with."""
    word = rng.choice(["Tr4d", "m00n", "Wh4le", "B1tc", "St0nk", "H0dl", "Kr4k", "Zug"])
    return f"{word}{draw(LOWER, 4)(rng)}{rng.choice('!#%&*')}{rng.randrange(10, 99)}{rng.choice(UPPER)}"


def make_jwt(rng: random.Random) -> str:
    """A JSON web token."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    body = f'{{"sub":"{draw(ALNUM, 12)(rng)}","exp":{rng.randrange(10**9, 2 * 10**9)}}}'
    return f"{head}.{base64.urlsafe_b64encode(body.encode()).decode().rstrip('=')}.{draw(URLSAFE, 43)(rng)}"


def make_phrase(rng: random.Random) -> str:
    """Twelve words with a right checksum."""
    import hashlib

    from botlint.secrets.phrases import word_numbers

    data = rng.randbytes(16)
    bits = f"{int.from_bytes(data, 'big'):0128b}{hashlib.sha256(data).digest()[0]:08b}"[:132]
    words = list(word_numbers())
    return " ".join(words[int(bits[at : at + 11], 2)] for at in range(0, 132, 11))


def make_discord(rng: random.Random) -> str:
    """The token of a Discord bot."""
    head = base64.b64encode(str(rng.randrange(10**17, 10**18)).encode()).decode().rstrip("=")
    return f"{head}.{draw(URLSAFE, 6)(rng)}.{draw(URLSAFE, 38)(rng)}"


def make_url(scheme: str, host: str) -> Callable[[random.Random], str]:
    """Makes connection URLs with a password."""
    return lambda rng: f"{scheme}://trader:{draw(ALNUM, 14)(rng)}@{host}"


KINDS = (
    Kind("binance key", "api_key", draw(ALNUM, 64)),
    Kind("binance secret", "api_secret", draw(ALNUM, 64)),
    Kind("kraken key", "api_key", make_base64(42)),
    Kind("kraken secret", "secret", make_base64(64)),
    Kind("bybit key", "api_key", draw(ALNUM, 18)),
    Kind("bybit secret", "api_secret", draw(ALNUM, 36)),
    Kind("okx key", "api_key", make_uuid),
    Kind("okx secret", "secret_key", draw(DIGITS + "ABCDEF", 32)),
    Kind("kucoin key", "api_key", draw(HEX, 24)),
    Kind("kucoin passphrase", "passphrase", make_password),
    Kind("bitget key", "api_key", begun("b|g_", HEX, 32), known=True),
    Kind("alpaca key", "api_key", begun("P|K", UPPER + DIGITS, 18)),
    Kind("alpaca secret", "secret_key", draw(ALNUM, 40)),
    Kind("ethereum key", "private_key", begun("0|x", HEX, 64)),
    Kind("bare ethereum key", "private_key", draw(HEX, 64)),
    Kind("recovery phrase", "mnemonic", make_phrase, known=True),
    Kind("aws id", "aws_access_key_id", begun("AK|IA", UPPER + "234567", 16), known=True),
    Kind("aws secret", "aws_secret_access_key", draw(ALNUM + "+/", 40)),
    Kind("github", "token", begun("gh|p_", ALNUM, 36), known=True),
    Kind("gitlab", "token", begun("glp|at-", URLSAFE, 20), known=True),
    Kind("slack bot", "slack_token", begun("xo|xb-", DIGITS, 12), known=True),
    Kind(
        "telegram",
        "bot_token",
        lambda r: f"{r.randrange(10**9, 10**10)}:AA{draw(URLSAFE, 33)(r)}",
        known=True,
    ),
    Kind("discord bot", "discord_token", make_discord, known=True),
    Kind(
        "discord webhook",
        "webhook_url",
        lambda r: (
            f"https://discord.com/api/web{'hooks'}/{r.randrange(10**17, 10**18)}/{draw(URLSAFE, 68)(r)}"
        ),
        known=True,
    ),
    Kind(
        "slack webhook",
        "webhook_url",
        lambda r: (
            f"https://hooks.slack.com/ser{'vices'}/T{draw(UPPER, 8)(r)}/B{draw(UPPER, 9)(r)}/{draw(ALNUM, 24)(r)}"
        ),
        known=True,
    ),
    Kind("openai", "openai_key", begun("s|k-proj-", ALNUM, 48), known=True),
    Kind("anthropic", "anthropic_key", begun("s|k-ant-api03-", ALNUM, 60), known=True),
    Kind("google", "google_api_key", begun("AI|za", URLSAFE, 35), known=True),
    Kind("stripe", "stripe_key", begun("s|k_live_", ALNUM, 24), known=True),
    Kind(
        "sendgrid",
        "sendgrid_key",
        lambda r: f"SG.{draw(URLSAFE, 22)(r)}.{draw(URLSAFE, 43)(r)}",
        known=True,
    ),
    Kind("json web token", "jwt", make_jwt, known=True),
    Kind(
        "postgres url", "database_url", make_url("postgresql", "db.prod.net:5432/bot"), known=True
    ),
    Kind("redis url", "redis_url", make_url("redis", "cache.prod.net:6379/0"), known=True),
    Kind("mail password", "smtp_password", make_password),
)


def _slack(rng: random.Random) -> str:
    digits = draw(DIGITS, 12)
    return f"xo{'xb'}-{digits(rng)}-{digits(rng)}-{draw(ALNUM, 24)(rng)}"


Way = tuple[str, str, str]
"""Its name, the file's ending, and the text: ``V`` is the value, ``N`` the name, ``U`` its upper."""

CODE: tuple[Way, ...] = (
    ("constant", "py", 'U = "V"\n'),
    ("annotated", "py", 'U: str = "V"\n'),
    ("single quotes", "py", "U = 'V'\n"),
    ("class attribute", "py", 'class Settings:\n    N = "V"\n'),
    ("attribute", "py", 'class Bot:\n    def __init__(self):\n        self.N = "V"\n'),
    ("keyword", "py", 'client = connect(symbol="BTCUSDT", N="V")\n'),
    (
        "split call",
        "py",
        'client = connect(\n    symbol="BTCUSDT",\n    N=(\n        "V"\n    ),\n)\n',
    ),
    ("dict", "py", 'config = {"symbol": "BTC/USDT", "N": "V"}\n'),
    ("nested dict", "py", 'config = {"exchange": {"name": "x", "N": "V"}}\n'),
    ("environ", "py", 'import os\n\nos.environ["U"] = "V"\n'),
    ("getenv", "py", 'import os\n\nN = os.getenv("U", "V")\n'),
    ("environ.get", "py", 'import os\n\nN = os.environ.get("U") or "V"\n'),
    ("default", "py", 'def connect(symbol, N="V"):\n    return symbol\n'),
    ("joined", "py", 'U = (\n    "H1"\n    "H2"\n)\n'),
    ("wrapped", "py", 'from pydantic import SecretStr\n\nN = SecretStr("V")\n'),
    ("item", "py", 'settings = {}\nsettings["N"] = "V"\n'),
    ("tuple", "py", 'symbol, N = "BTC/USDT", "V"\n'),
    ("variable", "py", 'import ccxt\n\nchosen = "V"\nexchange = ccxt.okx({"N": chosen})\n'),
    ("returned", "py", 'def get_N():\n    return "V"\n'),
    ("setdefault", "py", 'import os\n\nos.environ.setdefault("U", "V")\n'),
    (
        "field",
        "py",
        'from pydantic import Field\n\n\nclass Keys:\n    N: str = Field(default="V")\n',
    ),
    (
        "parameter",
        "py",
        'class Desk:\n    def __init__(self, url, N):\n        self.url = url\n\n\nDesk("https://x", "V")\n',
    ),
)
KNOWN_ONLY: tuple[Way, ...] = (
    ("comment", "py", "# the old one: V\nsymbol = 1\n"),
    ("argument", "py", 'client = make("V")\n'),
    ("list", "py", 'values = ["BTC/USDT", "V"]\n'),
    ("docs", "md", "# Setup\n\nStart it with V and wait.\n"),
    ("script", "sh", "#!/bin/sh\ncurl -H 'X-Auth: V' https://example.org\n"),
    ("test", "test", 'def test_it():\n    assert make("V")\n'),
)
CONFIG: tuple[Way, ...] = (
    ("env", "env", "SYMBOL=BTC/USDT\nU=V\n"),
    ("quoted env", "env", 'SYMBOL=BTC/USDT\nexport U="V"\n'),
    ("yaml", "yaml", 'exchange:\n  name: x\n  N: "V"\n'),
    ("plain yaml", "yml", "exchange:\n  name: x\n  N: V  # live\n"),
    ("toml", "toml", '[exchange]\nname = "x"\nN = "V"\n'),
    ("json", "json", '{\n  "exchange": {\n    "N": "V"\n  }\n}\n'),
    ("one line json", "json", '{"exchange": {"name": "x", "N": "V", "b": 1}}\n'),
    ("ini", "ini", "[exchange]\nname = x\nN = V\n"),
    ("compose list", "yml", "services:\n  bot:\n    environment:\n      - U=V\n"),
    ("compose map", "yml", "services:\n  bot:\n    environment:\n      U: V\n"),
)


def plant(seed: int, count: int = 200) -> Planting:
    """``count`` credentials, each in a file of its own, every kind and every way in turn."""
    rng = random.Random(seed)
    files: dict[str, str] = {}
    plants: list[Plant] = []
    offset = rng.randrange(1000)
    for number in range(count):
        kind = KINDS[(number + offset) % len(KINDS)]
        ways = (*CODE, *CODE, *CONFIG, *(KNOWN_ONLY if kind.known else ()))
        way = rng.choice(ways)
        value = _slack(rng) if kind.name == "slack bot" else kind.make(rng)
        path, text, line = _write(way, kind.slot, value, number)
        files[path] = text
        plants.append(Plant(path, line, kind.name, way[0], value))
    return Planting(files, tuple(plants))


def _write(way: Way, slot: str, value: str, number: int) -> tuple[str, str, int]:
    name, ending, template = way
    middle = len(value) // 2
    text = template.replace("N", "\0").replace("U", "\1").replace("V", "\2")
    text = text.replace("H1", value[:middle]).replace("H2", value[middle:])
    text = text.replace("\0", slot)
    # What stands in capital letters in the template is there for good.
    text = text.replace("BTC\1SDT", "BTCUSDT").replace("/\1SDT", "/USDT").replace("\1RL", "URL")
    text = text.replace("\1", slot.upper()).replace("\2", value)
    place = text.find(value) if name != "joined" else text.find(value[:middle])
    folder = "tests/test_" if ending == "test" else "bot/part_"
    path = f"{folder}{number:03}.{'py' if ending == 'test' else ending}"
    return path, text, text.count("\n", 0, place) + 1
