"""Aborts that are raised, and do not arrive: programs, and what happens in them."""
