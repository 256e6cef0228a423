"""Discovery: what is taken, what is passed over, and what must not be passed over in silence."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from botlint.discover import LARGEST, Discovery, Source, discover, has_path, read_source
from botlint.model import Problem
from botlint.settings import Overrides, Settings, load_settings


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git/info").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, *paths: str, text: str = "x = 1\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def find(root: Path, *paths: str, **said: object) -> Discovery:
    settings = load_settings(root, Overrides())
    return discover(paths or (".",), msgspec.structs.replace(settings, **said))


def analysed(found: Discovery) -> list[str]:
    return [source.path for source in found.sources if not source.is_peripheral]


def test_sources_are_sorted_and_excluded_directories_are_not_entered(root: Path) -> None:
    write(root, "b.py", "a/z.py", "a.py", "venv/x.py", "a/node_modules/y.py", "notes.txt")
    found = find(root)
    assert analysed(found) == ["a.py", "a/z.py", "b.py"]
    assert found.problems == ()


def test_gitignore_counts_at_every_level_and_the_inner_one_wins(root: Path) -> None:
    write(root, "keep.py", "gen/a.py", "sub/log_1.py", "sub/log_2.py", "sub/local.py", "out.py")
    write(root, ".gitignore", text="gen/\nlog_*.py\n")
    write(root, "sub/.gitignore", text="!log_2.py\n/local.py\n")
    write(root, ".git/info/exclude", text="out.py\n")
    assert analysed(find(root)) == ["keep.py", "sub/log_2.py"]
    assert analysed(find(root, "sub")) == ["sub/log_2.py"]


def test_what_is_named_is_taken_even_if_ignored(root: Path) -> None:
    write(root, "gen/a.py", "gen/b.py", "venv/x.py")
    write(root, ".gitignore", text="gen/\n")
    assert analysed(find(root, "gen/a.py")) == ["gen/a.py"]
    assert analysed(find(root, "gen")) == ["gen/a.py", "gen/b.py"]
    assert analysed(find(root, "venv")) == ["venv/x.py"]


def git(root: Path, line: str) -> None:
    author = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    allowed = ("-c", "protocol.file.allow=always")
    command = ["git", *author, *allowed, *line.split()]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


@pytest.mark.parametrize(
    "form",
    [
        ["init"],
        ["init", "config index.version 4"],
        ["init", "config core.splitIndex true"],
        ["init --object-format=sha256"],
    ],
    ids=["usual", "compressed", "split", "sha256"],
)
def test_what_git_tracks_is_taken_though_a_gitignore_names_it(root: Path, form: list[str]) -> None:
    bot = root / "bot"
    long = "p" * 200 + "/" + "q" * 200
    write(bot, "main.py", "gen/orders.py", "gen/deep/a.py", "gen/other.py", "local.py", "own.py")
    write(bot, "lib/x.py", f"gen/{long}.py", ".env", text="A = 1\n")
    write(bot, ".gitignore", text="gen/\nlib/\nlocal.py\nown.py\n.env\n")
    for line in form:
        git(bot, line)
    git(bot, "add main.py")
    git(bot, "commit -m x")
    git(bot, f"add -f gen/orders.py gen/deep/a.py gen/{long}.py own.py .env")
    found = find(bot, str(bot))
    taken = ["gen/deep/a.py", "gen/orders.py", f"gen/{long}.py", "main.py", "own.py"]
    assert analysed(found) == taken
    assert [(text.path, text.is_ignored) for text in found.texts] == [(".env", False)]
    assert found.passed_over == ()
    named = find(bot, str(bot / "own.py"), str(bot / "local.py"), force_exclude=True)
    assert analysed(named) == ["own.py"]


def test_a_directory_left_out_by_default_is_told_of_where_git_tracks_it(root: Path) -> None:
    bot = root / "bot"
    write(bot, "main.py", "build/orders.py", "dist/a.py")
    git(bot, "init")
    git(bot, "add main.py build/orders.py")
    text = "build/: left out, though Git tracks files in it; name it to have it checked"
    assert analysed(find(bot, str(bot))) == ["main.py"]
    assert find(bot, str(bot)).passed_over == (text,)
    assert analysed(find(bot, str(bot / "build"))) == ["build/orders.py"]
    assert find(bot, str(bot), exclude=("build",)).passed_over == ()


def test_what_a_worktree_or_a_submodule_tracks_is_taken(root: Path) -> None:
    lib, bot, tree = root / "lib", root / "bot", root / "tree"
    for one in (lib, bot):
        write(one, "main.py", "gen/a.py", "gen/b.py")
        write(one, ".gitignore", text="gen/\n")
        git(one, "init")
        git(one, "add -f main.py gen/a.py .gitignore")
        git(one, "commit -m x")
    git(bot, f"submodule add {lib} lib")
    write(bot, ".gitignore", text="gen/\nlib/\n")  # Git doesn't ignore it: it is in the index.
    git(bot, f"worktree add {tree}")
    write(tree, "gen/b.py")
    write(bot, "lib/gen/b.py")
    assert analysed(find(bot, str(bot))) == ["gen/a.py", "lib/gen/a.py", "lib/main.py", "main.py"]
    assert analysed(find(tree, str(tree))) == ["gen/a.py", "main.py"]


@pytest.mark.parametrize("index", [b"", b"DIRC", b"DIRC\0\0\0\2\0\0\0\1", b"x" * 100])
def test_an_index_that_cannot_be_read_is_told(root: Path, index: bytes) -> None:
    write(root, "main.py", "gen/a.py")
    write(root, ".gitignore", text="gen/\n")
    (root / ".git/index").write_bytes(index)
    found = find(root)
    assert analysed(found) == ["main.py"]
    assert found.passed_over == (".: what Git tracks there: its index can't be read",)


def test_force_exclude_counts_for_named_paths_and_lists_them(root: Path) -> None:
    write(root, "gen/a.py", "b.py", "tests/test_b.py")
    write(root, ".gitignore", text="gen/\n")
    found = find(root, "gen/a.py", "b.py", "tests/test_b.py", force_exclude=True)
    assert analysed(found) == ["b.py"]
    assert found.passed_over == ("gen/a.py: excluded by the settings",)
    assert find(root, "gen/a.py", force_exclude=True).problems == ()


def test_settings_replace_or_extend_the_excludes(root: Path) -> None:
    write(root, "a.py", "gen/b.py", "build/c.py", "core/skip_me.py")
    assert analysed(find(root, exclude=("gen",))) == ["a.py", "build/c.py", "core/skip_me.py"]
    assert analysed(find(root, extend_exclude=("gen", "core/skip_*.py"))) == ["a.py"]


def test_tests_examples_docs_and_archives_are_peripheral_unless_named(root: Path) -> None:
    write(
        root, "bot.py", "tests/x.py", "test_bot.py", "bot_test.py", "examples/a/e.py", "conftest.py"
    )
    write(root, "docs/conf.py", "archive/old.py", "pkg/legacy_backup/a.py", "pkg/testing.py")
    found = find(root)
    assert analysed(found) == ["bot.py", "pkg/testing.py"]
    assert len(found.sources) == 10
    assert analysed(find(root, "tests", "test_bot.py")) == ["test_bot.py", "tests/x.py"]
    assert analysed(find(root, "examples/a")) == ["examples/a/e.py"]


@pytest.mark.parametrize(
    "folder",
    [
        "src_v1_backup",
        "bot-old",
        "old_bots",
        "archive_2024",
        "Backup",
        "backup_2024-05-01",
        "bot.bak",
        "desk_archived",
        "backup_before_rewrite",
    ],
)
def test_folders_that_are_named_for_what_was_put_away_are_archives(root: Path, folder: str) -> None:
    write(root, "bot.py", f"{folder}/bot.py", f"pkg/{folder}/deep/bot.py")
    assert analysed(find(root)) == ["bot.py"]


@pytest.mark.parametrize("folder", ["backup_broker", "threshold", "goldbot", "archiver"])
def test_folders_that_only_sound_like_it_are_the_programs(root: Path, folder: str) -> None:
    write(root, f"{folder}/bot.py")
    assert analysed(find(root)) == [f"{folder}/bot.py"]


def test_links_are_not_followed_and_those_that_leave_are_listed(root: Path) -> None:
    write(root, "bot/a.py")
    outside = root.parent / f"{root.name}-outside"
    write(outside, "b.py")
    (root / "bot/loop").symlink_to(root / "bot", target_is_directory=True)
    (root / "bot/self.py").symlink_to("self.py")
    (root / "bot/itself").symlink_to("itself")
    (root / "away").symlink_to(outside, target_is_directory=True)
    (root / "bot/gone.py").symlink_to("nothing.py")
    found = find(root)
    assert analysed(found) == ["bot/a.py"]
    assert found.passed_over == (
        "away: a link that leads out of what is checked",
        "bot/gone.py: a link that leads nowhere",
        "bot/self.py: a link that leads nowhere",
    )


def test_a_link_out_of_the_named_directories_is_listed(root: Path) -> None:
    write(root, "bot/a.py", "common/orders.py")
    (root / "bot/common").symlink_to("../common", target_is_directory=True)
    assert find(root, "bot").passed_over == (
        "bot/common: a link that leads out of what is checked",
    )
    assert find(root, "bot", "common").passed_over == ()


def test_a_directory_whose_files_were_named_before_it_is_not_empty(root: Path) -> None:
    write(root, "bot/a.py")
    found = find(root, "bot/a.py", "bot", "bot")
    assert (analysed(found), found.problems) == (["bot/a.py"], ())


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("none.py", "No such file or directory"),
        ("empty", "nothing to check"),
        ("notes.txt", "is no Python source"),
        ("pipe", "is no regular file"),
        ("nul\0.py", "nothing was checked there"),
        ("", "an empty path names nothing"),
    ],
)
def test_a_path_that_cannot_be_looked_at_is_a_problem(root: Path, path: str, told: str) -> None:
    (root / "empty").mkdir()
    write(root, "notes.txt", "good.py")
    os.mkfifo(root / "pipe")
    found = find(root, "good.py", path)
    (problem,) = found.problems
    assert told in problem.message
    assert analysed(found) == ["good.py"]


def test_nothing_but_periphery_is_a_problem(root: Path) -> None:
    write(root, "tests/test_a.py", "tests/test_b.py")
    (problem,) = find(root).problems
    assert "only 2 files of tests, examples, docs or archives" in problem.message


def test_standard_input_stands_for_the_file_of_its_name(root: Path) -> None:
    write(root, "bot/a.py")
    found = find(root, "bot", "-", stdin=("bot/a.py", b"y = 2\n"))
    (source,) = found.sources
    assert read_source(source) == b"y = 2\n"
    assert source.path == "bot/a.py"


def test_a_file_that_vanishes_or_is_too_large_is_a_problem_with_its_place(root: Path) -> None:
    write(root, "a.py", "b.py")
    first, second = find(root).sources
    assert second.file is not None
    (root / "a.py").unlink()
    with second.file.open("r+b") as stream:
        stream.truncate(LARGEST + 1)
    for source in (first, second):
        problem = read_source(source)
        assert isinstance(problem, Problem)
        assert problem.path == source.path


def test_a_directory_that_cannot_be_listed_is_a_problem(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "a.py", "locked/b.py")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (problem,) = find(root).problems
    assert problem == Problem("locked", "directory could not be listed: Permission denied")


def test_a_name_that_is_no_utf8_and_a_broken_gitignore_break_nothing(root: Path) -> None:
    write(root, "a.py")
    (root / ".gitignore").write_bytes(b"!\n[z-a]\n\xff\n/\n")
    for name in (b"/\xff.py", b"/\xfe.py"):
        Path(os.fsdecode(os.fsencode(root) + name)).write_text("x = 1\n")
    found = find(root)
    assert analysed(found) == ["\\xfe.py", "\\xff.py", "a.py"]
    assert all(isinstance(read_source(source), bytes) for source in found.sources)


def test_has_path_looks_at_the_disk(root: Path) -> None:
    write(root, "core/a.py", "docs/b.json")
    assert has_path(root, "core/*.py")
    assert has_path(root, "**/*.json")
    assert not has_path(root, "kore/*.py")


def test_a_source_knows_whether_it_was_named(root: Path) -> None:
    write(root, "a.py", "b.py")
    named = {source.path: source.is_named for source in find(root, ".", "b.py").sources}
    assert named == {"a.py": False, "b.py": True}
    assert isinstance(find(root).sources[0], Source)
    assert isinstance(load_settings(root, Overrides()), Settings)


def test_what_is_left_out_or_compiled_is_still_there_for_an_import(root: Path) -> None:
    write(root, "bot/main.py", "bot/lib/x.py", "bot/build/y.py", "bot/fast.cpython-311.so")
    write(root, ".gitignore", text="lib/\nprivate.py\n")
    write(root, "bot/private.py", "bot/data/notes.txt")
    looked = find(root).looked
    there = ("main", "lib", "build", "fast", "private", "data")
    assert not any(looked.is_absent(f"bot/{name}") for name in there)
    assert looked.is_absent("bot/gone")
    assert looked.is_absent("gone")


def test_nothing_is_absent_where_nobody_looked(root: Path) -> None:
    write(root, "bot/main.py", "bot/other.py", "gone.py")
    looked = find(root, "bot/main.py").looked
    assert not looked.is_absent("bot/gone")
    assert not looked.is_absent("bot/lib/gone")
