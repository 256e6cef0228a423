"""What is kept from run to run: by content, without a credential, and never trusted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from botlint.cache import (
    cache_directory,
    key_of,
    read_facts,
    read_outcome,
    read_sightings,
    write_facts,
    write_outcome,
    write_sightings,
)
from botlint.cache.files import digest_of
from botlint.discover import discover
from botlint.facts.gather import gather_by_content, gather_facts
from botlint.facts.texts import look_through
from botlint.model import Report
from botlint.rules import load_rules
from botlint.run import check
from botlint.settings import IgnoreEntry, Settings

TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"


def run(root: Path, cache: Path | None) -> list[tuple[str, str, int]]:
    settings = Settings(root=root, jobs=1, cache=cache, select=("SEC",))
    found = check((str(root),), settings).findings
    return [(one.code, one.place.path, one.place.span.line) for one in found]


def kept_in(cache: Path) -> list[str]:
    return sorted(file.name for file in cache.iterdir())


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "bot"
    root.mkdir()
    (root / "bot.py").write_text("print(1)\n")
    (root / "README.md").write_text(f"# bot\n\n    export TOKEN={TOKEN}\n")
    return root


def test_a_second_run_says_the_same_by_what_was_kept(tree: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = run(tree, cache)
    assert [place[1:] for place in first] == [("README.md", 3)]
    assert run(tree, cache) == first == run(tree, None)
    assert [name.partition("-")[0] for name in kept_in(cache)] == ["facts", "outcome", "sightings"]


def test_what_is_kept_is_used_and_goes_by_content(tree: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    run(tree, cache)
    kept = read_sightings(cache)
    assert len(kept) == 1
    discovery = discover((str(tree),), Settings(root=tree, jobs=1))
    seen = look_through(discovery, dict.fromkeys(kept, ())).texts
    assert seen == ()
    (tree / "README.md").write_text("# bot\n")
    assert run(tree, cache) == []


def test_what_settings_speak_of_is_asked_for_anew(tree: Path, tmp_path: Path) -> None:
    (tree / "data.csv").write_text("1\n")
    entry = IgnoreEntry("CFG001", "*.csv", "agreed")
    settings = Settings(root=tree, jobs=1, cache=tmp_path / "cache", ignores=(entry,))
    first = check((str(tree),), settings).findings
    (tree / "data.csv").unlink()
    second = check((str(tree),), settings).findings
    told = "path `*.csv` of an `ignore` fits no file"
    assert [one.message for one in second if one not in first] == [told]


def test_no_kept_file_holds_a_credential(tree: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    run(tree, cache)
    for file in cache.iterdir():
        assert TOKEN[4:12].encode() not in file.read_bytes()


@pytest.mark.parametrize(
    "poison",
    [
        b"",
        b"\xff" * 100,
        msgspec.msgpack.encode({b"x": 1}),
        msgspec.msgpack.encode([1, 2]),
        b"\x91" * 100_000,
    ],
)
@pytest.mark.parametrize("is_signed", [False, True])
def test_a_poisoned_cache_is_as_good_as_none(
    poison: bytes, tree: Path, tmp_path: Path, *, is_signed: bool
) -> None:
    cache = tmp_path / "cache"
    first = run(tree, cache)
    for file in cache.iterdir():
        file.write_bytes(digest_of(poison) + poison if is_signed else poison)
    assert read_sightings(cache) == {}
    assert run(tree, cache) == first
    assert read_sightings(cache)


def test_a_cache_that_cannot_be_written_is_none(tree: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run(tree, blocked / "cache") == run(tree, None)


def test_what_was_kept_before_stays(tmp_path: Path) -> None:
    write_sightings(tmp_path, {b"a": ()}, {b"b": ()})
    assert sorted(read_sightings(tmp_path)) == [b"a", b"b"]


@pytest.mark.parametrize(
    ("environment", "directory"),
    [
        ({"BOTLINT_CACHE_DIR": "/c", "HOME": "/h"}, Path("/c")),
        ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, Path("/x/botlint")),
        ({"HOME": "/h"}, Path("/h/.cache/botlint")),
        ({}, None),
    ],
)
def test_the_cache_lies_where_the_user_keeps_caches(
    environment: dict[str, str], directory: Path | None
) -> None:
    assert cache_directory(environment) == directory


def test_no_cache_keeps_nothing(tree: Path, tmp_path: Path) -> None:
    cache = tmp_path / "kept"
    environment = {**os.environ, "BOTLINT_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "botlint", "check", "--isolated", "."]
    subprocess.run([*command, "--no-cache"], cwd=tree, env=environment, check=False)
    assert not cache.exists()
    subprocess.run(command, cwd=tree, env=environment, check=False)
    assert cache.exists()


BOT = """\
import ccxt

exchange = ccxt.kraken()

def trade(price):
    exchange.create_order("BTC/USD", "limit", "buy", 1, price)

trade(1)
"""


def all_of(root: Path, cache: Path | None, *select: str) -> Report:
    return check((str(root),), Settings(root=root, jobs=1, cache=cache, select=select))


def test_facts_come_back_as_they_were(tree: Path) -> None:
    (tree / "bot.py").write_text(BOT)
    (tree / "broken.py").write_text("def f(:\n")
    sources = discover((str(tree),), Settings(root=tree)).analysed()
    made = gather_by_content(sources, 1, {})
    again = gather_by_content(sources, 1, made.encoded)
    assert again == made
    assert gather_facts(sources, 1) == (made.facts, made.problems)
    assert len(made.encoded) == 2


def test_of_encoded_facts_what_is_no_facts_is_made_again(tree: Path) -> None:
    sources = discover((str(tree),), Settings(root=tree)).analysed()
    made = gather_by_content(sources, 1, {})
    for poison in (b"", b"\xff" * 9, msgspec.msgpack.encode(["facts", 1])):
        assert gather_by_content(sources, 1, dict.fromkeys(made.encoded, poison)) == made


def test_facts_of_two_files_with_one_content_are_told_apart(tree: Path) -> None:
    (tree / "twin.py").write_text((tree / "bot.py").read_text())
    sources = discover((str(tree),), Settings(root=tree)).analysed()
    made = gather_by_content(sources, 1, {})
    assert [one.path for one in made.facts] == ["bot.py", "twin.py"]
    assert gather_by_content(sources, 1, made.encoded).facts == made.facts


def test_each_program_has_facts_of_its_own(tmp_path: Path) -> None:
    write_facts(tmp_path, Path("/a"), {b"old": b"1"}, {b"new": b"2"})
    assert read_facts(tmp_path, Path("/a")) == {b"old": b"1", b"new": b"2"}
    assert read_facts(tmp_path, Path("/b")) == {}
    assert read_facts(None, Path("/a")) is None


def test_a_change_anywhere_is_seen(tree: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for change in (
        lambda: (tree / "bot.py").write_text(BOT),
        lambda: (tree / "risk.py").write_text("def preflight(): ...\n"),
        lambda: (tree / "config.json").write_text('{"a": 1, "a": 2}'),
        lambda: (tree / "bot.py").write_text(f"# botlint: ignore[ORD001] -- no\n{BOT}"),
        lambda: (tree / ".gitignore").write_text("README.md\n"),
        lambda: (tree / "risk.py").unlink(),
    ):
        change()
        assert all_of(tree, cache) == all_of(tree, None) == all_of(tree, cache)


def test_other_settings_are_another_outcome(tree: Path, tmp_path: Path) -> None:
    (tree / "bot.py").write_text(BOT)
    cache = tmp_path / "cache"
    for select in ("ORD001",), ("SEC",), ():
        assert all_of(tree, cache, *select) == all_of(tree, None, *select)


def test_an_outcome_hangs_on_settings_rules_and_contents(tree: Path) -> None:
    settings = Settings(root=tree)
    rules = load_rules(())
    found = discover((str(tree),), settings)
    key = key_of(found, settings, rules)
    assert key == key_of(found, settings, rules)
    assert key == key_of(found, msgspec.structs.replace(settings, jobs=3, cache=tree), rules)
    assert key != key_of(found, msgspec.structs.replace(settings, stage="live"), rules)
    assert key != key_of(found, settings, rules[1:])
    (tree / "README.md").write_text("# another\n")
    assert key != key_of(found, settings, rules)


def test_an_outcome_comes_back_as_it_was(tree: Path, tmp_path: Path) -> None:
    (tree / "bot.py").write_text(BOT)
    report = all_of(tree, None)
    assert report.findings
    write_outcome(tmp_path, b"key", report)
    kept = read_outcome(tmp_path, b"key")
    assert kept is not None
    assert (kept.findings, kept.problems, kept.scope) == (
        report.findings,
        report.problems,
        report.scope,
    )
    assert read_outcome(tmp_path, b"other") is None
    assert read_outcome(None, b"key") is None
