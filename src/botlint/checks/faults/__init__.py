"""The forms of what can never work: one question a file."""
