"""Settings that are broken: what is said of them, at which line and column.

Each case is held against one of the schemas that ship; findings of CFG002 are only looked at
where a case is about what is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.finding import find_all

from botlint.configs.gather import gather_trees
from botlint.discover import discover
from botlint.facts.gather import gather_facts
from botlint.project import link
from botlint.rules import load_rules
from botlint.settings import Settings
from botlint.vocabulary import load_vocabulary

RULES = [rule for rule in load_rules() if rule.code.startswith("CFG") and rule.code != "CFG008"]
VOCABULARY = load_vocabulary(Settings(root=Path()))
KINDS: dict[str, dict[str, Any]] = {
    "accounts": {"files": ["accounts.yaml"], "at": ["accounts"]},
    "capital-profiles": {"files": ["capital_profiles.yaml"], "at": ["profiles"]},
    "controller": {"files": ["mm.yml"]},
    "environment": {"schema": "risk-settings", "files": [".env"], "env": True},
    "exchanges": {"files": ["exchanges.toml"]},
    "fsm-spot": {"files": ["config.py"]},
    "go-live": {"files": ["go_live.yaml"]},
    "initial-live": {"files": ["config.json"]},
    "prometheus": {"files": ["prometheus.yml"]},
    "risk-settings": {"files": ["settings.py"], "at": ["Settings"]},
}


def find(root: Path, kind: str, stage: str, text: str) -> list[tuple[str, int, int, str]]:
    binding = {"schema": kind, **KINDS[kind]}
    (root / binding["files"][0]).write_text(text, encoding="utf-8")
    (root / "bot.py").write_text("print(1)\n", encoding="utf-8")
    settings = Settings(root=root, jobs=1)
    discovery = discover((str(root),), settings)
    trees, problems = gather_trees(discovery, binding["files"])
    facts, _ = gather_facts(discovery.analysed(), 1)
    told = {"settings": (binding,), "stage": stage}
    rules = tuple(
        msgspec.structs.replace(rule, parameters={**rule.parameters, **told}) for rule in RULES
    )
    found = find_all(link(facts, settings, VOCABULARY, (), trees), rules)
    assert problems == ()
    return [(one.code, one.place.span.line, one.place.span.column, one.message) for one in found]


CASES: list[tuple[str, str, str, list[tuple[str, int, int, str]]]] = [
    (
        "fsm-spot",
        "",
        "NEVER_MARKET_SELLS = 'yes'\n",
        [
            (
                "CFG001",
                1,
                22,
                "`NEVER_MARKET_SELLS` is 'yes', but must be True: no market sells "
                "until the exit ladder is verified",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "NEVER_MARKET_SELLS = 1\n",
        [
            (
                "CFG001",
                1,
                22,
                "`NEVER_MARKET_SELLS` is 1, but must be True: no market sells until "
                "the exit ladder is verified",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "MAX_SLIPPAGE_BPS_EXIT = 12  # bps\n",
        [
            (
                "CFG001",
                1,
                25,
                "`MAX_SLIPPAGE_BPS_EXIT` is 12, but must be 500: exits may slip by 5 % "
                "and no more; a tighter limit leaves the position unsold when the "
                "price falls",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "ENTRY_BLOCK_COOLDOWN_S = 30\n",
        [
            (
                "CFG001",
                1,
                26,
                "`ENTRY_BLOCK_COOLDOWN_S` is 30, but must be at least 60: after a "
                "block the machine must rest for 60 seconds, or it loops from IDLE to "
                "ENTRY_EVAL and back",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "BUY_ESCALATION_STEPS = []\n",
        [
            (
                "CFG001",
                1,
                24,
                "`BUY_ESCALATION_STEPS` is a list of 0, but must have at least one "
                "element: both flows escalate by the same steps",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "BUY_ESCALATION_STEPS = [{'tif': 'IOC'}, 5]\n",
        [
            (
                "CFG001",
                1,
                41,
                "`BUY_ESCALATION_STEPS[1]` is 5, but must be a mapping: both flows "
                "escalate by the same steps",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "EXIT_LADDER_BPS = [10, 10]\n",
        [
            (
                "CFG001",
                1,
                19,
                "`EXIT_LADDER_BPS` is a list of 2, but must not repeat an element: the "
                "ladder must match that of the sell service",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "WHITELIST = ['BLESS/USDT', 'FLOW']\n",
        [
            (
                "CFG001",
                1,
                28,
                "`WHITELIST[1]` is 'FLOW', but must be a pair such as BLESS/USDT: "
                "without one every symbol of the exchange may be traded",
            ),
        ],
    ),
    (
        "fsm-spot",
        "smoke",
        "WHITELIST = ['BLESS/USDT', 'BTC/USDT']\n",
        [
            (
                "CFG009",
                1,
                13,
                "`WHITELIST` is a list of 2, which suits live only; in stage smoke it "
                "must be ['BLESS/USDT']: without one every symbol of the exchange may "
                "be traded",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "MAX_OPEN_POSITIONS = 2.5\n",
        [
            (
                "CFG001",
                1,
                22,
                "`MAX_OPEN_POSITIONS` is 2.5, but must be a whole number: nothing else "
                "limits how many positions are open",
            ),
        ],
    ),
    (
        "fsm-spot",
        "paper",
        "MAX_OPEN_POSITIONS = 10\n",
        [
            (
                "CFG009",
                1,
                22,
                "`MAX_OPEN_POSITIONS` is 10, which suits live only; in stage paper it "
                "must be at most 3: nothing else limits how many positions are open",
            ),
        ],
    ),
    (
        "fsm-spot",
        "smoke",
        "POSITION_SIZE_USDT = -5\n",
        [
            (
                "CFG001",
                1,
                22,
                "`POSITION_SIZE_USDT` is -5, but must be more than 0: sizes stay small "
                "until the smoke tests have passed",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "POSITION_SIZE_USDT = 25.0\nMAX_OPEN_POSITIONS = 4\nMAX_TOTAL_EXPOSURE_USDT = 75.0\n",
        [
            (
                "CFG006",
                1,
                22,
                "`MAX_OPEN_POSITIONS * POSITION_SIZE_USDT <= MAX_TOTAL_EXPOSURE_USDT` "
                "doesn't hold: all positions together cost more than may be at stake",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "import os\nTRADE_TTL_MIN = int(os.getenv('TTL', '60'))\n",
        [
            (
                "CFG001",
                2,
                17,
                "`TRADE_TTL_MIN` is 60, but must be 120: positions are closed by force "
                "after 120 minutes",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "é = 'ü'; LOG_LEVEL = 'LAUT'\n",
        [
            (
                "CFG001",
                1,
                22,
                "`LOG_LEVEL` is 'LAUT', but must be 'DEBUG', 'INFO', 'WARNING', "
                "'ERROR' or 'CRITICAL': smoke tests are judged by their logs",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "TAKE_PROFIT_THRESHOLD = 0.99\n",
        [
            (
                "CFG003",
                1,
                25,
                "`TAKE_PROFIT_THRESHOLD` is 0.99, which is dangerous: to be safe it "
                "must be more than 1.0: it is a factor of the entry price, above 1",
            ),
        ],
    ),
    (
        "capital-profiles",
        "",
        "profiles:\n  micro: {max_leverage: 3}\n",
        [
            (
                "CFG001",
                2,
                25,
                "`profiles.micro.max_leverage` is 3, but must be at most 1.5: this "
                "profile has at most 1.5 times leverage",
            ),
        ],
    ),
    (
        "capital-profiles",
        "",
        "profiles:\n  micro:\n    max_single_trade_risk_pct: 2.0\n",
        [
            (
                "CFG001",
                3,
                32,
                "`profiles.micro.max_single_trade_risk_pct` is 2.0, but must be at "
                "most 0.5: this profile risks at most 0.5 % in one trade",
            ),
        ],
    ),
    (
        "capital-profiles",
        "",
        "profiles:\n  low:\n    single_trade_risk: 0.05\n",
        [
            (
                "CFG001",
                3,
                24,
                "`profiles.low.single_trade_risk` is 0.05, but must be at most 0.01: "
                "this profile risks at most 1.0 % in one trade, and this is a fraction",
            ),
        ],
    ),
    (
        "capital-profiles",
        "",
        "profiles:\n  micro: 1.5\n",
        [
            (
                "CFG001",
                2,
                10,
                "`profiles.micro` is 1.5, but must be a mapping: real accounts start "
                "with the profile micro",
            ),
        ],
    ),
    (
        "capital-profiles",
        "",
        "profiles:\n  high: {leverage: 0}\n",
        [
            (
                "CFG001",
                2,
                20,
                "`profiles.high.leverage` is 0, but must be at least 1: a profile "
                "without a leverage of at least 1 limits nothing",
            ),
        ],
    ),
    (
        "capital-profiles",
        "",
        "profiles:\n  medum: {max_leverage: 5}\n",
        [
            (
                "CFG004",
                2,
                3,
                "`profiles.medum` is no setting; did you mean `medium`?",
            ),
        ],
    ),
    (
        "capital-profiles",
        "",
        "other: 1\n",
        [
            (
                "CFG002",
                1,
                1,
                "`profiles` is not set: the schema speaks of it, and the file has "
                "nothing else of the kind",
            ),
        ],
    ),
    (
        "accounts",
        "",
        "accounts:\n  main: {mode: real, exchange: binance, capital_profile: low}\n",
        [
            (
                "CFG003",
                2,
                58,
                '`accounts.main.capital_profile` is "low" (as mode real), which is '
                'dangerous: to be safe it must be "micro": real accounts start with '
                "the profile micro and are promoted by hand",
            ),
        ],
    ),
    (
        "accounts",
        "",
        "accounts:\n  main:\n    mode: real\n    exchange: binance\n    capital_profile: tiny\n",
        [
            (
                "CFG001",
                5,
                22,
                '`accounts.main.capital_profile` is "tiny" (as mode real), but must '
                'be "micro", "low", "medium", "high" or "aggressive": real '
                "accounts start with the profile micro and are promoted by hand",
            ),
        ],
    ),
    (
        "accounts",
        "",
        "accounts:\n  - {mode: real, exchange: binanz, capital_profile: micro}\n",
        [
            (
                "CFG001",
                2,
                28,
                '`accounts[0].exchange` is "binanz" (as mode real), but must be '
                '"binance", "binanceus", "bybit", "okx", "kucoin", '
                '"kraken", "bitget", "coinbase", "mexc" or "firi": no such '
                "exchange is connected",
            ),
        ],
    ),
    (
        "accounts",
        "",
        "accounts:\n  test: {mode: testnet, exchange: okx, capital_profile: micro, "
        "testnet: false}\n",
        [
            (
                "CFG001",
                2,
                73,
                "`accounts.test.testnet` is false (as mode testnet), but must be true: "
                "a testnet account must be on the testnet",
            ),
        ],
    ),
    (
        "accounts",
        "",
        "accounts:\n  main: {mode: live, exchange: okx, capital_profile: micro}\n",
        [
            (
                "CFG001",
                2,
                16,
                '`accounts.main.mode` is "live", but must be "real", "paper" or '
                '"testnet": an account is real, paper or on a testnet, and each kind '
                "has rules of its own",
            ),
        ],
    ),
    (
        "accounts",
        "",
        "accounts:\n  main: {mode: paper, capital_profile: micro}\n",
        [
            (
                "CFG002",
                2,
                3,
                "`accounts.main.exchange` is not set (as mode paper)",
            ),
        ],
    ),
    (
        "accounts",
        "",
        "accounts: {}\n",
        [
            (
                "CFG001",
                1,
                11,
                "`accounts` is a mapping, but must have at least one member",
            ),
        ],
    ),
    (
        "exchanges",
        "",
        "primary = 'binance'\nfailover_chain = []\n",
        [
            (
                "CFG001",
                2,
                18,
                "`failover_chain` is a list of 0, but must have at least one element: "
                "without a backup exchange an outage leaves positions alone",
            ),
        ],
    ),
    (
        "exchanges",
        "",
        "primary = 'binance'\nfailover_chain = ['bybit', 'binance']\n",
        [
            (
                "CFG006",
                1,
                11,
                "`primary not in failover_chain` doesn't hold: an exchange can't stand "
                "in for itself",
            ),
        ],
    ),
    (
        "exchanges",
        "",
        "primary = 'binance'\nfailover_chian = ['bybit']\n",
        [
            (
                "CFG004",
                2,
                1,
                "`failover_chian` is no setting; did you mean `failover_chain`?",
            ),
        ],
    ),
    (
        "prometheus",
        "",
        "global:\n  scrape_interval: 60s\nscrape_configs: [{job_name: a}]\nrule_files: [a.yml]\n",
        [
            (
                "CFG001",
                2,
                20,
                '`global.scrape_interval` is "60s", but must be "15s": metrics are '
                "scraped every 15 seconds",
            ),
        ],
    ),
    (
        "prometheus",
        "",
        "global: {scrape_interval: 15s}\nscrape_configs:\n  - job_name: a\n    "
        "scrape_interval: 1m\nrule_files: [a.yml]\n",
        [
            (
                "CFG001",
                4,
                22,
                '`scrape_configs[0].scrape_interval` is "1m", but must be 15s or '
                "less: metrics are scraped every 15 seconds at least",
            ),
        ],
    ),
    (
        "go-live",
        "",
        "default_profile: aggressive\nallowed_profiles: [micro]\n",
        [
            (
                "CFG001",
                1,
                18,
                '`default_profile` is "aggressive", but must be "micro": real '
                "accounts start with the profile micro",
            ),
        ],
    ),
    (
        "go-live",
        "",
        "required_preflight: no\nactivation_enabled: yes\n",
        [
            (
                "CFG001",
                1,
                21,
                "`required_preflight` is false, but must be true: `no` is the truth "
                "value false in YAML 1.1; nothing goes live past the pre-flight check",
            ),
        ],
    ),
    (
        "risk-settings",
        "",
        "class Settings:\n    max_drawdown_pct: float = 0.4\n    max_position_size_pct: "
        "float = 0.1\n",
        [
            (
                "CFG003",
                2,
                31,
                "`Settings.max_drawdown_pct` is 0.4, which is dangerous: to be safe it "
                "must be at most 0.3: a drawdown of more than 30 % is dangerous",
            ),
        ],
    ),
    (
        "risk-settings",
        "",
        "class Settings:\n    max_drawdown_pct: float = Field(default=15, ge=0)\n    "
        "max_position_size_pct: float = 0.6\n",
        [
            (
                "CFG001",
                2,
                31,
                "`Settings.max_drawdown_pct` is 15, but must be at most 1: a drawdown "
                "of more than 30 % is dangerous",
            ),
            (
                "CFG003",
                3,
                36,
                "`Settings.max_position_size_pct` is 0.6, which is dangerous: to be "
                "safe it must be at most 0.5: one position of more than half of the "
                "portfolio is too much",
            ),
        ],
    ),
    (
        "risk-settings",
        "",
        "class Settings:\n    max_drawdown_pct: float = 0.1\n    max_position_size_pct: "
        "float = 0.1\n    enable_telegram: bool = True\n",
        [
            (
                "CFG002",
                1,
                1,
                "`Settings.telegram_bot_token` is not set: Telegram is enabled, so "
                "alerts need its token",
            ),
            (
                "CFG002",
                1,
                1,
                "`Settings.telegram_chat_id` is not set: Telegram is enabled, so "
                "alerts need a chat",
            ),
        ],
    ),
    (
        "environment",
        "",
        "MAX_DRAWDOWN_PCT=0.4\n",
        [
            (
                "CFG003",
                1,
                18,
                "`MAX_DRAWDOWN_PCT` is 0.4, which is dangerous: to be safe it must be "
                "at most 0.3: a drawdown of more than 30 % is dangerous",
            ),
        ],
    ),
    (
        "environment",
        "",
        "# risk\nexport MAX_POSITION_SIZE_PCT='lots'\n",
        [
            (
                "CFG001",
                2,
                30,
                '`MAX_POSITION_SIZE_PCT` is "lots", but must be a number: one '
                "position of more than half of the portfolio is too much",
            ),
        ],
    ),
    (
        "environment",
        "",
        "TELEGRAM_BOT_TOKEN=hello-world-token\n",
        [
            (
                "CFG001",
                1,
                20,
                '`TELEGRAM_BOT_TOKEN` is "hell…" (17 characters), but must be a '
                "token of the form 123456789:AA…: a token of another form can't send "
                "alerts",
            ),
        ],
    ),
    (
        "controller",
        "",
        "fee_mode: manual\n",
        [
            (
                "CFG003",
                1,
                11,
                '`fee_mode` is "manual", which is dangerous: to be safe it must be '
                '"auto": fees come from the exchange, or the edge is reckoned with '
                "wrong ones",
            ),
        ],
    ),
    (
        "controller",
        "",
        "leverage: 20\n",
        [
            (
                "CFG003",
                1,
                11,
                "`leverage` is 20, which is dangerous: to be safe it must be at most "
                "5: leverage is capped",
            ),
        ],
    ),
    (
        "controller",
        "",
        "trading_pair: BTC/USDT\n",
        [
            (
                "CFG001",
                1,
                15,
                '`trading_pair` is "BTC/USDT", but must be a pair such as BTC-USDT: '
                "Hummingbot writes pairs with a dash",
            ),
        ],
    ),
    (
        "controller",
        "",
        "max_daily_loss_pct_hard: 0.08\nmax_drawdown_pct_hard: 0.05\n",
        [
            (
                "CFG003",
                1,
                26,
                "`max_daily_loss_pct_hard` is 0.08, which is dangerous: to be safe it "
                "must be at most 0.03: the hard stop comes at 3% at the latest",
            ),
            (
                "CFG006",
                1,
                26,
                "`max_daily_loss_pct_hard <= max_drawdown_pct_hard` doesn't hold: one "
                "day may lose more than all days together",
            ),
        ],
    ),
    (
        "controller",
        "",
        "max_daily_loss_pct_hard: 5\n",
        [
            (
                "CFG001",
                1,
                26,
                "`max_daily_loss_pct_hard` is 5, but must be at most 1: the hard stop "
                "comes at 3% at the latest",
            ),
        ],
    ),
    (
        "controller",
        "",
        "cancel_budget_per_min: 1e2\n",
        [
            (
                "CFG001",
                1,
                24,
                '`cancel_budget_per_min` is "1e2", but must be a whole number: `1e2` '
                "is a text in YAML 1.1, no number; 50 cancels a minute align with the "
                "limit of the exchange",
            ),
        ],
    ),
    (
        "controller",
        "",
        "min_base_pct: 0.5\nmax_base_pct: 0.4\n",
        [
            (
                "CFG006",
                1,
                15,
                "`min_base_pct <= max_base_pct` doesn't hold: the least inventory is "
                "more than the most",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{"position_size_usdt": 50}',
        [
            (
                "CFG003",
                1,
                24,
                "`position_size_usdt` is 50, which is dangerous: to be safe it must be "
                "at most 10: positions begin with 5 USDT and never have more than 10 "
                "in the first week",
            ),
        ],
    ),
    (
        "initial-live",
        "live",
        '{"position_size_usdt": 8}',
        [
            (
                "CFG009",
                1,
                24,
                "`position_size_usdt` is 8, which suits smoke and paper only; in stage "
                "live it must be at most 7: positions begin with 5 USDT and never have "
                "more than 10 in the first week",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{\n  "max_positions": "2"\n}',
        [
            (
                "CFG001",
                2,
                20,
                '`max_positions` is "2", but must be a whole number: two positions '
                "at first and never more than three at once",
            ),
        ],
    ),
    (
        "initial-live",
        "live",
        '{"trade_pairs": ["SHIB/USDT", "DOGE/USDT"]}',
        [
            (
                "CFG009",
                1,
                17,
                "`trade_pairs` is a list of 2, which suits smoke and paper only; in "
                "stage live it must have at most one element: the first days trade a "
                "single pair",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{"circuit_breaker": {"enabled": false, "max_daily_loss": 10}}',
        [
            (
                "CFG001",
                1,
                33,
                "`circuit_breaker.enabled` is false, but must be true: the circuit "
                "breaker is what stops a bad day",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{"circuit_breaker": {"enabled": true}}',
        [
            (
                "CFG002",
                1,
                2,
                "`circuit_breaker.max_daily_loss` is not set: a day may lose 10 USDT "
                "at first and 20 at most",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{"live_trading": true, "paper_trading": true}',
        [
            (
                "CFG006",
                1,
                18,
                "`not (live_trading and paper_trading)` doesn't hold: the bot can't "
                "trade live and on paper at once",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{"disable_risk_checks": true}',
        [
            (
                "CFG001",
                1,
                25,
                "`disable_risk_checks` is true, but must be false: risk checks are never off",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        "[1, 2]",
        [
            (
                "CFG001",
                1,
                1,
                "`config.json` is a list of 2, but must be a mapping",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{"circuit_braker": {"enabled": true}}',
        [
            (
                "CFG004",
                1,
                2,
                "`circuit_braker` is no setting; did you mean `circuit_breaker`?",
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{"trade_pairs": ["SHIB/USDT", "shibusdt"], "log_level": "TRACE"}',
        [
            (
                "CFG001",
                1,
                31,
                '`trade_pairs[1]` is "shibusdt", but must be a pair such as '
                "SHIB/USDT: the first days trade a single pair",
            ),
            (
                "CFG001",
                1,
                57,
                '`log_level` is "TRACE", but must be "DEBUG", "INFO", '
                '"WARNING", "ERROR" or "CRITICAL": there is no such level',
            ),
        ],
    ),
    (
        "initial-live",
        "",
        '{"min_order_size_usdt": 6, "position_size_usdt": 5}',
        [
            (
                "CFG006",
                1,
                25,
                "`min_order_size_usdt <= position_size_usdt` doesn't hold: a position "
                "is smaller than the smallest order, so none is placed",
            ),
        ],
    ),
    (
        "exchanges",
        "",
        'primary = ""\nfailover_chain = "bybit"\n',
        [
            (
                "CFG001",
                1,
                11,
                '`primary` is "", but must not be empty: somebody must know which '
                "exchange is traded on",
            ),
            (
                "CFG001",
                2,
                18,
                '`failover_chain` is "bybit", but must be a list: without a backup '
                "exchange an outage leaves positions alone",
            ),
        ],
    ),
    (
        "controller",
        "",
        "fee_mode: auto\nrequire_fee_resolution: 'true'\n",
        [
            (
                "CFG001",
                2,
                25,
                '`require_fee_resolution` is "true", but must be true: trading must '
                "stop when fees can't be resolved",
            ),
        ],
    ),
    (
        "controller",
        "",
        "position_mode: oneway\n",
        [
            (
                "CFG001",
                1,
                16,
                '`position_mode` is "oneway", but must be "ONEWAY" or "HEDGE": '
                "position mode one-way is what was confirmed on the exchange",
            ),
        ],
    ),
    (
        "go-live",
        "",
        "environment: prod\n",
        [
            (
                "CFG001",
                1,
                14,
                '`environment` is "prod", but must be "testnet" or "production": '
                "it is either the testnet or production",
            ),
        ],
    ),
    (
        "go-live",
        "",
        "allowed_profiles: [micro, tiny]\n",
        [
            (
                "CFG003",
                1,
                19,
                "`allowed_profiles` is a list of 2, which is dangerous: to be safe it "
                'must be ["micro"]: real accounts start with the profile micro',
            ),
            (
                "CFG001",
                1,
                27,
                '`allowed_profiles[1]` is "tiny", but must be "micro", "low", '
                '"medium", "high" or "aggressive": an account must be mapped to '
                "a profile that is defined",
            ),
        ],
    ),
    (
        "go-live",
        "live",
        "min_testnet_trades: 1\n",
        [
            (
                "CFG009",
                1,
                21,
                "`min_testnet_trades` is 1, which suits smoke and paper only; in stage "
                "live it must be at least 3: at least three test trades come first",
            ),
        ],
    ),
    (
        "prometheus",
        "",
        "global: {}\nscrape_configs: []\nrule_files: []\n",
        [
            (
                "CFG001",
                2,
                17,
                "`scrape_configs` is a list of 0, but must have at least one element: "
                "nothing is scraped",
            ),
            (
                "CFG001",
                3,
                13,
                "`rule_files` is a list of 0, but must have at least one element: "
                "without alert rules nobody is told of an emergency stop, failovers or "
                "a high block rate",
            ),
        ],
    ),
    (
        "fsm-spot",
        "smoke",
        "LOG_LEVEL = 'INFO'\n",
        [
            (
                "CFG009",
                1,
                13,
                "`LOG_LEVEL` is 'INFO', which suits paper and live only; in stage "
                "smoke it must be 'DEBUG': smoke tests are judged by their logs",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "HALT_ON_RECONCILE_MISMATCH = False\n",
        [
            (
                "CFG001",
                1,
                30,
                "`HALT_ON_RECONCILE_MISMATCH` is False, but must be True: any mismatch "
                "between books and exchange must stop the bot",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "MAX_POSITION_HOLD_MINUTES = 240\nTRADE_TTL_MIN = 120\n",
        [
            (
                "CFG006",
                1,
                29,
                "`MAX_POSITION_HOLD_MINUTES <= TRADE_TTL_MIN` doesn't hold: the state "
                "machine holds positions longer than the time at which they are closed "
                "by force",
            ),
        ],
    ),
    (
        "risk-settings",
        "paper",
        "class Settings:\n    weekly_loss_limit_pct = 0.2\n    monthly_loss_limit_pct = "
        "0.1\n    trading_mode = 'live'\n",
        [
            (
                "CFG006",
                2,
                29,
                "`weekly_loss_limit_pct <= monthly_loss_limit_pct` doesn't hold: one "
                "week may lose more than a month",
            ),
            (
                "CFG009",
                4,
                20,
                "`Settings.trading_mode` is 'live', which suits live only; in stage "
                "paper it must be 'paper': it is paper, live or backtest",
            ),
        ],
    ),
    (
        "capital-profiles",
        "",
        "profiles:\n  micro: {max_open_positions: 0}\n---\nprofiles:\n  low: {max_leverage: 5}\n",
        [
            (
                "CFG001",
                2,
                31,
                "`profiles.micro.max_open_positions` is 0, but must be at least 1: a "
                "profile allows at least one position",
            ),
            (
                "CFG001",
                5,
                23,
                "`profiles.low.max_leverage` is 5, but must be at most 3: this profile "
                "has at most 3 times leverage",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "SWITCH_TO_SL_THRESHOLD = 0.98\nSTOP_LOSS_THRESHOLD = 0.99\nMD_CACHE_SOFT_TTL_MS = 3000\n"
        "MD_CACHE_TTL_MS = 3000\n",
        [
            (
                "CFG006",
                1,
                26,
                "`STOP_LOSS_THRESHOLD < SWITCH_TO_SL_THRESHOLD` doesn't hold: the switch to the "
                "stop lies below the stop",
            ),
            (
                "CFG006",
                3,
                24,
                "`MD_CACHE_SOFT_TTL_MS < MD_CACHE_TTL_MS` doesn't hold: prices are refreshed "
                "only when they have already expired",
            ),
        ],
    ),
    (
        "fsm-spot",
        "",
        "PREDICTIVE_BUY_ZONE_PCT = 0.995\nPREDICTIVE_BUY_ZONE_BPS = 3\nDROP_TRIGGER_VALUE = 1.2\n",
        [
            (
                "CFG006",
                1,
                27,
                "`PREDICTIVE_BUY_ZONE_BPS - (PREDICTIVE_BUY_ZONE_PCT - 1) * 10000 < 1 and "
                "(PREDICTIVE_BUY_ZONE_PCT - 1) * 10000 - PREDICTIVE_BUY_ZONE_BPS < 1` doesn't "
                "hold: both say where the buy zone begins, and they differ",
            ),
            (
                "CFG001",
                3,
                22,
                "`DROP_TRIGGER_VALUE` is 1.2, but must be less than 1: it is a factor of the "
                "peak, below 1",
            ),
        ],
    ),
]


@pytest.mark.parametrize(
    ("kind", "stage", "text", "expected"), CASES, ids=[f"{one[0]}: {one[2]!r}" for one in CASES]
)
def test_a_broken_setting_is_reported_at_its_place(
    tmp_path: Path, kind: str, stage: str, text: str, expected: list[tuple[str, int, int, str]]
) -> None:
    found = find(tmp_path, kind, stage, text)
    codes = {one[0] for one in expected}
    missing = "CFG002" in codes
    kept = [one for one in found if one[0] != "CFG002"]
    assert [one for one in found if one in expected] == expected if missing else kept == expected
