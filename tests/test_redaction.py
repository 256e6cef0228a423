"""No output of any command, in any format, holds a credential that stands in the program.

Two sets are planted, by two hands; some of them nothing finds. What is shown of a source or of a
setting must not depend on that.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from tests.loading import load_benchmark

from botlint.cli import botlint
from botlint.discover import discover
from botlint.fixes import Drafts, describe_changes, mend, spell_out
from botlint.looking import look
from botlint.model import Report, Safety
from botlint.report import REPORTERS, report_statistics, show_finding
from botlint.report.presentation import Presentation
from botlint.report.summary import describe_problem
from botlint.settings import Settings

SHOWN = 4
PIECE = 8


class Secret(NamedTuple):
    """What must not be seen, and what it is."""

    kind: str
    value: str


class Planted(NamedTuple):
    """A tree with credentials in it, and the report on it."""

    root: Path
    secrets: tuple[Secret, ...]
    report: Report


def secret_part(kind: str, value: str) -> str:
    """Of addresses only a part is secret; of a block of text its body."""
    if kind in ("postgres url", "redis url"):
        return value.rpartition("@")[0].rpartition(":")[2]
    if kind in ("slack webhook", "discord webhook"):
        return value.rpartition("/")[2]
    if "-----BEGIN" in value:
        return re.sub(r"-----[A-Z ]+-----|\\n|\s", "", value)[:64]
    return value.partition(":")[2] if kind.startswith("telegram") else value


def pieces(secret: Secret) -> Iterator[str]:
    """What a leak would look like: the beginning with more than may be shown, the middle, the end;
    of phrases and lists two parts in a row."""
    value = secret.value
    if " " in value:
        yield from (f"{one} {other}" for one, other in itertools.pairwise(value.split()[2:6]))
        return
    middle = len(value) // 2
    yield from (value[: SHOWN + 3], value[-PIECE:], value[middle : middle + PIECE])


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    root = tmp_path_factory.mktemp("planted")
    first = load_benchmark("planting").plant(11, 70)
    second = load_benchmark("second_author").credentials(11)
    files = {"main.py": "import ccxt\n", **first.files, **second.files}
    value = next(one.value for one in first.plants if one.kind == "binance secret")
    files["bot/broken.py"] = f'api_secret = "{value}"; x = (\n'
    files["bot/broken.yaml"] = f"api_secret: {value}\n  x: [\n"
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    settings = Settings(root=root, jobs=1)
    report = look(discover((str(root),), settings), settings)
    plants = (*first.plants, *second.plants)
    found = tuple(
        Secret(f"{one.kind} {one.way}", secret_part(one.kind, one.value)) for one in plants
    )
    return Planted(root, found, spell_out(report, Drafts(root)))


def assert_hidden(text: str, planted: Planted) -> None:
    shown = [
        secret.kind for secret in planted.secrets if any(part in text for part in pieces(secret))
    ]
    assert shown == []


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_no_format_of_a_report_holds_one(name: str, planted: Planted) -> None:
    presentation = Presentation(root=planted.root, verbose=True, width=300, shows_suppressed=True)
    assert len(planted.report.findings) > 100
    assert_hidden(REPORTERS[name](planted.report, presentation), planted)


def test_no_finding_that_is_explained_holds_one(planted: Planted) -> None:
    presentation = Presentation(root=planted.root, verbose=True, width=300)
    shown = [show_finding(finding, presentation) for finding in planted.report.findings]
    shown += [describe_problem(problem) for problem in planted.report.problems]
    shown.append(report_statistics(planted.report, presentation))
    assert_hidden("".join(shown), planted)


def test_no_frame_of_any_other_rule_holds_one(planted: Planted) -> None:
    """Each planted line, as the place of a finding that knows nothing of credentials."""
    from botlint.report.frames import make_source_lines, take_line

    lines = make_source_lines(Presentation(root=planted.root))
    text = "\n".join(
        take_line(lines(path.relative_to(planted.root).as_posix()), number)
        for path in sorted(planted.root.rglob("*.py"))
        for number in range(1, path.read_text("utf-8").count("\n") + 2)
    )
    # Of half an address, on a line of its own, nothing tells that it holds half a password.
    whole = tuple(one for one in planted.secrets if not one.kind.endswith("url joined"))
    assert_hidden(text, planted._replace(secrets=whole))


def test_no_diff_of_the_fixes_holds_one(planted: Planted) -> None:
    settings = Settings(root=planted.root, jobs=1, select=("SEC",))
    discovery = discover((str(planted.root),), settings)
    outcome = mend(
        discovery, lambda one: look(one, settings), Drafts(planted.root), frozenset(Safety)
    )
    assert len(outcome.report.fixed) > 40
    diff = describe_changes(outcome.files)
    assert "+import os" in diff
    assert_hidden(diff, planted)
    assert_hidden("".join(map(describe_problem, outcome.report.problems)), planted)


@pytest.mark.parametrize(
    "arguments",
    [
        ("config", "show"),
        ("roles",),
        ("check", "--isolated", "--config", "bot/broken.py"),
        ("check", "--stage", "none"),
    ],
)
def test_no_other_command_and_no_error_shows_one(
    arguments: tuple[str, ...], planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(planted.root)
    result = CliRunner().invoke(botlint, list(arguments), standalone_mode=False)
    told = result.output + str(result.exception or "")
    assert_hidden(told, planted)
