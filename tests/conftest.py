"""No test reads or writes what this user's own runs have kept."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    kept: Path = tmp_path_factory.getbasetemp() / "cache"
    monkeypatch.setenv("BOTLINT_CACHE_DIR", str(kept))
