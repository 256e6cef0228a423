"""The edits by name; what their parameters mean stands at each."""

from __future__ import annotations

from collections.abc import Mapping

from botlint.fixes.draft import EditMaker
from botlint.fixes.line_edits import delete_comment, insert_text, name_variable, narrow_comment
from botlint.fixes.python_edits import align_fallback, delete_assignment, read_from_environment

EDITS: Mapping[str, EditMaker] = {
    "align-fallback": align_fallback,
    "delete-assignment": delete_assignment,
    "delete-comment": delete_comment,
    "insert-text": insert_text,
    "name-variable": name_variable,
    "narrow-comment": narrow_comment,
    "read-from-environment": read_from_environment,
}
