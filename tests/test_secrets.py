"""Credentials are found, other things aren't, and nothing that botlint writes holds one."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.loading import load_benchmark

from botlint.discover import discover
from botlint.facts.entries import find_entries, find_notebook_entries
from botlint.facts.extract import extract_facts
from botlint.facts.texts import look_through
from botlint.looking import look
from botlint.model import Report
from botlint.report import REPORTERS
from botlint.report.full import show_finding
from botlint.report.presentation import Presentation
from botlint.run import check
from botlint.secrets.forms import find_forms, find_key_bytes
from botlint.secrets.inner import find_inner
from botlint.secrets.phrases import find_phrases, has_checksum, is_phrase
from botlint.secrets.redaction import redact_line, show
from botlint.secrets.shapes import Shape, judge
from botlint.settings import Settings

HELD_OUT = 90_001
SHOWN = 4


planting = load_benchmark("planting")
misses = load_benchmark("near_misses")
second = load_benchmark("second_author")


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def found_in(root: Path, files: dict[str, str]) -> Report:
    write(root, {"main.py": "import ccxt\n", **files})
    return check((str(root),), Settings(root=root, jobs=1, select=("SEC",)))


@pytest.mark.parametrize("seed", [1, 2, HELD_OUT])
def test_of_two_hundred_planted_credentials_all_but_six_are_found(
    seed: int, tmp_path: Path
) -> None:
    planted = planting.plant(seed)
    report = found_in(tmp_path, planted.files)
    places = {(finding.place.path, finding.place.span.line) for finding in report.findings}
    missed = [one for one in planted.plants if (one.path, one.line) not in places]
    assert len(missed) <= 6, [(one.kind, one.way) for one in missed]


@pytest.mark.parametrize("seed", [1, 2, HELD_OUT])
def test_of_two_hundred_near_misses_at_most_two_are_taken(seed: int, tmp_path: Path) -> None:
    planted = misses.near_misses(seed)
    report = found_in(tmp_path, planted.files)
    taken = {finding.place.path for finding in report.findings}
    wrong = [one for one in planted.plants if one.path in taken]
    assert len(wrong) <= 2, [(one.kind, one.way) for one in wrong]


@pytest.mark.parametrize("seed", [1, HELD_OUT])
def test_of_the_second_authors_credentials_all_but_two_are_found(seed: int, tmp_path: Path) -> None:
    planted = second.credentials(seed)
    report = found_in(tmp_path, planted.files)
    found = {finding.place.path for finding in report.findings}
    missed = [one.kind for one in planted.plants if one.path not in found]
    assert len(missed) <= 2, missed


@pytest.mark.parametrize("seed", [1, HELD_OUT])
def test_of_the_second_authors_near_misses_at_most_one_is_taken(seed: int, tmp_path: Path) -> None:
    planted = second.near_misses_of_second_author(seed)
    report = found_in(tmp_path, planted.files)
    taken = {finding.place.path for finding in report.findings}
    wrong = [one.kind for one in planted.plants if one.path in taken]
    assert len(wrong) <= 1, wrong


def test_a_text_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    files = {"config.yaml": "a: 1\n", "notes.md": "x\n", "tests/test_x.py": "x = 1\n"}
    write(tmp_path, {"main.py": "import ccxt\n", **files})
    settings = Settings(root=tmp_path, jobs=1)
    discovery = discover((str(tmp_path),), settings)
    for name in files:
        (tmp_path / name).unlink()
    problems = look(discovery, settings).problems
    assert [problem.path for problem in problems] == sorted(files)
    assert all("could not be read" in problem.message for problem in problems)


def holds(text: str, value: str) -> bool:
    """Whether more than the first characters of a value stand in a text.

    Phrases are made of words that stand everywhere: of them two words in a row count.
    """
    if " " in value:
        words = value.split()
        return any(f"{one} {other}" in text for one, other in itertools.pairwise(words))
    middle = len(value) // 2
    return any(
        part in text for part in (value[: SHOWN + 2], value[-7:], value[middle : middle + 7])
    )


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, object, Report]:
    root = tmp_path_factory.mktemp("planted")
    tree = planting.plant(7)
    return root, tree, found_in(root, tree.files)


def secret_part(one: object) -> str:
    """Of URLs, only a part is secret."""
    kind, value = one.kind, one.value  # type: ignore[attr-defined]
    if kind in ("postgres url", "redis url"):
        return str(value.rpartition("@")[0].rpartition(":")[2])
    if kind in ("slack webhook", "discord webhook"):
        return str(value.rpartition("/")[2])
    if kind == "telegram":
        return str(value.partition(":")[2])
    return str(value)


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_no_output_format_holds_a_planted_value(
    name: str, planted: tuple[Path, object, Report]
) -> None:
    root, tree, report = planted
    assert len(report.findings) >= 194
    presentation = Presentation(root=root, verbose=True, width=200)
    text = REPORTERS[name](report, presentation)
    for one in tree.plants:  # type: ignore[attr-defined]
        assert not holds(text, secret_part(one)), (one.kind, one.way)


def test_no_explained_finding_holds_a_planted_value(planted: tuple[Path, object, Report]) -> None:
    root, tree, report = planted
    presentation = Presentation(root=root, verbose=True, width=200)
    text = "".join(show_finding(finding, presentation) for finding in report.findings)
    for one in tree.plants:  # type: ignore[attr-defined]
        assert not holds(text, secret_part(one)), (one.kind, one.way)


def test_no_facts_hold_a_planted_value(planted: tuple[Path, object, Report]) -> None:
    """What a cache would keep: the facts of code and of other texts."""
    root, tree, _ = planted
    settings = Settings(root=root, jobs=1)
    encoder = msgspec.json.Encoder()
    discovery = discover((str(root),), settings)
    kept = [encoder.encode(text).decode() for text in look_through(discovery)[0]]
    for name, text in tree.files.items():  # type: ignore[attr-defined]
        if name.endswith(".py"):
            kept.append(encoder.encode(extract_facts(name, text.encode())).decode())
            kept.append(repr(extract_facts(name, text.encode())))
    whole = "\n".join(kept)
    for one in tree.plants:  # type: ignore[attr-defined]
        assert not holds(whole, secret_part(one)), (one.kind, one.way)


def test_a_frame_of_another_rule_shows_no_credential(tmp_path: Path) -> None:
    value = planting.draw(planting.ALNUM, 40)(random.Random(5))
    write(tmp_path, {"main.py": f'import os\n\napi_secret = "{value}"; x = os.getenv("A"\n'})
    report = check((str(tmp_path),), Settings(root=tmp_path, jobs=1))
    text = REPORTERS["full"](report, Presentation(root=tmp_path, verbose=True, width=200))
    assert report.findings
    assert value[:8] not in text


def test_at_most_four_characters_and_fewer_of_a_short_one_are_shown() -> None:
    assert show("a" * 64) == '"aaaa…" (64 characters)'
    assert show("hunter2") == '"h…" (7 characters)'


def test_a_member_of_an_object_is_shown() -> None:
    line = "                self._check_and_send_depth_20(token)"
    assert redact_line(line) == line


def test_the_name_of_a_keyword_is_shown() -> None:
    line = "redis_manager = RedisConnectionManager(redis_url='redis://redis:6379')"
    assert redact_line(line) == line


def test_a_line_keeps_its_length_when_it_is_redacted() -> None:
    value = planting.draw(planting.ALNUM, 64)(random.Random(3))
    line = f'exchange = connect("BTC/USDT", secret="{value}")'
    assert value[:8] not in redact_line(line)
    assert len(redact_line(line)) == len(line)
    assert redact_line("positions = portfolio.open_positions_by_symbol") == (
        "positions = portfolio.open_positions_by_symbol"
    )


def seconds(work: Callable[[bytes], object], data: bytes) -> float:
    best = 1e9
    for _ in range(3):
        start = time.process_time()
        work(data)
        best = min(best, time.process_time() - start)
    return best


HOSTILE = (
    b"a" * 20,
    b"AKIA",
    b"eyJ" + b"a" * 30 + b".",
    b"-----BEGIN ",
    b"-----BEGIN RSA PRIVATE KEY-----\\n",
    b"://a:",
    b"postgres://u:" + b"p" * 100,
    b"xoxb-" + b"1" * 30 + b" ",
    b"MT" + b"a" * 24 + b".",
    b"1234567890:AA" + b"a" * 20 + b" ",
    b"hooks.slack.com/services/" + b"A" * 10 + b"/",
    b"AccountKey=" + b"A" * 80,
    b"able ",
    b"api_key: ",
    b'"secret": "',
    b"[" + b"1, " * 62,
    b"?token=" + b"a1" * 9,
    b"&api-key_",
    b" password=" + b"a" * 6,
    b"password=x host=",
    b"A_KEY",
    b"secret:\n",
    b"secret: [\n",
    b"- secret: |\n  - ",
    b"ENV A_KEY ",
    b"hooks.zapier.com/hooks/catch/1",
    b"xprv" + b"a" * 100,
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_for_known_forms_takes_linear_time(piece: bytes) -> None:
    """Four times the bytes take about four times as long, whatever they are made of."""

    def read(data: bytes) -> None:
        find_forms(data)
        find_phrases(data)
        list(find_key_bytes(data))
        find_entries(data)
        find_notebook_entries(data)
        text = data.decode()
        for at in range(0, len(text), 20_000):
            find_inner(text[at : at + 20_000])

    small = piece * (60_000 // len(piece))
    once, four_times = seconds(read, small), seconds(read, small * 4)
    assert four_times < max(9 * once, 0.05)
    assert once < 0.5


def test_phrases_are_told_by_list_and_checksum() -> None:
    phrase = planting.make_phrase(random.Random(11))
    assert has_checksum(phrase.split())
    assert is_phrase(phrase)
    assert not is_phrase("abandon " * 11 + "about")
    assert not is_phrase(phrase.rsplit(" ", 1)[0])
    assert not is_phrase("the quick brown fox jumps over the lazy dog and then it sleeps")


@pytest.mark.parametrize(
    "text",
    [
        "YOUR_API_KEY",
        "correct horse battery",
        "0x" + "ab12" * 10,
        "fetchOpenOrdersBySymbol",
        "orders/v3/btc-usdt.json",
        "2026-01-31T12:00:00Z",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "https://api.exchange.com/v3/orders?limit=500",
    ],
)
def test_words_placeholders_addresses_and_paths_look_like_nothing(text: str) -> None:
    assert judge(text) is Shape.PLAIN
