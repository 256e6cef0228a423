"""Facts are total: any bytes give facts, with places in code points."""

from __future__ import annotations

import sys

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botlint.facts.extract import extract_facts
from botlint.facts.types import Facts
from botlint.model import Span

NAMES = st.sampled_from(["a", "check(a)", "not a", "a and check(b)", "x := place(a)", "b[0]"])


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> str:
    """A random block of statements, indented by ``depth``."""
    pad = "    " * depth
    kinds = ["expression", "return", "raise"]
    if depth < 4:
        kinds += ["if", "while", "for", "try", "with"]
    lines = []
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3)):
        test = draw(NAMES)
        if kind in ("expression", "return", "raise"):
            word = "" if kind == "expression" else kind + " "
            lines.append(f"{pad}{word}({test})")
            continue
        body = draw(blocks(depth + 1))
        heads = {"if": f"if ({test}):", "while": f"while ({test}):", "for": f"for i in ({test}):"}
        heads |= {"try": "try:", "with": f"with ({test}) as w:"}
        lines += [pad + heads[kind], body]
        if kind == "try":
            lines += [pad + "except E:", draw(blocks(depth + 1))]
            if draw(st.booleans()):
                lines += [pad + "finally:", draw(blocks(depth + 1))]
    return "\n".join(lines)


@given(st.binary(max_size=200))
def test_any_bytes_give_facts(data: bytes) -> None:
    assert isinstance(extract_facts("x.py", data), Facts)


@settings(max_examples=200, deadline=None)
@given(blocks(depth=1))
def test_every_edge_leads_to_a_node(body: str) -> None:
    facts = extract_facts("x.py", f"def run(a, b):\n{body}\n".encode())
    assert not facts.error, facts.error
    for function in facts.functions:
        numbers = range(-1, len(function.nodes))
        for node in function.nodes:
            assert {node.next, node.other, node.exc} <= set(numbers)
            assert node.call < len(function.calls)


@settings(max_examples=50, deadline=None)
@given(blocks(depth=1))
def test_facts_survive_being_written_down(body: str) -> None:
    facts = extract_facts("x.py", f"def run(a, b):\n{body}\n".encode())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=Facts) == facts


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("place(a)\n", Span(1, 1, 1, 9)),
        ("x = 'Zürich'; place(a)\n", Span(1, 15, 1, 23)),
        ("x = '𝄞'; place(a)\n", Span(1, 10, 1, 18)),
        ("\ufeffplace(a)\n", Span(1, 1, 1, 9)),
        ("# \x0c one line\r\n\r\nplace(a)\r\n", Span(3, 1, 3, 9)),
    ],
)
def test_columns_are_code_points(text: str, span: Span) -> None:
    (call,) = extract_facts("x.py", text.encode()).functions[0].calls
    assert call.span == span


@pytest.mark.parametrize(
    "data",
    [
        b"x = " + b"(" * 1000 + b"1" + b")" * 1000,
        b"def f(:\n",
        b"# \xe9\nx = 1\n",
        b"x = 1\0\n",
        b"\xff\xfe",
    ],
)
def test_what_can_not_be_parsed_says_why_and_where(data: bytes) -> None:
    facts = extract_facts("x.py", data)
    assert facts.error
    assert facts.error_span is not None


@pytest.mark.parametrize(
    "text",
    [
        "x = " + " + ".join(["f()"] * 1000),
        "x = a" + ".b()" * 500,
        "if a: f()\n" + "elif b: f()\n" * 500,
    ],
)
def test_long_chains_are_read_to_their_end(text: str) -> None:
    facts = extract_facts("x.py", text.encode())
    assert not facts.error
    assert len(facts.functions[0].calls) >= 500


@pytest.mark.parametrize(
    "text",
    ["class Box[T]:\n    pass\n", "async def get[T](one: T): ...\n", "type Ids = list[int]\n"],
)
def test_what_a_newer_python_reads_says_so(text: str) -> None:
    error = extract_facts("x.py", text.encode()).error
    told = "(in Python 3.11, which runs botlint here; 3.12 reads type parameters)"
    assert error.endswith(told) if sys.version_info < (3, 12) else not error
