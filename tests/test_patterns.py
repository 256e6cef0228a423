"""The pattern language in which roles are written."""

from __future__ import annotations

import pytest

from botlint.facts.types import (
    Call,
    Constant,
    Expression,
    Name,
    Operation,
)
from botlint.model import Span
from botlint.patterns import (
    PatternFault,
    PatternSet,
    normalise_segment,
    parse_pattern,
)

HERE = Span(1, 1, 1, 2)


def call_of(*args: Expression, **keywords: Expression) -> Call:
    return Call(Name("f"), args, tuple(keywords.items()), HERE)


def plays(
    patterns: str, *names: str, call: Call | None = None, parameters: tuple[str, ...] | None = None
) -> bool:
    pattern = PatternSet(map(parse_pattern, patterns.split(" "))).deciding_pattern(
        names, call, parameters
    )
    return pattern is not None and not pattern.is_negative


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("create_order", "create_order"),
        ("createOrder", "create_order"),
        ("CreateOrder", "create_order"),
        ("_create_order", "create_order"),
        ("ORDER_FLOW_ENABLED", "order_flow_enabled"),
        ("FSMOrderRouter", "fsm_order_router"),
        ("privatePostOrder", "private_post_order"),
        ("isSpotV2Enabled", "is_spot_v2_enabled"),
    ],
)
def test_case_style_and_leading_underscores_do_not_count(written: str, normal: str) -> None:
    assert normalise_segment(written) == normal


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("create_order", "self.exchange.create_order", True),
        ("create_order", "create_order", True),
        ("create_order", "create_order.retry", False),
        ("create_order", "precreate_order", False),
        ("OrderService.submit_limit", "services.orders.OrderService.submit_limit", True),
        ("OrderService.submit_limit", "self._order_service.submit_limit", True),
        ("OrderService.submit_limit", "submit_limit", False),
        ("*.place_limit_ioc", "self.place_limit_ioc", True),
        ("*.place_limit_ioc", "place_limit_ioc", False),
        ("ccxt.*.create_order", "ccxt.binance.create_order", True),
        ("ccxt.*.create_order", "ccxt.pro.binance.create_order", False),
        ("preflight*", "preflight_order", True),
        ("preflight*", "preflight", False),
        ("*_preflight_*", "run_preflight_checks", True),
        ("*_preflight_*", "run_preflight", False),
        ("a*b*c", "aXbXc", True),
        ("a*b*c", "abc", False),
        ("a*a", "aa", False),
        ("a*a", "aba", True),
    ],
)
def test_a_pattern_is_a_suffix_by_segments(pattern: str, name: str, *, expected: bool) -> None:
    assert plays(pattern, name) is expected


def test_a_bang_takes_away_and_the_last_pattern_that_matches_decides() -> None:
    assert not plays("submit !executor.submit", "self.executor.submit")
    assert plays("submit !executor.submit", "self.router.submit")
    assert plays("submit !executor.submit executor.submit", "self.executor.submit")


def test_a_resolved_name_counts_as_much_as_the_written_one() -> None:
    names = ("self.jobs.submit", "concurrent.futures.ThreadPoolExecutor.submit")
    assert not plays("submit !ThreadPoolExecutor.submit", *names)
    assert plays("OrderRouter.submit", "self.sink.submit", "core.router.OrderRouter.submit")


def test_a_keyword_is_met_by_name_by_position_and_by_a_literal_only() -> None:
    pattern = "place(side='sell')"
    by_name = call_of(Name("symbol"), side=Constant("SELL"))
    assert plays(pattern, "x.place", call=by_name)
    by_position = call_of(Name("symbol"), Constant("sell"))
    assert plays(pattern, "x.place", call=by_position, parameters=("symbol", "side"))
    assert not plays(pattern, "x.place", call=by_position)
    assert not plays(pattern, "x.place", call=call_of(side=Name("side")))
    assert not plays(pattern, "x.place", call=call_of(side=Constant("buy")))
    starred = call_of(Operation("star", (Name("args"),)), Constant("sell"))
    assert not plays(pattern, "x.place", call=starred, parameters=("symbol", "side"))


def test_booleans_are_no_numbers() -> None:
    assert plays("place(reduce_only=True)", "place", call=call_of(reduce_only=Constant(value=True)))
    assert not plays(
        "place(reduce_only=True)", "place", call=call_of(reduce_only=Constant(value=1))
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "*.*",
        "!",
        "a b",
        "a.",
        ".a",
        "a..b",
        "a**",
        "place(",
        "place(side)",
        "1a",
        "place(side=sell)",
        "place(side='sell' x=1)",
        "_",
        "a-b",
    ],
)
def test_a_malformed_pattern_says_what_is_wrong(text: str) -> None:
    with pytest.raises(PatternFault):
        parse_pattern(text)


def test_a_hostile_pattern_takes_no_time() -> None:
    pattern = parse_pattern("a" + "*a" * 200)
    assert PatternSet([pattern]).deciding_pattern(("a" * 5000 + "b",)) is None


def test_candidates_are_empty_for_nearly_every_call() -> None:
    patterns = PatternSet(map(parse_pattern, ("create_order", "!append", "!*.append")))
    assert patterns.candidates("createOrder")
    assert not patterns.candidates("append")
    assert not patterns.candidates("items")
