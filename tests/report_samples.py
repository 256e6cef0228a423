"""A small program and a report about it, for the tests of the report formats."""

from __future__ import annotations

from pathlib import Path

from botlint.model import (
    Confidence,
    Finding,
    Place,
    Problem,
    Report,
    Rule,
    Scope,
    Severity,
    Span,
    Status,
    Step,
)
from botlint.report import Presentation

SERVICE = """\
class BuyService:
    def place(self, request):
\tself.log("buying")
\treturn self.exchange.create_order(request.symbol, "limit", "buy", request.amount)
"""
WORKER = """\
from services.buy_service import BuyService

def tick(service: BuyService, request):
    try:
        preflight(request)
    except Exception:
        pass
    service.place(request)  # 買う
"""

RULE = Rule(
    code="ORD001",
    name="order-without-preflight",
    since="0.1.0",
    summary="An order can be placed on a path without preflight",
    message="`{order}` can be placed without preflight",
    why="Preflight is the last look at an order before money moves.",
    loss="A wrong quantity is sent as it is.",
    remedy="Run preflight for this order first and stop when it says no.",
    severity=Severity.CRITICAL,
    check="guarded",
    parameters={},
    checklist=("fix-1",),
)


def place(path: str, line: int, column: int, end_column: int) -> Place:
    return Place(path, Span(line, column, line, end_column))


ORDER = place("services/buy_service.py", 4, 9, 83)
FINDING = Finding(
    code="ORD001",
    name="order-without-preflight",
    place=ORDER,
    message="`self.exchange.create_order` can be placed on a path on which no preflight completed",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    help=RULE.remedy,
    trace=(
        Step(place("worker.py", 3, 1, 5), "nothing in the program calls `tick`, so it is a start"),
        Step(place("worker.py", 5, 9, 27), "preflight raises"),
        Step(place("worker.py", 6, 5, 21), "the exception is caught here and the order goes on"),
        Step(place("worker.py", 8, 5, 27), "calls `BuyService.place`"),
        Step(ORDER, "the order is placed"),
    ),
    related=(Step(place("worker.py", 8, 5, 27), "another order without it"),),
    symbol="BuyService.place",
    fingerprint="0123456789abcdef",
)
SILENCED = Finding(
    code="EXC001",
    name="abort-swallowed",
    place=Place("worker.py", Span(6, 5, 7, 13)),
    message="100% of aborts,\nall of them: swallowed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    help="Name the class.",
    trace=(),
    related=(),
    symbol="tick",
    fingerprint="fedcba9876543210",
    status=Status.SUPPRESSED,
    reason="looked at on 2026-11-01",
)
PROBLEM = Problem("broken.py", "could not be read: Permission denied")
SCOPE = Scope(
    files=2,
    not_analysed=("tests/test_a.py",),
    entries=1,
    opening_orders=1,
    closing_orders=0,
    guards=1,
    unknown=(Step(ORDER, "the type of `self.exchange` is unknown"),),
)
REPORT = Report((FINDING, SILENCED), (PROBLEM,), SCOPE, (RULE,), "0.1.0")
EMPTY = Report((), (), Scope(files=1, entries=1, opening_orders=1, guards=1), (RULE,), "0.1.0")


def write_program(root: Path) -> Presentation:
    """The program's files under ``root``, and how to show a report about them."""
    (root / "services").mkdir()
    (root / "services/buy_service.py").write_text(SERVICE, encoding="utf-8")
    (root / "worker.py").write_text(WORKER, encoding="utf-8")
    return Presentation(root=root)
