"""Files that are no Python, and what they are by their names."""

from __future__ import annotations

_CONFIG = "toml yaml yml json ini cfg conf properties"
_PROSE = "md rst txt adoc"
_OTHER = """
sh bash zsh ps1 bat ipynb js mjs ts tsx jsx xml pem key dockerfile makefile tf sql service pyi plist
netrc pypirc npmrc
"""
_KINDS = {
    **dict.fromkeys(_CONFIG.split(), "config"),
    **dict.fromkeys(_PROSE.split(), "prose"),
    **dict.fromkeys(_OTHER.split(), "text"),
}
_GENERATED = frozenset(
    {"package-lock.json", "poetry.lock", "uv.lock", "pipfile.lock", "yarn.lock", "pnpm-lock.yaml"}
)


def kind_of_text(name: str) -> str:
    """What a file of this name is if it is no Python: ``config``, ``prose``, ``text``; else ``""``.

    Data (CSV, logs) and what a tool wrote for itself (lock files) is not looked through.
    """
    lower = name.lower()
    if lower in _GENERATED:
        return ""
    if lower.startswith(".env") or lower.endswith(".env"):
        return "config"
    return _KINDS.get(lower.rpartition(".")[2], "")
