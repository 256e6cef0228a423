"""The default vocabulary, and what profiles and projects add to it."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from botlint.settings import Settings, SettingsFault
from botlint.vocabulary import Vocabulary, load_vocabulary, request_method

SETTINGS = Settings(root=Path())


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary(SETTINGS)


def test_every_role_says_what_it_means(vocabulary: Vocabulary) -> None:
    for name, role in vocabulary.roles.items():
        assert role.means, name
        assert role.calls.patterns or role.names.patterns or role.words, name


def test_no_call_pattern_makes_every_call_a_candidate(vocabulary: Vocabulary) -> None:
    assert not vocabulary.roles_of_segment("qqq")


def test_a_star_that_continues_a_word_stands_beside_the_bare_word(vocabulary: Vocabulary) -> None:
    for name, role in vocabulary.roles.items():
        for patterns in (role.calls.patterns, role.names.patterns):
            texts = {pattern.text for pattern in patterns}
            for text in texts:
                if text[-1] == "*" and text[-2].isalnum():
                    assert text[:-1] in texts, f"{name}: {text} doesn't match {text[:-1]}"


ORDERS = [
    "self.exchange.create_order", "exchange.createOrder", "exchange.create_order_ws",
    "exchange.create_limit_buy_order", "exchange.create_market_buy_order_with_cost",
    "exchange.privatePostOrder", "exchange.fapiPrivatePostOrder",
    "client.futures_create_order", "client.order_limit_buy", "client.order_market",
    "client.create_margin_order", "client.new_order", "session.place_order",
    "session.place_batch_order", "trading_client.submit_order", "self.ib.placeOrder",
    "mt5.order_send", "MetaTrader5.order_send", "exchange.market_open", "exchange.bulk_orders",
    "exchange.order", "self.buy_with_specific_market", "connector.buy", "self.broker.buy",
    "self.order_router.submit", "core.fsm.order_router.FSMOrderRouter.submit",
    "order_service.submit_limit", "self._place_limit_ioc", "execute_order", "place_market_order",
    "self.market_buy", "bot.ex.create_order", "upbit.buy_market_order", "_post_order",
    "safe_create_limit_sell_order", "api.submit_order", "self.executor.place_order",
    "exchange.create_order_with_take_profit_and_stop_loss",
]  # fmt: skip
NO_ORDERS = [
    "pool.submit", "executor.submit", "self.executor.submit", "thread_pool.submit",
    "concurrent.futures.ThreadPoolExecutor.submit", "cache.order", "self.cache.order",
    "exchange.fetch_order", "exchange.cancel_order", "client.futures_cancel_order",
    "client.get_order", "client.create_test_order", "order_repository.create_order",
    "db.create_order", "order_factory.limit", "order_factory.create_order", "SubmitOrder",
    "queue.put", "self.buy", "strategy.sell", "form.submit", "validate_order", "cancel_all_orders",
    "exchange.create_stop_order", "exchange.create_stop_loss_order", "can_place_order",
    "exchange.create_reduce_only_order", "self.orders.append", "simulate_place_order", "sort",
    "request.execute", "cursor.execute", "session.execute", "redis_client.execute", "client.submit",
]  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_orders(vocabulary: Vocabulary, name: str) -> None:
    assert vocabulary.roles["place-order"].plays_call((name,))
    assert "place-order" in vocabulary.roles_of_segment(name.rpartition(".")[2])


@pytest.mark.parametrize("name", NO_ORDERS)
def test_no_orders(vocabulary: Vocabulary, name: str) -> None:
    assert not vocabulary.roles["place-order"].plays_call((name,))


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("preflight", "preflight"), ("preflight", "run_preflight_check"),
        ("preflight", "self._validate_order"), ("preflight", "validate_order_params"),
        ("preflight", "pre_trade_portfolio_check"), ("preflight", "quantize_and_validate"),
        ("preflight", "meets_min_notional"), ("preflight", "self.order_validator.validate"),
        ("preflight", "enforce_min_notional"), ("preflight", "checkOrderSize"),
        ("risk-gate", "self.risk_manager.can_open_position"), ("risk-gate", "can_trade"),
        ("risk-gate", "_check_risk_limits"), ("risk-gate", "check_daily_loss"),
        ("risk-gate", "risk.approve"), ("risk-gate", "should_block_trade"),
        ("kill-switch", "check_kill_switch"), ("kill-switch", "is_kill_switch_active"),
        ("kill-switch", "self.is_halted"), ("kill-switch", "circuit_breaker.allow"),
        ("quantise", "exchange.price_to_precision"), ("cancel-order", "exchange.cancel_all_orders"),
        ("close-order", "self.close_position"), ("close-order", "exchange.create_stop_loss_order"),
        ("log", "logger.warning"), ("log", "print"), ("http-request", "requests.post"),
    ],
)  # fmt: skip
def test_calls_play_their_roles(vocabulary: Vocabulary, role: str, name: str) -> None:
    assert vocabulary.roles[role].plays_call((name,))


@pytest.mark.parametrize(
    "name",
    [
        "model_validate", "validate_config", "check_health", "aggregate", "df.filter",
        "get_guardian", "logger.addFilter", "CheckConstraint", "PreflightResult",
        "check_order_status", "get_min_notional", "activate_kill_switch", "self.breaker.reset",
        "circuit_breaker.record_failure", "mark_precheck_failure", "emit_veto", "requests.get",
        "check_import", "check_series", "validate_order_response", "get_kill_switch_status",
    ],
)  # fmt: skip
def test_noise_guards_nothing(vocabulary: Vocabulary, name: str) -> None:
    for role in ("preflight", "risk-gate", "kill-switch"):
        assert not vocabulary.roles[role].plays_call((name,)), role


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("kill-switch", "self.halted"), ("kill-switch", "config.ORDER_FLOW_ENABLED"),
        ("kill-switch", "settings.kill_switch"), ("abort", "FSMTransitionAbort"),
        ("abort", "TradingHalted"), ("abort", "RiskVetoError"), ("abort", "StopTrading"),
        ("order-limit", "min_notional"), ("order-limit", "self.max_position_size"),
        ("order-limit", "MIN_NOTIONAL_USD"), ("portfolio", "engine.positions"),
        ("trace-id", "decision_id"), ("client-order-id", "newClientOrderId"),
        ("lock", "self._positions_lock"), ("simulator", "PaperBroker"),
        ("simulator", "backtesting"), ("closing", "_exit_position"), ("closing", "closeAll"),
        ("reduce-only", "reduceOnly"), ("reduce-only", "closePosition"),
        ("protective-type", "STOP_MARKET"), ("protective-type", "TAKE_PROFIT"),
        ("exchange-client", "self.exchange"), ("order-option", "params"),
    ],
)  # fmt: skip
def test_names_play_their_roles(vocabulary: Vocabulary, role: str, name: str) -> None:
    assert vocabulary.roles[role].plays_name(name)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("kill-switch", "kill_switch_path"), ("closing", "enclose"), ("closing", "closest"),
        ("simulator", "similar"), ("protective-type", "limit"), ("protective-type", "market"),
        ("abort", "ValueError"), ("lock", "block"), ("lock", "clock"),
    ],
)  # fmt: skip
def test_names_that_only_look_alike(vocabulary: Vocabulary, role: str, name: str) -> None:
    assert not vocabulary.roles[role].plays_name(name)


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("is_valid", 1), ("ok", 1), ("can_trade", 1), ("ORDER_FLOW_ENABLED", 1), ("risk_ok", 1),
        ("violations", -1), ("reason", -1), ("is_trading_halted", -1), ("check_kill_switch", -1),
        ("kill_switch_enabled", -1), ("not_ok", -1), ("no_errors", 1), ("invalid", -1),
        ("amount", 0), ("result", 0), ("check_order", 0), ("stop_valid", 1), ("breaker_ok", 1),
        ("stop_not_valid", -1), ("valid_errors", -1),
    ],
)  # fmt: skip
def test_polarity(vocabulary: Vocabulary, name: str, sign: int) -> None:
    assert vocabulary.polarity(name) == sign


@pytest.mark.parametrize(
    ("text", "method", "role"),
    [
        ("https://fapi.binance.com/fapi/v1/order", "POST", "place-order"),
        ("/fapi/v1/order", "post", "place-order"),
        ("/fapi/v1/order", "GET", ""),
        ("/fapi/v1/order", "DELETE", "cancel-order"),
        ("/fapi/v1/order/test", "POST", ""),
        ("/v5/order/create", "", "place-order"),
        ("/v2/orders", "POST", "place-order"),
        ("/v2/orders", "", ""),
        ("AddOrder", "", "place-order"),
        ("/0/private/AddOrder", "POST", "place-order"),
        ("/ready", "POST", ""),
    ],
)
def test_requests(vocabulary: Vocabulary, text: str, method: str, role: str) -> None:
    assert vocabulary.request_role(text, method) == role


def test_request_methods() -> None:
    assert request_method("post") == "POST"
    assert request_method("_signed_post") == "POST"
    assert request_method("postOrder") == "POST"
    assert request_method("output") == ""


def test_a_project_adds_and_takes_away() -> None:
    settings = msgspec.structs.replace(
        SETTINGS, roles={"place-order": ("Desk.fire", "!exchange.create_order", "pool.submit")}
    )
    orders = load_vocabulary(settings).roles["place-order"]
    assert orders.plays_call(("self.desk.fire",))
    assert orders.plays_call(("pool.submit",))
    assert not orders.plays_call(("self.exchange.create_order",))
    assert orders.plays_call(("client.create_order",))


def test_a_profile_adds() -> None:
    settings = msgspec.structs.replace(SETTINGS, profile="fsm-spot")
    assert load_vocabulary(settings).roles["place-order"].plays_call(("self.place_market_ioc",))


def test_an_unknown_role_is_a_fault_with_a_near_miss() -> None:
    with pytest.raises(SettingsFault, match="preflight"):
        load_vocabulary(msgspec.structs.replace(SETTINGS, roles={"preflght": ("check",)}))


def test_a_malformed_pattern_is_a_fault() -> None:
    with pytest.raises(SettingsFault, match="place-order"):
        load_vocabulary(msgspec.structs.replace(SETTINGS, roles={"place-order": ("a b",)}))


def test_most_calls_are_told_by_one_lookup(vocabulary: Vocabulary) -> None:
    vocabulary.roles_of_segment("append")
    start = time.perf_counter()
    for _ in range(100_000):
        vocabulary.roles_of_segment("append")
    assert time.perf_counter() - start < 1
