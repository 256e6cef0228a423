"""Withdrawal rights: calls that move money out of the account, and settings that allow it."""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.secrets.naming import Naming, naming_of
from botlint.checks.secrets.slots import Slot, slots_of
from botlint.facts.types import Attribute, Constant, Result
from botlint.flow.program import FunctionRef
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import CallRef, Project


def find_withdrawals(project: Project) -> Iterator[Hit]:
    """One hit for each call that withdraws, and each setting that asks for the right to."""
    for site in project.calls_playing("withdraw"):
        if not _is_own(project, site) and _names_what(project, site):
            yield _call_hit(project, site)
    naming = naming_of(project)
    for ref in project.program.functions():
        for slot in _constants(project, ref):
            if _asks_for_right(naming, slot):
                yield _setting_hit(project, slot)


def _is_own(project: Project, site: CallRef) -> bool:
    """Whether the call runs a function of the program: what that calls is looked at itself."""
    return bool(project.program.callees(site.function, site.call))


def _names_what(project: Project, site: CallRef) -> bool:
    """Whether a call says what is to be withdrawn: ``window.withdraw()`` hides a window. What a
    contract pays out goes to who asks for it, ``vault.withdraw(amount).transact()``."""
    call = project.call(site)
    if not (call.args or call.keywords) or ".functions." in project.written(site):
        return False
    return not any(
        isinstance(one.func, Attribute)
        and one.func.value == Result(site.call)
        and one.func.name.startswith(("transact", "build_transaction"))
        for one in project.function(site.function).calls
    )


def _constants(project: Project, ref: FunctionRef) -> Iterator[Slot]:
    return (slot for slot in slots_of(project, ref) if type(slot.value) is Constant)


def _asks_for_right(naming: Naming, slot: Slot) -> bool:
    value = slot.value.value if type(slot.value) is Constant else None
    if isinstance(value, str):
        word = value.lower().replace("-", "").replace("_", "").replace(" ", "")
        is_right = word.startswith("withdraw") or word in ("enablewithdrawals", "canwithdraw")
        return is_right and naming.plays(slot.name, "permissions")
    return value is True and naming.plays(slot.name, "withdrawal-right")


def _call_hit(project: Project, site: CallRef) -> Hit:
    written = project.written(site)
    symbol = project.program.display(site.function)
    return _hit(project.call_place(site), f"`{symbol}` calls `{written}`", written, symbol)


def _setting_hit(project: Project, slot: Slot) -> Hit:
    symbol = project.program.display(slot.function)
    place = project.place(slot.function, slot.span)
    return _hit(place, f"`{slot.name}` asks for the right to withdraw", slot.name, symbol)


def _hit(place: Place, what: str, name: str, symbol: str) -> Hit:
    return Hit(
        place=place,
        saw={"what": what, "name": name, "where": place.path, "shown": ""},
        confidence=Confidence.MEDIUM,
        trace=(Step(place, what),),
        cause=f"{place.path}:{place.span.line}:{name}",
        symbol=symbol,
    )
