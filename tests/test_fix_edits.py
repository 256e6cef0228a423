"""Whatever an edit writes and is read back is what was asked for, and nothing else has changed.

The readers here are the standard ones of each form, not botlint's own.
"""

from __future__ import annotations

import configparser
import io
import json
import tomllib
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botlint.configs.read import read_tree
from botlint.configs.types import Setting
from botlint.fixes import EDITS
from botlint.fixes.draft import Draft, EditFault
from botlint.model import Edit, Place, Span

START = Span(1, 1, 1, 1)
JSON = """{
  "mode": "paper",
  "risk": { "max": 5, "ratio": 0.5,"on": true },
  "pairs": ["BTC/USDT", "ETH/USDT"],
  "empty": {},
  "deep": {
    "a": {
      "größe": null
    },

    "b": [1, {"x": 2}]
  }
}
"""
YAML = """# head
mode: paper   # the mode
risk:
  max: 5
  # about the ratio
  ratio: 0.5

  'on': true
pairs: [BTC/USDT, "ETH/USDT"]
flow: {a: 1, b: 'zwei', c: [1, 2]}   # flow
text: |
  line one
  line two

list:
  - name: first
    size: 1
  - name: second   # the second
deep:
  a:
    größe: ~
    b: "q"
# tail
"""
TOML = """# head
mode = "paper"  # the mode
pairs = ["BTC/USDT", 'ETH/USDT']
inline = { a = 1, "b c" = 'zwei' }

[risk]
max = 5
ratio = 0.5 # about it
on = true
text = \"\"\"
two
lines\"\"\"

# about deep
[deep.a]
"größe" = "x"
b.c = 1

[[list]]
name = "first"
[[list]]
name = "second"
"""
ENV = """# head
MODE=paper   # the mode
export API_URL="https://example.org/#a"
RATIO='0.5'

EMPTY=
NAME=two words
"""
INI = """; head
[bot]
mode = paper
ratio: 0.5

[risk]
max=5
# tail
on = true
"""


def read_ini(text: str) -> dict[str, Any]:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


FORMS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "a.json": (JSON, json.loads),
    "a.yaml": (YAML, yaml.safe_load),
    "a.toml": (TOML, tomllib.loads),
    ".env": (ENV, lambda text: dict(dotenv_values(stream=io.StringIO(text), interpolate=False))),
    "a.ini": (INI, read_ini),
}
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["on", "1e3", "0777", "1:30", "~", "", " x ", "a: b", "#", "it's", '"', "\\n"]),
    TEXTS,
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.sampled_from(["a", "b c", "größe"]), SCALARS, max_size=2),
)
NEWLINES = st.sampled_from(["\n", "\r\n"])
MARKS = st.sampled_from(["", "\ufeff"])
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def in_every_form(test: Callable[..., None]) -> Callable[..., None]:
    """Runs a test on each form, with either end of line, with and without a byte order mark."""
    drawn = QUICK(given(data=st.data(), newline=NEWLINES, mark=MARKS)(test))
    return pytest.mark.parametrize("name", FORMS)(drawn)


def lookup(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


def as_read(name: str, value: Any) -> Any:
    """What a value is where all are texts."""
    if name in ("a.toml", "a.yaml", "a.json"):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def prepare(name: str, newline: str, mark: str) -> tuple[Draft, list[Setting]]:
    text = mark + FORMS[name][0].replace("\n", newline)
    draft = Draft(name, text.encode())
    return draft, list(read_tree(name, draft.data).settings)


def make(draft: Draft, edit: str, span: Span, **parameters: Any) -> str:
    changes = EDITS[edit](draft, Edit(edit, Place(draft.path, span), parameters))
    data = draft.apply(changes)
    assert data.startswith(b"\xef\xbb\xbf") == draft.data.startswith(b"\xef\xbb\xbf")
    assert (b"\r" in data) == (b"\r" in draft.data)
    assert data.count(b"\r") in (0, data.count(b"\n"))
    for comment in (b"# head", b"# tail", b"# about"):
        assert data.count(comment) >= draft.data.count(comment) - (edit == "delete-setting")
    return data.decode("utf-8-sig")


def test_a_value_that_is_emptied_before_a_comment_is_empty() -> None:
    draft = Draft(".env", b"MODE=paper # what is traded\nX=1\n")
    (mode, _) = read_tree(".env", draft.data).settings
    data = draft.apply(
        EDITS["set-value"](draft, Edit("set-value", Place(".env", mode.span), {"value": ""}))
    )
    assert data == b"MODE='' # what is traded\nX=1\n"


@in_every_form
def test_a_value_that_is_set_is_read_back(
    name: str, data: st.DataObject, newline: str, mark: str
) -> None:
    draft, found = prepare(name, newline, mark)
    scalars = [one for one in found if not isinstance(one.value, dict)]
    setting = data.draw(st.sampled_from(scalars))
    is_flat = name in (".env", "a.ini")
    value = data.draw(SCALARS if is_flat else VALUES)
    if name == "a.ini" and isinstance(value, str) and not (value.isprintable() and value.strip()):
        value = "x"
    if name == "a.ini" and isinstance(value, str):
        value = value.strip()
    read = FORMS[name][1]
    expected = deepcopy(read(draft.text))
    lookup(expected, setting.path[:-1])[setting.path[-1]] = as_read(name, value)
    after = make(draft, "set-value", setting.span, value=value)
    assert same(read(after), expected)


@in_every_form
def test_a_key_that_is_renamed_keeps_its_value(
    name: str, data: st.DataObject, newline: str, mark: str
) -> None:
    draft, found = prepare(name, newline, mark)
    named = [one for one in found if isinstance(one.path[-1], str)]
    setting = data.draw(st.sampled_from(named))
    key = data.draw(st.sampled_from(["renamed", "max_positions", "NEW2"]))
    read = FORMS[name][1]
    expected = deepcopy(read(draft.text))
    holder = lookup(expected, setting.path[:-1])
    holder[key] = holder.pop(setting.path[-1])
    after = make(draft, "rename-key", setting.key_span, name=key)
    assert read(after) == expected


@in_every_form
def test_a_setting_that_is_added_is_there_and_nothing_else_is_new(
    name: str, data: st.DataObject, newline: str, mark: str
) -> None:
    draft, found = prepare(name, newline, mark)
    parents = [(), *(one.path for one in found if isinstance(one.value, dict))]
    if name == "a.ini":
        parents = [("bot",), ("risk",), ("new",)]
    if name == "a.yaml":
        parents = [one for one in parents if one != ("empty",)]
    if name == "a.toml":  # tomlkit's own: it can't add to a dotted key
        parents = [one for one in parents if one[:2] != ("deep", "a") or len(one) == 2]
    parent = data.draw(st.sampled_from(parents))
    value = data.draw(SCALARS if name in (".env", "a.ini") else VALUES)
    if name == "a.ini":
        value = 5
    read = FORMS[name][1]
    expected = deepcopy(read(draft.text))
    if parent == ("new",):
        expected["new"] = {}
    lookup(expected, parent)["added"] = as_read(name, value)
    after = make(draft, "add-setting", START, path=[*parent, "added"], value=value)
    assert read(after) == expected


@in_every_form
def test_a_setting_that_is_deleted_is_gone_and_nothing_else(
    name: str, data: st.DataObject, newline: str, mark: str
) -> None:
    draft, found = prepare(name, newline, mark)
    leaves = [
        one
        for one in found
        if isinstance(one.path[-1], str) and (name != "a.toml" or not isinstance(one.value, dict))
    ]
    setting = data.draw(st.sampled_from(leaves))
    read = FORMS[name][1]
    expected = deepcopy(read(draft.text))
    holder = lookup(expected, setting.path[:-1])
    del holder[setting.path[-1]]
    if setting.path == ("deep", "a", "b", "c"):  # of `b.c = 1` nothing is left
        del lookup(expected, setting.path[:-2])[setting.path[-2]]
    try:
        after = make(draft, "delete-setting", setting.key_span)
    except EditFault:
        # A block of YAML without members is no mapping; and what begins with a dash is shared.
        assert name == "a.yaml"
        assert not holder or "list" in setting.path
        return
    assert read(after) == expected


PYTHON = '''"""Settings."""
import os

MODE = "paper"  # the mode
RATIO = 0.5
TTL = int(os.getenv("TTL", "120"))
PAIRS = ("BTC/USDT", 'ETH/USDT')
LIMITS = {"max": 5, 'min': -1}


class Risk:
    limit: int = 7
'''


@QUICK
@given(data=st.data(), newline=NEWLINES)
def test_a_constant_that_is_set_is_read_back(data: st.DataObject, newline: str) -> None:
    draft = Draft("config.py", PYTHON.replace("\n", newline).encode())
    found = read_tree("config.py", draft.data).settings
    setting = data.draw(st.sampled_from(found))
    value = data.draw(st.integers() if setting.path == ("TTL",) else VALUES)
    after = make(draft, "set-value", setting.span, value=value)
    (read,) = read_tree("config.py", after.encode()).find(*setting.path)
    assert same(read.value, value)
    assert after.count("# the mode") == 1
    if setting.path == ("TTL",):
        assert f'int(os.getenv("TTL", "{value}"))' in after


@pytest.mark.parametrize(
    ("edit", "path", "parameters", "before", "after"),
    [
        ("rename-key", ("RATIO",), {"name": "RATE"}, "RATIO = 0.5", "RATE = 0.5"),
        ("rename-key", ("LIMITS", "min"), {"name": "low"}, "'min': -1", "'low': -1"),
        ("delete-setting", ("RATIO",), {}, "RATIO = 0.5\n", ""),
        ("delete-setting", ("Risk", "limit"), {}, "limit: int = 7", "pass"),
        (
            "add-setting",
            (),
            {"path": ["NEW"], "value": 3},
            "'min': -1}\n",
            "'min': -1}\nNEW = 3\n",
        ),
    ],
)
def test_constants_are_renamed_deleted_and_added(
    edit: str, path: tuple[str, ...], parameters: dict[str, Any], before: str, after: str
) -> None:
    draft = Draft("config.py", PYTHON.encode())
    found = read_tree("config.py", draft.data).find(*path)
    span = found[0].key_span if found else START
    assert make(draft, edit, span, **parameters) == PYTHON.replace(before, after)


@pytest.mark.parametrize(
    ("name", "text", "edit", "key", "parameters"),
    [
        ("a.yaml", "a: &x {b: 1}\nc: *x\n", "set-value", "c", {"value": 1}),
        ("a.yaml", "a: 1\nb: 2\n", "rename-key", "a", {"name": "b"}),
        ("a.yaml", "a:\n  b: 1\n", "delete-setting", "b", {}),
        ("a.json", '{"a": 1}', "set-value", "a", {"value": float("nan")}),
        (".env", "A=1\n", "rename-key", "A", {"name": "a b"}),
        ("a.ini", "[x]\na = 1\n  2\n", "delete-setting", "a", {}),
        ("config.py", "A = 1\nB = A\n", "rename-key", "A", {"name": "C"}),
        ("config.py", "A = B = 1\n", "delete-setting", "A", {}),
        ("config.py", "A = 1; B = 2\n", "delete-setting", "A", {}),
    ],
)
def test_an_edit_that_would_do_more_than_asked_for_is_refused(
    name: str, text: str, edit: str, key: str, parameters: dict[str, Any]
) -> None:
    draft = Draft(name, text.encode())
    found = next(one for one in read_tree(name, draft.data).settings if one.path[-1] == key)
    span = found.span if edit == "set-value" else found.key_span
    with pytest.raises(EditFault):
        make(draft, edit, span, **parameters)
