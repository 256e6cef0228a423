"""Where flows see different values of one setting, or only one of them reads it or has a guard."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.flows.flow_guards import GATES, ROLES, GuardCell, find_guard_rows
from botlint.checks.flows.flows import Stretch, find_stretches, first_order
from botlint.checks.flows.literals import find_shadows
from botlint.checks.flows.views import Cell, Row, View, find_rows
from botlint.checks.guards.asked import Asked, top_of
from botlint.checks.settings.constants import Unknown, last_assignment
from botlint.checks.settings.literals import value_deep
from botlint.checks.settings.setting_fixes import give_value, read_setting
from botlint.flow.names import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import Project
from botlint.settings.flows import Flows


def find_literals(project: Project, flows: Flows) -> Iterator[Hit]:
    """One hit for each literal of a flow in the place in which another has the setting."""
    for shadow in find_shadows(project, flows):
        key, module = shadow.named.key, FunctionRef(shadow.named.module, 0)
        function = project.function(module)
        node = last_assignment(function, key)
        try:
            configured = value_deep(function, key)
        except Unknown:
            configured = None
        is_known = node is not None and configured is not None
        steps = [Step(shadow.there, f"the flow `{shadow.other}` has `{key}` for {shadow.what}")]
        if node is not None:
            said = f" is {configured!r}" if is_known else " is set"
            steps.append(Step(project.place(module, node.span), f"`{key}`{said} here"))
        name = project.program.display(shadow.function)
        text = f"`{name}` of the flow `{shadow.flow}` has the literal {shadow.value!r} for it"
        yield Hit(
            place=shadow.place,
            saw={
                "key": key,
                "literal": repr(shadow.value),
                "configured": repr(configured) if is_known else "another value",
                "what": shadow.what,
                "flow": shadow.flow,
                "other": shadow.other,
                "function": name,
            },
            confidence=Confidence.MEDIUM,
            trace=(*steps, Step(shadow.place, text)),
            cause=_cause(key, shadow.flow),
            symbol=name,
            mitigation=1 if is_known and configured == shadow.value else 0,
            fix=read_setting(project, shadow),
        )


def find_different(project: Project, flows: Flows) -> Iterator[Hit]:
    """One hit for each value that a flow sees and the first flow doesn't."""
    for row in find_rows(project, flows):
        cells = [_known(cell) for cell in row.cells if cell.views]
        for cell in cells[1:]:
            yield from _different(row, cells[0], cell)


def _known(cell: Cell) -> Cell:
    """A cell with the values that can be told; with none of them where some can't be."""
    is_known = all(view.is_known for view in cell.views)
    return cell if is_known else Cell(cell.flow, ())


def _different(row: Row, first: Cell, second: Cell) -> Iterator[Hit]:
    seen = {view.identity for view in first.views}
    if not seen:
        return
    for view in second.views:
        if view.identity in seen or view.kind == "literal":
            continue
        known = first.views[0]
        place = _taken_at(view)
        yield Hit(
            place=place,
            saw={
                "quantity": row.quantity,
                "flow": second.flow,
                "value": _said(view),
                "key": view.setting,
                "other": first.flow,
                "other_value": _said(known),
                "other_key": known.setting,
            },
            confidence=Confidence.HIGH,
            trace=(
                Step(known.place, f"`{known.setting}` is {_said(known)}"),
                Step(_taken_at(known), f"the flow `{first.flow}` takes it here"),
                *_written(view, place),
                Step(place, f"the flow `{second.flow}` takes {_said(view)} here"),
            ),
            related=tuple(Step(one, "and here") for one in view.reads if one != place),
            cause=_cause(view.setting, second.flow),
            symbol=second.flow,
            fix=give_value(view, known) if len(first.views) == 1 else None,
        )


def _written(view: View, place: Place) -> tuple[Step, ...]:
    return (Step(view.place, f"`{view.setting}` is {_said(view)}"),) if view.place != place else ()


def _taken_at(view: View) -> Place:
    return view.reads[0] if view.reads else view.place


def _said(view: View) -> str:
    return repr(view.value) if view.is_known else "something that only shows when it runs"


def find_unread(project: Project, flows: Flows) -> Iterator[Hit]:
    """One hit for each setting and flow that doesn't read it, though another flow does."""
    stretches = {one.name: one for one in find_stretches(project, flows)}
    for row in find_rows(project, flows):
        reading = [cell for cell in row.cells if cell.views]
        for cell in row.cells if reading else ():
            if not cell.views:
                yield _unread(project, row, reading[0], stretches[cell.flow])


def _unread(project: Project, row: Row, reading: Cell, stretch: Stretch) -> Hit:
    place = first_order(project, stretch)
    view = reading.views[0]
    order = Step(place, f"the flow `{stretch.name}` places its first order here without it")
    return Hit(
        place=place,
        saw={
            "quantity": row.quantity,
            "key": view.setting,
            "flow": stretch.name,
            "other": reading.flow,
        },
        confidence=Confidence.MEDIUM,
        trace=(
            Step(_taken_at(view), f"the flow `{reading.flow}` reads `{view.setting}`"),
            order,
        ),
        cause=_cause(view.setting, stretch.name),
        symbol=stretch.name,
    )


def find_unguarded(project: Project, flows: Flows) -> Iterator[Hit]:
    """PAR004: one hit for each guard and each flow that goes without it."""
    for row in find_guard_rows(project, flows):
        having = [cell for cell in row.cells if cell.number]
        told = _told_by_peers(project) if row.guard in GATES else frozenset[Place]()
        for cell in row.cells:
            if having and cell.is_missing and cell.place not in told:
                yield _hit(row.guard, having[0], cell)


def _told_by_peers(project: Project) -> frozenset[Place]:
    """The orders that go without a gate which guards another order of the same entry point: that is
    a finding of its own."""
    asked = Asked(project, GATES)
    guarded = {top_of(chain) for chain in asked.answer.guarded if asked.anchor(chain)}
    pairs = asked.opening()
    return frozenset(project.call_place(ref) for ref, chain in pairs if top_of(chain) in guarded)


def _hit(guard: str, there: GuardCell, cell: GuardCell) -> Hit:
    is_role = guard in ROLES
    is_told = is_role and guard not in GATES  # where an order has no such guard, that is said there
    said = f"a {guard}" if is_role else f"`{'.'.join(guard.split('.')[-2:])}`"
    return Hit(
        place=cell.place,
        saw={"guard": said, "flow": cell.flow, "other": there.flow},
        confidence=Confidence.HIGH if is_role else Confidence.MEDIUM,
        trace=(
            Step(there.place, f"before its orders the flow `{there.flow}` asks {said}"),
            Step(cell.place, f"the flow `{cell.flow}` places its first order here without it"),
        ),
        cause=f"{cell.place.path}:{cell.place.span.line}" if is_told else f"{guard}:{cell.flow}",
        symbol=f"{cell.flow}:{guard}",
    )


def _cause(key: str, flow: str) -> str:
    return f"parity:{key}:{flow}"
