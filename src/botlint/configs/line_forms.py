"""``.env`` files and INI files: one setting a line."""

from __future__ import annotations

import configparser
import io
import re

from botlint.configs.places import Lines
from botlint.configs.types import Fault, Setting
from botlint.model import Span

_SECTION = re.compile(r"\[(?P<name>.+)\]")
_OPTION = re.compile(r"(?P<key>[^\s:=#;\[][^:=]*?)\s*[:=]\s*(?P<value>.*?)\s*$")
_OFFERED = re.compile(r"^[ \t]*#+[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]*)[ \t]*=", re.MULTILINE)
_EXAMPLE = re.compile(r"\b(example|sample|template|dist)\b")
_NEWLINE = re.compile(r"\r\n|\r|\n")


def read_env(path: str, text: str) -> tuple[list[Setting], list[Fault]]:
    """The settings of a ``.env`` text. ``export`` and quotes are read as a shell would."""
    from dotenv.parser import parse_stream

    lines = Lines(text)
    settings: list[Setting] = []
    faults: list[Fault] = []
    at = 0
    for binding in parse_stream(io.StringIO(text, newline="")):
        original = binding.original.string
        start = at
        at += len(original)
        if binding.error:
            begin = start + len(original) - len(original.lstrip())
            end = begin + len(original.strip())
            faults.append(Fault(lines.span(begin, end), "syntax", "this is no `NAME=value`"))
        elif binding.key is not None:
            key = original.index(binding.key)
            first = original.find("=", key)
            value = original[first + 1 :] if first >= 0 else ""
            bare = _written(value)
            begin = start + (first + 1 if first >= 0 else key + len(binding.key))
            begin += len(value) - len(value.lstrip(" \t"))
            settings.append(
                Setting(
                    (binding.key,),
                    binding.value,
                    lines.span(begin, begin + len(bare)),
                    lines.span(start + key, start + key + len(binding.key)),
                    path,
                )
            )
    return settings, faults


def names_offered(path: str, text: str) -> tuple[str, ...]:
    """The variables that an example of a ``.env`` text names in comments, ``# NAME=value``."""
    if not _EXAMPLE.search(path.rpartition("/")[2].lower()):
        return ()
    return tuple(sorted(set(_OFFERED.findall(text))))


def _written(value: str) -> str:
    """A value as it stands, without blanks around it and a comment behind it."""
    bare = value.strip(" \t\r\n")
    if bare[:1] in ("'", '"'):
        match = re.match(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", bare, re.DOTALL)
        return match[0] if match else bare
    return re.split(r"\s+#", bare, maxsplit=1)[0].rstrip()


def read_ini(path: str, text: str) -> tuple[list[Setting], list[Fault]]:
    """The settings of an INI text: ``configparser`` says what they are, lines where they stand."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    lines = _NEWLINE.split(text)
    try:
        parser.read_string(text)
    except configparser.MissingSectionHeaderError as error:
        row = lines[error.lineno - 1]
        span = Span(error.lineno, 1, error.lineno, len(row) + 1)
        return [], [Fault(span, "syntax", "no section before the first setting")]
    except configparser.ParsingError as error:
        number = int(error.errors[0][0])
        span = Span(number, 1, number, len(lines[number - 1]) + 1)
        return [], [Fault(span, "syntax", "this is no `name = value`")]
    except (configparser.Error, AttributeError, ValueError) as error:
        return [], [Fault(Span(1, 1, 1, 2), "syntax", str(error).splitlines()[0])]
    settings: list[Setting] = []
    section = ""
    for number, row in enumerate(lines, 1):
        header = _SECTION.match(row)
        option = None if header or row[:1].isspace() else _OPTION.match(row)
        if header:
            section = header["name"]
        elif option and parser.has_option(section, option["key"]):
            value = Span(number, option.start("value") + 1, number, option.end("value") + 1)
            key = Span(number, option.start("key") + 1, number, option.end("key") + 1)
            settings.append(Setting((section, option["key"]), option["value"], value, key, path))
    return settings, []
