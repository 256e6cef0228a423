"""The variables of a function that are read after some point of it, as its bytecode says."""

from __future__ import annotations

import dis
import functools
from types import CodeType

_LEAVING = frozenset({"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"})
_LEAVING |= {"JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"}


@functools.lru_cache(maxsize=100_000)
def live_after(code: CodeType, offset: int) -> tuple[str, ...]:
    """The names, sorted, whose values matter after the instruction at ``offset``; what functions
    within share always does."""
    after = _live_after(code)
    # Within a call, a frame stands at one of the places kept free behind the instruction.
    found = after[max(one for one in after if one <= offset)]
    return tuple(sorted({*found, *code.co_cellvars, *code.co_freevars}))


@functools.lru_cache(maxsize=10_000)
def _live_after(code: CodeType) -> dict[int, frozenset[str]]:
    steps = list(dis.get_instructions(code))
    # No public function tells the stretches that a code object protects.
    entries = dis._parse_exception_table(code)  # type: ignore[attr-defined]
    onward: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        following = (
            [] if step.opname in _LEAVING else [one.offset for one in steps[number + 1 :][:1]]
        )
        if step.opcode in dis.hasjrel or step.opcode in dis.hasjabs:
            following.append(step.argval)
        following += [e.target for e in entries if e.start <= step.offset < e.end]
        onward[step.offset] = following
    before: dict[int, frozenset[str]] = {step.offset: frozenset() for step in steps}
    after: dict[int, frozenset[str]] = {}
    is_settled = False
    while not is_settled:
        is_settled = True
        for step in reversed(steps):
            live = frozenset().union(*(before[one] for one in onward[step.offset]))
            after[step.offset] = live
            if step.opname == "STORE_FAST":
                live -= {step.argval}
            elif "LOAD_FAST" in step.opname:
                live |= set(step.argval if isinstance(step.argval, tuple) else (step.argval,))
            if live != before[step.offset]:
                before[step.offset], is_settled = live, False
    return after
