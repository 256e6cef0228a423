"""Profiles: what one kind of bot needs; one TOML file each in ``rules/profiles/``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

from botlint.resources import rules_directory
from botlint.settings import Settings, SettingsFault, suggest
from botlint.settings.documents import find_setting
from botlint.settings.flows import Flow, Flows, Parity
from botlint.settings.required import Part, Reaction, Step


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile adds: role patterns, rules to select, parameters of rules by code, what such a
    bot must have and do, the schemas of its settings files, and the flows that must agree."""

    name: str
    summary: str
    roles: Mapping[str, tuple[str, ...]] = {}
    select: tuple[str, ...] = ()
    rules: Mapping[str, Mapping[str, Any]] = {}
    requires: tuple[Part, ...] = ()
    startup: tuple[Step, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    settings: tuple[Mapping[str, Any], ...] = ()
    flows: Mapping[str, Flow] = {}
    parity: Parity = Parity()


def load_profile(settings: Settings) -> Profile | None:
    """The profile that the settings name, if they name one."""
    if settings.profile is None:
        return None
    directory = rules_directory() / "profiles"
    names = sorted(path.stem for path in directory.glob("*.toml"))
    if settings.profile not in names:
        hint = suggest(settings.profile, tuple(names))
        message = f"profile: there is no profile {settings.profile!r}{hint}"
        span = find_setting(settings.origin, settings.profile)
        origin = settings.origin.as_posix() if settings.origin and span else ""
        raise SettingsFault(origin, message, span)
    path = directory / f"{settings.profile}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(document, Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsFault(path.as_posix(), f"the profile doesn't load: {error}", None) from error


def load_flows(settings: Settings) -> Flows:
    """The flows of the profile with those of the settings."""
    return flows_of(load_profile(settings), settings)


def flows_of(profile: Profile | None, settings: Settings) -> Flows:
    """The flows of a profile with those of the settings."""
    known = Flows(profile.flows, profile.parity) if profile else Flows()
    return known.joined(settings.flows.flows, settings.flows.parity)
