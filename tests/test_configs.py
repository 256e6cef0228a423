"""Configuration in every form becomes one tree whose places are right; broken files say where.

The words about broken syntax are those of each form's own parser; they are pinned so that a change
of a parser is noticed.
"""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botlint.configs.places import Lines
from botlint.configs.read import read_tree
from botlint.configs.types import UNKNOWN, Setting

BROKEN = [
    ("a.yaml", "a: [1\nb: 2", "syntax", (2, 2), "expected ',' or ']', but got ':'"),
    ("a.yaml", "a: b: c\n", "syntax", (1, 5), "mapping values are not allowed here"),
    (
        "a.yaml",
        "a:\n\t- 1\n",
        "syntax",
        (2, 1),
        "found character '\\t' that cannot start any token",
    ),
    ("a.yaml", "a: 'x\n", "syntax", (2, 1), "found unexpected end of stream"),
    ("a.yaml", "a: *nobody\n", "syntax", (1, 4), "found undefined alias 'nobody'"),
    (
        "a.yaml",
        "a: &x 1\nb: @y\n",
        "syntax",
        (2, 4),
        "found character '@' that cannot start any token",
    ),
    ("a.yaml", "a: 1\n  b: 2\n", "syntax", (2, 4), "mapping values are not allowed here"),
    ("a.yaml", "{a: 1}}\n", "syntax", (1, 7), "expected '<document start>', but found '}'"),
    ("a.yaml", "a: 1\n- b\n", "syntax", (2, 1), "expected <block end>, but found '-'"),
    ("a.yaml", "a: \x07\n", "syntax", (1, 4), "special characters are not allowed"),
    ("a.yaml", 'é: ["ü", }\n', "syntax", (1, 10), "expected the node content, but found '}'"),
    ("a.yaml", "a: 1\na: 2\n", "duplicate", (2, 1), "`a` stands twice in one mapping"),
    ("a.yaml", "live: on\n", "trap", (1, 7), "`on` is the truth value true in YAML 1.1"),
    ("a.yaml", "hold: 1:30\n", "trap", (1, 7), "`1:30` is the number 90 (base 60) in YAML 1.1"),
    ("a.yaml", "mode: 010\n", "trap", (1, 7), "`010` is the number 8 (base 8) in YAML 1.1"),
    ("a.yaml", "size: 1e3\n", "trap", (1, 7), "`1e3` is a text in YAML 1.1, no number"),
    (
        "a.yaml",
        "? [1, 2]\n: 3\n%\n",
        "syntax",
        (3, 2),
        "expected alphabetic or numeric character, but found '\\n'",
    ),
    ("a.json", "", "syntax", (1, 1), "expecting value"),
    ("a.json", '{"a": }', "syntax", (1, 7), "expecting value"),
    ("a.json", '{"a": 1 "b": 2}', "syntax", (1, 9), "expecting ',' delimiter"),
    ("a.json", "{a: 1}", "syntax", (1, 2), "expecting property name enclosed in double quotes"),
    ("a.json", "{'a': 1}", "syntax", (1, 2), "expecting property name enclosed in double quotes"),
    ("a.json", '{"a": 1}\n{"b": 2}', "syntax", (2, 1), "extra data"),
    ("a.json", '{"a": [1, 2}', "syntax", (1, 12), "expecting ',' delimiter"),
    ("a.json", '{"a": "x\n"}', "syntax", (1, 9), "invalid control character at"),
    ("a.json", '{"a": "\\q"}', "syntax", (1, 8), "invalid \\escape"),
    ("a.json", '{"a": 01}', "syntax", (1, 8), "expecting ',' delimiter"),
    ("a.json", '{\n  "a": True\n}', "syntax", (2, 8), "expecting value"),
    ("a.json", '{"a": 1, "a": 2}', "duplicate", (1, 10), "`a` stands twice in one mapping"),
    ("a.jsonc", '{"a": 1, // ok\n "b": ?}', "syntax", (2, 7), "expecting value"),
    ("a.json", '{"a": 1', "syntax", (1, 8), "expecting ',' delimiter"),
    ("a.toml", "a = \n", "syntax", (1, 5), "invalid value"),
    ("a.toml", "a = 1\na = 2\n", "syntax", (2, 6), "cannot overwrite a value"),
    ("a.toml", "[a]\n[a]\n", "syntax", (2, 3), "cannot declare ('a',) twice"),
    (
        "a.toml",
        "a = 01\n",
        "syntax",
        (1, 6),
        "expected newline or end of document after a statement",
    ),
    ("a.toml", 'a = "x\n', "syntax", (1, 7), "illegal character '\\n'"),
    ("a.toml", "= 1\n", "syntax", (1, 1), "invalid statement"),
    ("a.toml", "a.b = 1\na = 2\n", "syntax", (2, 6), "cannot overwrite a value"),
    ("a.toml", "a = [1, 2\n", "syntax", (2, 1), "unclosed array"),
    ("a.toml", "[a\nb = 1\n", "syntax", (1, 3), "expected ']' at the end of a table declaration"),
    ("a.toml", "a = yes\n", "syntax", (1, 5), "invalid value"),
    (".env", "A=1\n=2\n", "syntax", (2, 1), "this is no `NAME=value`"),
    (".env", "A B=1\n", "syntax", (1, 1), "this is no `NAME=value`"),
    (".env", "  'x\nA=1\n", "syntax", (1, 3), "this is no `NAME=value`"),
    ("a.ini", "a = 1\n", "syntax", (1, 1), "no section before the first setting"),
    ("a.ini", "[a]\n= 1\n", "syntax", (2, 1), "this is no `name = value`"),
    ("config.py", "A = (1\n", "syntax", (1, 5), "'(' was never closed"),
    ("config.py", "A = 1\n  B = 2\n", "syntax", (2, 2), "unexpected indent"),
    ("config.py", "A = 'x\n", "syntax", (1, 5), "unterminated string literal (detected at line 1)"),
    ("config.py", "A == = 1\n", "syntax", (1, 6), "invalid syntax"),
    (
        "config.py",
        "globals()['A'] = 1\n",
        "open",
        (1, 1),
        "names are made here that the text does not show",
    ),
    (
        "config.py",
        "from base import *\n",
        "open",
        (1, 1),
        "names are made here that the text does not show",
    ),
    ("a.yaml", b"a: \xff", "syntax", (1, 4), "no UTF-8"),
    ("a.json", b"[" * 100_000, "syntax", (1, 1), "nested too deeply"),
    ("a.yaml", b"{" * 100_000, "syntax", (1, 1), "nested too deeply"),
    ("a.json", b" " * 1_000_001, "large", (1, 1), "not analysed: larger than 1 MB (1000001 bytes)"),
]


@pytest.mark.parametrize(("path", "text", "kind", "place", "message"), BROKEN)
def test_a_broken_file_says_where_and_why(
    path: str, text: str | bytes, kind: str, place: tuple[int, int], message: str
) -> None:
    data = text.encode() if isinstance(text, str) else text
    fault = read_tree(path, data).faults[0]
    assert (fault.kind, (fault.span.line, fault.span.column), fault.message) == (
        kind,
        place,
        message,
    )


def test_anchors_upon_anchors_are_cut_off() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    tree = read_tree("bomb.yaml", "\n".join(rows).encode())
    assert [fault.kind for fault in tree.faults] == ["large"]


def values(path: str, text: str) -> dict[str, object]:
    return {one.dotted: one.value for one in read_tree(path, text.encode()).settings}


def test_yaml_merges_and_documents() -> None:
    text = "base: &b {x: 1, y: 2}\nlive:\n  <<: *b\n  y: 3\n---\nx: 9\n"
    found = values("a.yaml", text)
    assert (found["live.x"], found["live.y"], found["x"]) == (1, 3, 9)
    assert found["live"] == {"x": 1, "y": 3}


def test_python_folds_casts_and_overrides() -> None:
    text = (
        "import os\n"
        "A = 2 * 3\n"
        "A = A + 1\n"
        "B = int(os.getenv('SIZE', '5'))\n"
        "C = {'k': [A]}\n"
        "b = B\n"
        "D = 9 ** 9 ** 9\n"
        "E = compute()\n"
    )
    tree = read_tree("config.py", text.encode())
    first, second = tree.find("A")
    assert (first.value, second.value) == (6, 7)
    assert [place.span.line for place in second.overrides] == [2]
    assert [place.span.line for place in first.overridden] == [3]
    found = {one.dotted: one for one in tree.settings}
    assert (found["B"].value, found["B"].environment) == (5, "SIZE")
    assert (found["C.k[0]"].value, found["b"].value) == (7, 5)
    assert (found["D"].value, found["E"].value) == (UNKNOWN, UNKNOWN)


def test_pydantic_fields_have_defaults_and_variables() -> None:
    text = "class S(BaseSettings):\n    size: float = Field(3, ge=1, env='SIZE')\n    key: str\n"
    size, key = read_tree("settings.py", text.encode()).settings
    assert (size.dotted, size.value, size.environment) == ("S.size", 3, "SIZE")
    assert key.value is UNKNOWN


def written(text: str, one: Setting) -> str:
    lines = Lines(text)
    start = lines.offset(one.span.line, one.span.column)
    return text[start : lines.offset(one.span.end_line, one.span.end_column)]


SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)
KEYS = st.text(max_size=6)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@settings(max_examples=80, deadline=None)
@given(document=DOCUMENTS, indent=st.sampled_from([None, 0, 2]), plain=st.booleans())
def test_what_stands_at_a_span_of_json_is_the_value(
    document: dict[str, object], indent: int | None, plain: object
) -> None:
    text = "// é\r\n" + json.dumps(document, indent=indent, ensure_ascii=bool(plain))
    tree = read_tree("a.jsonc", text.encode("utf-8", "replace"))
    if tree.faults:  # a lone surrogate has no UTF-8
        return
    text = text.encode("utf-8", "replace").decode()
    for one in tree.settings:
        assert json.loads(written(text, one)) == one.value


@settings(max_examples=60, deadline=None)
@given(document=DOCUMENTS, indent=st.sampled_from([None, 2]))
def test_json_reads_as_yaml_with_the_same_places(
    document: dict[str, object], indent: int | None
) -> None:
    text = json.dumps(document, indent=indent)
    as_json = read_tree("a.json", text.encode())
    as_yaml = read_tree("a.yaml", text.encode())
    if as_yaml.is_broken:  # surrogate pairs are no YAML
        return
    assert [one.span for one in as_json.settings] == [one.span for one in as_yaml.settings]


@settings(max_examples=80, deadline=None)
@given(
    items=st.lists(
        st.booleans() | st.integers(-999, 999) | st.text("aé\t 😀", max_size=5), max_size=5
    ),
    key=st.text("aé.😀 ", min_size=1, max_size=4),
)
def test_what_stands_at_a_span_of_toml_is_the_value(items: list[object], key: str) -> None:
    quoted = json.dumps(key, ensure_ascii=False)
    text = f"# é\n[t.{quoted}]\nx.{quoted} = {json.dumps(items, ensure_ascii=False)} # é\n"
    for one in read_tree("a.toml", text.encode()).settings[1:]:
        assert tomllib.loads("v = " + written(text, one))["v"] == one.value


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=60) | st.text("a: -[]{}\"'=#\n\t&*<>1.\\", max_size=60).map(str.encode),
    path=st.sampled_from(["a.yaml", "a.json", "a.toml", ".env", "a.ini", "config.py", "a.bin"]),
)
def test_any_bytes_give_a_tree(path: str, data: bytes) -> None:
    tree = read_tree(path, data)
    for one in tree.settings:
        assert min(one.span.line, one.span.column) >= 1
