"""Credentials: where they stand, what reads them, and what tells them on."""
