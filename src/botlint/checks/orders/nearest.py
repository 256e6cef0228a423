"""What reads like an order where none is recognised, so that it can be told which one is."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.orders.orders import is_simulator
from botlint.checks.reads import is_class_name
from botlint.model import Place
from botlint.patterns import normalise_segment
from botlint.project import CallRef, Project
from botlint.roles import Role

WORDS = {
    "place-order": frozenset({"order", "orders", "buy", "sell", "submit"}),
    "preflight": frozenset(
        {"validate", "verify", "check", "precheck", "valid", "sanity", "filters", "notional"}
    ),
    "risk-gate": frozenset(
        {"risk", "limit", "limits", "allowed", "allow", "can", "exposure", "gate", "guard"}
    ),
    "kill-switch": frozenset({"kill", "killswitch", "halt", "halted", "emergency", "pause"}),
}
_READS = frozenset({"fetch", "get", "next", "log", "load", "parse", "format", "is", "on", "update"})
_MOST = 3


def near_calls(project: Project, role: Role) -> Iterator[tuple[CallRef, str]]:
    """The calls that read like what plays ``role`` and play no role, with their names."""
    words = WORDS.get(role.name, frozenset())
    for ref, number, segment in project.program.calls() if words else ():
        if not is_near(segment, words):
            continue
        names = project.program.names(ref, number)
        if names and not role.plays_call(names) and not plays_any(project, names, segment):
            yield CallRef(ref, number), names[0]


def is_near(name: str, words: frozenset[str]) -> bool:
    """Whether a name has one of ``words`` in it, and neither reads nor is a class."""
    parts = normalise_segment(name).split("_")
    if words.isdisjoint(parts) or parts[0] in _READS or parts[-1] == "by":
        return False
    return not is_class_name(name)


def plays_any(project: Project, names: tuple[str, ...], segment: str) -> bool:
    """Whether a call of these names, whose last segment is ``segment``, plays any role."""
    vocabulary = project.vocabulary
    return any(
        vocabulary.roles[name].plays_call(names) for name in vocabulary.roles_of_segment(segment)
    )


def name_nearest(project: Project) -> Iterator[str]:
    """One sentence that names what reads most like an order, and how to say that it is one."""
    found: dict[str, Place] = {}
    for ref, name in near_calls(project, project.vocabulary.roles["place-order"]):
        if is_simulator(project, ref.function):
            continue
        place = project.call_place(ref)
        found[name] = min(found.get(name, place), place)
    for one in project.program.functions():
        function = project.function(one)
        if not one.index or is_simulator(project, one):
            continue
        is_named = project.function_plays(one, "place-order")
        if is_named or is_near(function.name, WORDS["place-order"]):
            place = project.place(one, function.span)
            shown = project.program.display(one)
            found[shown] = min(found.get(shown, place), place)
    if not found:
        return
    first = sorted(found.items(), key=lambda pair: pair[1])[:_MOST]
    listed = ", ".join(f"`{name}` ({at.path}:{at.span.line})" for name, at in first)
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    yield (
        f"nearest to an order: {listed}{more}; name what sends one under "
        "[tool.botlint.roles] place-order"
    )
