"""Whether a file is plainly sound, told by the fast parsers that know no places."""

from __future__ import annotations

import json
import re
from typing import Any

_SUSPICIOUS = re.compile(
    r"(?i)y|n|yes|no|on|off|[-+]?\d+(:[0-5]?\d)+(\.\d*)?|[-+]?0[0-7_]+|[-+]?\d+(\.\d*)?e[-+]?\d+"
)
"""Every plain scalar that YAML may read as something other than it looks."""


class _Faulty(Exception):
    """There is something to look at more closely."""


def is_sound(form: str, data: bytes) -> bool:
    """Whether nothing can be wrong with the writing of a file; False says that it may be."""
    try:
        text = data.decode("utf-8-sig")
        if form == "json":
            json.loads(text, object_pairs_hook=_unique)
            return True
        return form == "yaml" and _is_sound_yaml(text)
    except (ValueError, RecursionError, _Faulty):
        return False


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Faulty
    return found


def _is_sound_yaml(text: str) -> bool:
    """By the events of libyaml, which are ten times as fast as nodes."""
    import yaml

    if not yaml.__with_libyaml__:
        return False
    keys: list[set[str] | None] = []  # of the open mappings; None for a sequence
    expects_key: list[bool] = []
    anchors: set[str | None] = set()  # of the document that is being read
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                keys.pop()
                expects_key.pop()
            elif isinstance(event, yaml.DocumentStartEvent):
                anchors.clear()
            elif isinstance(event, yaml.NodeEvent):
                _look_at(event, keys, expects_key)
                if isinstance(event, yaml.AliasEvent) and event.anchor not in anchors:
                    return False
                anchors.add(event.anchor)
                if isinstance(event, yaml.CollectionStartEvent):
                    is_mapping = isinstance(event, yaml.MappingStartEvent)
                    keys.append(set() if is_mapping else None)
                    expects_key.append(is_mapping)
    except (yaml.YAMLError, _Faulty):
        return False
    return True


def _look_at(event: Any, keys: list[set[str] | None], expects_key: list[bool]) -> None:
    """Raise for a key that stands twice and for a value that may be a trap."""
    value = getattr(event, "value", None)
    if isinstance(value, str) and event.implicit[0] and _SUSPICIOUS.fullmatch(value):
        raise _Faulty
    if not keys or keys[-1] is None:
        return
    if expects_key[-1] and isinstance(value, str):
        if value in keys[-1] and value != "<<":
            raise _Faulty
        keys[-1].add(value)
    expects_key[-1] = not expects_key[-1]
