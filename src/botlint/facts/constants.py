"""The values of literals."""

from __future__ import annotations


def text_of(value: object) -> str:
    """The text of a literal, of bytes as UTF-8; empty for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def plain_of(value: object) -> bool | int | float | str | None:
    """The value of a literal as facts can hold it."""
    if value is None or isinstance(value, bool | str | float):
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else float(value) if abs(value) < 10**300 else "huge"
    return str(value)
