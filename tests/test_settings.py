"""Settings: found where they should be, and refused with a place where they can't be taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from botlint.model import Confidence, Severity
from botlint.settings import Overrides, Settings, SettingsFault, load_settings

NOTHING = Overrides()


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(tmp_path: Path, text: str) -> Settings:
    write(tmp_path / "botlint.toml", text)
    return load_settings(tmp_path, NOTHING)


def refuse(tmp_path: Path, text: str) -> SettingsFault:
    with pytest.raises(SettingsFault) as caught:
        load(tmp_path, text)
    assert caught.value.path.endswith("botlint.toml")
    return caught.value


def line_of(fault: SettingsFault) -> int:
    assert fault.span is not None
    return fault.span.line


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, NOTHING)
    assert settings.origin is None
    assert settings.min_confidence == Confidence.MEDIUM
    assert settings.min_severity == settings.fail_level == Severity.LOW


def test_the_closest_file_counts_and_the_hidden_one_comes_first(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.botlint]\nprofile = "far"\n')
    write(tmp_path / "bot/botlint.toml", 'profile = "open"\n')
    write(tmp_path / "bot/.botlint.toml", 'profile = "hidden"\n')
    write(tmp_path / "bot/core/run.py", "")
    settings = load_settings(tmp_path / "bot/core/run.py", NOTHING)
    assert settings.profile == "hidden"
    assert settings.root == tmp_path / "bot"


def test_a_pyproject_that_is_silent_about_botlint_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.botlint]\nprofile = "fsm"\n')
    write(tmp_path / "sub/pyproject.toml", '[project]\nname = "x"\n')
    assert load_settings(tmp_path / "sub", NOTHING).profile == "fsm"


def test_no_file_beyond_the_git_root_counts(tmp_path: Path) -> None:
    write(tmp_path / "botlint.toml", 'profile = "outside"\n')
    (tmp_path / "repo/.git").mkdir(parents=True)
    settings = load_settings(tmp_path / "repo", NOTHING)
    assert settings.profile is None
    assert settings.root == tmp_path / "repo"


def test_all_keys_are_read(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
profile = "fsm-spot"
stage = "paper"
select = ["ORD"]
ignore = ["ORD013"]
extend-select = ["WIR008"]
exclude = ["gen"]
extend-exclude = ["more"]
min-severity = "medium"
min-confidence = "high"
fail-level = "critical"
rules = ["our-rules"]
required-version = ">=0.1, <99"
[roles]
preflight = ["*.quantize_and_validate"]
[per-file-ignores]
"core/*.py" = ["EXC001"]
""",
    )
    assert (settings.profile, settings.stage, settings.select) == ("fsm-spot", "paper", ("ORD",))
    assert (settings.ignore, settings.extend_select) == (("ORD013",), ("WIR008",))
    assert (settings.exclude, settings.extend_exclude) == (("gen",), ("more",))
    assert settings.roles == {"preflight": ("*.quantize_and_validate",)}
    assert settings.rules == (tmp_path / "our-rules",)
    assert settings.min_severity == Severity.MEDIUM
    assert settings.min_confidence == Confidence.HIGH
    assert settings.fail_level == Severity.CRITICAL
    (entry,) = settings.per_file_ignores
    assert (entry.glob, entry.codes, entry.span.line) == ("core/*.py", ("EXC001",), 17)


def test_ignore_holds_codes_or_entries_and_a_day_needs_no_quotes(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        '[[ignore]]\nrule = "CFG001"\npath = "a.json"\nreason = "agreed"\nuntil = 2027-01-31\n'
        '\n[[ignore]]\nrule = "CFG002"\npath = "b.json"\nreason = "agreed"\n',
    )
    first, second = settings.ignores
    assert (first.rule, first.path, first.reason, first.until) == (
        "CFG001",
        "a.json",
        "agreed",
        "2027-01-31",
    )
    assert (first.span.line, second.span.line) == (1, 7)
    assert settings.ignore == ()


def test_what_a_bot_needs_is_read_from_tables(tmp_path: Path) -> None:
    write(
        tmp_path / "pyproject.toml",
        """
[[tool.botlint.requires]]
part = "a handler of SIGTERM"
signals = ["SIGTERM"]

[[tool.botlint.startup]]
step = "the settings are validated"
calls = ["validate_config"]

[[tool.botlint.reactions]]
halt = "a hard stop"
calls = ["hard_stop"]
reactions = ["cancel_all_orders"]
""",
    )
    needs = load_settings(tmp_path, NOTHING).needs
    assert needs.requires[0].kind == "signals"
    assert needs.startup[0].calls == ("validate_config",)
    assert needs.reactions[0].reactions == ("cancel_all_orders",)


def test_the_command_line_beats_the_file(tmp_path: Path) -> None:
    write(tmp_path / "botlint.toml", 'select = ["ORD"]\nignore = ["A"]\nfail-level = "high"\n')
    said = Overrides(select=("EXC001",), ignore=("B",), fail_level=Severity.MEDIUM)
    settings = load_settings(tmp_path, said)
    assert settings.select == ("EXC001",)
    assert settings.ignore == ("A", "B")
    assert settings.fail_level == Severity.MEDIUM
    assert load_settings(tmp_path, Overrides(isolated=True)).select == ()


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (
            'stage = "paper"\nselct = ["ORD"]\n',
            2,
            "unknown setting `selct` (did you mean `select`?)",
        ),
        ('\nselect = "ORD001"\n', 2, "`select` must be a list of strings"),
        ("[roles]\n\npreflight = 3\n", 3, "`roles.preflight` must be a list of strings"),
        ("roles = 3\n", 1, "`roles` must be a table"),
        ('\n\nstage = "papr"\n', 3, "did you mean `paper`?"),
        ('fail-level = "severe"\n', 1, "must be one of low, medium, high, critical"),
        ("profile = 3\n", 1, "`profile` must be a string"),
        ("ignore = [3]\n", 1, "must be a list of codes or of tables"),
        ('[[ignore]]\nrule = "A"\npath = "x"\n', 1, "needs its `reason`"),
        ('[[ignore]]\nrule = "A"\npth = "x"\n', 1, "did you mean `path`?"),
        ('required-version = ">=99"\n', 1, "needs botlint >=99"),
        ('required-version = "new"\n', 1, "is no version requirement"),
        ("requires = 3\n", 1, "`requires` must be an array of tables"),
        ('\n[[requires]]\npart = "a"\n', 2, "the part 'a' needs one of functions, calls"),
        ('[[requires]]\npart = "a"\nkeys = ["k"]\nrole = "b"\n', 1, "unknown field `role`"),
        ('[[startup]]\nstep = "a"\n', 1, "missing required field `calls`"),
        ("\nselect = = 3\n", 2, "is no TOML"),
        ("\nselect = [\n", 2, "is no TOML"),
        ('"a" = 1\n[per-file-ignores]\n', 1, "unknown setting `a`"),
        ('[per-file-ignores]\n"x/*.py" = "A"\n', 2, "must be a list of strings"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    fault = refuse(tmp_path, text)
    assert told in fault.message
    assert line_of(fault) == line


def test_a_place_in_pyproject_is_found_below_its_header(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.other]\nstage = "x"\n[tool.botlint]\nstage = "x"\n')
    with pytest.raises(SettingsFault) as caught:
        load_settings(tmp_path, NOTHING)
    assert line_of(caught.value) == 4


def test_a_file_given_by_hand_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="cannot be read"):
        load_settings(tmp_path, Overrides(config=tmp_path / "none.toml"))


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "botlint.toml").write_bytes(b'profile = "\xff"\n')
    with pytest.raises(SettingsFault, match="not UTF-8"):
        load_settings(tmp_path, NOTHING)


def test_the_day_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert load_settings(tmp_path, NOTHING).today == date(1970, 1, 2)
    assert load_settings(tmp_path, Overrides(today=date(2027, 1, 1))).today == date(2027, 1, 1)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(SettingsFault, match="SOURCE_DATE_EPOCH"):
        load_settings(tmp_path, NOTHING)
