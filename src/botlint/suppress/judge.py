"""What decides about suppressions: the rules, those that ran, and the day."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from datetime import date

import msgspec

from botlint.model import Finding, Fix, Place, Rule
from botlint.settings import Settings
from botlint.settings.days import read_day
from botlint.suppress.own import make_own
from botlint.suppress.written import Suppression


class Judge(msgspec.Struct, frozen=True):
    """``rules`` are all there are, by code and by name; ``ran`` the codes of those that ran."""

    rules: dict[str, Rule]
    ran: Collection[str]
    today: date

    def find(self, name: str) -> Rule | None:
        """The rule that a suppression names."""
        return self.rules.get(name.upper()) or self.rules.get(name.lower())

    def suggest(self, name: str) -> str:
        """`` (did you mean `x`?)``, or nothing."""
        same = [key for key in self.rules if key[:1].isupper() == name[:1].isupper()]
        near = difflib.get_close_matches(name, sorted(same), n=1)
        return f" (did you mean `{near[0]}`?)" if near else ""

    def is_expired(self, one: Suppression) -> bool:
        """Whether its day is over; what is no day has none."""
        day = read_day(one.until)
        return bool(one.until) and (day is None or self.today > day)

    def is_in_force(self, one: Suppression) -> bool:
        """Whether a suppression silences what it names."""
        return not one.fault and not self.is_expired(one)

    def report(self, code: str, place: Place, message: str, fix: Fix | None = None) -> Finding:
        """What is wrong with a suppression."""
        return make_own(self.rules[code], place, message, fix)


def make_judge(rules: Iterable[Rule], ran: Collection[str], settings: Settings) -> Judge:
    """What decides in a run: ``ran`` are the codes of the rules that were selected."""
    by_name = {name: rule for rule in rules for name in (rule.code, rule.name)}
    return Judge(by_name, ran, settings.today)


def is_named(rule: Rule, word: str) -> bool:
    """Whether a word means a rule, as everywhere in settings: by code, by the beginning of a code,
    or by name."""
    return bool(word) and (rule.code.startswith(word.upper()) or rule.name == word.lower())
