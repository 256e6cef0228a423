"""Merging: hits become findings, those alike in one.

Five or more of one rule for one symbol with one cause print as one, and so do those of a rule that
says one thing of one statement or one value. What can't happen before another fault is mended is
told along with that one. What somebody has silenced is told for itself: a
reason given for one place is none for the others.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import msgspec

from botlint.model import Finding, Fix, Place, Safety, Severity, Status, Step
from botlint.placing import Fields, Placed, sort_placed

_MANY = 5
_SAID = 2
# The field that says what is missing or wrong; hits of one class that share it have one cause.
_SHARED = ("guard", "name", "exception")


def make_findings(placed: Iterable[Placed]) -> tuple[Finding, ...]:
    """The findings that placed hits make, sorted by place and code."""
    hits = sort_placed(placed)
    open_hits = _group(_tell_along([one for one in hits if not one.reason]))
    silenced = [one for one in hits if one.reason]
    seen: Counter[tuple[str, ...]] = Counter()
    groups = _by_statement(sort_placed((*silenced, *open_hits)))
    in_order = sorted(groups, key=lambda group: (group[0].hit.place, group[0].rule.code))
    return tuple(_make_finding(group, seen) for group in in_order)


def _by_statement(hits: list[Placed]) -> Iterator[list[Placed]]:
    """The hits that become one finding, the fullest of each first."""
    groups: dict[tuple[str, str, str], list[list[Placed]]] = {}
    for one in hits:
        alike = groups.setdefault((one.rule.code, one.hit.place.path, one.reason), [])
        last = alike[-1] if alike else []
        if any(_is_told_with(other, one) for other in last):
            last.append(one)
        else:
            alike.append([one])
    for alike in groups.values():
        yield from (sorted(group, key=_fullness, reverse=True) for group in alike)


def _is_told_with(one: Placed, other: Placed) -> bool:
    where, there = one.hit.place.span, other.hit.place.span
    if one.rule.one_for == "value":
        return where.line == there.line and where.covers(there)
    return where.line == there.line and one.rule.one_for == "statement"


def _fullness(placed: Placed) -> tuple[int, int, int]:
    rule, hit, _ = placed
    return (hit.severity or rule.severity) - hit.mitigation, hit.confidence, len(hit.trace)


def _tell_along(hits: list[Placed]) -> list[Placed]:
    """``hits`` with those that something else always comes before at the places of that."""
    first: dict[Place, int] = {}
    for number, one in enumerate(hits):
        if one.hit.behind is None:
            for place in (one.hit.place, *(step.place for step in one.hit.related)):
                first.setdefault(place, number)
    along: dict[int, list[Step]] = {}
    kept: list[int] = []
    for number, one in enumerate(hits):
        before = first.get(one.hit.behind) if one.hit.behind is not None else None
        if before is None:
            kept.append(number)
            continue
        text = f"once that is mended: {one.message} ({one.rule.code})"
        along.setdefault(before, []).append(Step(one.hit.place, text))
    return [_with_related(hits[number], along.get(number, ())) for number in kept]


def _with_related(placed: Placed, steps: Iterable[Step]) -> Placed:
    related = (*placed.hit.related, *steps)
    return placed._replace(hit=msgspec.structs.replace(placed.hit, related=related))


def _group(hits: list[Placed]) -> list[Placed]:
    """One finding for five or more of one cause: the same guard missing in one class or module, or
    before the same order call all over the program."""
    return _grouped_by(_by_order, _grouped_by(_by_owner, hits))


def _grouped_by(key: Callable[[Placed], tuple[str, ...]], hits: list[Placed]) -> list[Placed]:
    groups: dict[tuple[str, ...], list[Placed]] = {}
    for one in hits:
        groups.setdefault(key(one), []).append(one)
    return [one for group in groups.values() for one in _merge(group)]


def _by_owner(placed: Placed) -> tuple[str, ...]:
    rule, hit, _ = placed
    owner, _, _ = hit.symbol.rpartition(".")
    what = next((hit.saw[field] for field in _SHARED if hit.saw.get(field)), "")
    return (rule.code, hit.place.path, owner, what)


def _by_order(placed: Placed) -> tuple[str, ...]:
    rule, hit, _ = placed
    order = hit.saw.get("order", "").rpartition(".")[2]
    if not order:
        return (rule.code, hit.place.path, str(hit.place.span), hit.symbol)
    return (rule.code, order, hit.saw.get("guard", ""))


def _merge(group: list[Placed]) -> list[Placed]:
    first = group[0].hit
    if len(group) < _MANY or not any(first.saw.get(field) for field in _SHARED):
        return group
    group = sorted(group, key=_fullness, reverse=True)
    first = group[0].hit
    others: list[Step] = []
    for _, hit, _ in group[1:]:
        text = f"the same here, in {hit.symbol}" if hit.symbol else "the same here"
        others += (Step(hit.place, text), *hit.related)
    fix = _join_fixes([one.hit.fix for one in group])
    whole = msgspec.structs.replace(first, related=(*first.related, *others), fix=fix)
    return [group[0]._replace(hit=whole)]


def _join_fixes(fixes: list[Fix | None]) -> Fix | None:
    """What mends all places of a finding, if each of them can be mended."""
    known = [fix for fix in fixes if fix is not None]
    if len(known) < len(fixes):
        return None
    safety = Safety.SAFE if all(fix.safety is Safety.SAFE for fix in known) else Safety.UNSAFE
    edits = tuple(edit for fix in known for edit in fix.edits)
    return Fix(known[0].title, safety, edits)


def _make_finding(group: list[Placed], seen: Counter[tuple[str, ...]]) -> Finding:
    """The finding of one statement, at the fullest of its hits; the others are related to it."""
    (rule, hit, reason), *others = group
    message = _join_messages([one.message for one in group])
    identity = (rule.code, hit.place.path, hit.symbol, message)
    seen[identity] += 1
    beside = [Step(one.hit.place, one.message) for one in others]
    deeper = [step for one in others for step in one.hit.related]
    return Finding(
        code=rule.code,
        name=rule.name,
        place=hit.place,
        message=message,
        severity=Severity(max(Severity.LOW, (hit.severity or rule.severity) - hit.mitigation)),
        confidence=hit.confidence,
        help=" ".join(rule.remedy.format_map(Fields(hit.saw)).split()),
        trace=hit.trace,
        related=(*hit.related, *beside, *deeper),
        symbol=hit.symbol,
        fingerprint=_fingerprint(identity, seen[identity]),
        status=Status.SUPPRESSED if reason else Status.OPEN,
        reason=reason,
        fix=_join_fixes([one.hit.fix for one in group]),
    )


def _join_messages(messages: list[str]) -> str:
    """Some different messages as one, and how many more there are."""
    different = list(dict.fromkeys(messages))
    more = len(different) - _SAID
    return "; ".join((*different[:_SAID], f"and {more} more here") if more > 0 else different)


def _fingerprint(identity: tuple[str, ...], occurrence: int) -> str:
    """The same for the same fault while lines move: it holds no line number."""
    text = "\0".join((*identity, str(occurrence)))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
