"""Rules: a check with its parameters, its words and its examples, one TOML file each.

A rule without its words does not load.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path, PureWindowsPath
from string import Formatter
from typing import Any, Literal

import msgspec

from botlint.model import Example, RoleNames, Rule, Severity
from botlint.patterns import PatternFault, parse_pattern
from botlint.resources import rules_directory, schemas_directory
from botlint.settings import Settings, SettingsFault, suggest
from botlint.settings.documents import Document, find_setting, span_of_fault
from botlint.vocabulary import load_vocabulary

_WORDS = ("summary", "message", "why", "loss", "remedy")
_EXAMPLES = ("bad", "good", "limit")


class RuleFault(SettingsFault):
    """A rule file that doesn't load: its path, and what is missing or wrong."""


class Trial(Example, frozen=True):
    """An example whose rule runs with ``parameters`` of its own, as under a profile."""

    parameters: Mapping[str, Any] = {}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: str
    code: str


class _Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    code: str = ""
    files: tuple[_File, ...] = ()
    parameters: Mapping[str, Any] = {}


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule file as written."""

    code: str
    name: str
    since: str
    summary: str
    message: str
    why: str
    loss: str
    remedy: str
    severity: str
    check: str
    parameters: Mapping[str, Any] = {}
    roles: Mapping[str, RoleNames] = {}
    stands_before: tuple[str, ...] = ()
    one_for: Literal["place", "statement", "value"] = "place"
    checklist: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    bad: tuple[_Example, ...] = ()
    good: tuple[_Example, ...] = ()
    limit: tuple[_Example, ...] = ()


def load_rules(directories: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """The rules that botlint ships and all in ``directories``, by code."""
    rules: dict[str, Rule] = {}
    seen: set[Path] = set()
    for directory in dict.fromkeys((rules_directory(), *directories)):
        if not directory.is_dir():
            raise RuleFault(directory.as_posix(), "there is no such directory of rules")
        for path in sorted(directory.rglob("*.toml")):
            if not _is_rule_file(path, directory) or path.resolve() in seen:
                continue
            if path.exists() and not path.is_file():
                raise RuleFault(path.as_posix(), "is no regular file")
            seen.add(path.resolve())
            if directory != rules_directory():
                _require_shape(path)
            rule = load_rule(path)
            for one in rules.values():
                if rule.code == one.code or rule.name == one.name:
                    word = rule.code if rule.code == one.code else rule.name
                    place = find_setting(path, word)
                    raise RuleFault(path.as_posix(), f"{word} is also defined by {one.path}", place)
            rules[rule.code] = rule
    return tuple(rules[code] for code in sorted(rules))


def load_rule(path: Path) -> Rule:
    """One rule from its file."""
    try:
        text = path.read_bytes().decode("utf-8")
        document = msgspec.convert(tomllib.loads(text), _Document)
    except OSError as error:
        raise RuleFault(path.as_posix(), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RuleFault(path.as_posix(), "is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise RuleFault(
            path.as_posix(), f"is no TOML: {error}", span_of_fault(error, text)
        ) from error
    except msgspec.ValidationError as error:
        raise RuleFault(path.as_posix(), f"is no rule: {error}") from error
    _require_words(path, document)
    return Rule(
        code=document.code,
        name=document.name,
        since=document.since,
        summary=document.summary.strip(),
        message=document.message.strip(),
        why=document.why.strip(),
        loss=document.loss.strip(),
        remedy=document.remedy.strip(),
        severity=Severity[document.severity.upper()],
        check=document.check,
        parameters=document.parameters,
        stands_before=document.stands_before,
        one_for=document.one_for,
        checklist=document.checklist,
        links=document.links,
        examples=tuple(
            _make_example(path, kind, example)
            for kind in _EXAMPLES
            for example in getattr(document, kind)
        ),
        path=path.as_posix(),
        roles=document.roles,
    )


def roles_of(rules: Iterable[Rule]) -> Mapping[str, RoleNames]:
    """The roles that rules bring along, by name; those of one name are one role.

    Raises :class:`RuleFault` if a rule gives other patterns to a role that botlint knows: that
    would change what other rules say.
    """
    shipped = load_vocabulary(Settings(root=Path())).roles if any(r.roles for r in rules) else {}
    found: dict[str, RoleNames] = {}
    for rule in rules:
        for name, role in rule.roles.items():
            if name in shipped:
                raise RuleFault(
                    rule.path,
                    f"roles.{name} is a role of botlint: add to it in [tool.botlint.roles]",
                )
            _require_patterns(rule, name, role)
            before = found.get(name, RoleNames(role.means))
            found[name] = RoleNames(
                before.means, before.calls + role.calls, before.names + role.names
            )
    return found


def _require_patterns(rule: Rule, name: str, role: RoleNames) -> None:
    for text in (*role.calls, *role.names):
        try:
            parse_pattern(text)
        except PatternFault as fault:
            raise RuleFault(rule.path, f"roles.{name}: {fault}") from fault


def find_rule(rules: tuple[Rule, ...], word: str) -> Rule | None:
    """The rule of that code or name, in any case."""
    wanted = word.casefold()
    return next((rule for rule in rules if wanted in (rule.code.casefold(), rule.name)), None)


def _is_rule_file(path: Path, directory: Path) -> bool:
    inner = path.relative_to(directory).parts
    return inner[0] not in ("profiles", "checklists") and inner != ("vocabulary.toml",)


def _require_shape(path: Path) -> None:
    """A team's rule keeps to the schema of rules; botlint's own are held to it by its tests."""
    import jsonschema  # heavy, and needed for a team's rules only

    try:
        text = path.read_bytes().decode("utf-8")
        document = Document(path, text, "", tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return  # load_rule says so
    schema = json.loads((schemas_directory() / "rule.schema.json").read_bytes())
    faults = jsonschema.Draft202012Validator(schema).iter_errors(document.table)
    first = min(faults, key=lambda fault: [str(part) for part in fault.absolute_path], default=None)
    if first is not None:
        at, told = _describe_breach(first)
        span = document.locate(*at) if at else None
        raise RuleFault(path.as_posix(), f"{'.'.join(at)}: {told}" if at else told, span)


def _describe_breach(fault: Any) -> tuple[tuple[str, ...], str]:
    """Where a rule breaks the schema, as keys from the top, and what is wrong there."""
    at = tuple(str(part) for part in fault.absolute_path)
    if fault.validator == "enum" and isinstance(fault.instance, str):
        known = tuple(one for one in fault.validator_value if one)
        wanted = ", ".join(known)
        return at, f"`{fault.instance}` is none of {wanted}{suggest(fault.instance, known)}"
    if fault.validator == "additionalProperties" and fault.validator_value is False:
        known = tuple(fault.schema.get("properties", {}))
        key = next(key for key in fault.instance if key not in known)
        return (*at, key), f"there is no such key{suggest(key, known)}"
    return at, fault.message


def _require_words(path: Path, document: _Document) -> None:
    for word in _WORDS:
        if not getattr(document, word).strip():
            raise RuleFault(path.as_posix(), f"{word!r} is empty; a rule needs its words")
    if not _is_plain_template(document.message):
        raise RuleFault(path.as_posix(), "the message may hold {field}s by name only")
    if document.severity.upper() not in Severity.__members__:
        choices = ", ".join(severity.name.lower() for severity in Severity)
        raise RuleFault(path.as_posix(), f"severity {document.severity!r} is none of {choices}")
    _require_check(path, document.check)
    if document.check and not (document.bad and document.good):
        raise RuleFault(path.as_posix(), "a rule needs a [[bad]] and a [[good]] example")


def _require_check(path: Path, name: str) -> None:
    """A team's rule names a check that there is; botlint's own are held to it by its tests."""
    if not name or path.is_relative_to(rules_directory()):
        return
    from botlint.checks import CHECKS  # heavy, and needed for a team's rules only

    if name not in CHECKS:
        hint = suggest(name, frozenset(CHECKS))
        raise RuleFault(path.as_posix(), f"there is no check {name!r}{hint}")


def _is_plain_template(message: str) -> bool:
    try:
        fields = [field for _, field, _, _ in Formatter().parse(message) if field is not None]
    except ValueError:
        return False
    return all(field.isidentifier() for field in fields)


def _make_example(path: Path, kind: str, example: _Example) -> Trial:
    if bool(example.code) == bool(example.files):
        raise RuleFault(
            path.as_posix(), f"example {example.title!r} needs either code or [[{kind}.files]]"
        )
    files = {file.path: file.code for file in example.files} or {"main.py": example.code}
    for name in files:
        if not _is_within(name):
            told = f"example {example.title!r}: {name!r} is no path within a program"
            raise RuleFault(path.as_posix(), told, find_setting(path, name))
    return Trial(kind, example.title, files, example.parameters)


def _is_within(name: str) -> bool:
    """Whether a file of an example stays in the directory that the example is tried in."""
    windows = PureWindowsPath(name)  # knows drives and both kinds of slashes
    return bool(windows.parts) and not windows.anchor and ".." not in windows.parts
