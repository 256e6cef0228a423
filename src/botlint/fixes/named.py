"""The edits by name; what their parameters mean stands at each."""

from __future__ import annotations

from collections.abc import Mapping

from botlint.fixes.config_edits import add_setting, delete_setting, rename_key, set_value
from botlint.fixes.draft import EditMaker
from botlint.fixes.line_edits import delete_comment, insert_text, name_variable, narrow_comment
from botlint.fixes.python_edits import (
    align_fallback,
    delete_assignment,
    read_from_environment,
    read_setting,
    rename_read,
    set_default,
)

EDITS: Mapping[str, EditMaker] = {
    "add-setting": add_setting,
    "align-fallback": align_fallback,
    "delete-assignment": delete_assignment,
    "delete-comment": delete_comment,
    "delete-setting": delete_setting,
    "insert-text": insert_text,
    "name-variable": name_variable,
    "narrow-comment": narrow_comment,
    "read-from-environment": read_from_environment,
    "rename-key": rename_key,
    "read-setting": read_setting,
    "rename-read": rename_read,
    "set-default": set_default,
    "set-value": set_value,
}
