"""Comments that speak to botlint: found as Python sees them, with the statement they stand on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botlint.facts.comments import find_comments
from botlint.model import Span


def covers(text: str) -> list[tuple[int, int]]:
    return [comment.covers for comment in find_comments(text)]


def test_text_without_the_word_has_none() -> None:
    assert find_comments("x = 1  # noqa\n") == ()


def test_text_and_place() -> None:
    (comment,) = find_comments("x = 1  # noqa # botlint: ignore[A] -- é why \n")
    assert comment.text == "# botlint: ignore[A] -- é why"
    assert comment.span == Span(1, 15, 1, 15 + len(comment.text))


def test_a_comment_on_any_line_of_a_statement_covers_all_of_it() -> None:
    text = "a = 1\nplace(\n    x,  # botlint: ignore[A] -- y\n    z,\n)\nb = 2\n"
    assert covers(text) == [(2, 5)]
    assert covers("a = 1\nplace(\n    x,\n)  # botlint: ignore[A] -- y\n") == [(2, 4)]


def test_a_comment_alone_covers_the_next_statement() -> None:
    text = "a = 1\n# botlint: ignore[A] -- y\n# and why\n\nplace(\n    x\n)\n"
    assert covers(text) == [(5, 7)]


def test_a_comment_inside_brackets_belongs_to_their_statement() -> None:
    assert covers("f(\n    # botlint: ignore[A] -- y\n    x\n)\n") == [(1, 4)]


def test_a_comment_above_or_on_a_decorator_covers_the_def() -> None:
    assert covers("# botlint: ignore[A] -- y\n@a\n@b\ndef f():\n    pass\n") == [(2, 4)]
    assert covers("@a  # botlint: ignore[A] -- y\ndef f():\n    pass\n") == [(1, 2)]


def test_a_comment_on_a_header_does_not_cover_the_body() -> None:
    assert covers("try:\n    x()\nexcept E:  # botlint: ignore[A] -- y\n    pass\n") == [(3, 3)]


def test_strings_are_no_comments() -> None:
    assert find_comments('"""\n# botlint: ignore[A] -- y\n"""\nx = "# botlint: no"\n') == ()


def test_a_comment_after_the_last_statement_covers_itself() -> None:
    assert covers("x = 1\n# botlint: ignore[A] -- y\n") == [(2, 2)]


def test_two_comments_of_one_file_keep_their_order() -> None:
    text = "a()  # botlint: ignore[A] -- y\nb()\nc()  # botlint: ignore[B] -- z\n"
    assert covers(text) == [(1, 1), (3, 3)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_count(end: str) -> None:
    text = end.join(["a = 1", "# botlint: ignore[A] -- y", "b = (", "  2)", ""])
    assert covers(text) == [(3, 4)]


def test_a_form_feed_or_an_odd_separator_is_no_line_end() -> None:
    assert covers("a = '\u2028\x0b'\n\x0cb = 1  # botlint: ignore[A] -- y\n") == [(2, 2)]


def test_what_the_tokenizer_cannot_read_is_scanned_by_lines() -> None:
    text = "x = (\nplace()  # botlint: ignore[A] -- y\n# botlint: ignore[B] -- z\n\nb = '''\n"
    assert covers(text) == [(2, 2), (5, 5)]


def test_text_with_a_null_byte_is_scanned_by_lines() -> None:
    text = "x = (\0\nplace()  # botlint: ignore[A] -- y\n)\n"
    assert covers(text) == [(2, 2)]


@given(st.text(alphabet="#botlin: igre[A]-\n\r\t\"'()\\\0é@\x0c", max_size=80))
def test_any_text_gives_comments(text: str) -> None:
    for comment in find_comments(text + "# botlint: x"):
        assert comment.covers[0] <= comment.covers[1]
