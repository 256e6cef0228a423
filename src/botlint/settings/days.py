"""Days, as people write them in settings, comments and options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from botlint.settings.documents import SettingsFault

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_day(text: str) -> date | None:
    """The day that is written like 2027-01-31; ``None`` for anything else."""
    if not _FORM.fullmatch(text):
        return None  # ISO 8601 has shorter forms, in which a slip of the pen is a day as well
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def find_today(environment: Mapping[str, str]) -> date:
    """The day of a run: that of ``SOURCE_DATE_EPOCH``, else of the clock, in UTC."""
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsFault("", f"SOURCE_DATE_EPOCH is no time in seconds: {epoch!r}") from error
