"""No false green: whatever keeps botlint from looking ends with 2 (or 1), never with "clean"."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

GUARDED = """\
import ccxt


class Bot:
    def __init__(self):
        self.exchange = ccxt.binance()

    def preflight(self, symbol):
        if symbol not in self.exchange.markets:
            raise ValueError(symbol)

    def run(self, symbol):
        self.preflight(symbol)
        self.exchange.create_order(symbol, "limit", "buy", 1, 2)


if __name__ == "__main__":
    Bot().run("BTC/USDT")
"""
UNGUARDED = GUARDED.replace("        self.preflight(symbol)\n", "")
NO_ORDERS = "def add(a, b):\n    return a + b\n"


def run(root: Path, *arguments: str, **how: object) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", **how.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.run(
        [sys.executable, "-m", "botlint", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
        **how,  # type: ignore[call-overload]
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "bot.py").write_text(GUARDED)
    return tmp_path


Prepare = Callable[[Path], object]


def put(path: str, content: str | bytes) -> Prepare:
    def prepare(root: Path) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    return prepare


def nothing(root: Path) -> None:
    return None


def replace_by_directory(root: Path) -> None:
    (root / "bot.py").unlink()
    (root / "empty").mkdir()


def only_tests(root: Path) -> None:
    (root / "bot.py").unlink()
    put("tests/test_bot.py", GUARDED)(root)


TABLE: list[tuple[str, Prepare, str, int, str]] = [
    ("missing path", nothing, "check none.py", 2, "No such file or directory"),
    ("missing path beside a good one", nothing, "check bot.py none", 2, "No such file"),
    ("empty folder", replace_by_directory, "check empty", 2, "nothing to check"),
    ("nothing but tests", only_tests, "check .", 2, "nothing to check"),
    ("no Python source", put("a.txt", "x"), "check a.txt", 2, "is no Python source"),
    ("a path that is too long", nothing, f"check {'a' * 5000}", 2, "File name too long"),
    ("a link to itself", lambda root: (root / "x").symlink_to("x"), "check x", 2, "symbolic links"),
    ("unknown option", nothing, "check --selct ORD001 .", 2, "No such option"),
    ("unknown command", nothing, "chek .", 2, "did you mean `check`"),
    ("unknown format", nothing, "check --output-format xml .", 2, "xml"),
    ("unknown output", nothing, "check --output xml:a.xml .", 2, "FORMAT:PATH"),
    ("output that can't be written", nothing, "check --output json:bot.py/x .", 2, "bot.py/x"),
    ("unknown rule selected", nothing, "check --select ORD01X .", 2, "ORD01X"),
    ("unknown rule ignored", nothing, "check --ignore preflite .", 2, "preflite"),
    ("no rule left", nothing, "check --select ORD --ignore ORD .", 2, "every rule"),
    ("no rule named", nothing, "check --select= .", 2, "names no rule"),
    ("a name for no input", nothing, "check --stdin-filename a.py .", 2, "add - to PATHS"),
    ("a source for a report", nothing, "check --output json:bot.py .", 2, "a source of Python"),
    ("roles of a broken source", put("a.py", "def f(:"), "roles .", 2, "a.py:1:7: problem: "),
    ("one file for two", nothing, "check --output json:a --output sarif:a .", 2, "named twice"),
    ("unknown profile", nothing, "check --profile none .", 2, "none"),
    ("no profile", nothing, "check --profile= .", 2, "there is no profile ''"),
    ("unknown stage", nothing, "check --stage prod .", 2, "prod"),
    ("no day", nothing, "check --today soon .", 2, "is no day"),
    ("a day without dashes", nothing, "check --today 20261101 .", 2, "write it as 2027-01-31"),
    ("a day of a week", nothing, "check --today 2026-W44-1 .", 2, "write it as 2027-01-31"),
    ("an empty day", nothing, "check --today= .", 2, "is no day"),
    ("missing settings file", nothing, "check --config x.toml .", 2, "cannot be read"),
    ("broken settings", put("botlint.toml", "select = ["), "check .", 2, "is no TOML"),
    ("unknown setting", put("botlint.toml", "selct = []"), "check .", 2, "did you mean `select`"),
    ("wrong type", put("botlint.toml", "select = 3"), "check .", 2, "must be a list of strings"),
    ("wrong role", put("botlint.toml", "[roles]\npreflight = 1"), "check .", 2, "roles.preflight"),
    ("unknown role", put("botlint.toml", '[roles]\npreflite = ["x"]'), "check .", 2, "toml:2:1:"),
    (
        "no role pattern",
        put("botlint.toml", '[roles]\npreflight = ["a..b"]'),
        "check .",
        2,
        "2:14:",
    ),
    ("no rule", put("botlint.toml", 'ignore = ["ORD01X"]'), "check .", 2, "toml:1:11: problem"),
    ("profile", put("botlint.toml", 'profile = "fsm"'), "check .", 2, "toml:1:11: problem"),
    (
        "an option beside settings",
        put("botlint.toml", 'select = ["ORD"]'),
        "check --select ORD01X .",
        2,
        "problem: select: no rule",
    ),
    ("a header", put("botlint.toml", "[tool.botlint]"), "check .", 2, "without [tool.botlint]"),
    (
        "no settings where they are said to be",
        put("pyproject.toml", "[project]"),
        "check --config pyproject.toml .",
        2,
        "has no [tool.botlint]",
    ),
    ("settings for later", put("botlint.toml", 'required-version = ">=99"'), "check .", 2, ">=99"),
    ("settings no UTF-8", put("botlint.toml", b"\xff"), "check .", 2, "not UTF-8"),
    ("no rules there", put("botlint.toml", 'rules = ["none"]'), "check .", 2, "none"),
    ("syntax error", put("broken.py", "def f(:\n"), "check .", 1, "BOT001"),
    ("wrong encoding", put("latin.py", b"x = '\xe9'\n"), "check .", 1, "BOT001"),
    ("null bytes", put("null.py", b"x = 1\0\n"), "check .", 1, "BOT001"),
    ("break outside", put("b.py", "x = 1\nbreak\n"), "check .", 1, "b.py:2:1"),
    ("continue outside", put("b.py", "if x:\n    continue"), "check .", 1, "BOT001"),
    ("return outside", put("b.py", "for x in y:\n    return x"), "check .", 1, "BOT001"),
    ("return in a class", put("b.py", "class A:\n    return"), "check .", 1, "BOT001"),
    ("too many brackets", put("deep.py", "(" * 1000 + ")" * 1000), "check .", 1, "BOT001"),
    (
        "rule file that does not load",
        lambda root: (put("ours/X001.toml", "code = 3")(root), None),
        "check --config c.toml .",
        2,
        "X001.toml",
    ),
    (
        "unknown suppression",
        put("s.py", "x = 1  # botlint: ignore[ORD01X] -- seen\n"),
        "check .",
        1,
        "BOT005",
    ),
    ("blanket suppression", put("s.py", "x = 1  # botlint: ignore\n"), "check .", 1, "BOT003"),
    (
        "expired suppression",
        put("s.py", "x = 1  # botlint: ignore[ORD001] -- seen until=2020-01-01\n"),
        "check .",
        1,
        "BOT004",
    ),
    (
        "unused suppression",
        put("s.py", "x = 1  # botlint: ignore[ORD001] -- seen\n"),
        "check .",
        1,
        "BOT002",
    ),
    (
        "per-file-ignores without a file",
        put("botlint.toml", '[per-file-ignores]\n"gone.py" = ["ORD"]\n'),
        "check .",
        1,
        "BOT006",
    ),
    ("unguarded order", put("bot.py", UNGUARDED), "check .", 1, "ORD001"),
    ("no order recognised", put("bot.py", NO_ORDERS), "check .", 0, "0 orders recognised"),
    ("problem with --exit-zero", nothing, "check --exit-zero none.py", 2, "No such file"),
]
CLEAN = ("nothing is open", "all good", "passed")


@pytest.mark.parametrize(
    ("prepare", "line", "code", "told"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_what_was_not_looked_at_never_looks_clean(
    root: Path, prepare: Prepare, line: str, code: int, told: str
) -> None:
    put("c.toml", 'rules = ["ours"]')(root)
    prepare(root)
    done = run(root, *line.split())
    output = (done.stdout + done.stderr).decode()
    assert (done.returncode, told in output) == (code, True), output
    assert "Traceback" not in output
    assert not any(word in output for word in CLEAN)


def test_what_was_looked_at_and_holds_is_green(root: Path) -> None:
    done = run(root, "check", ".")
    assert (done.returncode, done.stderr) == (0, b""), done.stdout.decode()
    assert b"nothing is open" in done.stdout


@pytest.mark.parametrize("name", ["full", "concise", "json", "jsonl", "sarif", "github"])
def test_every_format_has_the_same_exit_codes(root: Path, name: str) -> None:
    put("bad.py", UNGUARDED)(root)
    assert run(root, "check", "--output-format", name, "bot.py").returncode == 0
    assert run(root, "check", "--output-format", name, "bad.py").returncode == 1
    assert run(root, "check", "-e", "--output-format", name, "bad.py").returncode == 0
    assert run(root, "check", "--output-format", name, "none.py").returncode == 2


def test_standard_output_holds_only_the_document(root: Path) -> None:
    done = run(root, "check", "--output-format", "json", "none.py")
    assert json.loads(done.stdout)["problems"][0]["path"] == "none.py"
    assert b"No such file" in done.stderr


@pytest.mark.parametrize("name", ["full", "concise", "github"])
def test_what_was_not_analysed_is_named_on_demand(root: Path, name: str) -> None:
    put("tests/test_bot.py", GUARDED)(root)
    line = ("check", "--output-format", name, ".")
    assert run(root, *line).stdout.endswith(b", 1 not analysed (-v names them)\n")
    told = run(root, *line, "-v").stdout
    assert b"not analysed: tests/test_bot.py" in told.splitlines()
    assert told.endswith(b", 1 not analysed\n")
    assert run(root, *line[:-1], "bot.py").stdout.endswith(b", 0 not analysed\n")


def test_several_reports_come_from_one_run(root: Path) -> None:
    put("bad.py", UNGUARDED)(root)
    run(root, "check", "--output", "sarif:out/a.sarif", "--output", "json:out/a.json", "bad.py")
    sarif = json.loads((root / "out/a.sarif").read_text())
    plain = json.loads((root / "out/a.json").read_text())
    assert len(sarif["runs"][0]["results"]) == len(plain["findings"]) == 1
    assert sorted(path.name for path in (root / "out").iterdir()) == ["a.json", "a.sarif"]


def test_a_report_goes_where_a_link_leads(root: Path) -> None:
    (root / "latest.json").symlink_to("out.json")
    (root / "loop.json").symlink_to("loop.json")
    for name in ("latest", "loop"):
        assert run(root, "check", "--output", f"json:{name}.json", "bot.py").returncode == 0
        assert json.loads((root / f"{name}.json").read_text())["findings"] == []
    assert (root / "latest.json").is_symlink()
    assert not (root / "out.json").is_symlink()


def test_standard_input_is_a_source(root: Path) -> None:
    done = run(root, "check", "--stdin-filename", "bad.py", "-", input=UNGUARDED.encode())
    assert done.returncode == 1
    assert b"bad.py:" in done.stdout
    assert b"create_order(symbol" in done.stdout


def test_one_finding_is_explained(root: Path) -> None:
    put("bad.py", UNGUARDED)(root)
    done = run(root, "explain", "bad.py:13", "bad.py")
    assert (done.returncode, b"ORD001" in done.stdout) == (1, True)
    assert run(root, "explain", "bad.py:1", "bad.py").returncode == 2


def test_one_of_many_places_of_a_finding_is_explained(root: Path) -> None:
    names = [f"bad{number}.py" for number in range(6)]
    for name in names:
        put(name, UNGUARDED)(root)
    done = run(root, "explain", "bad4.py:13", *names)
    assert (done.returncode, b"ORD001" in done.stdout) == (1, True), done.stderr.decode()


def test_roles_and_check_agree_on_what_matches_nothing(root: Path) -> None:
    text = '[roles]\npreflight = ["nope.*", "Bot.preflight", "!pool.submit", "Bot"]\n'
    put("botlint.toml", text)(root)
    told = run(root, "roles", ".").stdout.decode()
    found = run(root, "check", "--output-format", "concise", ".").stdout.decode()
    for pattern in ("nope.*", "!pool.submit"):
        assert f"the pattern '{pattern}' matches nothing" in told
        assert f"the pattern `{pattern}` of the role `preflight` matches nothing" in found
    assert (told.count("matches nothing"), found.count("matches nothing")) == (2, 2)


@pytest.mark.parametrize(
    ("line", "code"),
    [("check bad.py", 1), ("roles .", 2), ("rule --all", 2), ("--help", 2), ("check --diff", 2)],
)
def test_a_closed_pipe_is_quiet(root: Path, line: str, code: int) -> None:
    put("bad.py", UNGUARDED + "x = 1  # botlint: ignore[EXC001] -- seen\n")(root)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "botlint", *line.split()],
        cwd=root,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (code, b"")


def test_a_file_name_is_no_terminal_command(root: Path) -> None:
    put("a\x1b[31m\nb.py", UNGUARDED)(root)
    done = run(root, "roles", ".")
    assert b"\x1b" not in done.stdout
    assert b"b.py:13" in next(line for line in done.stdout.splitlines() if b"create_order" in line)


def test_roles_tell_problems_in_both_forms(root: Path) -> None:
    put("broken.py", "def f(:")(root)
    done = run(root, "roles", "--output-format", "json", ".")
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["path"], problem["span"]["line"]) == ("broken.py", 1)
    assert b"broken.py:1:7: problem: " in done.stderr


@pytest.mark.parametrize("line", ["--version", "--help", "rule ORD001", "check .", "roles ."])
def test_an_output_that_takes_nothing_is_told(root: Path, line: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "botlint", *line.split()],
            cwd=root,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    told = b"botlint: standard output could not be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, told)


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("check . >&-", 0, b""),
        ("check bad.py >&-", 1, b""),
        ("check - <&-", 2, b"standard input is closed"),
        ("check . $(rm -r ../here)", 2, b"Error: the working directory can't be told"),
    ],
)
def test_closed_streams_end_in_order(root: Path, line: str, code: int, told: bytes) -> None:
    here = root / "here"
    put("bad.py", UNGUARDED if code == 1 else NO_ORDERS)(here)
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m botlint {line}"],
        cwd=here,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, told in done.stderr, b"internal" in done.stderr) == (code, True, False)


def test_an_ascii_terminal_gets_ascii(root: Path) -> None:
    put("bad.py", UNGUARDED.replace('"limit"', '"límit"'))(root)
    done = run(root, "check", "bad.py", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert done.stdout.isascii()


@pytest.mark.parametrize("name", ["BOTLINT_JOBS", "BOTLINT_OUTPUT_FORMAT", "BOTLINT_COLOR"])
def test_what_the_environment_says_wrongly_is_told_by_its_name(root: Path, name: str) -> None:
    done = run(root, "check", ".", env={name: "x"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert name in done.stderr.decode()


def test_what_botlint_says_of_itself_is_shown_in_whole_lines(root: Path) -> None:
    put("bad.py", "def enter(symbol:\n    pass\n")(root)
    done = run(root, "check", "bad.py")
    assert (done.returncode, b"BOT001" in done.stdout, b"\\x" in done.stdout) == (1, True, False)


@pytest.mark.parametrize("arguments", [["--version"], ["-V"]])
def test_the_version_is_told(root: Path, arguments: list[str]) -> None:
    done = run(root, *arguments)
    assert done.stdout.startswith(b"botlint 0.")
    assert done.returncode == 0


def test_an_interrupt_is_one_line_however_early_it_comes(root: Path) -> None:
    (root / "click.py").write_text("raise KeyboardInterrupt")
    done = run(root, "check", ".")
    assert (done.returncode, done.stderr) == (130, b"botlint: interrupted\n")


def end_begun(root: Path, program: str, by: signal.Signals) -> int:
    """The exit code of a run that gets a signal once it says that it has begun, and that leaves
    nobody behind who holds its output."""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as begun:
        assert begun.stdout is not None
        assert begun.stdout.readline() == b"begun\n"
        begun.send_signal(by)
        assert begun.communicate(timeout=30) == (b"", None)
    return begun.returncode


def test_a_run_that_is_told_to_end_takes_its_processes_along(root: Path) -> None:
    program = (
        "import sys, time, botlint.run\n"
        "from botlint.processes import begin\n"
        "from botlint.cli import run_command_line\n"
        "def check(paths, settings):\n"
        "    begin(lambda: time.sleep(50))\n"
        "    print('begun', flush=True)\n"
        "    time.sleep(50)\n"
        "botlint.run.check = check\n"
        "sys.exit(run_command_line(['check', '.']))\n"
    )
    assert end_begun(root, program, signal.SIGTERM) == 143


@pytest.mark.parametrize(
    "work",
    [
        "from botlint.processes import begin\nbegin(say)\ntime.sleep(50)",
        "import botlint.facts.gather as gather\n"
        "gather.PAYS_FROM = 0\n"
        "gather.extract_facts = lambda path, data: say()\n"
        "gather._extract([gather.Read('a.py', b'x'), gather.Read('b.py', b'x')], 2)",
    ],
    ids=["a check", "facts"],
)
def test_a_run_that_is_killed_takes_its_processes_along(root: Path, work: str) -> None:
    program = (
        "import os, sys, time\n"
        "parent = os.getpid()\n"
        "def say():\n"
        "    if os.getpid() != parent: os.write(1, b'begun\\n')\n"
        f"    time.sleep(50)\n{work}\n"
    )
    assert end_begun(root, program, signal.SIGKILL) == -signal.SIGKILL


def test_an_internal_error_is_one_line_and_ends_with_2(root: Path) -> None:
    program = (
        "import sys, botlint.run\n"
        "def check(paths, settings): raise KeyError('x')\n"
        "botlint.run.check = check\n"
        "from botlint.cli import run_command_line\n"
        "sys.exit(run_command_line(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", program, "check", "."]
    short = subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=60)
    assert short.returncode == 2
    assert short.stderr.startswith(b"botlint: internal error: KeyError")
    assert short.stderr.count(b"\n") == 1
    long = subprocess.run(
        [*command, "--traceback"], cwd=root, capture_output=True, check=False, timeout=60
    )
    assert b"Traceback" in long.stderr


BREAKING = """\
import os, sys
from botlint.checks import CHECKS
def fail(*arguments):
    raise KeyError("x")
CHECKS[os.environ["BREAKS"]] = fail
import botlint.applying, botlint.cli
botlint.applying.PAYS_FROM = int(os.environ.get("PAYS_FROM", 10**9))
sys.exit(botlint.cli.run_command_line(sys.argv[1:]))
"""


def run_breaking(root: Path, check: str, *arguments: str, **env: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", BREAKING, *arguments],
        cwd=root,
        env={**os.environ, "BREAKS": check, **env},
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("apart", ["0", "1000000"], ids=["in two processes", "in one"])
@pytest.mark.parametrize("check", ["inert", "locked", "carried"])
def test_a_check_that_breaks_off_costs_no_other_its_findings(
    root: Path, check: str, apart: str
) -> None:
    put("bad.py", UNGUARDED)(root)
    code, told, said = run_breaking(
        root, check, "check", "-j2", "--output-format", "concise", "bad.py", PAYS_FROM=apart
    )
    assert (code, said) == (2, "")
    assert "bad.py:13:9: ORD001" in told
    (problem,) = [line for line in told.splitlines() if line.startswith("problem")]
    assert f"the check `{check}` broke off: internal error: KeyError: 'x'" in problem
    assert "1 problem, so not everything was checked" in told
    assert "Traceback" in run_breaking(root, check, "check", "--traceback", "bad.py")[2]


def test_what_broke_off_is_tried_again(root: Path) -> None:
    assert run_breaking(root, "inert", "check", "bot.py")[0] == 2
    assert run(root, "check", "bot.py").returncode == 0


def test_a_source_that_breaks_botlint_costs_no_other_its_findings(root: Path) -> None:
    put("bad.py", UNGUARDED)(root)
    program = (
        "import sys, botlint.facts.gather as gather\n"
        "from botlint.facts.extract import extract_facts\n"
        "def extract(path, data):\n"
        "    if path == 'bot.py': raise KeyError('x')\n"
        "    return extract_facts(path, data)\n"
        "gather.extract_facts = extract\n"
        "gather.PAYS_FROM = int(sys.argv.pop())\n"
        "from botlint.cli import run_command_line\n"
        "sys.exit(run_command_line(sys.argv[1:]))\n"
    )
    for pays_from in ("0", "1000000"):
        line = ["check", "-j2", "--no-cache", "--output-format", "concise", ".", pays_from]
        done = subprocess.run(
            [sys.executable, "-c", program, *line],
            cwd=root,
            capture_output=True,
            check=False,
            timeout=60,
            text=True,
        )
        assert (done.returncode, done.stderr) == (2, "")
        assert "bad.py:13:9: ORD001" in done.stdout
        assert "bot.py: problem: not analysed: internal error: KeyError: 'x'" in done.stdout
