"""Suppressions: what they silence, and what is wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from botlint.facts.comments import find_comments
from botlint.facts.types import Facts
from botlint.merging import make_findings
from botlint.model import Confidence, Finding, Hit, Place, Rule, Severity, Span, Status
from botlint.placing import Placed
from botlint.run import check
from botlint.settings import FileIgnore, IgnoreEntry, Overrides, Settings, load_settings
from botlint.suppress import apply_suppressions, drop_minor, find_broken_sources, sort_key

TODAY = date(2026, 11, 21)
PREFLIGHT = "import ccxt\n\n\ndef preflight(symbol):\n    return symbol\n\n\n"
ORDERS = """
def safe(exchange, symbol):
    if preflight(symbol):
        exchange.create_market_buy_order(symbol, 1)


if __name__ == "__main__":
    buy(ccxt.binance(), "BTC/USDT")
    safe(ccxt.binance(), "BTC/USDT")
"""


def make_rule(code: str, name: str) -> Rule:
    return Rule(code, name, "0.1", "s", "m", "w", "l", "r", Severity.HIGH, "guarded", {})


RULES = (
    make_rule("ORD001", "order-without-preflight"),
    make_rule("EXC001", "abort-swallowed"),
    *(make_rule(f"BOT00{number}", f"own-{number}") for number in range(1, 7)),
)


def make_hit(line: int) -> Placed:
    place = Place("a.py", Span(line, 1, line, 2))
    return Placed(RULES[0], Hit(place, {}, Confidence.HIGH, ()))


def make_finding(line: int) -> Finding:
    (finding,) = make_findings([make_hit(line)])
    return finding


def settle(
    text: str,
    *hits: Placed,
    settings: Settings | None = None,
    ran: frozenset[str] = frozenset(rule.code for rule in RULES),
) -> list[tuple[str, int, Status]]:
    facts = (Facts("a.py", comments=find_comments(text)),)
    settings = settings or Settings(root=Path("/nowhere"), today=TODAY)
    outcome = apply_suppressions(hits, facts, RULES, settings, ran)
    findings = sorted((*make_findings(outcome.placed), *outcome.findings), key=sort_key)
    return [(one.code, one.place.span.line, one.status) for one in findings]


OPEN = ("ORD001", 1, Status.OPEN)
SILENT = ("ORD001", 1, Status.SUPPRESSED)


def with_comment(comment: str) -> list[tuple[str, int, Status]]:
    return settle(f"place()  # botlint: {comment}\n", make_hit(1))


@pytest.mark.parametrize(
    "comment",
    [
        "ignore[ORD001] -- seen",
        "ignore[order-without-preflight] -- seen",
        "ignore[ord001] -- seen",
        "ignore[ ORD001 ] -- seen until=2026-11-21",
        "ignore[ORD001] -- until=2027-01-31 seen -- twice",
    ],
)
def test_a_comment_silences_its_statement(comment: str) -> None:
    assert with_comment(comment) == [SILENT]


def test_the_reason_stands_in_the_finding() -> None:
    facts = (Facts("a.py", comments=find_comments("x()  # botlint: ignore[ORD001] -- seen #12\n")),)
    settings = Settings(root=Path("/nowhere"), today=TODAY)
    outcome = apply_suppressions((make_hit(1),), facts, RULES, settings, ())
    (finding,) = make_findings(outcome.placed)
    assert finding.reason == "seen #12"


@pytest.mark.parametrize(
    "comment",
    [
        "ignore",
        "ignore[]",
        "ignore -- all of it",
        "ignore[ORD001]",
        "ignore[ORD001] --",
        "ignore[ORD001] -- until=2027-01-31",
        "ignore[ORD001] seen",
        "disable[ORD001] -- seen",
        "ignore[ORD001, BOT002] -- seen",
        "",
    ],
)
def test_a_malformed_one_silences_nothing(comment: str) -> None:
    assert sorted(with_comment(comment)) == [("BOT003", 1, Status.OPEN), OPEN]


@pytest.mark.parametrize(
    "until", ["2026-11-20", "soon", "", "2026-13-01", "20271231", "2027-W05-1"]
)
def test_one_that_has_ended_or_has_no_day_silences_nothing(until: str) -> None:
    outcome = with_comment(f"ignore[ORD001] -- seen until={until}")
    assert sorted(outcome) == [("BOT004", 1, Status.OPEN), OPEN]


def test_an_unknown_rule_is_told_and_the_known_one_still_counts() -> None:
    outcome = with_comment("ignore[ORD01, ORD001] -- seen")
    assert sorted(outcome) == [("BOT005", 1, Status.OPEN), SILENT]


def test_a_prefix_is_no_rule() -> None:
    assert sorted(with_comment("ignore[ORD] -- seen")) == [("BOT005", 1, Status.OPEN), OPEN]


def test_an_unused_one_is_told_only_if_its_rule_ran() -> None:
    text = "x()  # botlint: ignore[EXC001] -- seen\n"
    assert settle(text) == [("BOT002", 1, Status.OPEN)]
    assert settle(text, ran=frozenset({"ORD001"})) == []


def test_a_comment_covers_a_finding_that_begins_in_its_statement() -> None:
    text = "# botlint: ignore[ORD001] -- seen\n# because\nplace(\n  1,\n)\nplace()\n"
    outcome = settle(text, make_hit(4), make_hit(6))
    assert outcome == [("ORD001", 4, Status.SUPPRESSED), ("ORD001", 6, Status.OPEN)]


def test_a_file_that_cannot_be_parsed_has_no_unused_ones_but_a_finding() -> None:
    comments = find_comments("x(  # botlint: ignore[EXC001] -- seen\n")
    facts = (Facts("a.py", comments=comments, error="'(' was never closed"),)
    settings = Settings(root=Path("/nowhere"), today=TODAY)
    assert apply_suppressions((), facts, RULES, settings, ("EXC001",)) == ((), ())
    (finding,) = find_broken_sources(facts, RULES)
    assert (finding.code, finding.status) == ("BOT001", Status.OPEN)
    assert "never closed" in finding.message


def test_an_entry_of_the_settings_silences_a_path(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    entry = IgnoreEntry("ORD001", "a.py", "agreed", "2027-01-31")
    settings = Settings(root=tmp_path, today=TODAY, ignores=(entry,))
    assert settle("", make_hit(1), settings=settings) == [SILENT]
    assert settle("", settings=settings) == [("BOT006", 1, Status.OPEN)]
    ended = msgspec.structs.replace(settings, today=date(2027, 2, 1))
    assert sorted(settle("", make_hit(1), settings=ended)) == [
        ("BOT004", 1, Status.OPEN),
        OPEN,
    ]


def test_an_entry_for_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    entry = IgnoreEntry("ORD001", "gone/*.py", "agreed")
    settings = Settings(root=tmp_path, today=TODAY, ignores=(entry,))
    assert settle("", settings=settings) == [("BOT006", 1, Status.OPEN)]


def test_per_file_ignores_silence_by_code_prefix_or_name(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    for code in ("ORD001", "ORD", "order-without-preflight"):
        entry = FileIgnore("*.py", (code,))
        settings = Settings(root=tmp_path, today=TODAY, per_file_ignores=(entry,))
        assert settle("", make_hit(1), settings=settings) == [SILENT]
    none = Settings(root=tmp_path, today=TODAY, per_file_ignores=(FileIgnore("b.py", ("ORD",)),))
    assert settle("", make_hit(1), settings=none)[-1][0] in ("ORD001", "BOT006")
    assert len(settle("", make_hit(1), settings=none)) == 2


def test_per_file_ignores_that_name_no_rule_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    for code in ("ORD099", "", "ALL"):
        entry = FileIgnore("*.py", (code,))
        settings = Settings(root=tmp_path, today=TODAY, per_file_ignores=(entry,))
        assert settle("", make_hit(2), settings=settings) == [
            ("ORD001", 2, Status.OPEN),
            ("BOT005", 1, Status.OPEN),
        ]


def test_a_reason_for_one_of_many_findings_silences_only_that_one(tmp_path: Path) -> None:
    order = "def buy(exchange, symbol):\n    exchange.create_market_buy_order(symbol, 1)\n"
    for name in "abcdefg":
        (tmp_path / f"{name}.py").write_text(f"{PREFLIGHT}{order}\n{ORDERS}")
    silent = order.replace("1)", "1)  # botlint: ignore[ORD001] -- dust only")
    (tmp_path / "a.py").write_text(f"{PREFLIGHT}{silent}\n{ORDERS}")
    (tmp_path / "botlint.toml").write_text('[per-file-ignores]\n"b.py" = ["ORD001"]\n')
    report = check((str(tmp_path),), load_settings(tmp_path, Overrides(select=("ORD001",))))
    assert [(one.place.path, one.status) for one in report.findings] == [
        ("a.py", Status.SUPPRESSED),
        ("b.py", Status.SUPPRESSED),
        ("c.py", Status.OPEN),
    ]
    assert [step.place.path for step in report.findings[2].related] == [
        f"{name}.py" for name in "defg"
    ]


def test_minor_findings_are_dropped_but_never_botlints_own() -> None:
    minor = msgspec.structs.replace(make_finding(1), confidence=Confidence.LOW)
    settings = Settings(root=Path("/nowhere"), min_severity=Severity.CRITICAL)
    own = msgspec.structs.replace(make_finding(2), code="BOT001")
    assert drop_minor((minor, make_finding(3), own), settings) == (own,)
