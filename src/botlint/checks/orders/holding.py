"""What is held: an order for that much of it gets the bot out of it."""

from __future__ import annotations

from botlint.checks.roots import names_in, origins_of
from botlint.facts.types import Expression
from botlint.flow.names import FunctionRef
from botlint.project import Project


def is_held(project: Project, ref: FunctionRef, value: Expression) -> bool:
    """Whether a value of a function comes from what is held: ``inventory``, or how much a position
    is of: ``position.quantity``."""
    roles = project.vocabulary.roles
    held, quantity = roles["held-quantity"], roles["quantity"]
    names = names_in(value, project.function(ref).calls)
    for name in origins_of(project, ref).closure(names):
        owner, _, member = name.rpartition(".")
        if held.plays_name(name):
            return True
        if owner and held.plays_name(owner) and quantity.plays_name(member):
            return True
    return False
