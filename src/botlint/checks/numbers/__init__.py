"""Numbers and where they come from: bounds, and values that one place alone may make."""
