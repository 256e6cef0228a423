"""Examples of rules in which a change does change a verdict, by the kind of change."""

from __future__ import annotations

_WRAPPED = frozenset(
    {
        "ORD001 6. one finding for one order, though each broker's own call lies below a pool",
        # a default that nobody overrides, an id or a record that is only handed on
        "ORD004 an id that nobody gives",
        "ORD004 an id that is looked up to detect repeats, and is new on each tick",
        # what comes back is tested by another function than the one that looks for it
        "TRC001 a dict is built without the key that its reader looks for",
        "SEC004 a function that logs what it gets",
        # what is handed to the thread comes out of a function that hands it on
        "WIR008 a thread whose target is called on the spot",
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
    "move": _ATTENDED | _APART,
    "move-other": _ATTENDED | _APART,
    "extract": _WRAPPED,
}
