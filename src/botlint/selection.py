"""Which rules run: those that settings and profile select, with the profile's parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from botlint.configs.bindings import PARAMETER
from botlint.model import Rule
from botlint.patterns import PatternFault, parse_pattern
from botlint.profiles import Profile, flows_of, load_profile
from botlint.settings import Settings, SettingsFault, suggest
from botlint.settings.documents import find_setting
from botlint.settings.flows import KEYS as FLOWS
from botlint.settings.required import PATTERNS, TABLES

_ALL = "ALL"


def select_rules(rules: tuple[Rule, ...], settings: Settings) -> tuple[Rule, ...]:
    """The rules that the settings select, with the profile's parameters."""
    profile = load_profile(settings)
    chosen = settings.select or (_ALL,)
    added = (*settings.extend_select, *(profile.select if profile else ()))
    codes = _codes_of((*chosen, *added), rules, settings, "select")
    codes -= _codes_of(settings.ignore, rules, settings, "ignore")
    if not codes:
        raise _fault(settings, "ignore", "ignore takes away every rule that is selected")
    # What botlint says about itself can't be turned off.
    own = {rule.code for rule in rules if rule.code.startswith("BOT")}
    overrides = profile.rules if profile else {}
    shared = {"config": {PARAMETER: profile.settings}} if profile and profile.settings else {}
    for code in overrides:
        _codes_of((code,), rules, settings, f"profile {settings.profile}")
    return tuple(
        _with_needs(
            _with_parameters(rule, {**shared.get(rule.check, {}), **overrides.get(rule.code, {})}),
            profile,
            settings,
        )
        for rule in rules
        if rule.code in codes | own
    )


def _with_parameters(rule: Rule, overrides: Mapping[str, Any]) -> Rule:
    if not overrides:
        return rule
    return msgspec.structs.replace(rule, parameters={**rule.parameters, **overrides})


def _with_needs(rule: Rule, profile: Profile | None, settings: Settings) -> Rule:
    """A rule that asks for what is required of a bot gets it under the name that it asks by."""
    needs: dict[str, Any] = {}
    for key in TABLES:
        if key in rule.parameters:
            said = (*getattr(profile, key, ()), *getattr(settings.needs, key))
            _require_patterns(said, settings)
            needs[key] = [*rule.parameters[key], *msgspec.to_builtins(said)]
    flows = flows_of(profile, settings)
    if FLOWS[0] in rule.parameters and flows.flows:
        needs |= {key: msgspec.to_builtins(getattr(flows, key)) for key in FLOWS}
    return _with_parameters(rule, needs)


def _require_patterns(said: Iterable[object], settings: Settings) -> None:
    texts = [text for one in said for key in PATTERNS for text in getattr(one, key, ())]
    for text in texts:
        try:
            parse_pattern(text)
        except PatternFault as fault:
            raise _fault(settings, text, str(fault)) from fault


def _codes_of(
    words: Iterable[str], rules: tuple[Rule, ...], settings: Settings, setting: str
) -> set[str]:
    codes: set[str] = set()
    for word in words:
        named = {rule.code for rule in rules if _is_meant(rule, word)}
        if not named:
            known = frozenset(part for rule in rules for part in (rule.code, rule.name))
            raise _fault(
                settings, word, f"{setting}: no rule is called {word!r}{suggest(word, known)}"
            )
        codes |= named
    return codes


def _fault(settings: Settings, word: str, message: str) -> SettingsFault:
    """A fault of the settings file where ``word`` stands there, else of the command line."""
    span = find_setting(settings.origin, word)
    return SettingsFault(
        settings.origin.as_posix() if settings.origin and span else "", message, span
    )


def _is_meant(rule: Rule, word: str) -> bool:
    upper = word.upper()
    return word == _ALL or (bool(word) and rule.code.startswith(upper)) or rule.name == word.lower()
