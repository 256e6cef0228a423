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
        "EXC003 a clause and managers for errors that no order call raises",
        "ORD001 8. a method on an object of a class that checks nothing, or of some class",
        "ORD010 one of two functions beside one another rounds: too few to tell",
        "ORD010 one order is rounded before it is spread into the call, the other isn't",
        "ORD010 rounded as a pair for one order, and not for the other",
        "ORD013 a switch that says nothing of any order stands for all orders of the loop after it",
        "ORD016 a take-profit stops no loss",
        "ORD016 a thread places the stop",
        "ORD016 orders of a grid rest",
        "ORD017 by a flag",
        "ORD017 by dates",
        "ORD013 a kill switch of the module that is asked whether it is active",
        "ORD016 orders of their own classes, whose sides stand by place",
        "ORD017 a store of any name that gets prices with their times",
        "ORD017 records of prices under keys, with their times",
        "POS008 2. a stack is told to close it",
        "POS008 a loop over what others fill may have no round, nor has one that is left before",
        "POS008 another function that reserves for itself closes its own",
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
        "ORD004 the exchange's own code says that nobody knows",
        # what a call leaves in a variable, or a constructor in a member, is followed through the
        # functions that it runs itself, and not where one of these only hands on
        "ORD001 3. a member holds what the constructor put there where the method that sets it did "
        "not run",
        "ORD001 3. an object that can be told to say yes",
        "ORD001 3. an object that has said nothing yet says no",
        "ORD001 3. an object that says yes before it has asked",
        "ORD001 3. an object that nobody has asked, or that was asked about another order",
        "ORD002 3. the opposite of what a call leaves is tested the wrong way round",
        "ORD002 3. properties that say the opposite of what a call leaves, of objects under "
        "several names",
        "ORD001 3. what a call leaves of the verdict: in a variable of the function around, the "
        "module, an object",
        "ORD001 4. what the constructor puts into a member is known where a method that sets it "
        "may not have run",
        # the state is returned by a function of the handler, an answer by one of the override
        "ORD001 8. an order function and a check of other files play their roles under other "
        "names, too",
        "ORD001 8. an override that never says yes lets no order pass",
        "ORD001 10. each handler returns the next state, and one alone leads there, behind "
        "preflight",
        "WIR008 no answer that the class is made with has the key",
        # what is booked, and what is held, is known where the order is
        "ORD006 a consumer that goes on to the next order, and books by a function of its own",
        "ORD010 what is held was rounded when it was bought",
        "ORD010 what was filled of one order is the amount of the next",
        # the one class of an object is known where its method is called
        "ORD001 8. a method on an object of one class asks what that class checks",
        # a body that only calls a body without work is none that says so
        "WIR006 a null object, and a body that says by return that there is nothing to do",
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
        # what is worked out, or held against the funds, is known in the function that asks
        "ORD001 who works out how much is no wrapper, whatever it is called",
        "ORD001 another function gives back only what it has held against the funds",
        # who alone is asked before both orders is the function that is wrapped
        "ORD016 the caller of one entry places the stop, that of the other doesn't",
        "ORD016 the caller places the stop",
        # a method that only hands on is called, and what it hands on to sets the flag
        "WIR008 a halt that only a method sets which nothing calls",
    }
)

_ATTENDED = frozenset(
    {
        "EXC001 the classes that a clause catches stand in a tuple of another file",
        "ORD016 a question to the exchange may fail before the stop is placed",
        "ORD016 the clause for a failed booking goes on past the stop",
        "WIR008 names that something binds, however",
    }
)
"""What a script beside a program prints is read by a person; a file alone is the program."""

_APART = frozenset(
    {
        # an import that fails is told once in each file
        "WIR008 behind an import that fails nothing else is told",
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
    "move": _FIRST | _ATTENDED | _APART,
    "move-other": _FIRST | _ATTENDED | _APART,
    "extract": _WRAPPED,
}
