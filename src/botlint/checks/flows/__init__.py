"""Flows that must agree: what each of them sees and asks."""
