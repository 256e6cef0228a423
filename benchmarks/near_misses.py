"""Values that are no credentials but look like one to somebody, different for each seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from planting import ALNUM, DIGITS, HEX, LOWER, Plant, Planting, draw, make_base64, make_uuid


def near_misses(seed: int, count: int = 200) -> Planting:
    """``count`` values that are no credentials but look like one to somebody."""
    rng = random.Random(seed)
    files: dict[str, str] = {}
    plants: list[Plant] = []
    makers = tuple(_misses())
    for number in range(count):
        kind, ending, make = makers[number % len(makers)]
        value, text = make(rng)
        path = f"bot/miss_{number:03}.{ending}"
        files[path] = text.replace("\2", value)
        plants.append(Plant(path, text.count("\n", 0, text.find("\2")) + 1, kind, ending, value))
    return Planting(files, tuple(plants))


def _constant(value: str, text: str) -> Callable[[random.Random], tuple[str, str]]:
    return lambda rng: (value, text)


_Miss = tuple[str, str, Callable[[random.Random], tuple[str, str]]]


def _misses() -> Iterator[_Miss]:
    placeholders = (
        "YOUR_API_KEY",
        "your-secret-here",
        "<api key>",
        "xxxxxxxxxxxxxxxxxxxx",
        "changeme",
        "{{ api_key }}",
        "${BINANCE_SECRET}",
        "REPLACE_ME",
        "********",
        "test_key",
        "dummy-secret",
        "insert your key here",
        "sk-your-openai-key",
        "none",
        "placeholder123",
        "my-secret-password",
        "not-a-real-key",
        "TODO",
        "1234567890abcdef",
        "YOUR_64_CHARACTER_SECRET_GOES_HERE",
    )
    for text in placeholders:
        yield "placeholder", "py", _constant(text, 'API_KEY = "\2"\n')
        yield "placeholder", "yaml", _constant(text, 'exchange:\n  api_secret: "\2"\n')
    yield "name of a variable", "py", lambda r: ("BINANCE_API_SECRET", 'SECRET_ENV = "\2"\n')
    yield (
        "name of a variable",
        "py",
        lambda r: ("OKX_API_KEY_2", 'import os\n\napi_key = os.environ["\2"]\n'),
    )
    yield (
        "name of a variable",
        "toml",
        lambda r: ("KRAKEN_SECRET_V2", '[exchange]\nsecret_key = "\2"\n'),
    )
    yield "name of a field", "py", lambda r: ("apiKey", 'secret_field = "\2"\n')
    yield "hash", "py", lambda r: (draw(HEX, 64)(r), 'EXPECTED_SHA256 = "\2"\n')
    yield "hash", "py", lambda r: (draw(HEX, 40)(r), 'commit = "\2"\n')
    yield "hash", "py", lambda r: (draw(HEX, 32)(r), 'checksum = {"md5": "\2"}\n')
    yield "hash", "json", lambda r: (draw(HEX, 64)(r), '{"integrity": "\2"}\n')
    yield "hash", "toml", lambda r: ("sha256:" + draw(HEX, 64)(r), 'hash = "\2"\n')
    yield "transaction", "py", lambda r: ("0x" + draw(HEX, 64)(r), 'tx_hash = "\2"\n')
    yield "transaction", "yaml", lambda r: ("0x" + draw(HEX, 64)(r), 'last_tx: "\2"\n')
    yield "address", "py", lambda r: ("0x" + draw(HEX, 40)(r), 'TOKEN = "\2"\n')
    yield "address", "py", lambda r: ("0x" + draw(HEX, 40)(r), 'tokens = {"USDC": "\2"}\n')
    yield "address", "yaml", lambda r: ("0x" + draw(HEX, 40)(r), 'wallet: "\2"\n')
    yield (
        "address",
        "py",
        lambda r: ("bc1q" + draw(LOWER[:8] + DIGITS, 38)(r), 'deposit_address = "\2"\n'),
    )
    yield "uuid", "py", lambda r: (make_uuid(r), 'ORDER_ID = "\2"\n')
    yield "uuid", "py", lambda r: (make_uuid(r), 'client_id = "\2"\n')
    yield "uuid", "yaml", lambda r: (make_uuid(r), "session_id: \2\n")
    yield "order id", "py", lambda r: (draw(DIGITS, 19)(r), 'orderId = "\2"\n')
    yield "order id", "py", lambda r: ("x-" + draw(ALNUM, 20)(r), 'client_order_id = "\2"\n')
    yield "public key", "py", lambda r: (draw(HEX, 66)(r), 'public_key = "\2"\n')
    yield (
        "public key",
        "py",
        lambda r: ("ssh-ed25519 AAAA" + draw(ALNUM, 60)(r), 'AUTHORIZED_KEY = "\2"\n'),
    )
    yield (
        "public key",
        "py",
        lambda r: ("pk_live_" + draw(ALNUM, 24)(r), 'PUBLISHABLE_KEY = "\2"\n'),
    )
    yield "identifier", "py", lambda r: ("GetWebSocketsToken", 'token_path = "\2"\n')
    yield "identifier", "py", lambda r: ("fetchOHLCVWithRetryV2", 'method = "\2"\n')
    yield "identifier", "py", lambda r: ("api_key_rotation_v2", 'key = "\2"\n')
    yield "identifier", "py", lambda r: ("order:book:BTCUSDT:5m", 'cache_key = "\2"\n')
    yield "one word", "py", lambda r: ("password", 'FIELD_PASSWORD = "\2"\n')
    yield "one word", "py", lambda r: ("authorization", 'secret = "\2"\n')
    yield "path", "py", lambda r: ("/run/secrets/binance_key_2", 'SECRET_FILE = "\2"\n')
    yield "path", "yaml", lambda r: ("secrets/prod2/binance.json", 'secret: "\2"\n')
    yield "url", "py", lambda r: ("https://api.binance.com/sapi/v1/account", 'AUTH_URL = "\2"\n')
    yield "url", "py", lambda r: ("postgresql://user:password@localhost/db", 'URL = "\2"\n')
    yield "url", "env", lambda r: ("redis://:${REDIS_PASSWORD}@cache:6379/0", "REDIS_URL=\2\n")
    yield (
        "text",
        "py",
        lambda r: ("Enter your API secret (64 characters):", 'password_prompt = "\2"\n'),
    )
    yield "text", "py", lambda r: ("invalid password for user 42", 'error_password = "\2"\n')
    yield "time", "py", lambda r: ("2026-01-31T12:00:00Z", 'token_expiry = "\2"\n')
    yield "alphabet", "py", lambda r: (ALNUM, 'TOKEN_ALPHABET = "\2"\n')
    yield "symbol", "py", lambda r: ("BTC-PERP-20261225", 'token = "\2"\n')
    yield "version", "py", lambda r: ("v1.2.3-rc4+build5", 'key_version = "\2"\n')
    yield "sample", "py", lambda r: ("AKIA" + "IOSFODNN7EXAMPLE", 'AWS_ACCESS_KEY_ID = "\2"\n')
    yield "sample", "md", lambda r: ("ghp_" + "x" * 36, "Use \2 here.\n")
    yield (
        "picture",
        "py",
        lambda r: ("data:image/png;base64," + make_base64(60)(r), 'LOGO = "\2"\n'),
    )
    yield "blob", "py", lambda r: (make_base64(90)(r), 'WASM_CODE = "\2"\n')
    yield "topic", "py", lambda r: ("secrets.rotated.v1", 'secret_topic = "\2"\n')
    yield "template", "py", lambda r: ("Bearer {access_token}", 'authorization = "\2"\n')
    yield (
        "phrase",
        "py",
        lambda r: ("about able above absent absorb abstract absurd", 'words = "\2"\n'),
    )
