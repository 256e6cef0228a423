"""Fixes: edits by name, planned over a whole report, tried out in memory, then written.

A check says which edit mends what it saw; here stands how it is made. Nothing is written before
the program has been looked at again with the edits in it, and the findings are gone.
"""

from __future__ import annotations

from botlint.fixes.differences import describe_changes
from botlint.fixes.mending import Changed, Mended, hold, mend, spell_out
from botlint.fixes.named import EDITS
from botlint.fixes.plans import Drafts
from botlint.fixes.writing import write_changes

__all__ = ["EDITS", "Changed", "Drafts", "Mended", "describe_changes", "hold", "mend"]
__all__ += ["spell_out", "write_changes"]
