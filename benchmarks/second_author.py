"""A second set of credentials and near misses, by another hand: forms that ``planting.py`` lacks.

What stands here was gathered from what is public about leaks of trading bots and from what other
detectors are tested on, before it was known what botlint makes of it. Values are made at random;
those that are printed here are public test vectors and samples of documentation, in two halves.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

from planting import ALNUM, DIGITS, HEX, LOWER, UPPER, URLSAFE, Plant, Planting, draw

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE32 = UPPER + "234567"
Make = Callable[[random.Random], str]
Case = tuple[str, str, str, Make]
"""What it is, the name of its file, the text (``\\2`` is the value), and what makes the value."""


def _pem(kind: str, newline: str) -> Make:
    def make(rng: random.Random) -> str:
        body = base64.b64encode(rng.randbytes(180)).decode()
        rows = [body[at : at + 64] for at in range(0, len(body), 64)]
        name = f"{kind} PRI".lstrip() + "VATE KEY"
        return newline.join((f"-----BEGIN {name}-----", *rows, f"-----END {name}-----"))

    return make


def _indented_pem(indent: str) -> Make:
    return _pem("RSA", "\n" + indent)


def _b64(size: int) -> Make:
    return lambda rng: base64.b64encode(rng.randbytes(size)).decode()


def _b64url(size: int) -> Make:
    return lambda rng: base64.urlsafe_b64encode(rng.randbytes(size)).decode()


def _joined(*parts: str | Make) -> Make:
    return lambda rng: "".join(p.replace("|", "") if isinstance(p, str) else p(rng) for p in parts)


def _uuid(rng: random.Random) -> str:
    text = draw(HEX, 32)(rng)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _numbers(rng: random.Random) -> str:
    return ", ".join(str(byte) for byte in rng.randbytes(64))


def _point(rng: random.Random) -> str:
    """32 bytes in base 58."""
    number, text = int.from_bytes(b"\1" + rng.randbytes(31), "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return text


def _typed(rng: random.Random) -> str:
    """What a person types who has to use all kinds of characters."""
    words = ["Falke", "Brot", "Nebel", "Harfe", "Zimt", "Krabbe"]
    sign = rng.choice("!#$%&")
    return f"{rng.choice(words)}{sign}{rng.randrange(100, 999)}{rng.choice(words).lower()}X"


def _django(rng: random.Random) -> str:
    return draw(LOWER + DIGITS + "!@#%^&*-_=+", 50)(rng)


def _fixed(text: str) -> Make:
    return lambda rng: text.replace("|", "")


CREDENTIALS: tuple[Case, ...] = (
    ("solana key", "py", 'private_key = "\2"\n', draw(BASE58, 88)),
    ("solana key file", "json", '{"keypair": [\2]}\n', _numbers),
    ("bitcoin wif", "py", 'WIF = "\2"\n', _joined("K|", draw(BASE58, 51))),
    ("extended key", "py", 'wallet = restore("\2")\n', _joined("xp|rv", draw(BASE58, 107))),
    ("rsa block", "py", 'KEY = """\2\n"""\n', _pem("RSA", "\n")),
    ("ec block in one line", "env", 'CDP_SIGNER="\2"\n', _pem("EC", "\\n")),
    ("openssh block", "pem", "\2\n", _pem("OPENSSH", "\n")),
    ("yaml block", "yaml", "coinbase:\n  signer: |\n    \2\n", _indented_pem("    ")),
    ("toml block", "toml", '[coinbase]\nsigner = """\n\2\n"""\n', _pem("EC", "\n")),
    (
        "service account",
        "json",
        '{\n  "type": "service_account",\n  "private_key": "\2"\n}\n',
        _pem("", "\\n"),
    ),
    (
        "agent key",
        "py",
        'from eth_account import Account\n\nagent = Account.from_key("\2")\n',
        _joined("0x", draw(HEX, 64)),
    ),
    ("hex as bytes", "py", 'private_key = bytes.fromhex("\2")\n', draw(HEX, 64)),
    (
        "fine-grained token",
        "py",
        'repo = clone("\2")\n',
        _joined("github_|pat_", draw(ALNUM, 22), "_", draw(ALNUM, 59)),
    ),
    (
        "slack app token",
        "yaml",
        "notify:\n  slack: \2\n",
        _joined("xa|pp-1-A", draw(UPPER + DIGITS, 10), "-", draw(DIGITS, 13), "-", draw(HEX, 64)),
    ),
    (
        "twilio",
        "py",
        'from twilio.rest import Client\n\nsms = Client("AC0", "\2")\n',
        draw(HEX, 32),
    ),
    ("mailchimp", "py", 'mail = Mailer(api_key="\2")\n', _joined(draw(HEX, 32), "-us12")),
    (
        "telegram in an address",
        "py",
        'URL = "https://api.telegram.org/bot\2/sendMessage"\n',
        _joined("5", draw(DIGITS, 9), ":A|A", draw(URLSAFE, 33)),
    ),
    (
        "pushover",
        "py",
        'import requests\n\nrequests.post("https://api.pushover.net", data={"token": "\2"})\n',
        draw(LOWER + DIGITS, 30),
    ),
    ("infura address", "yaml", "rpc:\n  main: https://mainnet.infura.io/v3/\2\n", draw(HEX, 32)),
    ("quicknode address", "py", 'RPC = "https://wild-few-shard.quiknode.pro/\2/"\n', draw(HEX, 40)),
    ("etherscan", "py", 'ETHERSCAN_API_KEY = "\2"\n', draw(UPPER + DIGITS, 34)),
    ("coinmarketcap", "py", 'headers = {"X-CMC_PRO_API_KEY": "\2"}\n', _uuid),
    (
        "token in a query",
        "py",
        'URL = "https://finnhub.io/api/v1/quote?symbol=AAPL&token=\2"\n',
        draw(LOWER + DIGITS, 20),
    ),
    (
        "key in a query",
        "py",
        'feed = get("https://min-api.example.com/price?fsym=BTC&api_key=\2")\n',
        draw(HEX, 64),
    ),
    ("alpha vantage", "env", "ALPHAVANTAGE_KEY=\2\n", draw(UPPER + DIGITS, 16)),
    ("tiingo header", "py", 'headers = {"Authorization": "Token \2"}\n', draw(HEX, 40)),
    (
        "oanda",
        "py",
        'client = API(access_token="\2")\n',
        _joined(draw(HEX, 32), "-", draw(HEX, 32)),
    ),
    ("one-time secret", "py", 'import pyotp\n\ncode = pyotp.TOTP("\2").now()\n', draw(BASE32, 32)),
    (
        "broker password",
        "py",
        'import MetaTrader5 as mt5\n\nmt5.login(1234567, "\2", "Broker-Live")\n',
        _typed,
    ),
    (
        "broker password by name",
        "py",
        'import MetaTrader5 as mt5\n\nmt5.initialize(login=1234567, password="\2")\n',
        _typed,
    ),
    (
        "kite secret",
        "py",
        'kite.generate_session(request, api_secret="\2")\n',
        draw(LOWER + DIGITS, 32),
    ),
    ("deribit secret", "json", '{"client_id": "abc", "client_secret": "\2"}\n', draw(URLSAFE, 43)),
    (
        "bitmex by position",
        "py",
        'import bitmex\n\nclient = bitmex.bitmex(test=False, api_key="id", api_secret="\2")\n',
        draw(URLSAFE, 48),
    ),
    ("stark key", "py", 'client = Client(stark_private_key="\2")\n', draw(HEX, 63)),
    ("mexc access key", "yaml", "mexc:\n  access_key: \2\n", _joined("mx0vgl", draw(ALNUM, 14))),
    (
        "azure client secret",
        "py",
        'credential = ClientSecretCredential("tenant", "app", client_secret="\2")\n',
        _joined(draw(ALNUM, 3), "8Q~", draw(URLSAFE + ".~", 34)),
    ),
    (
        "service bus",
        "py",
        'BUS = "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey=\2"\n',
        _b64(32),
    ),
    (
        "mongo address",
        "env",
        "STORE=mongodb+srv://trader:\2@cluster0.ab1cd.mongodb.net/bot\n",
        draw(ALNUM, 16),
    ),
    (
        "mysql address",
        "py",
        'engine = create_engine("mysql+pymysql://trader:\2@10.0.0.5/bot")\n',
        draw(ALNUM, 16),
    ),
    (
        "key-value address",
        "py",
        "import psycopg2\n\n"
        'db = psycopg2.connect("dbname=bot user=trader password=\2 host=10.0.0.5")\n',
        draw(ALNUM, 18),
    ),
    (
        "odbc string",
        "py",
        'CONN = "Driver={SQL Server};Server=db;Uid=trader;Pwd=\2;"\n',
        draw(ALNUM, 18),
    ),
    ("influx token", "toml", '[influx]\ntoken = "\2"\n', _b64url(64)),
    (
        "redis keyword",
        "py",
        'import redis\n\ncache = redis.Redis(host="10.0.0.5", password="\2")\n',
        _typed,
    ),
    ("flask key", "py", 'app.config["SECRET_KEY"] = "\2"\n', draw(HEX, 48)),
    ("django key", "py", 'SECRET_KEY = "\2"\n', _django),
    (
        "signing key by position",
        "py",
        'import jwt\n\ntoken = jwt.encode({"sub": "bot"}, "\2", algorithm="HS256")\n',
        draw(ALNUM, 32),
    ),
    (
        "fernet key",
        "py",
        'from cryptography.fernet import Fernet\n\nbox = Fernet(b"\2")\n',
        _b64url(32),
    ),
    (
        "zapier hook",
        "py",
        'HOOK = "https://hooks.zapier.com/hooks/catch/\2/"\n',
        _joined(draw(DIGITS, 8), "/", draw(LOWER + DIGITS, 7)),
    ),
    ("basic header", "py", 'headers = {"Authorization": "Basic \2"}\n', _b64(30)),
    (
        "auth pair",
        "py",
        'import requests\n\nrequests.get("https://x", auth=("trader", "\2"))\n',
        _typed,
    ),
    ("git address", "sh", "git clone https://deploy:\2@git.example.net/bot.git\n", draw(ALNUM, 24)),
    ("sum of two", "py", 'api_secret = "\2" + "tail"\n', draw(ALNUM, 40)),
    ("attributes of a client", "py", 'exchange.secret = "\2"\n', draw(ALNUM, 64)),
    ("setattr", "py", 'setattr(exchange, "secret", "\2")\n', draw(ALNUM, 64)),
    (
        "option's default",
        "py",
        'parser.add_argument("--api-secret", default="\2")\n',
        draw(ALNUM, 64),
    ),
    (
        "text of an environment",
        "py",
        'ENV = """\nMODE=live\nBINANCE_API_SECRET=\2\n"""\n',
        draw(ALNUM, 64),
    ),
    (
        "shell script",
        "sh",
        "#!/bin/sh\nexport BINANCE_API_SECRET=\2\npython bot.py\n",
        draw(ALNUM, 64),
    ),
    (
        "container file",
        "Dockerfile",
        "FROM python:3.12\nENV BYBIT_API_SECRET=\2\n",
        draw(ALNUM, 36),
    ),
    (
        "notebook",
        "ipynb",
        '{"cells": [{"cell_type": "code", "source": ["api_secret = \\"\2\\"\\n"]}]}\n',
        draw(ALNUM, 64),
    ),
    (
        "freqtrade config",
        "json",
        '{\n  "exchange": {\n    "name": "binance",\n    "key":\n      "\2"\n  }\n}\n',
        draw(ALNUM, 64),
    ),
    ("folded value", "yaml", "exchange:\n  api_secret: >-\n    \2\n", draw(ALNUM, 64)),
    ("value on its own line", "yaml", 'exchange:\n  api_secret:\n    "\2"\n', draw(ALNUM, 64)),
)


def _case(kind: str, ending: str, text: str, value: str | Make) -> Case:
    return kind, ending, text, _fixed(value) if isinstance(value, str) else value


NEAR_MISSES: tuple[Case, ...] = (
    _case("image digest", "yaml", "image: bot@sha256:\2\n", draw(HEX, 64)),
    _case("integrity", "json", '{"integrity": "sha512-\2"}\n', _b64(64)),
    _case("content hash", "toml", 'content-hash = "\2"\n', draw(HEX, 64)),
    _case("requirement hash", "txt", "ccxt==4.4.1 --hash=sha256:\2\n", draw(HEX, 64)),
    _case("etag", "py", 'ETAG = "\2"\n', draw(HEX, 32)),
    _case("pattern", "py", 'API_KEY_PATTERN = r"\2"\n', "^[A-Za-z0-9]{64}$"),
    _case("pattern", "py", 'TOKEN_RE = re.compile(r"\2")\n', r"[0-9]{8,10}:[\w-]{35}"),
    _case("solana mint", "py", 'token = "\2"\n', _point),
    _case("solana mint", "py", 'TOKENS = {"USDC": "\2"}\n', _point),
    _case("solana mint", "yaml", "quote_token: \2\n", _point),
    _case("solana program", "py", 'PROGRAM_ID = "\2"\n', _point),
    _case("token account", "py", 'token_account = "\2"\n', _point),
    _case("tron address", "py", 'token_contract = "\2"\n', _joined("T", draw(BASE58, 33))),
    _case("cosmos address", "py", 'wallet = "\2"\n', _joined("cosmos1", draw(BECH32, 38))),
    _case("price feed", "py", 'BTC_FEED = "\2"\n', _joined("0x", draw(HEX, 64))),
    _case("condition", "py", 'condition_id = "\2"\n', _joined("0x", draw(HEX, 64))),
    _case("token number", "py", 'token_id = "\2"\n', draw(DIGITS, 77)),
    _case("event topic", "py", 'TRANSFER_TOPIC = "\2"\n', _joined("0x", draw(HEX, 64))),
    _case("role hash", "py", 'MINTER_ROLE = "\2"\n', _joined("0x", draw(HEX, 64))),
    _case("init code", "py", 'INIT_CODE_HASH = "\2"\n', draw(HEX, 64)),
    _case("call data", "py", 'data = "\2"\n', _joined("0xa9059cbb", draw(HEX, 128))),
    _case("byte code", "py", 'BYTECODE = "\2"\n', _joined("0x6080604052", draw(HEX, 400))),
    _case("pool key", "py", 'pool_key = "\2"\n', _joined("0x", draw(HEX, 64))),
    _case(
        "test key of a local chain",
        "py",
        'private_key = "\2"\n',
        "0xac0974bec39a17e36ba4a6b4d238|ff944bacb478cbed5efcae784d7bf4f2ff80",
    ),
    _case(
        "test phrase of a local chain",
        "py",
        'mnemonic = "\2"\n',
        "test test test test test test test test test test test junk",
    ),
    _case(
        "sample of a tutorial",
        "py",
        'AWS_SECRET_ACCESS_KEY = "\2"\n',
        "wJalrXUtnFEMI/K7MDENG/|bPxRfiCYEXAMPLEKEY",
    ),
    _case(
        "sample of a tutorial",
        "md",
        "Use `\2` as the token.\n",
        "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11",
    ),
    _case(
        "sample of a tutorial",
        "md",
        "POST to https://hooks.slack.com/services/\2\n",
        "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    ),
    _case(
        "encrypted",
        "yaml",
        "api_secret: \2\n",
        _joined("ENC[AES256_GCM,data:", _b64(33), ",iv:", _b64(12), ",type:str]"),
    ),
    _case("encrypted", "yaml", "api_secret: \2\n", _joined("vault:v1:", _b64(48))),
    _case(
        "encrypted", "py", 'encrypted_api_secret = "\2"\n', _joined("gAAAAAB", draw(URLSAFE, 93))
    ),
    _case("hashed password", "py", 'password_hash = "\2"\n', _joined("$2b$12$", draw(ALNUM, 53))),
    _case("hashed password", "json", '{"password": "\2"}\n', _joined("$2b$12$", draw(ALNUM, 53))),
    _case("hashed password", "yaml", "password_hash: pbkdf2:sha256:600000$\2\n", draw(HEX, 64)),
    _case(
        "client id",
        "py",
        'CLIENT_ID = "\2"\n',
        _joined(draw(DIGITS, 12), "-", draw(LOWER + DIGITS, 32), ".apps.googleusercontent.com"),
    ),
    _case(
        "address of a reporter",
        "py",
        'SENTRY = "https://\2@o1.ingest.sentry.io/2"\n',
        draw(HEX, 32),
    ),
    _case("site key", "py", 'RECAPTCHA_SITE_KEY = "\2"\n', _joined("6L", draw(URLSAFE, 38))),
    _case("project key", "py", 'POSTHOG_PROJECT = "\2"\n', _joined("phc_", draw(ALNUM, 43))),
    _case("chat", "env", "TELEGRAM_CHAT_ID=\2\n", "-1001234567890"),
    _case("channel", "yaml", "slack_channel: \2\n", "C01ABCD2EFG"),
    _case("isin", "py", 'ISIN = "\2"\n', "US0378331005"),
    _case("trade id", "py", 'txid = "\2"\n', "OUF4EM-FRGI2-MQMWZD"),
    _case("idempotency key", "py", 'idempotency_key = "\2"\n', _uuid),
    _case("idempotency key", "py", 'headers = {"Idempotency-Key": "\2"}\n', _uuid),
    _case("partition key", "py", 'partition_key = "\2"\n', "orders#2026-01-31#BTCUSDT"),
    _case("hot key", "py", 'hotkey = "\2"\n', "ctrl+shift+k2"),
    _case("key id", "py", 'key_id = "\2"\n', _uuid),
    _case("key id", "json", '{"kid": "\2"}\n', draw(URLSAFE, 27)),
    _case("key's name", "py", 'api_key_name = "\2"\n', "organizations/5f3c/apiKeys/prod2"),
    _case("token kind", "py", 'token_type = "\2"\n', "bearer"),
    _case("tokenizer", "py", 'tokenizer = "\2"\n', "cl100k_base"),
    _case("tokenizer", "py", 'pad_token = "\2"\n', "<|endoftext|>"),
    _case("model", "py", 'token_model = "\2"\n', "gpt-4o-2024-08-06"),
    _case("token address", "json", '{"token_uri": "\2"}\n', "https://oauth2.googleapis.com/token"),
    _case(
        "name of a secret",
        "py",
        'SECRET = "\2"\n',
        "projects/123456/secrets/binance-key/versions/3",
    ),
    _case(
        "name of a secret",
        "py",
        'SECRET_ARN = "\2"\n',
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:bot-AbCdEf",
    ),
    _case("name of a secret", "yaml", "api_secret: \2\n", "op://trading/binance/api_secret2"),
    _case("name of a secret", "yaml", "api_secret: \2\n", "env:BINANCE_API_SECRET_2"),
    _case("name of a secret", "yaml", "API_SECRET_FILE: \2\n", "/run/secrets/api_secret_2"),
    _case("name of a secret", "yaml", "env:\n  API_SECRET: \2\n", "${{ secrets.API_SECRET_2 }}"),
    _case("name of a secret", "yaml", "api_secret: \2\n", "!ENV ${BINANCE_SECRET_2}"),
    _case("name of a secret", "ini", "[db]\npassword = \2\n", "%(db_password_2)s"),
    _case("name of a secret", "yaml", 'api_secret: "\2"\n', "{{ vault_binance_secret_2 }}"),
    _case("name of a secret", "sh", "export API_SECRET=\2\n", '"$(pass show binance/api2)"'),
    _case("name of a secret", "sh", "curl -u \2 https://x\n", '"$USER1:$PASS1"'),
    _case("translation", "json", '{"password": "\2"}\n', "Passwort (min. 8 Zeichen)"),
    _case("translation", "json", '{"password": "\2"}\n', "Contraseña"),
    _case("translation", "json", '{"api_secret": "\2"}\n', "API-Secret, 64 Zeichen"),
    _case(
        "schema",
        "json",
        '{"password": {"type": "string", "pattern": "\2"}}\n',
        "^(?=.*[0-9])(?=.*[A-Z]).{8,}$",
    ),
    _case("column", "py", 'QUERY = "\2"\n', "UPDATE users SET password = %s WHERE token = %s"),
    _case(
        "local address",
        "env",
        "DATABASE_URL=\2\n",
        "postgres://postgres:postgres@localhost:5432/bot",
    ),
    _case("local address", "yaml", "broker: \2\n", "amqp://guest:guest@rabbitmq:5672//"),
    _case("local address", "yaml", "store: \2\n", "mongodb://root:example@mongo:27017"),
    _case(
        "address of documentation",
        "md",
        "See \2 for the form.\n",
        "https://user:pass@example.com/feed",
    ),
    _case("header's name", "py", 'API_KEY_HEADER = "\2"\n', "X-MBX-APIKEY"),
    _case("header's name", "py", 'SIGNATURE = "\2"\n', "X-BAPI-SIGN-TYPE2"),
    _case("prefix", "py", 'KEY_PREFIX = "\2"\n', "bot:v2:orders:"),
    _case("method", "py", 'auth_method = "\2"\n', "hmac-sha256"),
    _case("algorithm", "py", 'key_algorithm = "\2"\n', "ECDSA_P256_SHA256"),
    _case("file", "py", 'credentials_json = "\2"\n', "service-account-prod2.json"),
    _case("file", "py", 'token_file = "\2"\n', "tokens/kite_2024.json"),
    _case("file", "yaml", "private_key: \2\n", "~/.config/solana/id_2.json"),
    _case("limit", "yaml", "token_bucket: \2\n", "leaky-v2"),
    _case("window title", "py", 'password_title = "\2"\n', "Unlock wallet #2"),
    _case("strategy", "json", '{"key": "\2"}\n', "ema_fast_12_slow_26"),
    _case("strategy", "py", 'params = {"key": "\2"}\n', "RSI_14_1h"),
    _case("seed", "py", 'seed = "\2"\n', "20240101"),
    _case("random seed", "yaml", "random_seed: \2\n", "1337133713"),
    _case("font", "py", 'FONT = "\2"\n', _b64(300)),
    _case("icon", "json", '{"icon": "\2"}\n', _b64(120)),
    _case("commit", "yaml", "rev: \2\n", draw(HEX, 40)),
    _case("signature of an example", "py", 'EXPECTED_SIGNATURE = "\2"\n', draw(HEX, 64)),
    _case("channel of a feed", "py", 'stream = "\2"\n', "btcusdt@depth20@100ms"),
    _case("session", "py", 'session_id = "\2"\n', _uuid),
    _case("page token", "py", 'next_page_token = "\2"\n', "CAUQAA"),
    _case("empty value", "env", "BINANCE_API_SECRET=\2\n", "# put it into .env.local"),
    _case("commented pair", "env", "# BINANCE_API_SECRET=\2\n", "your_64_characters_here"),
    _case(
        "list of words",
        "py",
        'NAMES = "\2"\n',
        "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima",
    ),
    _case("public key", "json", '{"public_key": "\2"}\n', _b64(32)),
    _case("verifying key", "py", 'VERIFY_KEY = "\2"\n', draw(HEX, 64)),
    _case(
        "certificate",
        "py",
        'CERT = """-----BEGIN CERTIFICATE-----\n\2\n-----END CERTIFICATE-----"""\n',
        _b64(45),
    ),
)


def credentials(seed: int) -> Planting:
    """Each kind of credential once, each in a file of its own."""
    return _write(CREDENTIALS, seed, "second")


def near_misses_of_second_author(seed: int) -> Planting:
    """Each near miss once, each in a file of its own."""
    return _write(NEAR_MISSES, seed, "near")


def _write(cases: tuple[Case, ...], seed: int, stem: str) -> Planting:
    rng = random.Random(seed)
    files: dict[str, str] = {}
    plants: list[Plant] = []
    for number, (kind, ending, text, make) in enumerate(cases):
        value = make(rng)
        name = (
            f"part_{number:03}/{ending}" if ending[0].isupper() else f"{stem}_{number:03}.{ending}"
        )
        path = f"bot/{name}"
        files[path] = text.replace("\2", value)
        line = text.count("\n", 0, text.find("\2")) + 1
        plants.append(Plant(path, line, kind, ending, value))
    return Planting(files, tuple(plants))
