"""What is kept of texts from run to run: by content, without a credential, and never trusted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from botlint.cache import cache_directory, read_sightings, write_sightings
from botlint.discover import discover
from botlint.facts.texts import look_through
from botlint.run import check
from botlint.settings import Settings

TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"


def run(root: Path, cache: Path | None) -> list[tuple[str, str, int]]:
    settings = Settings(root=root, jobs=1, cache=cache, select=("SEC",))
    found = check((str(root),), settings).findings
    return [(one.code, one.place.path, one.place.span.line) for one in found]


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
    assert len(list(cache.iterdir())) == 1


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
def test_a_poisoned_cache_is_as_good_as_none(poison: bytes, tree: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = run(tree, cache)
    (file,) = cache.iterdir()
    file.write_bytes(poison)
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
