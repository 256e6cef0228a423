"""The oracle: programs made at random are really executed, and botlint must say what happened.

``writer`` and the files named after what they write make a program; ``runner`` executes it over all
outcomes of what it asks the ``world``; ``judge`` holds what happened against what botlint says.
"""
