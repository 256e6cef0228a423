"""Which names speak of credentials, by the roles of the vocabulary."""

from __future__ import annotations

import re

from botlint.checks.reads import last_segment
from botlint.checks.secrets.slots import Slot
from botlint.facts.types import Function, Result
from botlint.project import Project

_PASSING = frozenset(
    {"dict", "SecretStr", "Secret", "str", "update", "get", "getenv", "setdefault"}
)
_SEPARATORS = re.compile(r"[^A-Za-z0-9_]+")


class Naming:
    """Answers by name, each worked out once."""

    def __init__(self, project: Project) -> None:
        self._roles = project.vocabulary.roles
        self._known: dict[tuple[str, str], bool] = {}

    def is_credential(self, name: str) -> bool:
        """Whether what has this name is a credential."""
        return self._plays(name, "credential")

    def may_be_credential(self, name: str) -> bool:
        """Whether what has this name is one if it looks like one."""
        return self._plays(name, "maybe-credential")

    def takes_credentials(self, called: str) -> bool:
        """Whether a call of this name gets credentials by position."""
        return self._plays(called, "takes-credential")

    def is_identifier(self, name: str) -> bool:
        """Whether a name may as well be that of something looked up: of these, a UUID or a hash is
        taken for what it seems."""
        return not self._plays(name, "key-of-exchange")

    def passes(self, slot: Slot, function: Function) -> bool:
        """Whether a slot gets what a call gives back that was given a credential."""
        if type(slot.value) is not Result or slot.value.call >= len(function.calls):
            return False
        if not (self.is_credential(slot.name) or self.may_be_credential(slot.name)):
            return False
        called = last_segment(function.calls[slot.value.call].func)
        return self._plays(called, "passes-credential")

    def reveals(self, called: str) -> bool:
        """Whether a call of this name gives back text with its arguments in it."""
        return self._plays(called, "reveals")

    def plays(self, name: str, role: str) -> bool:
        """Whether a name, whatever its separators, plays a role."""
        return self._plays(name, role)

    def _plays(self, name: str, role: str) -> bool:
        known = self._known.get((name, role))
        if known is None:
            plain = _SEPARATORS.sub("_", name).strip("_")
            known = bool(plain) and len(plain) < 80 and self._roles[role].plays_name(plain)
            self._known[name, role] = known
        return known


def naming_of(project: Project) -> Naming:
    """The names of a project, asked by several rules."""
    return project.answer(("naming of credentials",), lambda: Naming(project))


def variable_for(name: str, called: str) -> str:
    """A variable of the environment for what has this name, and is given to what is ``called``."""
    plain = _spell_variable(name)
    owner = _spell_variable(called)
    if owner and plain == owner:
        return f"{owner}_CREDENTIAL"
    if not owner or owner in plain or called in _PASSING or name.isupper():
        return plain or "CREDENTIAL"
    return f"{owner}_{plain}"


def _spell_variable(name: str) -> str:
    """``apiKey`` as ``API_KEY``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    plain = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").upper()
    return f"X_{plain}" if plain[:1].isdigit() else plain
