"""Placing: hits become findings.

One cause, one finding: of the hits with one cause, those of a rule that another one stands before
give way. Five or more findings of one rule for one symbol with one cause print as one, and so do
those of a rule that says one thing of one statement or one value. What somebody has silenced is
told for itself: a reason given for one place is none for the others.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import compress

import msgspec

from botlint.model import Finding, Fix, Hit, Place, Rule, Safety, Severity, Step

_MANY = 5
_SAID = 2
# The field that says what is missing or wrong; hits of one class that share it have one cause.
_SHARED = ("guard", "name", "exception")
_Placed = tuple[Rule, Hit]


class _Fields(dict[str, str]):
    """The fields of a message; one that the check didn't see reads as ``?``."""

    def __missing__(self, name: str) -> str:
        return "?"


def is_never_silenced(rule: Rule, place: Place) -> bool:
    """What nobody has written a suppression for."""
    return False


def place_hits(
    hits: Iterable[_Placed],
    rules: tuple[Rule, ...],
    is_silenced: Callable[[Rule, Place], bool] = is_never_silenced,
) -> tuple[Finding, ...]:
    """The findings that hits make under their rules, sorted by place and code."""
    standing = _resolve_causes(_drop_repeated(_sorted(hits)), _precedence(rules))
    silenced = [is_silenced(rule, hit.place) for rule, hit in standing]
    others = [placed for placed, is_apart in zip(standing, silenced, strict=True) if not is_apart]
    apart = compress(standing, silenced)
    seen: Counter[tuple[str, ...]] = Counter()
    groups = _by_statement(_sorted((*apart, *_group(others))))
    found = (_make_finding(group, seen) for group in groups)
    return tuple(sorted(found, key=lambda finding: (finding.place, finding.code)))


def _by_statement(hits: list[_Placed]) -> Iterator[list[_Placed]]:
    """The hits that become one finding, the fullest of each first."""
    groups: dict[tuple[str, str], list[list[_Placed]]] = {}
    for rule, hit in hits:
        alike = groups.setdefault((rule.code, hit.place.path), [])
        last = alike[-1] if alike else []
        if any(_is_told_with(rule, other, hit) for _, other in last):
            last.append((rule, hit))
        else:
            alike.append([(rule, hit)])
    for alike in groups.values():
        yield from (sorted(group, key=_fullness, reverse=True) for group in alike)


def _is_told_with(rule: Rule, one: Hit, other: Hit) -> bool:
    is_beside = one.place.span.line == other.place.span.line
    if rule.one_for == "value":
        return is_beside and one.place.span.covers(other.place.span)
    return is_beside and rule.one_for == "statement"


def _fullness(placed: _Placed) -> tuple[int, int, int]:
    rule, hit = placed
    return (hit.severity or rule.severity) - hit.mitigation, hit.confidence, len(hit.trace)


def _sorted(hits: Iterable[_Placed]) -> list[_Placed]:
    return sorted(hits, key=lambda placed: (placed[1].place, placed[0].code, placed[1].cause))


def _drop_repeated(hits: list[_Placed]) -> list[_Placed]:
    """One finding for what a rule says of one place, however many ways lead there."""
    first = {(rule.code, hit.place, _say(rule, hit)): (rule, hit) for rule, hit in reversed(hits)}
    return _sorted(first.values())


def _precedence(rules: tuple[Rule, ...]) -> Mapping[str, frozenset[str]]:
    """For each rule the codes that it stands before, directly or by way of another."""
    direct = {rule.code: set(rule.stands_before) for rule in rules}
    closed: dict[str, frozenset[str]] = {}
    for code in direct:
        reached: set[str] = set()
        waiting = [code]
        while waiting:
            for later in direct.get(waiting.pop(), ()):
                if later not in reached:
                    reached.add(later)
                    waiting.append(later)
        closed[code] = frozenset(reached)
    return closed


def _resolve_causes(hits: list[_Placed], precedence: Mapping[str, frozenset[str]]) -> list[_Placed]:
    codes_of_cause: dict[str, set[str]] = defaultdict(set)
    for rule, hit in hits:
        if hit.cause:
            codes_of_cause[hit.cause].add(rule.code)
    return [
        (rule, hit)
        for rule, hit in hits
        if not any(rule.code in precedence[code] for code in codes_of_cause.get(hit.cause, ()))
    ]


def _group(hits: list[_Placed]) -> list[_Placed]:
    """One finding for five or more of one cause: the same guard missing in one class or module, or
    before the same order call all over the program."""
    return _grouped_by(_by_order, _grouped_by(_by_owner, hits))


def _grouped_by(key: Callable[[Rule, Hit], tuple[str, ...]], hits: list[_Placed]) -> list[_Placed]:
    groups: dict[tuple[str, ...], list[_Placed]] = {}
    for rule, hit in hits:
        groups.setdefault(key(rule, hit), []).append((rule, hit))
    return [placed for group in groups.values() for placed in _merge(group)]


def _by_owner(rule: Rule, hit: Hit) -> tuple[str, ...]:
    owner, _, _ = hit.symbol.rpartition(".")
    what = next((hit.saw[field] for field in _SHARED if hit.saw.get(field)), "")
    return (rule.code, hit.place.path, owner, what)


def _by_order(rule: Rule, hit: Hit) -> tuple[str, ...]:
    order = hit.saw.get("order", "").rpartition(".")[2]
    if not order:
        return (rule.code, hit.place.path, str(hit.place.span), hit.symbol)
    return (rule.code, order, hit.saw.get("guard", ""))


def _merge(group: list[_Placed]) -> list[_Placed]:
    rule, first = group[0]
    if len(group) < _MANY or not any(first.saw.get(field) for field in _SHARED):
        return group
    others: list[Step] = []
    for _, hit in group[1:]:
        text = f"the same here, in {hit.symbol}" if hit.symbol else "the same here"
        others += (Step(hit.place, text), *hit.related)
    fix = _join_fixes([hit.fix for _, hit in group])
    return [(rule, msgspec.structs.replace(first, related=(*first.related, *others), fix=fix))]


def _join_fixes(fixes: list[Fix | None]) -> Fix | None:
    """What mends all places of a finding, if each of them can be mended."""
    known = [fix for fix in fixes if fix is not None]
    if len(known) < len(fixes):
        return None
    safety = Safety.SAFE if all(fix.safety is Safety.SAFE for fix in known) else Safety.UNSAFE
    edits = tuple(edit for fix in known for edit in fix.edits)
    return Fix(known[0].title, safety, edits)


def _make_finding(group: list[_Placed], seen: Counter[tuple[str, ...]]) -> Finding:
    """The finding of one statement, at the fullest of its hits; the others are related to it."""
    (rule, hit), *others = group
    message = _say_all([_say(*one) for one in group])
    identity = (rule.code, hit.place.path, hit.symbol, message)
    seen[identity] += 1
    beside = [Step(one[1].place, _say(*one)) for one in others]
    deeper = [step for _, one in others for step in one.related]
    return Finding(
        code=rule.code,
        name=rule.name,
        place=hit.place,
        message=message,
        severity=Severity(max(Severity.LOW, (hit.severity or rule.severity) - hit.mitigation)),
        confidence=hit.confidence,
        help=" ".join(rule.remedy.format_map(_Fields(hit.saw)).split()),
        trace=hit.trace,
        related=(*hit.related, *beside, *deeper),
        symbol=hit.symbol,
        fingerprint=_fingerprint(identity, seen[identity]),
        fix=_join_fixes([one.fix for _, one in group]),
    )


def _say(rule: Rule, hit: Hit) -> str:
    return rule.message.format_map(_Fields(hit.saw))


def _say_all(messages: list[str]) -> str:
    """Some different messages as one, and how many more there are."""
    different = list(dict.fromkeys(messages))
    more = len(different) - _SAID
    return "; ".join((*different[:_SAID], f"and {more} more here") if more > 0 else different)


def _fingerprint(identity: tuple[str, ...], occurrence: int) -> str:
    """The same for the same fault while lines move: it holds no line number."""
    text = "\0".join((*identity, str(occurrence)))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
