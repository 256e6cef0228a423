"""Roles, and the patterns that give the names of a program their roles.

The default vocabulary is ``rules/vocabulary.toml``; a profile adds to it, and a project adds to
both in ``[tool.botlint.roles]``. Rules speak of roles only, never of one bot's names.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from botlint.model import RoleNames
from botlint.patterns import (
    Pattern,
    PatternFault,
    PatternSet,
    SegmentIndex,
    normalise_segment,
    parse_pattern,
)
from botlint.profiles import Profile, load_profile
from botlint.resources import rules_directory
from botlint.roles import Role, Roles, words_of
from botlint.settings import Settings, SettingsFault, suggest
from botlint.settings.documents import find_setting

_METHODS = ("POST", "PUT", "GET", "DELETE", "PATCH")


class Request(msgspec.Struct, frozen=True):
    """A request by HTTP that plays a role: its literal path, and the methods that make it so.

    A path with a segment of ``never`` plays it not: ``/margins/orders`` asks what an order costs.
    """

    role: str
    methods: tuple[str, ...]
    paths: tuple[str, ...]
    never: tuple[str, ...] = ()


class Statuses(msgspec.Struct, frozen=True):
    """How one library spells the statuses of its orders; no library: what is usual.

    Where nothing says one of the names ``only_with``, if there are any, no order is filled in part.
    """

    library: str
    full: tuple[str, ...]
    partial: tuple[str, ...]
    modules: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()


class Lexicon(msgspec.Struct, frozen=True):
    """Single words, in normal form, that say what a verdict, a side or an order type means.

    ``states`` only say that what they are said of is on: ``kill_switch.is_active`` stops.
    """

    negative: frozenset[str]
    positive: frozenset[str]
    negating: frozenset[str]
    states: frozenset[str]
    position_sides: frozenset[str]
    derivatives: frozenset[str]
    derivative_keys: frozenset[str]
    market_kinds: frozenset[str]
    derivative_kinds: frozenset[str]
    held_side_keys: frozenset[str]
    whole_position_keys: frozenset[str]


class Vocabulary(msgspec.Struct, frozen=True):
    """All roles, with what else the default vocabulary knows about words and requests.

    ``added`` are the patterns of the profile and of the project, by role, as written.
    """

    roles: Mapping[str, Role]
    lexicon: Lexicon
    requests: tuple[Request, ...] = ()
    statuses: tuple[Statuses, ...] = ()
    added: Mapping[str, tuple[str, ...]] = {}
    index: SegmentIndex[str] = msgspec.field(default_factory=lambda: SegmentIndex(()))

    def roles_of_segment(self, last: str) -> frozenset[str]:
        """The roles that a call whose name ends in ``last`` could play; empty for nearly all."""
        return self.index.owners(last)

    def polarity(self, name: str) -> int:
        """What a verdict of this name says when it is true: 1 go on, -1 stop, 0 can't be told.

        Of a dotted name the last part says it, unless it only says that the part before is on; of
        several words the last, if it consents to what the others name: ``stop_valid``.
        """
        words = words_of(name)
        owner = name.rpartition(".")[0]
        is_state = bool(owner) and not self.lexicon.states.isdisjoint(words)
        is_consent = words[-1] in self.lexicon.positive - self.lexicon.states
        sign = 0
        if (is_state and self.polarity(owner.rpartition(".")[2]) < 0) or (
            not is_consent and not self.lexicon.negative.isdisjoint(words)
        ):
            sign = -1
        elif not self.lexicon.positive.isdisjoint(words):
            sign = 1
        negations = sum(word in self.lexicon.negating for word in words)
        return -sign if negations % 2 else sign

    def request_role(self, text: str, method: str) -> str:
        """The role of a request to the literal path or URL ``text``, ``""`` for none.

        ``method`` is empty where the code doesn't show it.
        """
        path = text.partition("?")[0]
        for request in self.requests:
            if not set(request.never).isdisjoint(path.lower().split("/")):
                continue
            if method.upper() in request.methods and any(
                _ends_with(path, fragment) for fragment in request.paths
            ):
                return request.role
        return ""

    def request_ends(self) -> frozenset[str]:
        """The last parts of all paths that play a role, in lower case."""
        paths = (path for request in self.requests for path in request.paths)
        return frozenset(path.rpartition("/")[2].lower() for path in paths)

    def words(self, name: str) -> frozenset[str]:
        """The single words of a name's last segment."""
        return frozenset(words_of(name))


def load_vocabulary(settings: Settings, own: Mapping[str, RoleNames] | None = None) -> Vocabulary:
    """The default vocabulary with what the profile and the project add to it.

    ``own`` are the roles that a team's rules bring along, by name.
    """
    document = tomllib.loads(
        (rules_directory() / "vocabulary.toml").read_text(encoding="utf-8"),
    )
    profile = load_profile(settings)
    added = _merge(profile, settings)
    brought = {name: msgspec.to_builtins(role) for name, role in (own or {}).items()}
    known = {
        **{name: {} for name in (profile.roles if profile else ())},
        **brought,
        **document["roles"],
    }
    _require_known_roles(added, known, settings)
    roles = {
        name: _make_role(name, _with_included(entry, known), added.get(name, ()), settings)
        for name, entry in known.items()
    }
    index = SegmentIndex(
        (pattern.segments[-1], role.name)
        for role in roles.values()
        for pattern in role.calls.patterns
        if not pattern.is_negative
    )
    return Vocabulary(
        roles=Roles(
            (name, msgspec.structs.replace(role, index=index)) for name, role in roles.items()
        ),
        index=index,
        lexicon=msgspec.convert(document["lexicon"], Lexicon),
        requests=tuple(msgspec.convert(document["http"], list[Request])),
        statuses=tuple(msgspec.convert(document["statuses"], list[Statuses])),
        added=added,
    )


def request_method(segment: str) -> str:
    """The HTTP method that the last segment of a call names: ``post``, ``session.put``, ..."""
    words = normalise_segment(segment).upper().split("_")
    return next((method for method in _METHODS if method in words), "")


def _merge(profile: Profile | None, settings: Settings) -> dict[str, tuple[str, ...]]:
    merged = dict(profile.roles) if profile else {}
    for name, patterns in settings.roles.items():
        merged[name] = (*merged.get(name, ()), *patterns)
    return merged


def _require_known_roles(
    added: Mapping[str, tuple[str, ...]], known: Mapping[str, Any], settings: Settings
) -> None:
    for name in added:
        if name not in known:
            hint = suggest(name, frozenset(known))
            raise _fault(settings, name, f"roles: there is no role {name!r}{hint}")


def _with_included(entry: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry of a role that is played by whatever plays others, too."""
    if "includes" not in entry:
        return entry
    parts = [entry, *(known[name] for name in entry["includes"])]
    calls = [text for part in parts for text in part.get("calls", ())]
    return {
        **entry,
        # What one of them takes away, another may give.
        "calls": [text for text in calls if not text.startswith("!")],
        "with_receiver": [group for part in parts for group in part.get("with_receiver", ())],
    }


def _make_role(
    name: str, entry: Mapping[str, Any], added: Iterable[str], settings: Settings
) -> Role:
    short = [
        _on_receivers(parse_pattern(call), group["receivers"])
        for group in entry.get("with_receiver", ())
        for call in group["calls"]
    ]
    own = [_parse_added(name, text, settings) for text in added]
    return Role(
        name=name,
        means=entry.get("means", "a role of this project"),
        # Short names first: what the long list takes away, it takes away from them too.
        calls=PatternSet([*short, *_parse_default(entry.get("calls", ())), *own]),
        names=PatternSet([*_parse_default(entry.get("names", ())), *own]),
        words=frozenset(entry.get("words", ())),
    )


def _on_receivers(pattern: Pattern, receivers: Iterable[str]) -> Pattern:
    if pattern.is_negative or "." in pattern.text:
        return pattern
    return msgspec.structs.replace(pattern, receivers=tuple(receivers))


def _parse_default(texts: Iterable[str]) -> list[Pattern]:
    return [parse_pattern(text) for text in texts]


def _parse_added(role: str, text: str, settings: Settings) -> Pattern:
    try:
        return parse_pattern(text)
    except PatternFault as fault:
        raise _fault(settings, text, f"roles.{role}: {fault}") from fault


def _fault(settings: Settings, word: str, message: str) -> SettingsFault:
    origin = settings.origin.as_posix() if settings.origin else ""
    return SettingsFault(origin, message, find_setting(settings.origin, word))


def _ends_with(path: str, fragment: str) -> bool:
    if not path.endswith(fragment):
        return False
    before = path[: -len(fragment)][-1:]
    return fragment.startswith("/") or before in {"", "/"}
