"""One configuration file as a tree of settings.

:func:`read_tree` is total: any bytes give a tree, and what can't be read gives one whose fault says
why and where. It looks at no other file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from botlint.configs.json_form import read_json
from botlint.configs.line_forms import names_offered, read_env, read_ini
from botlint.configs.places import link_overrides
from botlint.configs.python_form import read_python
from botlint.configs.toml_form import read_toml
from botlint.configs.types import Fault, Setting, Tree
from botlint.configs.yaml_form import read_yaml
from botlint.model import Span

LARGEST = 1_000_000
"""Nobody writes a longer configuration by hand; it is data, and is not read."""

_READERS: dict[str, Callable[[str, str], tuple[list[Setting], list[Fault]]]] = {
    "env": read_env,
    "ini": read_ini,
    "json": read_json,
    "python": read_python,
    "toml": read_toml,
    "yaml": read_yaml,
}
_FORMS = {
    ".py": "python",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonc": "json",
    ".toml": "toml",
    ".env": "env",
    ".ini": "ini",
    ".cfg": "ini",
}
_DEEPEST = 3_000


def form_of(path: str) -> str:
    """The form that a file's name says it has: a key of the readers, or ``""``."""
    name = path.rpartition("/")[2].lower()
    if name == ".env" or name.startswith(".env."):
        return "env"
    dot = name.rfind(".")
    return _FORMS.get(name[dot:], "") if dot >= 0 else ""


def read_tree(path: str, data: bytes) -> Tree:
    """The settings of the file ``data``, which stands at ``path``."""
    form = form_of(path)
    start = Span(1, 1, 1, 2)
    if form not in _READERS:
        return Tree(path, form, faults=(Fault(start, "syntax", "no form of configuration"),))
    if len(data) > LARGEST:
        message = f"not analysed: larger than {LARGEST // 1_000_000} MB ({len(data)} bytes)"
        return Tree(path, form, faults=(Fault(start, "large", message),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace").lstrip("\ufeff")
        line = len(before.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        column = len(before) - max(before.rfind("\n"), before.rfind("\r"))
        span = Span(line, column, line, column + 1)
        return Tree(path, form, faults=(Fault(span, "syntax", "no UTF-8"),))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEPEST))
    try:
        settings, faults = _READERS[form](path, text)
    except (RecursionError, MemoryError):
        return Tree(path, form, faults=(Fault(start, "syntax", "nested too deeply"),))
    except ValueError as error:  # a number of more digits than Python converts
        return Tree(path, form, faults=(Fault(start, "syntax", str(error)),))
    finally:
        sys.setrecursionlimit(limit)
    offered = names_offered(path, text) if form == "env" else ()
    return Tree(path, form, link_overrides(settings), tuple(sorted(faults)), offered)
