"""Rules are selected by code, prefix or name; a profile and a project set their parameters."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from botlint.rules import find_rule, load_rules
from botlint.selection import select_rules
from botlint.settings import Settings, SettingsFault
from botlint.settings.required import Needs, Part

RULES = load_rules()
SETTINGS = Settings(root=Path())


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ((), {rule.code for rule in RULES}),
        (("ORD001",), {"ORD001"}),
        (("ORD",), {rule.code for rule in RULES if rule.code.startswith("ORD")}),
        (("order-without-preflight",), {"ORD001"}),
        (("ALL",), {rule.code for rule in RULES}),
    ],
)
def test_rules_are_selected_by_code_prefix_name_and_all(
    select: tuple[str, ...], expected: set[str]
) -> None:
    chosen = select_rules(RULES, msgspec.structs.replace(SETTINGS, select=select))
    own = {rule.code for rule in RULES if rule.code.startswith("BOT")}
    assert {rule.code for rule in chosen} == expected | own


def test_what_botlint_says_about_itself_cannot_be_ignored() -> None:
    settings = msgspec.structs.replace(SETTINGS, select=("ORD", "EXC"), ignore=("BOT", "ORD"))
    chosen = select_rules(RULES, settings)
    assert {rule.code[:3] for rule in chosen} == {"BOT", "EXC"}


def test_a_run_without_any_rule_is_a_fault() -> None:
    for ignored in (("ALL",), ("ORD001", "BOT")):
        settings = msgspec.structs.replace(SETTINGS, select=("ORD001",), ignore=ignored)
        with pytest.raises(SettingsFault, match="every rule that is selected"):
            select_rules(RULES, settings)


@pytest.mark.parametrize("field", ["select", "ignore", "extend_select"])
def test_an_unknown_rule_is_a_fault_with_a_near_miss(field: str) -> None:
    settings = msgspec.structs.replace(SETTINGS, **{field: ("ORD0001",)})
    with pytest.raises(SettingsFault, match="ORD001"):
        select_rules(RULES, settings)


def test_an_unknown_profile_is_a_fault_with_a_near_miss() -> None:
    with pytest.raises(SettingsFault, match="fsm-spot"):
        select_rules(RULES, msgspec.structs.replace(SETTINGS, profile="fsm-spott"))


def test_a_profile_sets_parameters() -> None:
    chosen = select_rules(RULES, msgspec.structs.replace(SETTINGS, profile="fsm-spot"))
    wired = find_rule(chosen, "wir002")
    assert wired is not None
    assert ("BuyService.place",) in [one.get("functions") for one in wired.parameters["requires"]]


def test_a_project_adds_to_what_a_profile_requires() -> None:
    own = Part(part="a scan for orphans", functions=("scan_orphans",))
    needs = Needs(requires=(own,))
    settings = msgspec.structs.replace(SETTINGS, profile="fsm-spot", needs=needs)
    wired = find_rule(select_rules(RULES, settings), "WIR001")
    assert wired is not None
    assert len(wired.parameters["requires"]) > 1
    assert wired.parameters["requires"][-1] == msgspec.to_builtins(own)


def test_a_required_pattern_that_is_none_is_a_fault() -> None:
    needs = Needs(requires=(Part(part="a scan", calls=("scan orphans",)),))
    with pytest.raises(SettingsFault, match="no call pattern"):
        select_rules(RULES, msgspec.structs.replace(SETTINGS, needs=needs))
