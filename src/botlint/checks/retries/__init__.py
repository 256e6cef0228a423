"""Orders that are sent again: attempts, ticks, and the ids that make them one."""
