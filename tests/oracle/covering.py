"""Whether an exception raised now would be seen by anything in the program.

Where no ``try`` or ``with`` of a frame on the stack stands around what it does, an exception ends
the run; whatever that run shows, the run in which nothing was raised shows too.
"""

from __future__ import annotations

import asyncio
import dis
import functools
import sys
import threading
from types import CodeType, FrameType

from tests.oracle import exploring

_EXPLORING = exploring.__file__


def is_covered(files: frozenset[str]) -> bool:
    """Whether a frame of ``files`` on the stack of the caller stands in a ``try`` or ``with``.

    What another thread does is, and what runs beside tasks: its exceptions come out elsewhere.
    """
    if threading.current_thread() is not threading.main_thread() or _has_tasks():
        return True
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_filename in files and _is_within(code, frame.f_lasti):
            return True
        if code.co_filename == _EXPLORING:
            return False
        frame = frame.f_back
    return False


def _has_tasks() -> bool:
    loop = asyncio._get_running_loop()
    return loop is not None and len(asyncio.all_tasks(loop)) > 1


@functools.lru_cache(maxsize=100_000)
def _is_within(code: CodeType, offset: int) -> bool:
    # No public function tells the stretches that a code object protects.
    entries = dis._parse_exception_table(code)  # type: ignore[attr-defined]
    return any(entry.start <= offset < entry.end for entry in entries)
