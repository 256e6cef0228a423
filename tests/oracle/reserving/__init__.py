"""Budgets that are reserved for orders: programs, and what becomes of each reservation."""
