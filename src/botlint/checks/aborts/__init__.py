"""Exceptions that are made to stop a trade, and where they go."""
