"""Ids that are handed on, or dropped: programs, and what their functions get."""
