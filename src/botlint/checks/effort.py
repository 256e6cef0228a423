"""How much one question may cost, in steps and never in time, so that every machine answers alike.

No bot that people write comes near these numbers; a program that was made to keep botlint busy
does. What is given up is told as a problem: it has not been proved, and the run doesn't look clean.
"""

from __future__ import annotations

from botlint.flow.names import FunctionRef
from botlint.model import Problem
from botlint.project import Project

MOST_CALLS = 6_000
"""So many calls above one order are looked at, nearest first: all of them in most bots."""

MOST_LINKS = 100_000
"""So many calls in all chains of calls that lead to the orders of a program, for one question."""

CALLERS_A_LINK = 20
"""To come to so many callers of a function takes about as long as to look at one call."""

MOST_STATES = 500_000
"""So many states at the nodes of one function, on all ways to its orders, for one question."""


def give_up_above(project: Project, ref: FunctionRef) -> None:
    """Tell that not all calls were looked at that lead to an order in the function ``ref``."""
    _tell(project, ref, "{} is not proved: so many calls lead to it that not all were looked at")


def give_up_from(project: Project, ref: FunctionRef) -> None:
    """The same of all orders from that one on."""
    what = "nothing from {} on is proved: so many calls lead to orders that not all were looked at"
    _tell(project, ref, what)


def give_up_within(project: Project, ref: FunctionRef) -> None:
    """Tell that not all ways through the function ``ref`` were looked at."""
    _tell(project, ref, "{} is not proved: it has so many ways that not all were looked at")


def _tell(project: Project, ref: FunctionRef, what: str) -> None:
    message = what.format(f"`{project.program.display(ref)}`")
    project.tell(Problem(project.program.path(ref), message, project.function(ref).span))
