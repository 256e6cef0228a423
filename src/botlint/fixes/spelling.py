"""How a value and a key are written in each form of configuration."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from botlint.fixes.draft import EditFault

_BARE_ENV = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
_BARE_TOML = re.compile(r"[A-Za-z0-9_-]+")
_BARE_YAML = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def spell_value(form: str, value: Any, old: str = "") -> str:
    """A value as text, in the quotes of the old one where they fit; raises :class:`EditFault`."""
    try:
        return _SPELLERS[form](value, old)
    except (TypeError, ValueError, RecursionError) as error:
        raise EditFault(f"{form} has no way to write the value") from error


def spell_key(form: str, key: str, old: str = "") -> str:
    """A key as text; raises :class:`EditFault` for one that the form has no way to write."""
    if form in ("env", "ini"):
        if _NAME.fullmatch(key) is None:
            raise EditFault(f"`{key}` is no key of this form")
        return key
    if form == "python":
        if not old.startswith(("'", '"')):
            if not key.isidentifier():
                raise EditFault(f"`{key}` is no name")
            return key
        return spell_python(key, old)
    if form == "toml":
        return key if _BARE_TOML.fullmatch(key) and not old.startswith('"') else _quote(key)
    if form == "yaml" and not old.startswith(("'", '"')):
        return _spell_yaml(key, old)
    return _quote(key)


def spell_python(value: Any, old: str = "") -> str:
    """A value as a Python literal, a text in the quotes of the old one."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if not isinstance(value, str):
        return repr(value)
    written = repr(value)
    quote = "'" if old.startswith("'") else '"'
    if written[0] == quote or quote in value:
        return written
    return quote + written[1:-1] + quote


def _spell_json(value: Any, old: str) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _quote_toml(text: str) -> str:
    return _quote(text).replace("\x7f", "\\u007f")


def _spell_toml(value: Any, old: str) -> str:
    import tomlkit

    if isinstance(value, str):
        is_plain = "'" not in value and value.isprintable()
        return f"'{value}'" if old.startswith("'") and is_plain else _quote_toml(value)
    if isinstance(value, dict):
        pairs = (f"{spell_key('toml', str(k))} = {_spell_toml(v, '')}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_spell_toml(one, "") for one in value) + "]"
    return str(tomlkit.item(value).as_string())


def _spell_yaml(value: Any, old: str) -> str:
    import yaml

    if isinstance(value, str):
        if old.startswith("'") and value.isprintable() and "\n" not in value:
            return "'" + value.replace("'", "''") + "'"
        is_plain = _BARE_YAML.fullmatch(value) is not None and not old.startswith('"')
        return value if is_plain and yaml.safe_load(value) == value else _quote(value)
    if isinstance(value, float):
        return _spell_yaml_float(value)
    if isinstance(value, dict):
        pairs = (f"{_spell_yaml(str(key), '')}: {_spell_yaml(v, '')}" for key, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_spell_yaml(one, "") for one in value) + "]"
    return json.dumps(value)


def _spell_yaml_float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    mantissa, sign, exponent = repr(value).partition("e")
    if not sign:
        return mantissa
    # YAML 1.1 wants a point in the mantissa and a sign in the exponent.
    mantissa += "" if "." in mantissa else ".0"
    return f"{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"


def _spell_env(value: Any, old: str) -> str:
    text = plain_text(value)
    if old[:1] == "'" or (old[:1] != '"' and _BARE_ENV.fullmatch(text) is None):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if old[:1] == '"':
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return text


def _spell_ini(value: Any, old: str) -> str:
    text = plain_text(value)
    if text != text.strip() or not text.isprintable():
        raise ValueError(text)
    return text


def plain_text(value: Any) -> str:
    """A value where all are texts: ``true``, ``5``, ``a,b``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(plain_text, value))
    if isinstance(value, dict):
        raise TypeError(value)
    return "" if value is None else str(value)


_SPELLERS: Mapping[str, Callable[[Any, str], str]] = {
    "env": _spell_env,
    "ini": _spell_ini,
    "json": _spell_json,
    "python": spell_python,
    "toml": _spell_toml,
    "yaml": _spell_yaml,
}
