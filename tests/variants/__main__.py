"""``python -m tests.variants FOLDER|examples [PROFILE|- [CHANGE ...]]``.

Prints which changes of a program, or of the rules' examples, change what botlint says of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.variants.survey import Survey, examples, files_of, settings_of


def main(folder: str, profile: str, chosen: tuple[str, ...]) -> Iterator[str]:
    """Survey a real tree, or the examples of all rules; lines to print."""
    survey = Survey(settings_of(Path(folder), profile))
    programs = dict(examples()) if folder == "examples" else {folder: files_of(Path(folder))}
    for change in chosen or survey.changes:
        count = differing = 0
        for title, files in programs.items():
            found = survey.differences(files, change)
            count += 1
            differing += bool(found)
            if found:
                yield f"{change}: {title}"
                yield from (f"    {one}" for one in found)
        yield f"{change}: {count} programs, {differing} with differences"


if __name__ == "__main__":
    words = sys.argv[1:]
    profile = words[1] if len(words) > 1 and words[1] != "-" else ""
    for line in main(words[0], profile, tuple(words[2:])):
        print(line, flush=True)
