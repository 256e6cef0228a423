"""Examples of rules in which a change does change a verdict, by the kind of change."""

from __future__ import annotations

_WRAPPED = frozenset(
    {
        # the name of the function around a call says what it does, or what it is for
        "ORD001 6. one finding for one order, though each broker's own call lies below a pool",
        "ORD001 who works out how much is no wrapper, whatever it is called",
        "POS004 another key",
        "WIR004 a counter, and a second place that asks the clock",
        "WIR004 two functions named for it, one of which hands on what a function of its own asks "
        "the clock for",
        "WIR004 what asks the source gives its numbers another form",
        "WIR008 a method that says yes or no is a question, whatever its name",
        "WIR008 what counts the losses is never handed to the gate that asks it",
        # what a function does with its parameters is looked at one call deep
        "TRC001 a dict is built without the key that its reader looks for",
        # what is left is looked up by a function of its own, and not where it is sold
        "ORD004 a way out for what is left, after one that failed",
        # a function that calls itself by way of another: the number of the attempt is not followed
        "ORD004 recursion, and the number of the attempt is in the id",
        "ORD004 recursion that leaves the id out makes another one",
        "ORD004 the exchange's own code says that nobody knows",
        # the state is returned by a function of the handler
        "ORD001 10. each handler returns the next state, and one alone leads there, behind "
        "preflight",
        # the one class of an object is known where its method is called, and not what that calls
        "ORD001 8. a method on an object of one class asks what that class checks",
        "ORD001 8. an override that never says yes lets no order pass",
        # the values that an object was made with are followed into the method that is called on it
        "ORD001 5. what was checked is not what the object, the lambda or the partial was made "
        "with",
        # the values of the order are no longer those of the event, as far as is followed
        "ORD014 8. what a subscriber of an event places on its own is not the order that closed",
        # what is held against the funds is known in the function that asks
        "ORD001 another function gives back only what it has held against the funds",
        # a literal is known where it is handed over, and not where it is handed on
        "ORD001 1. a parameter that says what an order is for, and what speaks against it is "
        "collected",
        "ORD001 1. a flag that the caller hands over as a literal decides whether the preflight is "
        "asked",
        "ORD001 5. a switch that nobody sets keeps a function from its order",
        "ORD001 a literal sell never comes to the arm that buys",
        "ORD010 a factory that is asked by a literal for one of several clients makes that one",
        "ORD014 1. the kill switch is asked whatever the caller does, the preflight only for what "
        "it opens",
        # what a function gives is known to its caller, and not to one above that it is handed on to
        "ORD001 6. one of two functions that get the order calls it without asking",
        "ORD001 6. the order is handed to a function that asks before it calls it",
        "ORD002 4. an answer is true whatever its class",
        "ORD002 a reservation whose no stops one order, and not the other",
        "ORD002 3. a named tuple is never false: its truth says nothing",
        "ORD002 3. an enumeration that a conditional expression gives, and its members told apart",
        "ORD002 3. an enumeration that a conditional expression gives, asked the wrong way round",
        "ORD006 a log of trades gets what was filled, and hears of no part",
        "ORD007 a sum that is added for each order of a stream",
        "ORD007 an event of each fill, with what was filled so far",
        "ORD007 an execution is one fill: what was filled by it is new",
        "ORD008 the lower of the bid and what was paid is no floor",
        "TRC001 an order wrapper that hands the order on to where the id is read out of it",
        "WIR008 answers compared with what is never answered: another word, other letters, a text "
        "for a member",
        "WIR008 tests that always hold: of two differences one, a text, a pair, coroutines",
        # what a function catches itself is known of it, and not of one that only calls it
        "ORD003 1. a clause of the caller for an error that the helper catches itself",
        "ORD012 an order that replaces one that could not be taken back",
        # the words of an answer are known to the caller of the function that says them
        "ORD001 4. a helper that answers by a word",
        "ORD002 4. a helper that answers by a word that nobody heeds",
        "WIR008 an arm that never runs would only have written a line, and left the turn before "
        "the order",
    }
)

_ATTENDED = frozenset(
    {
        "EXC001 the classes that a clause catches stand in a tuple of another file",
        "ORD016 a question to the exchange may fail before the stop is placed",
        "ORD016 the clause for a failed booking goes on past the stop",
        "WIR008 names that something binds, however",
        "WIR008 a module that is called as a library is imports from that; another one has what it "
        "imports from itself",
    }
)
"""What a script beside a program prints is read by a person; a file alone is the program."""

_APART = frozenset(
    {
        # an import that fails is told once in each file
        "WIR008 behind an import that fails nothing else is told",
        "WIR008 names that the body of a module doesn't bind: it can't be imported, and nothing "
        "behind the first runs",
        # a function made by one of another file is not followed into the file that calls it
        "ORD001 5. a function that gets what it orders elsewhere is not cleared by what its caller "
        "has checked",
    }
)
"""A function that stands in another file than its caller."""

LIMITS: dict[str, frozenset[str]] = {
    "comments": frozenset(),
    "if-true": frozenset(),
    # `attempt` says what the loop is for, and so does its new name not
    "rename": frozenset({"ORD004 before the second attempt the order is looked up"}),
    "move": _ATTENDED | _APART,
    "move-other": _ATTENDED | _APART,
    "extract": _WRAPPED,
}
