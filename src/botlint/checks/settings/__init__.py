"""Settings, what reads them, and what their schemas ask."""
