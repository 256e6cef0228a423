"""Variables of the environment that code reads and that no example or compose file names.

A list of variables is often incomplete on purpose. So what has a fallback counts only where the
files name most of what the program reads, or where another name in them was plainly meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from botlint.checks.settings.asked_first import ENVIRONMENT, is_taken_unasked
from botlint.checks.settings.depending import Variable, levels_off
from botlint.checks.settings.settings_read import is_optional
from botlint.configs.environment import variables_of
from botlint.configs.misspelt import find_near
from botlint.facts.types import Constant, Name
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Span, Step
from botlint.project import Project

_GETTING = ("os.environ.get", "environ.get")
_FEWEST = 4
_MOST = 2 / 3


def find_undefined_variables(project: Project) -> Iterator[Hit]:
    """One hit for each variable, at its first read."""
    views = [view for tree in project.trees for view in variables_of(tree)]
    named = {one.dotted: Place(one.source, one.key_span) for v in views for one in v.settings}
    offered = {name for tree in project.trees for name in tree.offered}
    if not any(tree.form == "env" and tree.settings for tree in project.trees):
        return  # a compose file alone names what that service needs, and often takes a file
    reads: dict[str, list[Variable]] = {}
    for read in sorted(_reads(project), key=lambda one: one.place):
        reads.setdefault(read.name, []).append(read)
    written = _written(project)
    is_of_system = project.vocabulary.roles["system-variable"].plays_name
    unread = frozenset(named) - reads.keys()
    is_complete = _is_complete(frozenset(reads), offered.union(named))
    for name, found in sorted(reads.items()):
        if name in named or name in offered or name in written or is_of_system(name):
            continue
        near = find_near(name, unread)
        reported = [one for one in found if _counts(one, near, is_complete)]
        if reported:
            yield _hit(project, reported, near, named)


def _counts(one: Variable, near: str, is_complete: bool) -> bool:  # noqa: FBT001
    if one.is_needed or near:
        return True
    return is_complete and one.fallback is not None and not is_optional(one.fallback)


def _is_complete(read: frozenset[str], named: Set[str]) -> bool:
    return len(read) >= _FEWEST and len(read & named) >= _MOST * len(read)


def _reads(project: Project) -> Iterator[Variable]:
    program = project.program
    calls: set[tuple[int, Span]] = set()
    for last in ("getenv", "get"):
        for ref, number in program.calls_named(last):
            call = project.function(ref).calls[number]
            path = call.func.path if isinstance(call.func, Name) else ""
            if not (path in _GETTING or path.rpartition(".")[2] == "getenv") or not call.args:
                continue
            calls.add((ref.source, call.span))
            key = call.args[0]
            if isinstance(key, Constant) and isinstance(key.value, str):
                fallback = call.args[1] if len(call.args) > 1 else None
                place = project.place(ref, call.span)
                yield Variable(key.value, place, ref, is_needed=False, fallback=fallback)
    for source, facts in enumerate(program.sources):
        for use in facts.keys:
            is_read = use.mode == "read" and use.record in ENVIRONMENT
            if is_read and (source, use.span) not in calls and use.key:
                ref = FunctionRef(source, use.function)
                if not is_taken_unasked(project.function(ref), use.key):
                    continue
                place = Place(facts.path, use.span)
                yield Variable(use.key, place, ref, is_needed=True, fallback=None)


def _written(project: Project) -> frozenset[str]:
    """The variables that the program itself sets."""
    return frozenset(
        use.key
        for facts in project.program.sources
        for use in facts.keys
        if use.mode in ("write", "open") and use.record in ENVIRONMENT
    )


def _hit(project: Project, reads: list[Variable], near: str, named: dict[str, Place]) -> Hit:
    first, *others = reads
    files = sorted({place.path for place in named.values()})
    there = Place(files[0], Span(1, 1, 1, 1))
    function = project.program.display(first.function)
    outcome = "this raises KeyError" if first.is_needed else "its fallback silently is the setting"
    if not first.is_needed and first.fallback is None:
        outcome = "this is always None"
    related = [Step(one.place, "read here too") for one in others]
    related += [Step(named[near], f"did you mean `{near}`?")] if near else []
    return Hit(
        place=first.place,
        saw={"key": first.name, "source": " or ".join(files), "outcome": outcome},
        confidence=Confidence.HIGH if near else Confidence.MEDIUM,
        trace=(
            Step(first.place, f"`{function}` reads `{first.name}` from the environment"),
            Step(there, f"no file that names the variables has `{first.name}`, so {outcome}"),
        ),
        related=tuple(related),
        cause=f"environment:{first.name}",
        symbol=function,
        mitigation=levels_off(project, reads),
    )
