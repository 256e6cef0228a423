"""Links: none is followed, and each that may hide something is told of."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping


def explain_links(links: Mapping[str, str], directories: Collection[str]) -> Iterator[str]:
    """What is passed over by not following ``links`` (as shown, and as they are on the disk).

    What lies in one of the ``directories`` that are walked, given without links, is found anyway.
    """
    for shown, link in links.items():
        target = os.path.realpath(link)
        if not os.path.exists(link):  # noqa: PTH110 (Path.exists() raises for a loop)
            yield f"{shown}: a link that leads nowhere"
        elif not any(f"{target}/".startswith(f"{one}/") for one in directories):
            yield f"{shown}: a link that leads out of what is checked"
