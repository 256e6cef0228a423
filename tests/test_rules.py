"""Rule files: their hygiene, and how they load."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from botlint.checks import CHECKS
from botlint.model import Rule, Severity
from botlint.resources import rules_directory, schemas_directory
from botlint.rules import RuleFault, load_rule, load_rules
from botlint.selection import select_rules
from botlint.settings import Settings
from botlint.trials import Outcome, run_trials
from botlint.vocabulary import load_vocabulary

RULES = load_rules()
FILES = sorted(Path(rule.path) for rule in RULES)
SETTINGS = Settings(root=Path())
GOOD = """
code = "DESK001"
name = "order-without-desk-check"
since = "0.1.0"
summary = "an order goes past the desk's check"
message = "`{order}` goes past the desk"
why = "The desk checks."
loss = "What the desk refuses is traded."
remedy = "Call the desk's check."
severity = "high"
check = "guarded"
parameters = { action = "place-order", guard = ["preflight"], report = "unguarded" }
[[bad]]
title = "no check"
code = "x = 1"
[[good]]
title = "a check"
code = "x = 1"
"""


TEAM = """
code = "DESK002"
name = "account-dropped"
since = "0.1.0"
summary = "an account in scope is not handed on"
message = "`{call}` goes without `{value}`, which `{function}` has: {what}"
why = "One desk trades for several accounts."
loss = "The order is booked to the account that is the default."
remedy = "Hand the account on."
severity = "high"
check = "carried"
parameters = { report = "dropped", value = "account", targets = ["parameters"] }
[roles.account]
means = "whose money it is"
names = ["account_id", "acct_id"]
[[bad]]
title = "it stays behind"
code = '''
def send(symbol, account_id=None):
    print(symbol, account_id)


def buy(symbol, account_id):
    send(symbol)  # expect: DESK002
    print(account_id)
'''
[[good]]
title = "it is handed on"
code = '''
def send(symbol, account_id=None):
    print(symbol, account_id)


def buy(symbol, account_id):
    send(symbol, account_id)
'''
"""
PAIR = """
code = "DESK003"
name = "permit-not-returned"
since = "0.1.0"
summary = "a permit is taken and not returned"
message = "`{call}` is not followed by `{close}` on every way out of `{function}`"
why = "The desk gives out five permits."
loss = "After five leaks nothing is traded."
remedy = "Return it in a finally."
severity = "high"
check = "paired"
parameters = { open = ["take_permit"], close = ["return_permit"] }
[[bad]]
title = "an early way out"
code = '''
def trade(desk, exchange, symbol):
    desk.take_permit(symbol)  # expect: DESK003
    exchange.create_order(symbol, "market", "buy", 1)
    desk.return_permit(symbol)
'''
[[good]]
title = "in a finally"
code = '''
def trade(desk, exchange, symbol):
    desk.take_permit(symbol)
    try:
        exchange.create_order(symbol, "market", "buy", 1)
    finally:
        desk.return_permit(symbol)
'''
"""
TABLE = (
    PAIR.partition("check =")[0].replace("{close}", "a limit")
    + """check = "forbidden"
parameters = { report = "call", role = "log-file", table = "log-table" }
[[bad]]
title = "a table"
code = '''
import logging.config
logging.config.dictConfig({"handlers": {"a": {"class": "logging.FileHandler"}}})  # expect: DESK003
while True:
    pass
'''
[[good]]
title = "a handler that the rule says nothing of"
code = "import logging.config as c\\nc.dictConfig({'class': 'handlers.RotatingFileHandler'})"
"""
)


def read_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((schemas_directory() / name).read_text(encoding="utf-8"))
    return schema


def rule_at(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def try_rules(directory: Path, code: str) -> list[Outcome]:
    rules = load_rules((directory,))
    return list(run_trials([rule for rule in rules if rule.code == code], rules))


@pytest.mark.parametrize("text", [TEAM, PAIR, TABLE])
def test_a_team_needs_one_file_for_values_and_pairs_of_its_own(text: str, tmp_path: Path) -> None:
    code = tomllib.loads(text)["code"]
    rule_at(tmp_path / f"{code}.toml", text)
    outcomes = try_rules(tmp_path, code)
    assert len(outcomes) == 2
    assert all(outcome.is_passed for outcome in outcomes), outcomes


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('value = "account"', 'value = "acount"', "no role 'acount' (did you mean `account`?)"),
        ("[roles.account]", "[roles.lock]", "roles.lock is a role of botlint"),
        ('"acct_id"', '"acct id"', "roles.account: "),
        ('report = "dropped", ', "", "'report' is a required property"),
        ('report = "dropped"', 'report = "lost"', "parameters.report: `lost` is none of"),
        ('severity = "high"', 'severity = "hihg"', "critical (did you mean `high`?)"),
        ('summary = "an', 'sumary = "an', "sumary: there is no such key (did you mean `summary`?)"),
    ],
)
def test_a_teams_rule_that_cannot_work_is_refused_in_one_sentence(
    before: str, after: str, said: str, tmp_path: Path
) -> None:
    assert before in TEAM
    path = rule_at(tmp_path / "DESK002.toml", TEAM.replace(before, after))
    with pytest.raises(RuleFault) as caught:
        try_rules(tmp_path, "DESK002")
    assert said in caught.value.message
    assert caught.value.path == path.as_posix()


@pytest.mark.parametrize("name", ["rule.schema.json", "profile.schema.json"])
def test_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(read_schema(name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_file_satisfies_its_schema(path: Path) -> None:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(read_schema("rule.schema.json")).validate(document)


@pytest.mark.parametrize(
    "path", sorted((rules_directory() / "profiles").glob("*.toml")), ids=lambda path: path.stem
)
def test_a_profile_satisfies_its_schema_and_loads(path: Path) -> None:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(read_schema("profile.schema.json")).validate(document)
    settings = msgspec.structs.replace(SETTINGS, profile=path.stem)
    assert load_vocabulary(settings).added
    assert select_rules(RULES, settings)


def test_the_schema_knows_exactly_the_checks_that_there_are() -> None:
    known = set(read_schema("rule.schema.json")["properties"]["check"]["enum"])
    assert known == {*CHECKS, ""}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_file_is_named_by_the_code(rule: Rule) -> None:
    assert Path(rule.path).stem == rule.code


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_names_are_kebab_case_and_name_what_is_wrong(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert not rule.name.startswith(("no-", "check-for-", "use-", "missing-"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_words_read_as_sentences(rule: Rule) -> None:
    for words in (rule.why, rule.loss, rule.remedy):
        assert words.endswith(".")
        assert words[0].isupper()
        assert "!" not in words
    assert not rule.summary.endswith(".")
    assert not rule.message.endswith(".")
    assert "\n" not in rule.summary


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_roles_that_rules_speak_of_are_there() -> None:
    roles = load_vocabulary(SETTINGS).roles
    for rule in RULES:
        named = [rule.parameters.get("action"), rule.parameters.get("exceptions")]
        named += rule.parameters.get("guard", ())
        assert {role for role in named if role} <= set(roles), rule.code


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_examples_are_marked_as_their_kind_says(rule: Rule) -> None:
    for example in rule.examples:
        marks = [
            code for text in example.files.values() for code in re.findall(r"# expect: (\w+)", text)
        ]
        if example.kind == "bad":
            assert rule.code in marks, example.title
        if example.kind == "good":
            assert not marks, example.title
    titles = [(example.kind, example.title) for example in rule.examples]
    assert len(set(titles)) == len(titles)


def test_a_rule_loads(tmp_path: Path) -> None:
    rule = load_rule(rule_at(tmp_path / "DESK001.toml", GOOD))
    assert rule.severity is Severity.HIGH
    assert [example.kind for example in rule.examples] == ["bad", "good"]
    assert load_rules((tmp_path,))[0].code == "BOT001"


BREAKAGES: list[tuple[str, Callable[[str], str], str]] = [
    ("no why", lambda text: re.sub(r"why = .*\n", "", text), "why"),
    ("no loss", lambda text: re.sub(r"loss = .*\n", "", text), "loss"),
    ("an empty remedy", lambda text: re.sub(r"remedy = .*\n", 'remedy = " "\n', text), "remedy"),
    ("no TOML", lambda text: text + "=", "is no TOML"),
    ("an unknown key", lambda text: "colour = 1\n" + text, "colour"),
    ("a severity that isn't one", lambda text: text.replace('"high"', '"huge"'), "huge"),
    ("a check that isn't one", lambda text: text.replace('"guarded"', '"garded"'), "garded"),
    ("a message that computes", lambda text: text.replace("{order}", "{order.x}"), "message"),
    ("a good example only", lambda text: re.sub(r"\[\[bad\]\](.*\n){3}", "", text), "bad"),
    ("an example without a program", lambda text: text.replace('code = "x = 1"\n', ""), "no check"),
    ("a wrong type", lambda text: text.replace('since = "0.1.0"', "since = 1"), "since"),
]


@pytest.mark.parametrize(
    ("break_it", "said"),
    [pytest.param(change, said, id=name) for name, change, said in BREAKAGES],
)
def test_a_broken_rule_does_not_load_and_says_why(
    tmp_path: Path, break_it: Callable[[str], str], said: str
) -> None:
    path = rule_at(tmp_path / "DESK001.toml", break_it(GOOD))
    with pytest.raises(RuleFault, match=said) as caught:
        load_rule(path)
    assert caught.value.path == path.as_posix()


def test_two_rules_of_one_code_or_name_do_not_load(tmp_path: Path) -> None:
    rule_at(tmp_path / "a.toml", GOOD)
    rule_at(tmp_path / "b.toml", GOOD)
    with pytest.raises(RuleFault, match="DESK001 is also defined"):
        load_rules((tmp_path,))
    rule_at(tmp_path / "b.toml", GOOD.replace("DESK001", "DESK003"))
    with pytest.raises(RuleFault, match="order-without-desk-check is also defined"):
        load_rules((tmp_path,))


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('severity = "high"', 'severity = "hihg"', (10, 1)),
        ("why =", "wy =", (7, 1)),
        ('title = "no check"', "title = 1", (14, 1)),
        ('since = "0.1.0"', "since = ", (4, 9)),
    ],
)
def test_what_is_wrong_in_a_rule_is_told_with_its_line(
    before: str, after: str, place: tuple[int, int], tmp_path: Path
) -> None:
    rule_at(tmp_path / "DESK001.toml", GOOD.replace(before, after))
    with pytest.raises(RuleFault) as caught:
        load_rules((tmp_path,))
    span = caught.value.span
    assert span is not None
    assert (span.line, span.column) == place


def test_an_example_that_is_not_marked_as_its_kind_says_fails(tmp_path: Path) -> None:
    (tmp_path / "DESK001.toml").write_text(GOOD)
    bad, good = try_rules(tmp_path, "DESK001")
    assert bad.problems == ("a bad example expects nothing of its rule",)
    assert good.is_passed


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ('report = "call"', "parameters: the check needs `role`"),
        ('report = "call", role = "lock", allowed = ["a("]', "parameters: "),
    ],
)
def test_parameters_that_a_check_cannot_work_with_are_the_rules_fault(
    parameters: str, said: str, tmp_path: Path
) -> None:
    given = 'action = "place-order", guard = ["preflight"], report = "unguarded"'
    text = GOOD.replace('"guarded"', '"forbidden"').replace(given, parameters)
    rule_at(tmp_path / "DESK001.toml", text)
    with pytest.raises(RuleFault, match=said):
        try_rules(tmp_path, "DESK001")


@pytest.mark.parametrize("name", ["../x.py", "a/../../x.py", "/x.py", "c:x.py", "..\\\\x.py", ""])
def test_an_example_stays_in_its_own_directory(name: str, tmp_path: Path) -> None:
    files = f'title = "no check"\n[[bad.files]]\npath = "{name}"\ncode = "x = 1"'
    broken = GOOD.replace('title = "no check"\ncode = "x = 1"', files)
    with pytest.raises(RuleFault, match="is no path within a program"):
        load_rule(rule_at(tmp_path / "DESK001.toml", broken))


def test_a_rule_file_that_is_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "DESK001.toml")
    with pytest.raises(RuleFault, match="is no regular file"):
        load_rules((tmp_path,))


def test_a_directory_that_is_not_there_is_no_empty_set_of_rules(tmp_path: Path) -> None:
    with pytest.raises(RuleFault, match="no such directory"):
        load_rules((tmp_path / "rulez",))
