"""Hits become findings: one for each cause, with a fingerprint that moving lines keep."""

from __future__ import annotations

import msgspec

from botlint.merging import make_findings
from botlint.model import Confidence, Finding, Hit, Place, Rule, Severity, Span, Status
from botlint.placing import Placed, place_hits
from botlint.rules import find_rule, load_rules

RULES = load_rules()


def find(hits: list[tuple[Rule, Hit]]) -> tuple[Finding, ...]:
    return make_findings(place_hits([Placed(*one) for one in hits], RULES))


def hit_at(line: int, cause: str = "", symbol: str = "", mitigation: int = 0, **saw: str) -> Hit:
    place = Place("bot.py", Span(line, 1, line, 9))
    return Hit(place, saw, Confidence.HIGH, (), (), cause, symbol, mitigation)


def rule_named(code: str) -> Rule:
    rule = find_rule(RULES, code)
    assert rule is not None
    return rule


def test_of_one_cause_the_first_in_the_catalogue_stands() -> None:
    hits = [(rule_named(code), hit_at(7, cause="a")) for code in ("ORD001", "EXC001", "ORD003")]
    assert [finding.code for finding in find(hits)] == ["EXC001"]


def test_other_causes_and_other_guards_stand_beside_each_other() -> None:
    hits = [
        (rule_named("ORD001"), hit_at(7, cause="a")),
        (rule_named("ORD013"), hit_at(7, cause="a")),
        (rule_named("ORD003"), hit_at(9, cause="b")),
    ]
    found = [finding.code for finding in find(hits)]
    assert found == ["ORD001", "ORD013", "ORD003"]


def test_five_of_one_class_with_one_cause_print_as_one() -> None:
    rule = rule_named("ORD001")
    hits = [(rule, hit_at(line, symbol=f"Bot.m{line}", guard="preflight")) for line in range(1, 6)]
    (finding,) = find(hits)
    assert [step.place.span.line for step in finding.related] == [2, 3, 4, 5]
    assert len(find(hits[:4])) == 4


def test_mitigation_takes_severity_off_down_to_low() -> None:
    rule = rule_named("ORD001")
    (finding,) = find([(rule, hit_at(1, mitigation=9))])
    assert finding.severity is Severity.LOW


def test_a_fingerprint_holds_no_line_and_tells_occurrences_apart() -> None:
    rule = rule_named("ORD001")
    first = find([(rule, hit_at(1, order="a")), (rule, hit_at(2, order="a"))])
    later = find([(rule, hit_at(5, order="a")), (rule, hit_at(9, order="a"))])
    assert [one.fingerprint for one in first] == [one.fingerprint for one in later]
    assert first[0].fingerprint != first[1].fingerprint


def test_of_one_statement_the_fullest_stands_and_names_the_others() -> None:
    rule = rule_named("WIR008")
    slight = hit_at(3, what="`a` has no `x`", mitigation=1)
    hits = [
        (rule, slight),
        (rule, hit_at(3, what="nothing binds `b`")),
        (rule, hit_at(4, what="c")),
    ]
    first, second = find(hits)
    assert first.message.index("nothing binds `b`") < first.message.index("`a` has no `x`")
    assert [step.place.span.line for step in first.related] == [3]
    assert second.place.span.line == 4


def test_what_a_rule_says_of_two_values_of_one_line_stands_apart() -> None:
    rule = rule_named("SEC002")

    def at(column: int, end: int, what: str) -> tuple[Rule, Hit]:
        place = Place("a.json", Span(1, column, 1, end))
        return rule, Hit(place, {"what": what}, Confidence.HIGH, (), ())

    hits = [at(1, 20, "an address"), at(5, 9, "its password"), at(30, 40, "a key")]
    assert [finding.place.span.column for finding in find(hits)] == [1, 30]


def test_what_is_silenced_stands_for_itself() -> None:
    rule = rule_named("ORD001")
    placed = [Placed(rule, hit_at(line, symbol="Bot.run", guard="preflight")) for line in range(7)]
    placed[2] = placed[2]._replace(reason="seen")
    first, silenced = make_findings(placed)
    assert (first.status, len(first.related)) == (Status.OPEN, 5)
    assert (silenced.status, silenced.reason, silenced.related) == (Status.SUPPRESSED, "seen", ())


def test_of_one_statement_what_is_silenced_is_told_apart() -> None:
    rule = rule_named("WIR008")
    reasons = {"a": "", "b": "seen", "c": ""}
    placed = [Placed(rule, hit_at(3, what=what), reason) for what, reason in reasons.items()]
    assert {one.status: one.message.count(";") for one in make_findings(placed)} == {
        Status.OPEN: 1,
        Status.SUPPRESSED: 0,
    }


def test_many_of_one_cause_are_as_severe_as_the_worst_of_them() -> None:
    rule = rule_named("ORD001")
    milder = [hit_at(line, symbol="Bot.m", mitigation=line == 1, guard="g") for line in range(1, 6)]
    (finding,) = find([(rule, hit) for hit in milder])
    assert finding.severity is Severity.CRITICAL
    assert (finding.place.span.line, len(finding.related)) == (2, 4)


def test_a_suppression_leaves_the_fingerprints_of_others_as_they_are() -> None:
    rule = rule_named("ORD001")
    hits = [Placed(rule, hit_at(line, order="a")) for line in (1, 2, 3)]
    plain = [one.fingerprint for one in make_findings(hits)]
    hits[1] = hits[1]._replace(reason="seen")
    assert [one.fingerprint for one in make_findings(hits)] == plain


def test_what_a_fault_always_comes_before_is_told_along_with_that() -> None:
    failing = hit_at(2, what="the program has no module `utils`")
    behind = [msgspec.structs.replace(hit_at(line), behind=failing.place) for line in (5, 7)]
    placed = [Placed(rule_named("ORD010"), hit) for hit in behind]
    (finding,) = make_findings([*placed, Placed(rule_named("WIR008"), failing)])
    assert (finding.code, finding.place) == ("WIR008", failing.place)
    assert [step.place.span.line for step in finding.related] == [5, 7]
    assert all("(ORD010)" in step.text for step in finding.related)


def test_what_nothing_that_is_told_comes_before_is_told_for_itself() -> None:
    failing = hit_at(2, what="the program has no module `utils`")
    behind = Placed(rule_named("ORD010"), msgspec.structs.replace(hit_at(5), behind=failing.place))
    seen = Placed(rule_named("WIR008"), failing, "the module is made on the server")
    assert [one.code for one in make_findings([behind])] == ["ORD010"]
    assert [one.code for one in make_findings([behind, seen])] == ["WIR008", "ORD010"]
