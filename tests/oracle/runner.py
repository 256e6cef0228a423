"""A process of its own that executes programs, kept for the next one and replaced when it takes too
long: it ends itself, by the time that it has computed, so that a busy machine makes no program
strange."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

from tests.oracle.exploring import STRANGE, Seen
from tests.oracle.program import Program

SECONDS = 10.0
"""What a program may compute; it waits for nothing, or for ever."""
_MOST = 180.0


class Runner:
    """A process that executes programs by ``look``; a new one after each that hangs."""

    def __init__(self, look: Callable[[Program], Seen]) -> None:
        self._look = look
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def execute(self, program: Program) -> Seen:
        """What looking at ``program`` gives; something ``strange`` if it does not end in time."""
        if self._process is None or self._pipe is None:
            context = multiprocessing.get_context("fork")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._look), daemon=True)
            self._process.start()
        try:
            self._pipe.send(program)
            if self._pipe.poll(_MOST):
                return _received(self._pipe)
        except (EOFError, BrokenPipeError):
            pass
        self.close()
        return Seen(strange="does not end")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._pipe = None


def _serve(pipe: Connection, look: Callable[[Program], Seen]) -> None:
    signal.signal(signal.SIGPROF, lambda *_: os._exit(1))
    while True:
        try:
            program = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            pipe.send(look(program))
        except STRANGE as fault:
            pipe.send(Seen(strange=repr(fault)))


def _received(pipe: Connection) -> Seen:
    seen = pipe.recv()
    assert isinstance(seen, Seen)
    return seen
