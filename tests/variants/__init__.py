"""Variants: changes to a program that change nothing of what it does, nor of what botlint says.

Each kind of change takes a program and gives one with the change made wherever it can be made, with
each line's place in the original: ``layout`` (comments, ``if True:``), ``renaming`` (locals),
``extracting`` (the rest of a function becomes a function), ``moving`` (a function into a file of
its own). ``survey`` compares what botlint says before and after.
"""
