"""GitHub's line hash: compared with the algorithm done step by step, as it is described."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from botlint.report.fingerprints import hash_lines


def hash_slowly(text: str) -> dict[int, str]:
    """Each line's first 100 units without blanks, line ends as one, 65535 and zeros at the end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    hashes: dict[int, str] = {}
    seen: list[int] = []
    for number in range(1, len(lines) + 1):
        rest = "\n".join(lines[number - 1 :]).replace(" ", "").replace("\t", "")
        raw = rest.encode("utf-16-le")
        units = [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw), 2)]
        window = (units + [65535] + [0] * 100)[:100]
        value = 0
        for unit in window:
            value = (value * 37 + unit) % 2**64
        seen.append(value)
        hashes[number] = f"{value:x}:{seen.count(value)}"
    return hashes


@given(st.text(alphabet="ab \t\n\ré買\U0001f600", max_size=300))
def test_it_is_the_described_hash(text: str) -> None:
    expected = hash_slowly(text)
    assert hash_lines(text.encode(), set(expected)) == expected


def test_an_empty_file_has_one_line() -> None:
    assert list(hash_lines(b"", {1})) == [1]


def test_equal_lines_are_counted() -> None:
    text = ("x\n" + "y\n" * 60) * 4
    hashes = hash_lines(text.encode(), {1, 62})
    assert hashes[1].split(":")[0] == hashes[62].split(":")[0]
    assert [value.split(":")[1] for value in hashes.values()] == ["1", "2"]


def test_blanks_and_line_ends_make_no_difference() -> None:
    assert hash_lines(b"if x:\n\ty()\n", {1, 2}) == hash_lines(b"if x:\r\n    y()\r\n", {1, 2})


def test_bytes_that_are_no_text_have_a_hash() -> None:
    assert set(hash_lines(b"\xff\n\xed\xa0\x80\n", {1, 2})) == {1, 2}
