"""Files are written whole or not at all: nobody ever reads half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(file: Path, data: bytes, mode: int | None = None) -> None:
    """Put ``data`` in the place of a file, or of none; raises ``OSError`` and leaves all as it was.

    ``mode`` is that of the file; ``None`` gives it that of any new one.
    """
    handle, name = tempfile.mkstemp(prefix=".botlint-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(_usual_mode() if mode is None else mode)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
