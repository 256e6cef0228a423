"""What is kept from one run to the next, in the user's own cache directory.

Sightings in texts, the facts of sources and the outcome of a check, all by content: whatever an
answer hangs on is in its key. What can't be read, or holds anything else than what was written, is
as good as none; what can't be written is not. Nothing lies in the program that is checked, and
nothing that is kept holds a credential.
"""

from __future__ import annotations

from botlint.cache.facts import read_facts, write_facts
from botlint.cache.files import cache_directory
from botlint.cache.outcomes import key_of, read_outcome, write_outcome
from botlint.cache.sightings import read_sightings, write_sightings

__all__ = ["cache_directory", "key_of", "read_facts", "read_outcome", "read_sightings"]
__all__ += ["write_facts", "write_outcome", "write_sightings"]
