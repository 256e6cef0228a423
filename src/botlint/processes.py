"""Work that is done by another process meanwhile, where that can be had cheaply.

A forked process has all that this one has worked out, so nothing is handed over but the answer. It
can be had on Linux; elsewhere, and beside other threads, the work is done here when its answer is
asked for. So is what a process did not live to answer, and what raised there: it raises here.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

Answer = TypeVar("Answer")


def begin(work: Callable[[], Answer]) -> Callable[[], Answer]:
    """Begin ``work`` in another process if that can be; what waits for its answer.

    The answer must be one that can be pickled.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return work
    from multiprocessing import get_context

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def send() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        end_with_parent()
        with suppress(Exception, KeyboardInterrupt):
            sender.send(work())

    process = context.Process(target=send, daemon=True)
    with _deferring_termination():
        process.start()
    sender.close()

    def wait() -> Answer:
        try:
            answer: Answer = receiver.recv()
        except EOFError:
            return work()
        finally:
            receiver.close()
            process.join()
        return answer

    return wait


def end_with_parent() -> None:
    """Let this process, which another one has begun, end when that one does, however it does."""
    from multiprocessing import connection, parent_process

    begun_by = parent_process()
    if begun_by is None:
        return

    def watch() -> None:
        connection.wait([begun_by.sentinel])
        # Whatever this process is at, and whatever it does about milder signals.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _deferring_termination() -> Iterator[None]:
    """Keep SIGTERM back: Python forgets a signal that reaches a process while it is being born."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
