"""Crashes: faults of botlint itself, told in a line and, for those who mend it, in full."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import NamedTuple

from botlint.secrets.redaction import redact_text


class Crash(NamedTuple):
    """What went wrong and where: as one line, and with the way there."""

    told: str
    detail: str


def describe_crash(error: BaseException) -> Crash:
    """What an exception says that should not have come."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    first = (str(error).splitlines() or [""])[0]
    told = f"internal error: {type(error).__name__}: {first}{at}"
    return Crash(redact_text(told), redact_text("".join(traceback.format_exception(error))))
