"""Locks, what they protect, and who holds them where."""
