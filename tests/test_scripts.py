"""What a project's packaging starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from botlint.configs.scripts import find_scripts
from botlint.discover import discover
from botlint.settings import Settings


def found_in(directory: Path, name: str, text: str) -> tuple[str, ...]:
    file = directory / name
    file.write_text(text)
    (directory / "bot.py").write_text("x = 1\n")
    return find_scripts(discover((str(directory),), Settings(root=directory)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[project.scripts]\nbot = "bot.app:main"\n'),
        ("pyproject.toml", '[project.gui-scripts]\nbot = "bot.app:main [live]"\n'),
        ("pyproject.toml", '[project.entry-points."bot.jobs"]\nx = "bot.app:main"\n'),
        ("pyproject.toml", '[tool.poetry.scripts]\nbot = "bot.app:main"\n'),
        ("pyproject.toml", '[tool.poetry.scripts]\nbot = {reference = "bot.app:main"}\n'),
        ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n    bot = bot.app:main\n"),
        ("setup.py", 'setup(entry_points={"console_scripts": ["bot=bot.app:main"]})\n'),
    ],
)
def test_scripts_are_found_wherever_packaging_names_them(
    tmp_path: Path, name: str, text: str
) -> None:
    assert found_in(tmp_path, name, text) == ("bot.app:main",)


@pytest.mark.parametrize(
    "text",
    [
        "[project.scripts\n",
        '[project]\nscripts = ["bot.app:main"]\n',
        "[project.scripts]\nbot = 5\nother = 'no target'\n",
        "project = 3\n",
        'name = "a:b"\n',
    ],
)
def test_packaging_that_is_written_wrongly_starts_nothing(tmp_path: Path, text: str) -> None:
    assert found_in(tmp_path, "pyproject.toml", text) == ()
