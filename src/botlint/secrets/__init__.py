"""What credentials look like: known forms, shapes, phrases, and how little of one is shown.

Nothing here knows a file, a program or a rule. A text goes in; what it seems to be comes out. The
only way from here to a report is :func:`botlint.secrets.redaction.show`.
"""
