"""Checks: algorithms over the project, named by the rules that parametrise them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botlint.checks.carried import check_carried
from botlint.checks.config import check_config
from botlint.checks.escapes import check_escapes
from botlint.checks.forbidden import check_forbidden
from botlint.checks.guarded import check_guarded
from botlint.checks.handled import check_handled
from botlint.checks.inert import check_inert
from botlint.checks.locked import check_locked
from botlint.checks.paired import check_paired
from botlint.checks.parity import check_parity
from botlint.checks.retried import check_retried
from botlint.checks.secret import check_secret
from botlint.checks.wired import check_wired
from botlint.model import Hit
from botlint.project import Project

Check = Callable[[Project, Mapping[str, Any]], Iterable[Hit]]

CHECKS: Mapping[str, Check] = {
    "carried": check_carried,
    "config": check_config,
    "escapes": check_escapes,
    "forbidden": check_forbidden,
    "guarded": check_guarded,
    "handled": check_handled,
    "inert": check_inert,
    "locked": check_locked,
    "paired": check_paired,
    "parity": check_parity,
    "retried": check_retried,
    "secret": check_secret,
    "wired": check_wired,
}
