"""The clauses that catch whatever a call raises."""

from __future__ import annotations

from botlint.checks.clauses import catches_all, kinds_of, past_finally
from botlint.checks.failing import Failing
from botlint.facts.types import Kind, Name, Node
from botlint.flow.names import FunctionRef
from botlint.project import Project


def broad_clause(project: Project, ref: FunctionRef, node: Node) -> int:
    """The first clause, or ``with suppress``, that catches whatever a call raises, or what a
    library says of its own calls; -1 if there is none."""
    failing = project.answer(("failing",), lambda: Failing(project))
    function = project.function(ref)
    number = node.exc
    while number >= 0:
        clause = function.nodes[number]
        if clause.kind is Kind.FINALLY:
            number = past_finally(function, number)
        elif clause.kind is Kind.UNWIND:
            if failing.stops_all(ref, clause.value):
                return number
            number = clause.exc
        elif clause.kind is not Kind.EXCEPT:
            return -1
        elif catches_all(clause) or _is_base(project, clause):
            return number
        else:
            number = clause.other
    return -1


def _is_base(project: Project, clause: Node) -> bool:
    """Whether a clause names the base of a library's errors: ``ccxt.BaseError``."""
    bases = project.vocabulary.roles["library-error"]
    kinds = kinds_of(clause.value)
    return any(isinstance(kind, Name) and bases.plays_name(kind.path) for kind in kinds)
