"""Examples of rules in which a change does change a verdict, by the kind of change."""

from __future__ import annotations

_FIRST = frozenset(
    {
        "CFG007 one finding for a key, however often it is read",
        "ORD001 12. nothing in the program is a preflight: one finding, at the first order",
        "ORD008 one finding for a program that checks no price",
        "ORD012 with alpaca",
        "ORD013 2. a gate that fails open is no gate",
        "ORD013 6. the gate stands before both, in their caller",
        "ORD013 7. a thread is an entry point of its own: the gate that the main loop asks is not "
        "missed there",
        "ORD016 a take-profit stops no loss",
        "ORD016 a thread places the stop",
        "ORD016 orders of a grid rest",
        "ORD017 by a flag",
        "ORD017 by dates",
        "POS008 2. a stack is told to close it",
        "WIR004 a counter, and a second place that asks the clock",
    }
)
"""One finding for all of a program stands at the first of them, and that is the first file's."""

_WRAPPED = frozenset(
    {
        # a method that raises NotImplementedError in a helper is not abstract any more
        "ORD001 6. one finding for one order, though each broker's own call lies below a pool",
        "WIR006 a fallback for an import, an empty action in a table, and a note of a bug that is "
        "fixed",
        "WIR008 a method that forgot self is one fault, not one for each use of its parameter",
        # a default that nobody overrides, an id or a record that is only handed on
        "ORD004 an id that nobody gives",
        "ORD004 an id that is looked up to detect repeats, and is new on each tick",
        # what comes back is tested by another function than the one that looks for it
        "ORD008 a pair of verdict and slippage",
        "TRC001 a dict is built without the key that its reader looks for",
        "SEC004 a function that logs what it gets",
        # what is handed to the thread comes out of a function that hands it on
        "WIR008 a thread whose target is called on the spot",
        # a table's action that only raises NotImplementedError is one that is missing
        "ORD001 10. a table of tuples, and handlers by state",
        # a guard that is known by what it does alone is looked at one call deep
        "ORD017 a check that raises",
        "WIR008 a check that nobody awaits",
        # a function that calls itself by way of another: the number of the attempt is not followed
        "ORD004 recursion, and the number of the attempt is in the id",
        # the values that an object was made with are followed into the method that is called on it
        "ORD001 5. what was checked is not what the object, the lambda or the partial was made "
        "with",
        "WIR008 exceptions that something makes, hands on, derives from or keeps in a table",
        # the name of the function around the call says what it is for
        "POS004 another key",
        # a guard without a role is known by its name, and then two orders of three ask another
        "ORD015 a guard that raises",
        # the values of the order are no longer those of the event, as far as is followed
        "ORD014 8. what a subscriber of an event places on its own is not the order that closed",
        "WIR004 a counter, and a second place that asks the clock",
    }
)

_ATTENDED = frozenset(
    {
        "ORD016 the clause for a failed booking goes on past the stop",
        "WIR008 names that something binds, however",
    }
)
"""What a script beside a program prints is read by a person; a file alone is the program."""

LIMITS: dict[str, frozenset[str]] = {
    "comments": frozenset(),
    "if-true": frozenset(),
    # `attempt` says what the loop is for, and so does its new name not
    "rename": frozenset({"ORD004 before the second attempt the order is looked up"}),
    "move": _FIRST | _ATTENDED,
    "move-other": _FIRST | _ATTENDED,
    "extract": _WRAPPED,
}
