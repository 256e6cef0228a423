"""The invariants of ARCHITECTURE.md that a reader of the code could break without noticing.

The layers themselves are a contract in ``pyproject.toml``, held by import-linter.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "src" / "botlint"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
BELOW_CLI = [name for name in MODULES if not name.startswith("cli/") and name != "__main__.py"]
DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50

# Who may know a library; everybody else asks them. A trailing slash is a package.
OWNERS = {
    "libcst": ("fixes/",),
    "click": ("cli/", "__main__.py"),
    "ast": ("facts/", "configs/"),
    "tokenize": ("facts/", "configs/"),
}
HEAVY = ("libcst", "jsonschema", "tomlkit", "rich", "asyncio", "multiprocessing")
LEAVING = {"print", "input", "exit", "quit", "breakpoint"}
EDGE_ATTRIBUTES = {"sys.argv", "sys.exit", "sys.stdout", "sys.stderr", "os._exit"}


@cache
def parse(name: str) -> ast.Module:
    return ast.parse((PACKAGE / name).read_bytes(), name)


def find_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


@pytest.mark.parametrize("name", BELOW_CLI)
def test_nothing_below_the_command_line_prints_reads_arguments_or_exits(name: str) -> None:
    seen = []
    for node in ast.walk(parse(name)):
        if isinstance(node, ast.Name) and node.id in LEAVING | {"SystemExit"}:
            seen.append(f"{name}:{node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in EDGE_ATTRIBUTES:
            seen.append(f"{name}:{node.lineno}: {ast.unparse(node)}")
    assert seen == []


@pytest.mark.parametrize("name", MODULES)
def test_a_library_is_known_only_to_its_owner(name: str) -> None:
    strangers = [
        f"{name}:{line}: {imported}"
        for line, imported in find_imports(parse(name))
        if not name.startswith(OWNERS.get(imported.partition(".")[0], (name,)))
    ]
    assert strangers == []


@pytest.mark.parametrize(
    "name",
    [name for name in MODULES if name.startswith("facts/") and name != "facts/gather.py"],
)
def test_facts_never_look_at_a_second_file(name: str) -> None:
    readers = {"os", "pathlib", "glob", "shutil", "subprocess", "importlib"}
    imported = {module.partition(".")[0] for _, module in find_imports(parse(name))}
    opened = [node for node in ast.walk(parse(name)) if isinstance(node, ast.Name)]
    assert imported & readers == set()
    assert "open" not in {node.id for node in opened}


def test_the_package_itself_holds_the_version_and_imports_nothing() -> None:
    assert list(find_imports(parse("__init__.py"))) == []


def test_starting_up_imports_nothing_heavy() -> None:
    code = "import sys, botlint.__main__; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) & set(HEAVY) == set()


@pytest.mark.parametrize("name", MODULES)
def test_every_file_has_stayed_one_idea(name: str) -> None:
    lines = (PACKAGE / name).read_text("utf-8").count("\n")
    assert lines <= MAX_FILE_LINES, f"{name} has {lines} lines: which two ideas are in it?"


@pytest.mark.parametrize("name", MODULES)
def test_every_function_has_stayed_one_idea(name: str) -> None:
    long = [
        f"{name}:{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(parse(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize("name", [name for name in MODULES if (PACKAGE / name).stat().st_size])
def test_every_module_says_what_it_is_for(name: str) -> None:
    assert ast.get_docstring(parse(name)), f"{name} has no docstring"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_named_in_the_documents_exists(document: str) -> None:
    """A path is what stands in backticks and has a slash or a file's ending; <this> is a blank."""
    text = re.sub(r"^```.*?^```", "", (TOP / document).read_text("utf-8"), flags=re.M | re.S)
    named = [
        path
        for path in re.findall(r"`([\w./-]+)`", text)
        if re.fullmatch(r"(src|rules|schemas|tests|examples|benchmarks|scripts|\.ci)/.*", path)
        or re.fullmatch(r"[\w-]+/", path)
        or re.fullmatch(r"[\w./-]+\.(py|md|toml|yaml|sh)", path)
    ]
    missing = [
        path for path in named if not (TOP / path).exists() and not (PACKAGE / path).exists()
    ]
    assert named
    assert missing == []


def test_a_question_is_worked_out_alike_wherever_it_is_asked() -> None:
    """What is kept under one name for the whole program must be one thing: else what a check finds
    hangs on which of them asks first."""
    found: dict[tuple[object, int], set[str]] = {}
    for name in MODULES:
        for node in ast.walk(parse(name)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func)[-7:] != ".answer":
                continue
            key, work = node.args
            if isinstance(key, ast.Tuple) and isinstance(key.elts[0], ast.Constant):
                question = (key.elts[0].value, len(key.elts))
                found.setdefault(question, set()).add(_worked_out(name, work))
    assert {question: ways for question, ways in found.items() if len(ways) > 1} == {}


def _worked_out(name: str, work: ast.expr) -> str:
    """How an answer is worked out, as text; with its file, where only that knows what it means."""
    text = re.sub(r"\b(self\._|asked\.)project\b", "project", ast.unparse(work))
    names = {node.id for node in ast.walk(work) if isinstance(node, ast.Name)}
    is_own = not isinstance(work, ast.Lambda) or any(one.startswith("_") for one in names)
    return f"{name}: {text}" if is_own else text
