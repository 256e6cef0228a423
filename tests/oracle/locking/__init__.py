"""Stores that are changed under locks, or without: programs, and what happens in them."""
